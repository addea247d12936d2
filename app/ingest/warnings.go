package ingest

import "slices"

// Warnings says in the reader's words what somebody should know before they
// keep what was found. say puts a catalogue key and its named places into
// words.
func (r Report) Warnings(say func(key string, args ...any) string) []string {
	out := []string{}
	for _, key := range r.Notices {
		out = append(out, say(key))
	}
	for _, s := range r.Sources {
		if !s.Elsewhere {
			continue
		}
		device := s.Device
		if device == "" {
			device = say("web.import.device-unnamed")
		}
		if w := say("web.import.elsewhere", "device", device); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	if r.Overlap {
		out = append(out, say("web.import.overlap"))
	}
	if r.UnitDoubt {
		out = append(out, say("web.import.unit-doubt"))
	}
	if r.LongAgo() {
		out = append(out, say("web.import.long-ago"))
	}
	if r.Repeated > 0 {
		out = append(out, say("web.import.repeated", "count", r.Repeated))
	}
	if r.Clashing > 0 {
		out = append(out, say("web.import.clashing", "count", r.Clashing))
	}
	if r.OtherZone > 0 {
		out = append(out, say("web.import.other-zone", "count", r.OtherZone))
	}
	if r.Replaced > 0 {
		out = append(out, say("web.import.replaced", "count", r.Replaced))
	}
	return out
}

package web

import (
	"cmp"
	"maps"
	"slices"

	"glucokeep/app/demo"
	"glucokeep/app/format"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// namesOf names devices by their row id, told apart where two would read alike.
func namesOf(v *visit, sources map[int64]read.Source) map[int64]string {
	list := slices.SortedFunc(maps.Values(sources), func(a, b read.Source) int { return cmp.Compare(a.ID, b.ID) })
	names := map[int64]string{}
	for i, name := range sourceNames(v, list) {
		names[list[i].ID] = name
	}
	return names
}

// sourceNames names devices as their files do. Where two would read alike the
// end of the serial number tells them apart, and where that does not, the kind
// of file.
func sourceNames(v *visit, list []read.Source) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = deviceName(v, s)
	}
	for _, more := range []func(read.Source) string{
		func(s read.Source) string {
			if s.Serial == "" {
				return ""
			}
			return " …" + serialEnd(s.Serial)
		},
		func(s read.Source) string { return " (" + formatName(v, s.Format) + ")" },
	} {
		times := map[string]int{}
		for _, n := range names {
			times[n]++
		}
		for i, s := range list {
			if times[names[i]] > 1 {
				names[i] += more(s)
			}
		}
	}
	return names
}

// deviceName is what a device is called in its file; a file that names none
// stands for it itself.
func deviceName(v *visit, s read.Source) string {
	if s.Device != "" {
		return s.Device
	}
	if name := formatName(v, s.Format); name != "" {
		return name
	}
	return v.t("web.import.device-unnamed")
}

// formatName is where records come from, in words: a kind of file, the demo,
// or the log.
func formatName(v *visit, id string) string {
	if id == demo.Format {
		return v.t("web.demo-data")
	}
	if id == record.LogFormat {
		return v.t("web.place.log")
	}
	for _, f := range format.All() {
		if f.ID == id {
			return f.Name
		}
	}
	return id
}

// serialOf is the end of a serial number, marked as such.
func serialOf(s read.Source) string {
	if s.Format == demo.Format {
		return "" // an invented device has no number
	}
	if end := serialEnd(s.Serial); end != s.Serial {
		return "…" + end
	}
	return s.Serial
}

// serialEnd is as much of a serial number as tells two devices apart.
func serialEnd(serial string) string {
	if len(serial) <= 4 {
		return serial
	}
	return serial[len(serial)-4:]
}

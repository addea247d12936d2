package format

import (
	"strconv"

	"glucokeep/app/record"
)

// Nightscout's collections as its API answers with them or as mongoexport
// writes them: entries, treatments and profile, each alone or all in one
// file. Source: Nightscout cgm-remote-monitor, API v1 and v3; fields of
// uploaders as in Loop, Trio, AAPS, iAPS and xDrip+.
var _ = register(Format{
	ID:     "nightscout-json",
	Name:   "Nightscout JSON",
	Proven: true,
	Match:  func(h *Head) bool { return h.any(isNightscoutJSON) },
	Parse:  parseNightscout,
})

func isNightscoutJSON(h *Head) bool {
	if h.JSON == 0 {
		return false
	}
	for _, f := range peekObjects([]byte(h.Text)) {
		if nightscoutCollection(f) != "" {
			return true
		}
	}
	return false
}

func parseNightscout(in Input, opt Options, out *Sink) error {
	return each(in, out, isNightscoutJSON, func(f file) error {
		text, err := f.text()
		if err != nil {
			return err
		}
		n := nightscout{unit: opt.Unit, feed: feed{out: out}}
		if err := n.readObjects(text, n.object); err != nil {
			return err
		}
		return n.finish()
	})
}

// nightscout reads one file.
type nightscout struct {
	feed
	unit     string // of glucose in treatments that name none
	sessions []sensorSession
}

// nightscoutCollection tells the collection that an object comes from by its
// members, "" if it is not Nightscout's.
func nightscoutCollection(f fields) string {
	dated := f.has("date") || f.has("dateString") || f.has("sysTime")
	created := dated || f.has("created_at") || f.has("mills") || f.has("timestamp")
	switch {
	case f.has("eventType") && created, created && (f.has("insulin") || f.has("carbs")) && !f.has("deviceId"):
		return "treatments"
	case f.inner("store") != nil:
		return "profile"
	case dated && (f.has("sgv") || f.has("mbg") || f.has("slope") && f.has("intercept")):
		return "entries"
	case created && (f.has("openaps") || f.has("loop") || f.has("pump") || f.has("uploader") || f.has("uploaderBattery")):
		return "devicestatus"
	case dated && f.has("type") && f.has("device") && !f.has("deviceId"):
		return "entries"
	}
	return ""
}

func (n *nightscout) object(f fields, number int) error {
	if f["isValid"] == false { // AAPS and API v3 mark what was deleted and keep it
		n.skip()
		return nil
	}
	switch nightscoutCollection(f) {
	case "entries":
		return n.entry(f, number)
	case "treatments":
		return n.treatment(f, number)
	case "profile":
		return n.profile(f, number)
	case "devicestatus":
		n.skip()
		return nil
	}
	return faultIn("", rejectKind)
}

// nightscoutKey is an object's stable id: the identifier of API v3, else the
// database's own, else its kind and time, which is what Nightscout itself
// tells repeats by.
func nightscoutKey(f fields, kind string, at record.Millis) string {
	for _, name := range []string{"identifier", "_id"} {
		if id := f.word(name); id != "" {
			return clip(id, maxTextRunes)
		}
	}
	return clip(kind, maxTextRunes) + "/" + strconv.FormatInt(int64(at), 10)
}

// nightscoutTrends are the directions of an entry.
var nightscoutTrends = map[string]record.Trend{
	"DoubleUp": record.DoubleUp, "SingleUp": record.SingleUp, "FortyFiveUp": record.FortyFiveUp, "Flat": record.Flat,
	"FortyFiveDown": record.FortyFiveDown, "SingleDown": record.SingleDown, "DoubleDown": record.DoubleDown,
	"TripleUp": record.TripleUp, "TripleDown": record.TripleDown,
}

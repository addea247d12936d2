package format

import (
	"bytes"
	"io"

	"glucokeep/app/record"
)

// Tidepool's JSON export: one array of objects, each with its type. Source:
// Tidepool API documentation, device data model (tidepool-org/TidepoolApi,
// docs/device-data), and the ingestion service jellyfish.
var _ = register(Format{
	ID:     "tidepool-json",
	Name:   "Tidepool JSON",
	Proven: true,
	Match:  func(h *Head) bool { return h.any(isTidepool) },
	Parse:  parseTidepool,
})

func isTidepool(h *Head) bool {
	if h.JSON == 0 {
		return false
	}
	for _, f := range peekObjects([]byte(h.Text)) {
		_, known := tidepoolTypes[f.word("type")]
		if known && !f.has("sgv") && (f.has("time") || f.has("deviceTime")) && (f.has("deviceId") || f.has("uploadId")) {
			return true
		}
	}
	return false
}

// tidepoolTypes say how to read the objects of each type. nil: understood,
// and no record of ours.
var tidepoolTypes = map[string]func(*tidepool, fields, record.Common) (record.Record, error){
	"cbg": (*tidepool).sensor, "smbg": (*tidepool).meter, "bloodKetone": (*tidepool).ketone,
	"bolus": (*tidepool).bolus, "wizard": (*tidepool).wizard, "insulin": (*tidepool).insulin, "basal": (*tidepool).basal,
	"food": (*tidepool).food, "physicalActivity": (*tidepool).activity, "deviceEvent": (*tidepool).deviceEvent,
	"pumpSettings": (*tidepool).pumpSettings, "cgmSettings": (*tidepool).cgmSettings,
	"upload": (*tidepool).other, "reportedState": (*tidepool).other, "water": (*tidepool).other,
	"dosingDecision": nil, "controllerSettings": nil, "controllerStatus": nil, "pumpStatus": nil, "cgmStatus": nil,
}

func parseTidepool(in Input, opt Options, out *Sink) error {
	return each(in, out, isTidepool, func(f file) error {
		t := tidepool{unit: opt.Unit, feed: feed{out: out}}
		// Twice through the file: a wizard may stand far from its bolus, on
		// either side.
		text, err := f.text()
		if err != nil {
			return err
		}
		if err := t.collectWizards(text); err != nil {
			return err
		}
		if text, err = f.text(); err != nil {
			return err
		}
		if err := t.readObjects(text, t.object); err != nil {
			return err
		}
		t.leftOver()
		return t.finish()
	})
}

// tidepool reads one file.
type tidepool struct {
	feed
	unit    string // of glucose when an object names none
	wizards wizards
	src     record.Source // of the object at hand
}

func (t *tidepool) object(f fields, number int) error {
	typ := f.word("type")
	read, known := tidepoolTypes[typ]
	if !known {
		return faultIn("type", rejectKind)
	}
	if read == nil {
		t.skip()
		return nil
	}
	common, err := t.common(f, number)
	if err != nil {
		return err
	}
	t.src = record.Source{Serial: clip(f.word("deviceId"), maxTextRunes)}
	r, err := read(t, f, common)
	if err == nil && r != nil {
		t.add(t.src, r)
	}
	return err
}

// common is what all records take from an object. The key is the object's id;
// older data has none.
func (t *tidepool) common(f fields, number int) (record.Common, error) {
	at, err := f.instant("time")
	return record.Common{At: at, Key: clip(f.word("id"), maxTextRunes), Line: number}, err
}

// tidepoolSystem are members that every object has and that say nothing of
// what was recorded.
var tidepoolSystem = []string{"type", "id", "time", "deviceId", "previous", "revision", "guid", "clockDriftOffset", "conversionOffset"}

// besides is what f says besides the members that are used.
func besides(f fields, used ...string) map[string]string {
	return f.extra(append(used, tidepoolSystem...)...)
}

// other keeps an object that has no kind of its own as an event.
func (t *tidepool) other(f fields, c record.Common) (record.Record, error) {
	c.Extra = besides(f)
	return &record.Event{Common: c, Event: record.OtherEvent, Detail: f.word("type")}, nil
}

// collectWizards reads the wizard objects of the file ahead of all others.
func (t *tidepool) collectWizards(text io.Reader) error {
	objects := newObjectReader(text)
	for {
		o, err := objects.next()
		if err != nil {
			return endOfObjects(err)
		}
		if o.fault != "" || !bytes.Contains(o.raw, []byte(`"wizard"`)) {
			continue
		}
		if f, err := decodeFields(o.raw); err == nil && f.word("type") == "wizard" {
			t.wizards.collect(f, o.number)
		}
	}
}

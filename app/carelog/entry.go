package carelog

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"glucokeep/app/fault"
	"glucokeep/app/name"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// leastDose is the smallest dose that can be written: less would be printed as
// none.
const leastDose unit.Units = 0.01

// MaxText is how many characters an entry can say.
const MaxText = 10_000

// Entry is what somebody writes down. Which fields count hangs on Kind, one of
// store.LogKinds.
type Entry struct {
	Kind    record.Kind
	At      time.Time
	Units   unit.Units     // of a dose
	Insulin record.Insulin // of a dose: Rapid or Long
	Grams   unit.Grams     // of carbs
	Glucose unit.Glucose   // of a fingerstick
	Lasts   time.Duration  // of an activity; 0 is not said
	Text    string
}

// Clean is text as it is kept: valid, with line breaks as \n, without
// characters that steer a terminal or turn the direction of what follows.
func Clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), name.Turns(r):
			return -1
		}
		return r
	}, text))
}

// Check says what is wrong with e as a fault of kind Invalid, and the field
// that it belongs to; nil if nothing is.
func (e Entry) Check(now time.Time) (field string, err error) {
	wrong := func(field, key string, args ...any) (string, error) {
		return field, fault.New(fault.Invalid, key, args...)
	}
	switch {
	case utf8.RuneCountInString(e.Text) > MaxText:
		return wrong("text", "log.text-long", "count", utf8.RuneCountInString(e.Text), "max", MaxText)
	case e.At.After(now.Add(MaxAhead)):
		return wrong("date", "log.ahead")
	case e.At.Before(Earliest):
		return wrong("date", "log.before-all")
	}
	switch e.Kind {
	case record.KindDose:
		switch {
		case !(e.Units >= leastDose) || !e.Units.PossibleDose():
			return wrong("units", "log.units-impossible")
		case e.Insulin != record.Rapid && e.Insulin != record.Long:
			return wrong("insulin", "log.choose-insulin")
		}
	case record.KindCarbs:
		if !(e.Grams > 0) || !e.Grams.Possible() {
			return wrong("grams", "log.grams-impossible")
		}
	case record.KindFingerstick:
		if !e.Glucose.Possible() {
			return wrong("glucose", "log.glucose-impossible")
		}
	case record.KindActivity:
		switch {
		case e.Lasts < 0 || e.Lasts > 24*time.Hour:
			return wrong("minutes", "log.minutes-impossible")
		case e.Lasts == 0 && e.Text == "":
			return wrong("minutes", "log.activity-empty")
		}
	case record.KindNote:
		if e.Text == "" {
			return wrong("text", "log.note-empty")
		}
	default:
		return wrong("kind", "log.choose-kind")
	}
	return "", nil
}

// MaxAhead is how far in the future an entry may lie: clocks differ a little,
// and what has not happened is not for the log.
const MaxAhead = 5 * time.Minute

// Old is the age from which the person is asked whether the date is right.
const Old = 366 * 24 * time.Hour

// Earliest is before all that the box takes in.
var Earliest = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)

// Record is e as the box keeps it.
func (e Entry) Record(key string) record.Record {
	c := record.Common{At: record.At(e.At), Key: key}
	beside := func() record.Common {
		if e.Text != "" {
			c.Extra = map[string]string{record.LogNote: e.Text}
		}
		return c
	}
	switch e.Kind {
	case record.KindDose:
		return &record.Dose{Common: beside(), Delivery: record.Injection, Insulin: e.Insulin, Units: e.Units}
	case record.KindCarbs:
		return &record.Carbs{Common: c, Grams: e.Grams, Food: e.Text}
	case record.KindFingerstick:
		return &record.Fingerstick{Common: beside(), Value: e.Glucose}
	case record.KindActivity:
		return &record.Activity{Common: c, Name: e.Text, Duration: e.Lasts}
	}
	return &record.Note{Common: c, Text: e.Text}
}

// EntryOf reads a record of one of store.LogKinds back.
func EntryOf(r record.Record) Entry {
	e := Entry{Kind: r.Kind(), At: r.Base().At.Time(), Text: r.Base().Extra[record.LogNote]}
	switch r := r.(type) {
	case *record.Dose:
		e.Units, e.Insulin = r.Units, r.Insulin
	case *record.Carbs:
		e.Grams, e.Text = r.Grams, r.Food
	case *record.Fingerstick:
		e.Glucose = r.Value
	case *record.Activity:
		e.Lasts, e.Text = r.Duration, r.Name
	case *record.Note:
		e.Text = r.Text
	}
	return e
}

// says reports whether two entries hold the same but for their instant: a form
// without a time means the moment at which it is sent.
func (e Entry) says(f Entry) bool {
	e.At, f.At = time.Time{}, time.Time{}
	return e == f
}

package figure

import "glucokeep/app/text"

// Slots are a newest value as the texts and drawings of its places on a page:
// what the template puts there at first, and the script later. An empty text
// hides its place.
type Slots struct {
	State State             `json:"state"`
	Class string            `json:"class"` // for style sheets; "" without
	Mark  string            `json:"mark"`  // SVG path
	Arrow string            `json:"arrow"` // SVG path
	Text  map[string]string `json:"text"`  // by place
	At    string            `json:"at"`    // RFC 3339; "" without a reading
	Late  int               `json:"late"`  // minutes
	Ago   string            `json:"ago"`   // sentence with {age}
	Stale string            `json:"stale"` // sentence with {age}

	Note      string `json:"note"`      // kind of the note
	NoteWords string `json:"noteWords"` // sentence with {age}
	NoteSince string `json:"noteSince"`

	Urgent bool   `json:"urgent"`
	Title  string `json:"title"` // 112 →; "" when stale
}

// Slots puts a newest value into its places.
func (v Latest) Slots(l text.Locale) Slots {
	s := Slots{State: v.State, At: v.DateTime, Late: v.LateAt, Urgent: v.Urgent,
		Note: v.Note.Kind, NoteWords: v.Note.Words, NoteSince: v.Note.Since,
		Text: map[string]string{"value": v.Value, "bound": v.Bound, "old": l.T("value.old"), "note": v.Note.Text, "unit": v.Unit}}
	if v.Bound != "" {
		s.Text["unit"] = ""
	}
	switch v.State {
	case Never:
		s.Text["value"], s.Text["unit"], s.Text["age"] = "–", "", l.T("value.never")
		return s
	case Ended:
		s.Text["value"], s.Text["unit"], s.Text["age"] = "–", "", l.T("value.ended", "name", v.Name)
		return s
	}
	s.Ago, s.Stale = l.T("value.ago"), l.T(staleKey(v), "last", v.Value, "clock", v.Clock)
	if v.Ahead != "" {
		s.Text["ahead"] = l.T("value.ahead", "time", v.Ahead)
	}
	if v.State == Ahead { // its age is not known, so the script leaves it alone
		s.At, s.Text["age"], s.Text["old"] = "", l.T("value.not-yet", "clock", v.Clock), ""
		return s
	}
	if v.State == Stale {
		s.Text["age"] = l.T(staleKey(v), "age", v.Age, "last", v.Value, "clock", v.Clock)
		return s
	}
	s.Class, s.Mark, s.Arrow = v.Class.Name(), v.Class.Mark(), v.Trend.Arrow()
	s.Text["age"], s.Text["clock"] = l.T("value.ago", "age", v.Age), l.T("value.at", "clock", v.Clock)
	s.Text["word"], s.Text["trend"] = v.Class.Word(l), v.Trend.Word(l)
	if v.Delta != "" {
		s.Text["delta"] = l.T("value.delta", "delta", v.Delta)
	}
	s.Title = v.Value
	if v.Trend != NoTrend {
		s.Title += " " + v.Trend.Sign()
	}
	return s
}

// staleKey is the sentence for a stale value: "at 14:05" or "on Mon 9 Mar,
// 14:05".
func staleKey(v Latest) string {
	if v.Dated {
		return "value.stale-dated"
	}
	return "value.stale"
}

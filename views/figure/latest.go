package figure

import (
	"time"

	"glucokeep/app/text"
	"glucokeep/app/unit"
)

// State says how far a newest reading can be trusted as the present one. It is a
// fact of its age and no setting.
type State string

// The states. Late begins with the first missed reading, Stale at 15 minutes.
const (
	Never State = "never"
	Live  State = "live"
	Late  State = "late"
	Stale State = "stale"
	Ahead State = "ahead" // its time has not come: the device's clock is wrong, and nobody knows its age
	Ended State = "ended" // it may no longer be seen
)

// staleAfter is the age at which a value is no longer shown as the present
// one, and AheadAfter how far in the future a reading may lie before the
// device's clock is called wrong.
const (
	staleAfter = 15 * time.Minute
	AheadAfter = 5 * time.Minute
)

// Newest is a person's newest reading, as a handler knows it.
type Newest struct {
	At           time.Time // in the zone of the person
	Value        unit.Glucose
	Below, Above bool // the sensor could not measure further
	Class        Class
	Trend        Trend
	Delta        *unit.MgPerDl // since the reading before; nil when there is none to compare
	Every        time.Duration // 0 counts as 5 minutes
	Ahead        time.Duration // how far in the future the device told another reading; 0 it did not
}

// Latest is the newest reading ready to print. The zero value is the state
// Never.
type Latest struct {
	State    State
	Class    Class  // Unclassed when stale
	Value    string // 112, LOW
	Bound    string // below 40 mg/dL; only with LOW and HIGH
	Unit     string
	Trend    Trend  // NoTrend when stale
	Delta    string // +3; "" when stale or unknown
	Age      string // 2 min
	Clock    string // 14:05, with the day when a stale value is not of today
	Dated    bool   // Clock names its day
	DateTime string // RFC 3339, for <time> and the page's clock
	LateAt   int    // age in minutes at which live becomes late
	Ahead    string // how far the device's clock is ahead; "" when it is not
	Urgent   bool   // at or below 55 mg/dL, or below what the sensor can measure; false when stale
	Name     string // whose it is; only with the state Ended
	Note     Note   // why nothing newer is here
}

// NewEnded is what takes the place of a value that may no longer be seen.
func NewEnded(name string) Latest { return Latest{State: Ended, Name: name} }

// urgentAt is the value in mg/dL (3.0 mmol/L) at and below which a low is
// urgent; a statistic counts very low below 54 (Battelino et al. 2019).
const urgentAt = 55

// NewLatest judges and prints a newest reading as of now. A nil n gives the
// state Never.
func NewLatest(l text.Locale, n *Newest, now time.Time) Latest {
	if n == nil {
		return Latest{State: Never, Unit: Unit(l).String()}
	}
	every := n.Every
	if every <= 0 {
		every = 5 * time.Minute
	}
	age := now.Sub(n.At)
	v := Latest{
		State: Live, Class: n.Class, Value: Glucose(l, n.Value), Unit: Unit(l).String(), Trend: n.Trend,
		Age: l.Span(max(age, 0)), DateTime: n.At.UTC().Format(time.RFC3339),
		LateAt: int((every + time.Minute) / time.Minute),
		Urgent: n.Below || (!n.Above && n.Value.MgDL() <= urgentAt),
	}
	v.Clock, v.Dated = Clock(l, n.At, now)
	switch {
	case n.Below:
		v.Value, v.Bound = l.T("figure.low"), l.T("figure.below", "value", Glucose(l, n.Value), "unit", v.Unit)
	case n.Above:
		v.Value, v.Bound = l.T("figure.high"), l.T("figure.above", "value", Glucose(l, n.Value), "unit", v.Unit)
	case n.Delta != nil:
		v.Delta = Delta(l, *n.Delta)
	}
	if n.Below || n.Above {
		v.Trend = NoTrend
	}
	switch {
	case age > staleAfter:
		v.State, v.Class, v.Trend, v.Delta, v.Urgent = Stale, Unclassed, NoTrend, "", false
	case age > every+time.Minute:
		v.State = Late
	case age < -AheadAfter: // nobody knows how old it is: it must not look like the present one
		v.State, v.Class, v.Trend, v.Delta, v.Urgent = Ahead, Unclassed, NoTrend, "", false
		v.Ahead = l.Span(-age)
	}
	if n.Ahead > AheadAfter {
		v.Ahead = l.Span(n.Ahead)
	}
	return v
}

// Clock is the time of day, with the day when it is another than now's, and
// with the year when that is. A value of minutes ago needs no day at midnight.
func Clock(l text.Locale, at, now time.Time) (printed string, dated bool) {
	today := now.In(at.Location())
	switch {
	case now.Sub(at).Abs() <= staleAfter, at.YearDay() == today.YearDay() && at.Year() == today.Year():
		return l.Clock(at), false
	case at.Year() != today.Year():
		return l.DateTime(at), true
	}
	return l.Day(at) + ", " + l.Clock(at), true
}

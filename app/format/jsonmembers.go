package format

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// number is the number in a member, also when it was written as text. found
// is false when the member is absent, null or "".
func (f fields) number(name string) (v float64, found bool, err error) {
	var s string
	switch m := f[name].(type) {
	case nil:
		return 0, false, nil
	case json.Number:
		s = m.String()
	case string:
		if s = strings.TrimSpace(m); s == "" {
			return 0, false, nil
		}
	default:
		return 0, false, faultIn(name, rejectNumber)
	}
	if !isNumber(s) {
		return 0, false, faultIn(name, rejectNumber)
	}
	v, err = strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false, faultIn(name, rejectNumber)
	}
	return v, true, nil
}

// isNumber reports whether s is a finite decimal number: no Inf, no hex.
func isNumber(s string) bool {
	v, err := strconv.ParseFloat(s, 64)
	return err == nil && !math.IsInf(v, 0) && strings.Trim(s, "0123456789.eE+-") == ""
}

// text is the text in a member, "" when it is absent or null. A number is
// given as it was written.
func (f fields) text(name string) (string, error) {
	switch m := f[name].(type) {
	case nil:
		return "", nil
	case string:
		return m, nil
	case json.Number:
		return m.String(), nil
	}
	return "", faultIn(name, rejectText)
}

// word is the text in a member, "" for anything else: for members that are
// nice to have.
func (f fields) word(name string) string {
	s, _ := f.text(name)
	return s
}

// is reports whether a member is true.
func (f fields) is(name string) bool { return f[name] == true }

// has reports whether a member is there and not null.
func (f fields) has(name string) bool { return f[name] != nil }

// inner is the object in a member, nil if there is none.
func (f fields) inner(name string) fields {
	m, _ := f[name].(fields)
	return m
}

// list is the objects in the array of a member.
func (f fields) list(name string) []fields {
	var found []fields
	items, _ := f[name].([]any)
	for _, item := range items {
		if o, ok := item.(fields); ok {
			found = append(found, o)
		}
	}
	return found
}

// instant is the first of the named members that is there: unix milliseconds
// or seconds, or text. Text without an offset is UTC: Nightscout and Tidepool
// store nothing else.
func (f fields) instant(names ...string) (record.Millis, error) {
	for _, name := range names {
		if s, ok := f[name].(string); ok && !isNumber(strings.TrimSpace(s)) {
			if s == "" {
				continue
			}
			at, _, ok := when([]byte(s), YearMonthDay)
			if !ok {
				return 0, faultIn(name, rejectTime)
			}
			return possibleInstant(name, at)
		}
		v, found, err := f.number(name)
		if err != nil {
			return 0, faultIn(name, rejectTime)
		}
		if found {
			if math.Abs(v) < 1e11 { // milliseconds would be before 1973: these are seconds
				v *= 1000
			}
			if math.Abs(v) > 1e14 {
				return 0, faultIn(name, rejectTime)
			}
			return possibleInstant(name, record.Millis(math.Round(v)))
		}
	}
	return 0, faultIn(names[0], rejectTime)
}

// possibleInstant refuses what no device recorded: before 1990 or after 2100.
// Ingest, which knows the present, refuses the future.
func possibleInstant(name string, at record.Millis) (record.Millis, error) {
	if y := at.Time().Year(); y < 1990 || y >= 2100 {
		return 0, faultIn(name, rejectTime)
	}
	return at, nil
}

// duration is the length in a member that counts in units of per; at most a
// week.
func (f fields) duration(name string, per time.Duration) (time.Duration, error) {
	v, _, err := f.number(name)
	if err != nil {
		return 0, err
	}
	if v < 0 || v*float64(per) > float64(7*24*time.Hour) {
		return 0, faultIn(name, rejectDuration)
	}
	return time.Duration(math.Round(v * float64(per))), nil
}

// units is the insulin in a member.
func (f fields) units(name string) (unit.Units, bool, error) {
	v, found, err := f.number(name)
	if err == nil && !unit.Units(v).PossibleDose() {
		err = faultIn(name, rejectDose)
	}
	return unit.Units(v), found, err
}

// rate is the basal rate in a member.
func (f fields) rate(name string) (unit.UnitsPerHour, bool, error) {
	v, found, err := f.number(name)
	if err == nil && !unit.UnitsPerHour(v).Possible() {
		err = faultIn(name, rejectDose)
	}
	return unit.UnitsPerHour(v), found, err
}

// grams is the carbohydrate in a member.
func (f fields) grams(name string) (unit.Grams, bool, error) {
	v, found, err := f.number(name)
	if err == nil && !unit.Grams(v).Possible() {
		err = faultIn(name, rejectCarbs)
	}
	return unit.Grams(v), found, err
}

// concentration is the unit of glucose that a member names. Its writing
// varies: "mmol", "mmol/L", "mg/dl", "mg/dL".
func (f fields) concentration(name, otherwise string) (unit.Concentration, error) {
	s, err := f.text(name)
	if err != nil {
		return 0, err
	}
	if s == "" {
		s = otherwise
	}
	if s == "" {
		return 0, faultIn(name, rejectUnitMissing)
	}
	c, ok := unitOf(s)
	if !ok {
		return 0, faultIn(name, rejectUnit)
	}
	return c, nil
}

// possibleGlucose is v in the unit c, refused when it cannot be glucose.
func possibleGlucose(name string, v float64, c unit.Concentration) (unit.Glucose, error) {
	g := unit.MgDLValue(v)
	if c == unit.MmolL {
		g = unit.MmolLValue(v)
	}
	if !g.Possible() {
		return g, faultIn(name, rejectGlucose)
	}
	return g, nil
}

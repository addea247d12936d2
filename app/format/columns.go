package format

import (
	"strings"

	"glucokeep/app/unit"
)

// heading is one heading of a table, taken apart.
type heading struct {
	raw  string // as it stands, for Reject.Column
	full string // lower case, blanks collapsed: "sensor glucose (mg/dl)"
	name string // full without its unit: "sensor glucose"
	unit unit.Concentration
	has  bool // the heading names a unit of glucose
}

// headings finds columns by name: exports add and rename columns from one
// version to the next, so a place in the row says nothing.
type headings []heading

func newHeadings(cells []string) headings {
	h := make(headings, len(cells))
	for i, c := range cells {
		h[i] = newHeading(c)
	}
	return h
}

func newHeading(cell string) heading {
	h := heading{raw: clip(cleanHeading(cell), maxTextRunes)}
	h.full = strings.ToLower(h.raw)
	h.name = h.full
	for _, u := range []struct {
		text string
		unit unit.Concentration
	}{{"mg/dl", unit.MgDL}, {"mmol/l", unit.MmolL}} {
		if strings.Contains(h.full, u.text) {
			h.unit, h.has = u.unit, true
			h.name = strings.TrimSpace(strings.TrimSuffix(h.name, u.text))
		}
	}
	if i := strings.IndexByte(h.name, '('); i > 0 && strings.HasSuffix(h.name, ")") {
		h.name = strings.TrimSpace(h.name[:i])
	}
	return h
}

// cleanHeading undoes what saving a file again and again does to its first
// cell (a real Clarity file begins with a byte order mark, the same mark read
// as Windows-1252, and two layers of quotes), and collapses blanks.
func cleanHeading(s string) string {
	s = strings.NewReplacer("\uFEFF", "", "ï»¿", "", `"`, "", "\u00A0", " ", "\u202F", " ").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

// find is the column whose heading, with its unit or without, is one of the
// names (lower case); -1 if there is none. Earlier names win.
func (h headings) find(names ...string) int {
	for _, n := range names {
		for i := range h {
			if h[i].full == n || h[i].name == n {
				return i
			}
		}
	}
	return -1
}

// have reports whether every name has a column.
func (h headings) have(names ...string) bool {
	for _, n := range names {
		if h.find(n) < 0 {
			return false
		}
	}
	return true
}

// raw is the heading of column i as the file writes it, "" for none.
func (h headings) raw(i int) string {
	if i < 0 || i >= len(h) {
		return ""
	}
	return h[i].raw
}

// glucoseUnit is the unit that the heading of column i names; chosen is
// Options.Unit for a heading that names none.
func (h headings) glucoseUnit(i int, chosen string) (unit.Concentration, bool) {
	if i >= 0 && i < len(h) && h[i].has {
		return h[i].unit, true
	}
	return unitOf(chosen)
}

// unitOf reads the name of a unit of glucose.
func unitOf(s string) (unit.Concentration, bool) {
	switch s = strings.ToLower(strings.TrimSpace(s)); {
	case s == "mg/dl":
		return unit.MgDL, true
	case strings.HasPrefix(s, "mmol"):
		return unit.MmolL, true
	}
	return unit.MgDL, false
}

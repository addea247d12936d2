package component

// Period is the choice of the dates that a report is of: a few usual lengths
// up to the newest reading, or two dates. The form sends from and until by
// GET to Action.
type Period struct {
	Printed     string // 3–16 March 2026
	Lengths     []Tab
	Action      string
	From, Until string // as yyyy-mm-dd, or as last sent
	Open        bool   // the form of dates is in use
	Problems    map[string]string
	Kept        []Hidden // what else the address says and goes on saying
}

// Hidden is a field that is sent along unseen.
type Hidden struct{ Name, Value string }

// problems lists what is to change in the order of the fields.
func (p Period) problems() (list []Problem) {
	for _, field := range []string{"from", "until"} {
		if text := p.Problems[field]; text != "" {
			list = append(list, Problem{Field: field, Text: text})
		}
	}
	return list
}

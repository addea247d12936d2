package page

import (
	"glucokeep/app/unit"
	"glucokeep/views/component"
)

// problems lists what to change in the order of the form's fields; "" stands
// for the form as a whole.
func problems(byField map[string]string, order ...string) []component.Problem {
	var list []component.Problem
	if s := byField[""]; s != "" {
		list = append(list, component.Problem{Text: s})
	}
	for _, name := range order {
		if s := byField[name]; s != "" {
			list = append(list, component.Problem{Field: name, Text: s})
		}
	}
	return list
}

// units are the two glucose units; their names are the same everywhere.
func units() []component.Option {
	return []component.Option{
		{Value: unit.MgDL.String(), Label: unit.MgDL.String()},
		{Value: unit.MmolL.String(), Label: unit.MmolL.String()},
	}
}

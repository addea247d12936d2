package guide

import "glucokeep/views/component"

// forms are the parts that people fill in.
func forms() []Part {
	field := component.Field{Name: "email", Label: "E-mail address", Hint: "You sign in with it.", Value: "sam@example.org", Type: "email", Complete: "username"}
	wrong := field
	wrong.Name, wrong.Value, wrong.Problem = "email-wrong", "sam@", "Enter an e-mail address, such as sam@example.org."
	options := []component.Option{{Value: "a", Label: "mg/dL", Hint: "As in Germany, the United States and Japan."}, {Value: "b", Label: "mmol/L", Hint: "As in the United Kingdom and Sweden."}}
	return []Part{
		{Name: "field", Show: component.Input(field)},
		{Name: "field-problem", Show: component.Input(wrong)},
		{Name: "field-password", Show: component.Input(component.Field{Name: "password", Label: "Password", Type: "password", Complete: "new-password", Reveal: true, Least: 15})},
		{Name: "making", Show: component.Making(component.Maker{Hint: "Or have one made:", Once: "It is shown this once.", Fields: "f-password", Made: "copper violin drifts past eleven barns",
			Ways: []component.Way{{URL: "#guide.forms", Label: "Six words", Suggests: "copper violin drifts past eleven barns"}, {URL: "#guide.forms", Label: "Random characters", Suggests: "kV9tq-2LwXx-7ZrBd-mPa4e"}}})},
		{Name: "field-optional", Show: component.Input(component.Field{Name: "note", Label: "Note", Optional: true, Short: true})},
		{Name: "field-code", Show: component.Input(component.Field{Name: "code", Label: "Code that the box printed", Value: "RHMH-AERE", Code: true, Short: true})},
		{Name: "field-suggested", Show: component.Suggested(component.Field{Name: "place", Label: "Time zone", Value: "Europe/Madrid", Suggest: []string{"Europe/Berlin", "Europe/Madrid"}})},
		{Name: "select", Show: component.Pick(component.Select{Name: "zone", Label: "Time zone", Value: "b",
			Options: []component.Option{{Value: "a", Label: "Europe/Berlin"}, {Value: "b", Label: "Europe/Madrid"}}})},
		{Name: "choices", Show: component.Radios(component.Choices{Name: "unit", Legend: "Unit", Value: "a", Options: options})},
		{Name: "choices-problem", Show: component.Radios(component.Choices{Name: "unit-wrong", Legend: "Unit", Hint: "Look at the meter.", Problem: "Choose one of these.", Options: options})},
		{Name: "tick", Show: component.Tick(component.Check{Name: "seen", Label: "I have seen that two rows are left out."})},
		{Name: "tick-problem", Show: component.Tick(component.Check{Name: "seen-wrong", Label: "I have seen that two rows are left out.", Problem: "Tick this first, so that nothing is left out unnoticed."})},
		{Name: "problems", Show: component.Problems([]component.Problem{{Field: "email-wrong", Text: "Enter an e-mail address, such as sam@example.org."}, {Text: "The form did not arrive whole."}})},
		{Name: "period", Show: component.Periods(component.Period{Action: "?", From: "2026-03-02", Until: "2026-03-01", Open: true,
			Problems: map[string]string{"until": "The last day must not be before the first."},
			Lengths:  []component.Tab{{URL: "#guide.forms", Label: "7 days"}, {URL: "#guide.forms", Label: "14 days", Current: true}, {URL: "#guide.forms", Label: "30 days"}}}), Wide: true},
		{Name: "button-main", Show: component.Submit("Keep these readings")},
		{Name: "buttons", Show: buttons()},
	}
}

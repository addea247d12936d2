package guide

import "glucokeep/views/component"

// guideQR is the word Glucokeep as a code of 21 modules a side.
const guideQR = "M0 0h7v1h-7zM11 0h2v1h-2zM14 0h7v1h-7zM0 1h1v1h-1zM6 1h1v1h-1zM8 1h2v1h-2zM11 1h2v1h-2zM14 1h1v1h-1zM20 1h1v1h-1zM0 2h1v1h-1zM2 2h3v1h-3zM6 2h1v1h-1zM10 2h2v1h-2zM14 2h1v1h-1zM16 2h3v1h-3zM20 2h1v1h-1zM0 3h1v1h-1zM2 3h3v1h-3zM6 3h1v1h-1zM14 3h1v1h-1zM16 3h3v1h-3zM20 3h1v1h-1zM0 4h1v1h-1zM2 4h3v1h-3zM6 4h1v1h-1zM8 4h1v1h-1zM12 4h1v1h-1zM14 4h1v1h-1zM16 4h3v1h-3zM20 4h1v1h-1zM0 5h1v1h-1zM6 5h1v1h-1zM9 5h1v1h-1zM12 5h1v1h-1zM14 5h1v1h-1zM20 5h1v1h-1zM0 6h7v1h-7zM8 6h1v1h-1zM10 6h1v1h-1zM12 6h1v1h-1zM14 6h7v1h-7zM10 7h3v1h-3zM0 8h1v1h-1zM2 8h1v1h-1zM4 8h1v1h-1zM6 8h1v1h-1zM10 8h2v1h-2zM16 8h1v1h-1zM19 8h1v1h-1zM0 9h1v1h-1zM2 9h4v1h-4zM7 9h1v1h-1zM9 9h1v1h-1zM15 9h2v1h-2zM18 9h3v1h-3zM0 10h2v1h-2zM3 10h1v1h-1zM5 10h2v1h-2zM9 10h2v1h-2zM12 10h5v1h-5zM18 10h3v1h-3zM0 11h1v1h-1zM2 11h4v1h-4zM9 11h2v1h-2zM20 11h1v1h-1zM4 12h1v1h-1zM6 12h1v1h-1zM9 12h2v1h-2zM12 12h2v1h-2zM15 12h3v1h-3zM19 12h2v1h-2zM8 13h2v1h-2zM11 13h1v1h-1zM13 13h1v1h-1zM15 13h2v1h-2zM19 13h1v1h-1zM0 14h7v1h-7zM9 14h3v1h-3zM14 14h7v1h-7zM0 15h1v1h-1zM6 15h1v1h-1zM11 15h3v1h-3zM16 15h1v1h-1zM0 16h1v1h-1zM2 16h3v1h-3zM6 16h1v1h-1zM8 16h2v1h-2zM11 16h1v1h-1zM14 16h1v1h-1zM0 17h1v1h-1zM2 17h3v1h-3zM6 17h1v1h-1zM9 17h2v1h-2zM14 17h4v1h-4zM19 17h1v1h-1zM0 18h1v1h-1zM2 18h3v1h-3zM6 18h1v1h-1zM8 18h1v1h-1zM10 18h1v1h-1zM12 18h1v1h-1zM15 18h3v1h-3zM20 18h1v1h-1zM0 19h1v1h-1zM6 19h1v1h-1zM10 19h1v1h-1zM14 19h1v1h-1zM16 19h1v1h-1zM19 19h1v1h-1zM0 20h7v1h-7zM8 20h1v1h-1zM12 20h1v1h-1zM14 20h2v1h-2zM19 20h2v1h-2z"

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
		{Name: "codes", Show: component.CodeList([]string{"KQ3D-7VNA-PX2M-LW5T", "B6ZR-HJ4C-UYE2-OG7S", "M2WX-QT5A-DK3N-F7VP"})},
		{Name: "ready", Show: component.ReadyList([]component.ReadyItem{{Label: "Second factor", Has: true}, {Label: "Recovery codes saved", URL: "#guide.forms"}, {Label: "E-mail address proven"}})},
		{Name: "passkey", Show: component.Passkey(component.PasskeyForm{Action: "#guide.forms", Label: "Use a passkey", Fix: &component.Link{URL: "#guide.forms", Label: "Trust this box on this device"}})},
		{Name: "passkey-not-here", Show: component.Passkey(component.PasskeyForm{Why: "Passkeys work under https://box.lan alone: open the box there."})},
		{Name: "tickbox", Show: component.Tickbox(true)},
		{Name: "qr", Show: component.ShowQR(component.QR{Size: 21, Label: "QR code of the word Glucokeep", Path: guideQR})},
	}
}

package format

import (
	"cmp"
	"maps"
	"slices"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// wizards are the calculations of a file that wait for their bolus: by the
// bolus's id, or by its device and time where the data has no ids.
type wizards map[string]*wizardNote

// wizardNote is what a calculation says about its bolus.
type wizardNote struct {
	recommended *unit.Units
	carbs       unit.Grams
	bolus       fields // written inside the wizard, as old uploaders do
	line        int
	taken       bool
}

func placeKey(f fields) string { return "at/" + f.word("deviceId") + "/" + f.word("time") }

// collect keeps what a wizard says, up to a number that no person reaches.
// Its bolus stands inside it, or is named by id, or has its device and time.
func (w *wizards) collect(f fields, line int) {
	if len(*w) >= maxSparse {
		return
	}
	if *w == nil {
		*w = wizards{}
	}
	key := placeKey(f)
	note := &wizardNote{line: line, recommended: recommended(f.inner("recommended")), bolus: f.inner("bolus")}
	note.carbs, _, _ = f.grams("carbInput")
	if !note.carbs.Possible() {
		note.carbs = 0
	}
	switch id := f.word("bolus"); {
	case id != "":
		key = id
	case note.bolus.word("id") != "":
		key = note.bolus.word("id")
	case note.bolus != nil:
		key = placeKey(note.bolus)
	}
	(*w)[key] = note
}

// recommended is what a calculator proposed: the net dose, else its parts. A
// negative part (too much insulin on board) can make it less than nothing.
func recommended(f fields) *unit.Units {
	net, found, err := f.number("net")
	if err != nil || !found {
		carb, hasCarb, err1 := f.number("carb")
		correction, hasCorrection, err2 := f.number("correction")
		if err1 != nil || err2 != nil || !hasCarb && !hasCorrection {
			return nil
		}
		net = carb + correction
	}
	u := unit.Units(max(net, 0))
	if !u.PossibleDose() {
		return nil
	}
	return &u
}

// join puts the calculation into the bolus f, once.
func (w wizards) join(f fields, d *record.Dose) {
	for _, key := range []string{f.word("id"), placeKey(f)} {
		if note := w[key]; key != "" && note != nil && !note.taken {
			note.taken = true
			d.Recommended, d.Carbs = note.recommended, note.carbs
			return
		}
	}
}

// wizard gives the meal that was told to the calculator; the rest was
// collected for the bolus.
func (t *tidepool) wizard(f fields, c record.Common) (record.Record, error) {
	g, found, err := f.grams("carbInput")
	if err != nil || !found || g == 0 {
		return nil, err
	}
	c.Extra = besides(f, "carbInput", "bolus")
	meal := &record.Carbs{Common: c, Grams: g}
	if f.word("carbUnits") == "exchanges" {
		meal.Exchanges, meal.Grams = float64(g), 0
	}
	return meal, nil
}

// leftOver adds the boluses that stand only inside their wizard.
func (t *tidepool) leftOver() {
	for _, note := range t.wizards.sorted() {
		if note.taken || note.bolus == nil || note.bolus.word("type") != "bolus" {
			continue
		}
		err := t.object(note.bolus, note.line)
		if bad, ok := err.(*fieldFault); ok { //nolint:errorlint // made here, unwrapped
			t.reject(note.line, bad.column, bad.key)
		}
	}
}

// sorted are the calculations in the order of the file.
func (w wizards) sorted() []*wizardNote {
	return slices.SortedFunc(maps.Values(w), func(a, b *wizardNote) int { return cmp.Compare(a.line, b.line) })
}

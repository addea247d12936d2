package metrics

import (
	"strconv"
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// OnBoard is insulin on board as a device's calculator told it.
type OnBoard struct {
	At    record.Millis
	Units unit.Units
}

// onBoardNames are what sources call it beside a dose or a meal.
var onBoardNames = []string{"BWZ Active Insulin (U)", "insulinOnBoard"}

// LastOnBoard is the newest insulin on board that a device told with a dose or
// a meal. It is what the device said then and nothing computed.
func LastOnBoard(t Therapy) (last OnBoard, ok bool) {
	look := func(c *record.Common) {
		if ok && c.At <= last.At {
			return
		}
		for _, name := range onBoardNames {
			v, err := strconv.ParseFloat(strings.Replace(c.Extra[name], ",", ".", 1), 64)
			if err == nil && v >= 0 && unit.Units(v).PossibleDose() {
				last, ok = OnBoard{c.At, unit.Units(v)}, true
			}
		}
	}
	for _, d := range t.Doses {
		look(&d.Common)
	}
	for _, c := range t.Carbs {
		look(&c.Common)
	}
	return last, ok
}

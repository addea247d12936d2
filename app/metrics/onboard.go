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

// LastOnBoard is the newest insulin on board that a device told with one of
// these doses and meals. It is what the device said then and nothing computed.
func LastOnBoard(told []*record.Common) (last OnBoard, ok bool) {
	for _, c := range told {
		if ok && c.At <= last.At {
			continue
		}
		for _, name := range onBoardNames {
			v, err := strconv.ParseFloat(strings.Replace(c.Extra[name], ",", ".", 1), 64)
			if err == nil && v >= 0 && unit.Units(v).PossibleDose() {
				last, ok = OnBoard{c.At, unit.Units(v)}, true
			}
		}
	}
	return last, ok
}

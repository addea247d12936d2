package chart

import "glucokeep/views/figure"

// shape is the sign of a class as a path around its place: triangles that
// point away from the target, small enough to stand in a row every five
// minutes.
func shape(class string) string {
	switch class {
	case figure.VeryLow.Name(), figure.Low.Name():
		return "M-3.4 -2.6H3.4L0 3.4Z"
	case figure.High.Name(), figure.VeryHigh.Name():
		return "M-3.4 2.6H3.4L0 -3.4Z"
	}
	return "M0 -2.6A2.6 2.6 0 1 1 0 2.6A2.6 2.6 0 1 1 0 -2.6Z"
}

func above(class string) bool {
	return class == figure.High.Name() || class == figure.VeryHigh.Name()
}

// offset keeps a label off its curve.
func (l label) offset() string {
	switch l.Side {
	case "under":
		return "20"
	case "beside":
		return "4"
	}
	return "-11"
}

// shift is offset sideways.
func (l label) shift() string {
	switch {
	case l.Side != "beside":
		return "0"
	case l.Anchor == "end":
		return "-10"
	}
	return "10"
}

// stickShape is the sign of a fingerstick: a diamond, larger than a reading.
const stickShape = "M0 -6L5.5 0L0 6L-5.5 0Z"

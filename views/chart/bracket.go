package chart

// leader joins a part of the bar with its label.
func (p RangePart) leader() string {
	return "M62 " + pixels(p.middle) + "L71 " + pixels(p.labelY)
}

// path is a bracket around the place of its middle, drawn leftwards of the
// sum at the right edge.
func (b bracket) path() string {
	half := (b.Bottom - b.Top) / 2
	return "M-77 " + pixels(-half) + "h6V" + pixels(half) + "h-6"
}

// shareOffset sets the sum in the middle when no goal stands below it.
func (b bracket) shareOffset() string {
	if b.Goal == "" {
		return "5"
	}
	return "-1"
}

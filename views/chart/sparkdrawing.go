package chart

// SparkDrawing is a spark as the attributes of its elements, for a script that
// draws the next one in its place.
type SparkDrawing struct {
	Line       string `json:"line"` // path
	BandY      string `json:"bandY"`
	BandHeight string `json:"bandHeight"`
	X          string `json:"x"` // of the newest reading; "" without
	Y          string `json:"y"`
}

// Drawing gives the attributes of the spark's elements.
func (s Spark) Drawing() SparkDrawing {
	return SparkDrawing{Line: s.line, BandY: s.bandY, BandHeight: s.bandHeight, X: s.X, Y: s.Y}
}

package chart

// MinMax thins points, which are in order of X, to at most two in each of
// columns equal parts of width: the lowest and the highest of the part, in
// the order in which they come. No extreme is lost. Points left or right of
// the drawing count as one part more on either side.
func MinMax(points []Point, columns int, width float64) []Point {
	column := func(p Point) int { return min(max(int(p.X/width*float64(columns)+1), 0), columns+1) }
	if columns <= 0 || len(points) == 0 || len(points) <= 2*(column(points[len(points)-1])-column(points[0])+1) {
		return points
	}
	kept := make([]Point, 0, 2*columns+4)
	for i := 0; i < len(points); {
		here := column(points[i])
		low, high, end := i, i, i
		for ; end < len(points) && column(points[end]) == here; end++ {
			if points[end].Y < points[low].Y {
				low = end
			}
			if points[end].Y > points[high].Y {
				high = end
			}
		}
		kept = append(kept, points[min(low, high)])
		if low != high {
			kept = append(kept, points[max(low, high)])
		}
		i = end
	}
	return kept
}

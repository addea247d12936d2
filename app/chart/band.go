package chart

// Bin is one place of a percentile band: at X, between two heights. Absent
// says that too few readings fell into it.
type Bin struct {
	X         float64
	Low, High float64
	Absent    bool
}

// Bands are the polygons between Low and High, one for each unbroken run of
// bins. A run of one bin has no width and gives none.
func Bands(bins []Bin) [][]Point {
	var bands [][]Point
	for _, run := range present(bins) {
		if len(run) < 2 {
			continue
		}
		points := make([]Point, 0, 2*len(run))
		for _, b := range run {
			points = append(points, Point{b.X, b.High})
		}
		for i := len(run) - 1; i >= 0; i-- {
			points = append(points, Point{run[i].X, run[i].Low})
		}
		bands = append(bands, points)
	}
	return bands
}

// Edge is one edge of a band as lines, one for each unbroken run of bins.
func Edge(bins []Bin, height func(Bin) float64) [][]Point {
	var lines [][]Point
	for _, run := range present(bins) {
		points := make([]Point, len(run))
		for i, b := range run {
			points[i] = Point{b.X, height(b)}
		}
		lines = append(lines, points)
	}
	return lines
}

func present(bins []Bin) [][]Bin {
	var runs [][]Bin
	start := 0
	for i := 0; i <= len(bins); i++ {
		if i < len(bins) && !bins[i].Absent {
			continue
		}
		if i > start {
			runs = append(runs, bins[start:i])
		}
		start = i + 1
	}
	return runs
}

// Wrap closes a cycle of bins (a clock day) at 0 and at width: both ends get
// the value halfway between the last bin and the first, if both are there.
// The bins are spaced evenly with half a step before the first.
func Wrap(bins []Bin, width float64) []Bin {
	n := len(bins)
	if n < 2 || bins[0].Absent || bins[n-1].Absent {
		return bins
	}
	low, high := (bins[0].Low+bins[n-1].Low)/2, (bins[0].High+bins[n-1].High)/2
	wrapped := make([]Bin, 0, n+2)
	wrapped = append(wrapped, Bin{X: 0, Low: low, High: high})
	wrapped = append(wrapped, bins...)
	return append(wrapped, Bin{X: width, Low: low, High: high})
}

// Beyond are the areas between a line and a level, on the side where Y is
// smaller than the level (above is true) or larger: on a screen, what lies
// above or below it.
func Beyond(line []Point, level float64, above bool) [][]Point {
	out := func(p Point) bool { return (p.Y < level) == above && p.Y != level }
	var areas [][]Point
	var area []Point
	for i, p := range line {
		if i > 0 && out(p) != out(line[i-1]) {
			q := line[i-1]
			x := q.X + (p.X-q.X)*(level-q.Y)/(p.Y-q.Y)
			area = append(area, Point{x, level})
			if !out(p) {
				areas, area = append(areas, area), nil
			}
		}
		if out(p) {
			if len(area) == 0 {
				area = append(area, Point{p.X, level})
			}
			area = append(area, p)
		}
	}
	if len(area) > 0 {
		areas = append(areas, append(area, Point{line[len(line)-1].X, level}))
	}
	return areas
}

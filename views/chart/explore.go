package chart

import (
	"math"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// Level is how much detail a stretch of the explorer is drawn with.
type Level string

// The levels: every reading; the lowest and highest of each column of pixels;
// the spread of whole days.
const (
	EachReading Level = "readings"
	Extremes    Level = "line"
	WholeDays   Level = "days"
)

// LevelFor is the level at which a stretch fits a drawing of so many pixels:
// on a desk every reading up to about four days, the spread of days from about
// a month on.
func LevelFor(length time.Duration, width int) Level {
	perPixel := length / time.Duration(max(width, 1))
	switch {
	case perPixel <= 7*time.Minute:
		return EachReading
	case perPixel <= 48*time.Minute:
		return Extremes
	}
	return WholeDays
}

// Spread is the readings of one or more days, for a picture.
type Spread struct {
	Since, Until           time.Time
	Min, Max               unit.MgPerDl
	P5, P25, P50, P75, P95 unit.MgPerDl
	VeryLow, Low           float64 // parts of the readings, 0 to 1; Low without VeryLow
}

// TileInput is a stretch of time to draw: readings for the first two levels,
// spreads for the last.
type TileInput struct {
	Since, Until time.Time // in the zone of the person
	Width        int       // of the drawing in pixels
	Level        Level
	Ground       geometry.Ground
	Highest      unit.MgPerDl // of all readings there are, so that the axis stays when the window moves
	Readings     []Reading    // in order of time; some beyond the ends, so that lines go on
	Spreads      []Spread
}

// Tile is the drawing of a stretch as paths in a box of Width by tileHeight,
// and the labels of its time axis. It is sent to the explorer's script as it
// is.
type Tile struct {
	From  int64             `json:"from"` // unix ms
	Until int64             `json:"until"`
	Width int               `json:"width"`
	Note  string            `json:"note"`  // what is drawn, in words
	Parts map[string]string `json:"parts"` // paths by name, see tileParts
	Ticks []TileTick        `json:"ticks"`
}

// TileTick is a label of the time axis.
type TileTick struct {
	At     int64  `json:"at"` // unix ms
	Label  string `json:"label"`
	Strong bool   `json:"strong,omitempty"` // begins something larger: a day among hours, a year among months
	Only   string `json:"-"`                // "broad" or "slim": on such screens alone
	x      string
}

// The drawing of a tile: the glucose above, and below it the lane of the time
// below range.
const (
	tileHeight = 1150.0
	laneTop    = 1050.0
	laneBottom = 1150.0
)

// tileParts are the paths of a tile in the order in which they are painted.
var tileParts = []tilePart{{Name: "night"}, {Name: "whisker"}, {Name: "outer"}, {Name: "inner"}, {Name: "median", Halo: true}, {Name: "median"},
	{Name: "above"}, {Name: "below"}, {Name: "curve"}, {Name: "in-range"}, {Name: "high"}, {Name: "very-high"}, {Name: "low"}, {Name: "very-low"},
	{Name: "lane"}, {Name: "lane-severe"}}

// tilePart is a path by its name; one with a halo is painted below the same
// path without.
type tilePart struct {
	Name string
	Halo bool
}

// tickRoom is the pixels that a label of the time axis wants.
const tickRoom = 96

// NewTile draws a stretch of time for a reader.
func NewTile(l text.Locale, in TileInput) Tile {
	t := Tile{From: in.Since.UnixMilli(), Until: in.Until.UnixMilli(), Width: in.Width, Parts: map[string]string{},
		Note: l.T("explore.level." + string(in.Level))}
	axis := exploreAxis(l, in)
	d := tileDrawing{in: in, span: geometry.Span{Since: in.Since, Until: in.Until}, axis: axis, scale: axis.Scale(tall), parts: t.Parts}
	switch in.Level {
	case WholeDays:
		d.spreads()
	default:
		d.readings()
	}
	if in.Level == EachReading {
		for _, n := range in.Ground.Spans(d.span) {
			t.Parts["night"] += box(d.x(n.Since), d.x(n.Until), 0, tileHeight)
		}
	}
	t.Ticks = tileTicks(l, d.span, max(in.Width/tickRoom, 2), "")
	return t
}

// exploreAxis is the axis of all readings there are. A clipped reading counts
// one above the sensor's limit and is drawn at the limit.
func exploreAxis(l text.Locale, in TileInput) geometry.Axis {
	return in.Ground.Axis(figure.Unit(l), 30, max(in.Highest-1, 251))
}

type tileDrawing struct {
	in    TileInput
	span  geometry.Span
	axis  geometry.Axis
	scale geometry.Scale
	parts map[string]string
}

// x is a place on the time axis; unlike Span.X it goes on beyond the ends.
func (d tileDrawing) x(t time.Time) float64 {
	return float64(t.Sub(d.span.Since)) / float64(d.span.Length()) * float64(d.in.Width)
}

func (d tileDrawing) y(g unit.MgPerDl) float64 { return d.scale.At(float64(g)) }

// A line of weeks keeps the lowest and the highest of each column of so many
// pixels, at heights of a pixel and a half: finer, it is a thicket that weighs
// twice what a page may.
const (
	extremeColumn = 3
	extremeStep   = 4.0
)

// readings draws readings as dots on a line, or as the line alone with what
// leaves the target range filled.
func (d tileDrawing) readings() {
	width := float64(d.in.Width)
	low, high := d.axis.Target()
	for _, run := range geometry.Runs(samples(d.in.Readings)) {
		points := make([]geometry.Point, len(run))
		for i, s := range run {
			points[i] = geometry.Point{X: d.x(s.At), Y: d.y(s.Value)}
		}
		if d.in.Level == Extremes {
			points = geometry.MinMax(points, d.in.Width/extremeColumn, width)
			for i := range points {
				points[i].Y = math.Round(points[i].Y/extremeStep) * extremeStep
			}
		} else {
			points = geometry.MinMax(points, d.in.Width, width)
		}
		d.parts["curve"] += geometry.Compact(points)
		if d.in.Level == Extremes {
			d.parts["above"] += areas(geometry.Beyond(points, d.y(high), true))
			d.parts["below"] += areas(geometry.Beyond(points, d.y(low), false))
		}
	}
	var dots [figure.VeryHigh + 1][]geometry.Point
	lane := newLane(d.in.Width)
	for _, r := range d.in.Readings {
		x := d.x(r.At)
		if d.in.Level == EachReading {
			dots[r.Class] = append(dots[r.Class], geometry.Point{X: x, Y: d.y(r.Value.MgDL())})
		}
		if !r.Scan {
			lane.add(x, r)
		}
	}
	for c := figure.VeryLow; c <= figure.VeryHigh; c++ {
		if len(dots[c]) > 0 {
			d.parts[c.Name()] = geometry.CompactDots(dots[c])
		}
	}
	d.parts["lane"], d.parts["lane-severe"] = lane.paths()
}

// areas are closed paths in whole units.
func areas(list [][]geometry.Point) string {
	var d string
	for _, points := range list {
		if len(points) > 2 {
			d += geometry.Compact(points) + "Z"
		}
	}
	return d
}

// spreads draws days as the bands of a profile, with thin lines from the
// lowest to the highest reading.
func (d tileDrawing) spreads() {
	for _, run := range spreadRuns(d.in.Spreads) {
		d.parts["outer"] += d.ribbon(run, func(s Spread) (a, b unit.MgPerDl) { return s.P5, s.P95 })
		d.parts["inner"] += d.ribbon(run, func(s Spread) (a, b unit.MgPerDl) { return s.P25, s.P75 })
		d.parts["median"] += geometry.Path(d.edge(run, func(s Spread) unit.MgPerDl { return s.P50 }))
	}
	var whisker, lane, severe []byte
	for _, s := range d.in.Spreads {
		from, until := d.x(s.Since), d.x(s.Until)
		middle := (from + until) / 2
		whisker = append(whisker, geometry.Path([]geometry.Point{{X: middle, Y: d.y(s.Min)}, {X: middle, Y: d.y(s.Max)}})...)
		low, veryLow := laneBars(from, until, s.VeryLow+s.Low, s.VeryLow)
		lane, severe = append(lane, low...), append(severe, veryLow...)
	}
	d.parts["whisker"], d.parts["lane"], d.parts["lane-severe"] = string(whisker), string(lane), string(severe)
}

// spreadRuns cuts spreads where days without readings lie between them.
func spreadRuns(all []Spread) (runs [][]Spread) {
	start := 0
	for i := 1; i <= len(all); i++ {
		if i == len(all) || !all[i].Since.Equal(all[i-1].Until) {
			runs, start = append(runs, all[start:i]), i
		}
	}
	return runs
}

// edge is a line through the middles of spreads, level to both outer ends, so
// that a single day has a width.
func (d tileDrawing) edge(run []Spread, height func(Spread) unit.MgPerDl) []geometry.Point {
	points := make([]geometry.Point, 0, len(run)+2)
	first, last := run[0], run[len(run)-1]
	points = append(points, geometry.Point{X: d.x(first.Since), Y: d.y(height(first))})
	for _, s := range run {
		points = append(points, geometry.Point{X: (d.x(s.Since) + d.x(s.Until)) / 2, Y: d.y(height(s))})
	}
	return append(points, geometry.Point{X: d.x(last.Until), Y: d.y(height(last))})
}

func (d tileDrawing) ribbon(run []Spread, between func(Spread) (low, high unit.MgPerDl)) string {
	upper := d.edge(run, func(s Spread) unit.MgPerDl { _, high := between(s); return high })
	lower := d.edge(run, func(s Spread) unit.MgPerDl { low, _ := between(s); return low })
	for i := len(lower) - 1; i >= 0; i-- {
		upper = append(upper, lower[i])
	}
	return geometry.Polygon(upper)
}

// box is a closed path around a rectangle.
func box(left, right, top, bottom float64) string {
	return geometry.Polygon([]geometry.Point{{X: left, Y: top}, {X: right, Y: top}, {X: right, Y: bottom}, {X: left, Y: bottom}})
}

// fullLane is the part of readings below range that fills the lane. Bars grow
// with the square root, so that one low reading in fifty and one in ten differ.
const fullLane = 0.25

// leastBar is the height of the smallest bar, in parts of the lane: one low
// reading among hundreds can be seen.
const leastBar = 0.14

// laneBars are the bars of parts below range, and of what is very low in them.
func laneBars(left, right, below, veryLow float64) (bar, severe string) {
	height := func(part float64) float64 {
		return laneBottom - (laneBottom-laneTop)*min(1, max(math.Sqrt(part/fullLane), leastBar))
	}
	if below > 0 {
		bar = box(left, right, height(below), laneBottom)
	}
	if veryLow > 0 {
		severe = box(left, right, height(veryLow), laneBottom)
	}
	return bar, severe
}

// lane counts readings below range by columns of laneColumn pixels.
type lane struct {
	columns []struct{ all, low, veryLow int }
}

const laneColumn = 3

func newLane(width int) *lane {
	return &lane{columns: make([]struct{ all, low, veryLow int }, width/laneColumn+1)}
}

func (l *lane) add(x float64, r Reading) {
	i := int(math.Floor(x / laneColumn))
	if i < 0 || i >= len(l.columns) {
		return
	}
	c := &l.columns[i]
	c.all++
	if r.Low {
		c.low++
	}
	if r.VeryLow {
		c.veryLow++
	}
}

func (l *lane) paths() (bars, severe string) {
	for i, c := range l.columns {
		if c.low == 0 {
			continue
		}
		left := float64(i * laneColumn)
		a, b := laneBars(left, left+laneColumn, float64(c.low)/float64(c.all), float64(c.veryLow)/float64(c.all))
		bars, severe = bars+a, severe+b
	}
	return bars, severe
}

// tileTicks labels the time axis with as many labels as there is room for.
func tileTicks(l text.Locale, span geometry.Span, most int, only string) (ticks []TileTick) {
	step := geometry.TickStep(span, most)
	for _, t := range geometry.Ticks(span, step) {
		tick := TileTick{At: t.UnixMilli(), Only: only, x: percent(span.X(t, 100))}
		tick.Label, tick.Strong = tickLabel(l, t, step)
		ticks = append(ticks, tick)
	}
	return ticks
}

func tickLabel(l text.Locale, t time.Time, step geometry.Step) (label string, strong bool) {
	switch {
	case step.Hours > 0 && t.Hour() > 0:
		return l.Hour(t.Hour()), false
	case step.Hours > 0, step.Days > 0:
		return l.Day(t), step.Hours > 0
	case step.Months > 0 && t.Month() != time.January:
		return l.MonthShort(t.Month()), false
	}
	return t.Format("2006"), step.Months > 0
}

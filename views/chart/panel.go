package chart

import (
	geometry "glucokeep/app/chart"
)

// The units of a small panel: five minutes wide, which is the pace of most
// sensors, and half a pixel high. Each digit less is weight of a page that
// shows a month of them.
const (
	panelMinutes = 5
	panelTall    = 250
	sill         = 1 // the windows begin so far off the target range, or its own side would shimmer through at their edges
)

// small is a panel of one day, or of some hours of it, without an axis.
type small struct {
	line             string
	body             string // from the line to the target range, on either side; "" when nothing lies outside
	above, below     beyond
	targetY, targetH string
	box              string // viewBox: the part of the clock that is drawn
}

// beyond is a window of the panel in which the body shows: all above the
// target range, or all below it. The body is the line closed once more, so on
// its way to the reader it packs to almost nothing.
type beyond struct {
	Y, Height, Box string
	Any            bool // something lies there
}

// newSmall draws readings of one day between two hours of the clock.
func newSmall(axis geometry.Axis, readings []Reading, from, to int, tolerance float64) small {
	x, width := float64(from*60)/panelMinutes, float64((to-from)*60)/panelMinutes
	s := small{box: geometry.Box(x, 0, width, panelTall)}
	s.targetY, s.targetH = band(axis)
	scale := axis.Scale(panelTall)
	low, high := axis.Target()
	top, bottom := scale.At(float64(high)), scale.At(float64(low))
	lines := clockLines(readings, scale, panelMinutes, tolerance)
	s.line = compact(lines)
	over, under := top-sill, bottom+sill
	s.above = beyond{Y: "0", Height: percent(over * 100 / panelTall), Box: geometry.Box(x, 0, width, over)}
	s.below = beyond{Y: percent(under * 100 / panelTall), Height: percent((panelTall - under) * 100 / panelTall), Box: geometry.Box(x, under, width, panelTall-under)}
	for _, points := range lines {
		for _, p := range points {
			s.above.Any = s.above.Any || p.Y < top
			s.below.Any = s.below.Any || p.Y > bottom
		}
	}
	if s.above.Any || s.below.Any {
		s.body = bodies(lines, top)
	}
	return s
}

// bodies are lines closed along a level.
func bodies(lines [][]geometry.Point, level float64) string {
	var d string
	for _, points := range lines {
		d += geometry.Body(points, level)
	}
	return d
}

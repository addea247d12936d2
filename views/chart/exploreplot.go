package chart

import (
	"slices"
	"strconv"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/views/figure"
)

// ExploreInput is a window of a person's readings and all of them in small.
type ExploreInput struct {
	Name        string // the window in words
	Summary     string // what it holds, in a sentence
	Tile        TileInput
	Found       *geometry.Span // an episode to mark
	First, Last time.Time      // what there is, from whole day to whole day
	Whole       []Spread       // all of it
	DataURL     string         // where the script asks for tiles
	FiguresURL  string         // … and for the figures of a window
	Rows        [][]ExploreCell
	Head        []string
}

// ExploreCell is a cell of the table; the first of a row may lead somewhere.
type ExploreCell struct {
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
}

// Explore is the explorer's drawing, ready to print.
type Explore struct {
	Name, Summary, Unit string
	Tile                Tile
	Rows                [][]ExploreCell
	Head                []string
	Below               string // the name of the lane: below 70 mg/dL
	levels              []level
	bandY, bandHeight   string
	found               string
	overview            overview
	in                  ExploreInput
}

// overview is all readings in small.
type overview struct {
	outer, median, lane, severe string
	bandY, bandHeight           string
	brushX, brushWidth          string
	ticks                       []TileTick
}

// overviewWide is the width of the strip's drawing, in user units.
const overviewWide = 1000

// NewExplore lays out the explorer for a reader.
func NewExplore(l text.Locale, in ExploreInput) Explore {
	axis := exploreAxis(l, in.Tile)
	e := Explore{Name: in.Name, Summary: in.Summary, Unit: figure.Unit(l).String(), Tile: NewTile(l, in.Tile), Rows: in.Rows, Head: in.Head,
		levels: levels(l, axis), in: in}
	usual := geometry.Limits{}.In(figure.Unit(l)) // statistics of days count by the bounds of most people
	e.Below = l.T("figure.below", "value", figure.Bound(l, usual[1]), "unit", e.Unit)
	e.bandY, e.bandHeight = band(axis)
	span := geometry.Span{Since: in.Tile.Since, Until: in.Tile.Until}
	e.Tile.Ticks = screenTicks(l, span, in.Tile.Width)
	d := tileDrawing{in: in.Tile, span: span}
	if in.Found != nil {
		e.found = box(d.x(in.Found.Since), d.x(in.Found.Until), 0, tileHeight)
	}
	e.overview = newOverview(l, in, axis)
	return e
}

// mostRight is how far right, in percent, a tick can stand with its label.
const mostRight = 97

// slimPlot is the width of the explorer's plot on a phone.
const slimPlot = 290

// screenTicks are the labels for broad and for slim screens, where the page is
// drawn without knowing which it will be on.
func screenTicks(l text.Locale, span geometry.Span, width int) []TileTick {
	broad := tileTicks(l, span, max(width/tickRoom, 2), "broad")
	slim := tileTicks(l, span, slimPlot/tickRoom, "slim")
	for i := range broad {
		for k := range slim {
			if broad[i].At == slim[k].At && broad[i].Label == slim[k].Label {
				broad[i].Only = ""
				slim = append(slim[:k], slim[k+1:]...)
				break
			}
		}
	}
	return slices.DeleteFunc(append(broad, slim...), func(t TileTick) bool {
		return span.X(time.UnixMilli(t.At), 100) > mostRight // its label would stick out of the page
	})
}

func newOverview(l text.Locale, in ExploreInput, axis geometry.Axis) (o overview) {
	span := geometry.Span{Since: in.First, Until: in.Last}
	parts := map[string]string{}
	d := tileDrawing{in: TileInput{Width: overviewWide, Spreads: in.Whole}, span: span, axis: axis, scale: axis.Scale(tall), parts: parts}
	d.spreads()
	o.outer, o.median, o.lane, o.severe = parts["outer"], parts["median"], parts["lane"], parts["lane-severe"]
	o.bandY, o.bandHeight = band(axis)
	x, end := span.X(in.Tile.Since, 100), span.X(in.Tile.Until, 100)
	o.brushX, o.brushWidth = percent(x), percent(end-x)
	o.ticks = screenTicks(l, span, 1000)
	return o
}

func viewBox(width int) string { return "0 0 " + strconv.Itoa(width) + " 1150" }

// glucosePart is the part of the plot that glucose has above the lane.
const glucosePart = "86.96%"

func (e Explore) ms(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func (e Explore) foundFrom() string {
	if e.in.Found == nil {
		return ""
	}
	return e.ms(e.in.Found.Since)
}

func (e Explore) foundUntil() string {
	if e.in.Found == nil {
		return ""
	}
	return e.ms(e.in.Found.Until)
}

func (t TileTick) at() string { return strconv.FormatInt(t.At, 10) }

package chart

import (
	"strconv"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
)

// WearInput is what was worn and changed in a period, a row for each thing.
type WearInput struct {
	ID, Title, Summary string
	Since, Until       time.Time
	Ticks              []WearTick
	Rows               []WearRow
	Head               []string // of the table that says the same
	Table              [][]string
}

// WearTick names a time below the axis.
type WearTick struct {
	At    time.Time
	Label string
	Broad bool // on broad screens only
}

// WearRow is a row of the strip: stretches of time, and moments.
type WearRow struct {
	Name  string
	Spans []WearSpan
	Marks []time.Time
}

// WearSpan is a stretch of a row. Kind is "readings" or "session".
type WearSpan struct {
	Since, Until time.Time
	Kind         string
}

// Wear is the strip, ready to draw.
type Wear struct {
	ID, Title, Summary string
	height             string
	hours              []hour
	rows               []wearRow
	Head               []string
	Table              [][]string
}

// wearRow has its places across in percent and down in pixels.
type wearRow struct {
	name         string
	nameY, baseY string
	rects        []rect
	marks        []string
}

// The heights in pixels of a row, its name and what is drawn in it.
const (
	rowHeight = 52
	rowBase   = 22
	spanTall  = 18
)

// NewWear lays out a strip for a reader.
func NewWear(_ text.Locale, in WearInput) Wear {
	span := geometry.Span{Since: in.Since, Until: in.Until}
	w := Wear{ID: in.ID, Title: in.Title, Summary: in.Summary, height: strconv.Itoa(rowHeight * len(in.Rows)), Head: in.Head, Table: in.Table}
	for _, t := range in.Ticks {
		w.hours = append(w.hours, hour{X: percent(span.X(t.At, 100)), Label: t.Label, Broad: t.Broad})
	}
	for i, r := range in.Rows {
		top := i * rowHeight
		row := wearRow{name: r.Name, nameY: strconv.Itoa(top + 14), baseY: strconv.Itoa(top + rowBase)}
		for k, s := range r.Spans {
			if !s.Until.After(in.Since) || !s.Since.Before(in.Until) {
				continue
			}
			x := span.X(s.Since, 100)
			width := max(span.X(s.Until, 100)-x, 0.15)
			class := "wear wear-" + s.Kind
			if k%2 == 1 {
				class += " wear-other"
			}
			row.rects = append(row.rects, rect{percent(x), row.baseY, percent(min(width, 100-x)), strconv.Itoa(spanTall), class})
		}
		for _, m := range r.Marks {
			if span.Holds(m) {
				row.marks = append(row.marks, percent(span.X(m, 100)))
			}
		}
		w.rows = append(w.rows, row)
	}
	return w
}

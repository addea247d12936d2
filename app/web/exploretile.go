package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"glucokeep/app/chart"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	views "glucokeep/views/chart"
)

// The widths in pixels that a tile can have.
const (
	leastTile = 100
	mostTile  = 4096
)

// exploreTile gives the drawing of a stretch of time to the explorer's script:
// paths and the labels of the axis, no page.
func (s *server) exploreTile(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:explore")
	if err != nil {
		return err
	}
	loc := v.zone()
	q := v.URL.Query()
	since, err := readInstant(q.Get("from"), loc, false)
	if err != nil {
		return err
	}
	until, err := readInstant(q.Get("until"), loc, true)
	if err != nil {
		return err
	}
	span := chart.Span{Since: since, Until: until}
	if span.Length() < time.Minute {
		return v.backwards()
	}
	width, err := strconv.Atoi(q.Get("width"))
	if err != nil {
		width = deskWidth
	}
	width = min(max(width, leastTile), mostTile)
	b := looked{visit: v, reader: r, asked: asked{window: span}}
	tile, err := b.tile(span, width)
	if err != nil {
		return err
	}
	return sendJSON(w, v, views.NewTile(v.locale, tile))
}

// beside is how far beyond a tile its readings go, so that lines reach its
// ends.
const beside = time.Hour

// tile gathers what is to be drawn of a stretch of time.
func (b looked) tile(s chart.Span, width int) (views.TileInput, error) {
	in := views.TileInput{Since: s.Since, Until: s.Until, Width: width, Level: views.LevelFor(s.Length(), width),
		Ground: ground(b.reader.Person())}
	var err error
	if in.Highest, err = b.reader.Highest(b.Context()); err != nil {
		return in, err
	}
	if in.Level == views.WholeDays {
		rows, err := b.days(s)
		in.Spreads = spreads(report.Columns(rows, period(s), width/columnPixels))
		return in, err
	}
	wide := report.Period{From: record.At(s.Since.Add(-beside)), Until: record.At(s.Until.Add(beside))}
	rs, err := report.Drawn(b.Context(), b.reader, b.zone(), wide)
	if err != nil {
		return in, err
	}
	in.Readings = drawn(rs, ranges(b.reader.Person()), b.zone())
	standard := metrics.Standard()
	for i, r := range rs {
		c := standard.Classify(r)
		in.Readings[i].Low, in.Readings[i].VeryLow = lowest(c)
	}
	return in, nil
}

// columnPixels is the least width of a column of days: narrower ones are a
// thicket.
const columnPixels = 6

// days are the statistics of the UTC days of a stretch: those of the page, or
// read for it.
func (b looked) days(s chart.Span) ([]read.Stat, error) {
	if b.rows != nil {
		return report.Within(b.rows, period(s)), nil
	}
	return b.reader.Days(b.Context(), record.At(s.Since), record.At(s.Until))
}

func spreads(columns []report.Column) []views.Spread {
	out := make([]views.Spread, len(columns))
	for i, c := range columns {
		n := float64(c.N)
		out[i] = views.Spread{Since: c.From.Time(), Until: c.Until.Time(), Min: c.Min, Max: c.Max, P5: c.P05, P25: c.P25, P50: c.P50, P75: c.P75,
			P95: c.P95, VeryLow: float64(c.VeryLow) / n, Low: float64(c.Low) / n}
	}
	return out
}

// sendJSON answers a script.
func sendJSON(w http.ResponseWriter, v *visit, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return send(w, v, http.StatusOK, b)
}

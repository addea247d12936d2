package chart

import (
	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/views/figure"
)

// CompareInput is the profiles of two periods, the earlier first, each with
// its name as it stands at the curve and in sentences.
type CompareInput struct {
	ID             string
	Earlier, Later []ProfileBin
	Names          [2]string // short: before, after
	Ground         Ground
}

// Compare is two profiles in one drawing: the earlier as a dashed line in a
// band that has edges only, the later as a solid line in a filled band.
type Compare struct {
	ID, Unit, Summary string
	levels            []level
	hours             []hour
	nights            []area
	bandY, bandHeight string
	inner, median     string // later
	edges, dashed     string // earlier
	names             []label
	Names             [2]string
	Rows              []CompareRow
}

// CompareRow is an hour of both profiles in the table.
type CompareRow struct{ Hour, Earlier, EarlierSpread, Later, LaterSpread string }

// NewCompare lays out two profiles for a reader.
func NewCompare(l text.Locale, in CompareInput) Compare {
	axis := in.Ground.Axis(figure.Unit(l), 0, 350)
	scale := axis.Scale(tall)
	c := Compare{ID: in.ID, Unit: figure.Unit(l).String(), levels: levels(l, axis), hours: clockHours(l), nights: clockNights(in.Ground.Night), Names: in.Names}
	c.bandY, c.bandHeight = band(axis)
	earlier, later := newPercentileCurve(in.Earlier, scale), newPercentileCurve(in.Later, scale)
	c.inner, c.median = later.inner, later.median
	c.edges, c.dashed = earlier.innerEdges, earlier.median
	c.names = compareNames(in.Names, earlier.middles, later.middles)
	c.Summary = compareSummary(l, in)
	for i := range min(len(in.Earlier), len(in.Later)) {
		a, b := in.Earlier[i], in.Later[i]
		c.Rows = append(c.Rows, CompareRow{Hour: l.ClockMinute(a.Minute), Earlier: middle(l, a), EarlierSpread: spread(l, a),
			Later: middle(l, b), LaterSpread: spread(l, b)})
	}
	return c
}

func middle(l text.Locale, b ProfileBin) string {
	if b.Absent {
		return "–"
	}
	return figure.MgPerDl(l, b.P50)
}

func spread(l text.Locale, b ProfileBin) string {
	if b.Absent {
		return "–"
	}
	return figure.MgPerDl(l, b.P25) + "–" + figure.MgPerDl(l, b.P75)
}

func compareNames(names [2]string, earlier, later []geometry.Bin) []label {
	n := len(earlier)
	if n == 0 || len(later) != n || earlier[n-1].Absent || later[n-1].Absent {
		return nil
	}
	const perHundred = 100 / tall
	placed := geometry.Spread([]float64{earlier[n-1].Low * perHundred, later[n-1].Low * perHundred}, 5.5, 2, 98)
	return []label{{X: "100%", Y: percent(placed[0]), Text: names[0], Anchor: "start"},
		{X: "100%", Y: percent(placed[1]), Text: names[1], Anchor: "start", Side: "strong"}}
}

// compareSummary says where the medians are furthest apart.
func compareSummary(l text.Locale, in CompareInput) string {
	best := -1
	apart := func(i int) float64 {
		d := float64(in.Later[i].P50 - in.Earlier[i].P50)
		return max(d, -d)
	}
	for i := range min(len(in.Earlier), len(in.Later)) {
		if !in.Earlier[i].Absent && !in.Later[i].Absent && (best < 0 || apart(i) > apart(best)) {
			best = i
		}
	}
	if best < 0 {
		return l.T("chart.profile.empty")
	}
	return l.T("chart.compare.summary", "at", l.ClockMinute(in.Earlier[best].Minute), "unit", figure.Unit(l).String(),
		"earlier", figure.MgPerDl(l, in.Earlier[best].P50), "later", figure.MgPerDl(l, in.Later[best].P50))
}

package chart

import (
	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// ProfileBin is the spread of readings around one time of the clock day.
type ProfileBin struct {
	Minute                 int // of the day: 30, 90 … for whole hours
	P5, P25, P50, P75, P95 unit.MgPerDl
	Absent                 bool // fewer readings than a bin needs: the curve breaks
}

// ProfileInput is the profile of a period, its bins in order and evenly
// spaced over the clock day.
type ProfileInput struct {
	ID     string
	Bins   []ProfileBin
	Ground Ground
}

// Profile is the profile curve, ready to draw.
type Profile struct {
	ID, Unit, Summary string
	levels            []level
	hours             []hour
	nights            []area
	bandY, bandHeight string
	outer, inner      string // closed paths
	edges, median     string
	names             []label
	Rows              []ProfileRow
}

// ProfileRow is one bin in the table.
type ProfileRow struct{ Hour, P5, P25, P50, P75, P95 string }

// NewProfile lays out a profile for a reader. The axis goes from 0 to 350
// mg/dL or 20 mmol/L; what lies above is held at the top.
func NewProfile(l text.Locale, in ProfileInput) Profile {
	axis := in.Ground.Axis(figure.Unit(l), 0, 350)
	scale := axis.Scale(tall)
	p := Profile{
		ID: in.ID, Unit: figure.Unit(l).String(), Summary: profileSummary(l, in.Bins), levels: levels(l, axis),
		hours: clockHours(l), nights: clockNights(in.Ground.Night),
	}
	p.bandY, p.bandHeight = band(axis)
	c := newPercentileCurve(in.Bins, scale)
	p.outer, p.inner, p.edges, p.median = c.outer, c.inner, c.edges, c.median
	p.names = percentileNames(l, c.outers, c.inners, c.middles)
	p.Rows = profileRows(l, in.Bins)
	return p
}

// percentileNames stand at the right end of the curves, moved apart where
// the curves run close.
func percentileNames(l text.Locale, outer, inner, middle []geometry.Bin) []label {
	n := len(middle)
	if n == 0 || middle[n-1].Absent {
		return nil
	}
	const perHundred = 100 / tall
	wishes := []float64{outer[n-1].High * perHundred, inner[n-1].High * perHundred, middle[n-1].Low * perHundred,
		inner[n-1].Low * perHundred, outer[n-1].Low * perHundred}
	placed := geometry.Spread(wishes, 5.5, 2, 98)
	words := []string{l.T("chart.profile.p95"), l.T("chart.profile.p75"), l.T("chart.profile.median"),
		l.T("chart.profile.p25"), l.T("chart.profile.p5")}
	names := make([]label, len(words))
	for i := range words {
		names[i] = label{X: "100%", Y: percent(placed[i]), Text: words[i], Anchor: "start"}
	}
	names[2].Side = "strong"
	return names
}

func polygons(bands [][]geometry.Point) string {
	var d string
	for _, points := range bands {
		d += geometry.Polygon(points)
	}
	return d
}

func profileSummary(l text.Locale, bins []ProfileBin) string {
	var low, high *ProfileBin
	for i := range bins {
		b := &bins[i]
		if b.Absent {
			continue
		}
		if low == nil || b.P50 < low.P50 {
			low = b
		}
		if high == nil || b.P50 > high.P50 {
			high = b
		}
	}
	if low == nil {
		return l.T("chart.profile.empty")
	}
	return l.T("chart.profile.summary", "unit", figure.Unit(l).String(),
		"lowest", figure.MgPerDl(l, low.P50), "lowest_at", l.ClockMinute(low.Minute),
		"highest", figure.MgPerDl(l, high.P50), "highest_at", l.ClockMinute(high.Minute))
}

func profileRows(l text.Locale, bins []ProfileBin) []ProfileRow {
	rows := make([]ProfileRow, len(bins))
	for i, b := range bins {
		rows[i] = ProfileRow{Hour: l.ClockMinute(b.Minute), P5: "–", P25: "–", P50: "–", P75: "–", P95: "–"}
		if !b.Absent {
			rows[i] = ProfileRow{Hour: l.ClockMinute(b.Minute), P5: figure.MgPerDl(l, b.P5), P25: figure.MgPerDl(l, b.P25),
				P50: figure.MgPerDl(l, b.P50), P75: figure.MgPerDl(l, b.P75), P95: figure.MgPerDl(l, b.P95)}
		}
	}
	return rows
}

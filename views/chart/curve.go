package chart

import (
	geometry "glucokeep/app/chart"
	"glucokeep/app/unit"
)

// percentileCurve is percentiles over the clock day as paths on a drawing of wide ×
// tall, and the bins that they are drawn through.
type percentileCurve struct {
	outer, inner, edges, innerEdges, median string
	outers, inners, middles                 []geometry.Bin
}

func newPercentileCurve(in []ProfileBin, scale geometry.Scale) percentileCurve {
	pair := func(low, high func(ProfileBin) unit.MgPerDl) []geometry.Bin {
		bins := make([]geometry.Bin, len(in))
		for i, b := range in {
			bins[i] = geometry.Bin{X: float64(b.Minute), Absent: b.Absent,
				Low: scale.At(float64(low(b))), High: scale.At(float64(high(b)))}
		}
		return geometry.Wrap(bins, wide)
	}
	c := percentileCurve{
		outers:  pair(func(b ProfileBin) unit.MgPerDl { return b.P5 }, func(b ProfileBin) unit.MgPerDl { return b.P95 }),
		inners:  pair(func(b ProfileBin) unit.MgPerDl { return b.P25 }, func(b ProfileBin) unit.MgPerDl { return b.P75 }),
		middles: pair(func(b ProfileBin) unit.MgPerDl { return b.P50 }, func(b ProfileBin) unit.MgPerDl { return b.P50 }),
	}
	low := func(b geometry.Bin) float64 { return b.Low }
	high := func(b geometry.Bin) float64 { return b.High }
	c.outer, c.inner = polygons(geometry.Bands(c.outers)), polygons(geometry.Bands(c.inners))
	c.edges = paths(geometry.Edge(c.outers, low)) + paths(geometry.Edge(c.outers, high))
	c.innerEdges = paths(geometry.Edge(c.inners, low)) + paths(geometry.Edge(c.inners, high))
	c.median = paths(geometry.Edge(c.middles, low))
	return c
}

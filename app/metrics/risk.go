package metrics

import (
	"math"

	"glucokeep/app/unit"
)

// riskScale makes glucose symmetric around 112.5 mg/dL: f(g) of Kovatchev et
// al. 1997. Natural logarithms, mg/dL only. Below 1 mg/dL it does not exist.
func riskScale(g float64) float64 {
	return 1.509 * (math.Pow(math.Log(max(g, 1)), 1.084) - 5.381)
}

// riskIndices are the low and high blood glucose index (Kovatchev et al.
// 2006): means over all readings of 10·f² of the low and of the high ones.
func riskIndices(v []float64) (low, high float64) {
	if len(v) == 0 {
		return undefined, undefined
	}
	// The logarithm of a whole mg/dL is needed again and again: 90 days have
	// some 26,000 readings and 300 different values.
	var known [1024]float64
	for _, g := range v {
		i, ok := whole(g)
		if !ok {
			addRisk(riskScale(g), &low, &high)
			continue
		}
		if known[i] == 0 {
			known[i] = riskScale(g)
		}
		addRisk(known[i], &low, &high)
	}
	n := float64(len(v))
	return low / n, high / n
}

func addRisk(f float64, low, high *float64) {
	if f < 0 {
		*low += 10 * f * f
	} else {
		*high += 10 * f * f
	}
}

// GRI is the glycemia risk index (Klonoff et al. 2022).
type GRI struct {
	Hypo  float64 // component, percent: very low + 0.8 low; x of its grid, 0 to 30
	Hyper float64 // component, percent: very high + 0.5 high; y of its grid, 0 to 60
	Index float64 // 0 to 100
	Zone  string  // "A" (best) to "E"; "" when undefined
}

// GRIOf computes the index from shares in percent of the standard ranges.
func GRIOf(veryLow, low, high, veryHigh float64) GRI {
	g := GRI{Hypo: veryLow + 0.8*low, Hyper: veryHigh + 0.5*high}
	g.Index = min(100, 3*veryLow+2.4*low+1.6*veryHigh+0.8*high)
	switch {
	case math.IsNaN(g.Index):
	case g.Index <= 20:
		g.Zone = "A"
	case g.Index <= 40:
		g.Zone = "B"
	case g.Index <= 60:
		g.Zone = "C"
	case g.Index <= 80:
		g.Zone = "D"
	default:
		g.Zone = "E"
	}
	return g
}

// GMI is the glucose management indicator in percent (Bergenstal et al. 2018).
func GMI(mean unit.MgPerDl) float64 { return 3.31 + 0.02392*float64(mean) }

// GMIMmolMol is the glucose management indicator in mmol/mol. It has its own
// formula (Bergenstal et al. 2018) and is not the converted percentage.
func GMIMmolMol(mean unit.MgPerDl) float64 { return 12.71 + 4.70587*float64(mean.MmolPerL()) }

// EstimatedA1c is the A1c in percent that belongs to a mean glucose by the
// ADAG study (Nathan et al. 2008). Older than GMI, kept as a second figure.
func EstimatedA1c(mean unit.MgPerDl) float64 { return (float64(mean) + 46.7) / 28.7 }

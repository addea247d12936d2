package chart

import "slices"

// Spread moves labels apart along one axis so that neighbours keep at least
// gap and all stay between low and high, each as near to its wish as the
// others let it. The order of wishes is kept; the answer has their order.
// Where there is no room for all, they are set evenly.
func Spread(wishes []float64, gap, low, high float64) []float64 {
	n := len(wishes)
	if n == 0 {
		return nil
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case wishes[a] < wishes[b]:
			return -1
		case wishes[a] > wishes[b]:
			return 1
		}
		return 0
	})
	placed := make([]float64, n)
	if float64(n-1)*gap >= high-low {
		for k, i := range order {
			placed[i] = low + (high-low)*float64(k)/float64(max(n-1, 1))
		}
		return placed
	}
	// Isotonic regression of the wishes less their minimum offsets gives the
	// least total movement: pool neighbours that violate the gap.
	type pool struct{ sum, count float64 }
	var pools []pool
	for k, i := range order {
		pools = append(pools, pool{wishes[i] - float64(k)*gap, 1})
		for m := len(pools); m > 1 && pools[m-1].sum/pools[m-1].count < pools[m-2].sum/pools[m-2].count; m = len(pools) {
			pools[m-2].sum += pools[m-1].sum
			pools[m-2].count += pools[m-1].count
			pools = pools[:m-1]
		}
	}
	k := 0
	for _, p := range pools {
		for range int(p.count) {
			at := p.sum / p.count
			at = min(max(at, low), high-float64(n-1)*gap)
			placed[order[k]] = at + float64(k)*gap
			k++
		}
	}
	return placed
}

// Stack shares out total among parts in proportion, but no part gets less
// than its least height, so that an empty part stays visible. Parts that
// grow take from those that are larger than their least.
func Stack(parts, least []float64, total float64) []float64 {
	heights := make([]float64, len(parts))
	fixed := make([]bool, len(parts))
	for {
		room, sum, open := total, 0.0, 0
		for i, p := range parts {
			if fixed[i] {
				room -= least[i]
			} else {
				sum += p
				open++
			}
		}
		changed := false
		for i, p := range parts {
			switch {
			case fixed[i]:
				heights[i] = least[i]
			case sum == 0:
				heights[i] = room / float64(open)
			default:
				heights[i] = room * p / sum
			}
			if !fixed[i] && heights[i] < least[i] {
				fixed[i], changed = true, true
			}
		}
		if !changed {
			return heights
		}
	}
}

package chart

// Key is a short label on a lane that stands for one thing that happened, or
// for several that happened too close together to have a label each.
type Key struct {
	X, Width     float64 // its left end, and the room that it takes
	Row          int     // 0 is the upper row
	First, Count int     // which things, by their place in order of time
}

// Keys sets labels on a lane of several rows, from 0 to high. The places xs
// are in order; width is the room of a label for count things from first on.
// A label begins at its own place where there is room, else in the next row;
// when no row has any it joins the label before, which stands for both then.
// No two labels touch, nothing is left out and the order is kept.
func Keys(xs []float64, width func(first, count int) float64, rows int, high float64) []Key {
	var keys []Key
	for i, x := range xs {
		k := Key{X: x, First: i, Count: 1}
		k.fit(width, high)
		if row, ok := freeRow(keys, k.X, rows); ok {
			k.Row = row
			keys = append(keys, k)
			continue
		}
		keys = join(keys, width, high)
	}
	return keys
}

// fit gives a key its width and keeps it within the lane.
func (k *Key) fit(width func(first, count int) float64, high float64) {
	k.Width = width(k.First, k.Count)
	k.X = max(0, min(k.X, high-k.Width))
}

// freeRow is the first row whose last label ends before x.
func freeRow(keys []Key, x float64, rows int) (row int, ok bool) {
	for row = range rows {
		if x >= endOf(keys, row) {
			return row, true
		}
	}
	return 0, false
}

// endOf is where the last label of a row ends.
func endOf(keys []Key, row int) float64 {
	for i := len(keys) - 1; i >= 0; i-- {
		if keys[i].Row == row {
			return keys[i].X + keys[i].Width
		}
	}
	return 0
}

// join lets the last label stand for one thing more. It grows by that, so it
// may have to move, and to swallow the label before it.
func join(keys []Key, width func(first, count int) float64, high float64) []Key {
	last := len(keys) - 1
	keys[last].Count++
	for {
		k := &keys[last]
		k.fit(width, high)
		if last == 0 || k.X >= endOf(keys[:last], k.Row) {
			return keys
		}
		keys[last-1].Count += k.Count
		keys = keys[:last]
		last--
	}
}

package report

import (
	"sort"

	"glucokeep/app/read"
	"glucokeep/app/unit"
)

// Column is what the readings of one or several UTC days say together, for a
// picture over months and years. It is no figure of local days, and sources
// that ran beside each other count each for itself.
type Column struct {
	Period
	N, VeryLow, Low         int // Low without VeryLow; by the standard ranges
	Min, Max                unit.MgPerDl
	P05, P25, P50, P75, P95 unit.MgPerDl // from steps of 5 mg/dL
}

// columnDays is how many UTC days a column holds so that no more than most
// columns cover p.
func columnDays(p Period, most int) int64 {
	days := read.UTCDay(p.Until-1) - read.UTCDay(p.From) + 1
	return max(1, (days+int64(most)-1)/int64(max(most, 1)))
}

// Columns puts rows, which are in order of their day, into columns of which
// no more than about most cover p. Days are counted from 1970, so a column is
// the same whatever part of time is looked at. Where no readings are there is
// no column.
func Columns(rows []read.Stat, p Period, most int) []Column {
	size := columnDays(p, most)
	number := func(day int64) int64 {
		n := day / size
		if day%size < 0 {
			n--
		}
		return n
	}
	var out []Column
	var bins [read.HistogramSteps]int
	for i := 0; i < len(rows); {
		here := number(rows[i].Day)
		c := Column{Period: Period{read.UTCDayStart(here * size), read.UTCDayStart((here + 1) * size)}}
		clear(bins[:])
		for ; i < len(rows) && number(rows[i].Day) == here; i++ {
			c.add(&rows[i], &bins)
		}
		if c.N > 0 {
			c.spread(&bins)
			out = append(out, c)
		}
	}
	return out
}

func (c *Column) add(s *read.Stat, bins *[read.HistogramSteps]int) {
	if s.N == 0 {
		return
	}
	low, high := unit.MgPerDl(s.Min), unit.MgPerDl(s.Max)
	if c.N == 0 {
		c.Min, c.Max = low, high
	}
	c.Min, c.Max = min(c.Min, low), max(c.Max, high)
	c.N += s.N
	c.VeryLow += s.VeryLow
	c.Low += s.Low
	s.AddTo(bins)
}

// spread reads the percentiles off the histogram: readings lie evenly over
// their step, so a percentile is off by less than a step.
func (c *Column) spread(bins *[read.HistogramSteps]int) {
	parts := [...]float64{0.05, 0.25, 0.5, 0.75, 0.95}
	places := [...]*unit.MgPerDl{&c.P05, &c.P25, &c.P50, &c.P75, &c.P95}
	seen, k := 0, 0
	for i, n := range bins {
		for k < len(parts) && n > 0 && float64(seen+n) >= parts[k]*float64(c.N) {
			within := (parts[k]*float64(c.N) - float64(seen)) / float64(n)
			v := unit.MgPerDl((float64(i) + within) * read.HistogramStep)
			*places[k] = min(max(v, c.Min), c.Max)
			k++
		}
		seen += n
	}
	for ; k < len(parts); k++ { // a histogram that holds fewer than it should
		*places[k] = c.Max
	}
}

// Within is the part of rows, which are in order of their day, whose days touch
// p.
func Within(rows []read.Stat, p Period) []read.Stat {
	first, last := read.UTCDay(p.From), read.UTCDay(p.Until-1)
	from := sort.Search(len(rows), func(i int) bool { return rows[i].Day >= first })
	until := sort.Search(len(rows), func(i int) bool { return rows[i].Day > last })
	return rows[from:max(from, until)]
}

package metrics

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// finder is the data of a period, cut by local date and block.
type finder struct {
	loc     *time.Location
	local   *clock
	rs      []record.Reading // counted
	pace    cadence
	carbs   []*record.Carbs // with an amount or at least a mark, in order of time
	own     Profile
	mmol    bool // most readings came in mmol/L
	grid    Grid
	hours   Hours // smoothed; a bin of too few readings is empty
	lows    []Episode
	deep    []Episode
	highs   []Episode
	days    []Date // with an hour of readings
	blocks  []block
	blockOf [24]int // index of an hour's block
}

// block is what a part of the day holds. Sets of dates are in order of time.
type block struct {
	Block
	covered      []Date                 // with an hour of readings, or with an episode
	lows, deep   []Date                 // an episode below 70, below 54, began
	touched      []Date                 // a single reading was below 54
	highs        map[Date]time.Duration // the longest stay above 180 of one episode
	below, above float64                // minutes below 70, above 180
}

func newFinder(rs []record.Reading, carbs []*record.Carbs, own Profile, loc *time.Location) *finder {
	f := &finder{loc: loc, local: newClock(loc), rs: Counted(rs), own: own}
	for _, c := range carbs {
		if c.Grams > 0 || c.Unspecified {
			f.carbs = append(f.carbs, c)
		}
	}
	slices.SortStableFunc(f.carbs, func(a, b *record.Carbs) int { return cmp.Compare(a.At, b.At) })
	for _, b := range Blocks() {
		for h := b.From; h < b.To; h++ {
			f.blockOf[h] = len(f.blocks)
		}
		f.blocks = append(f.blocks, block{Block: b, highs: map[Date]time.Duration{}})
	}
	f.pace = cadenceOf(f.rs)
	raw := Hourly(f.rs, loc)
	f.hours = raw.Smooth()
	for h := range f.hours {
		if !raw[h].Enough() {
			f.hours[h] = percentilesFrom(0, [5]float64{undefined, undefined, undefined, undefined, undefined})
		}
	}
	f.grid = NewGrid(f.rs, loc)
	rules := EpisodeRules()
	f.lows, f.deep, f.highs = f.grid.Episodes(rules[0]), f.grid.Episodes(rules[1]), f.grid.Episodes(rules[3])
	f.cover()
	f.place()
	return f
}

// cover finds the dates with data, of the whole day and of each block.
func (f *finder) cover() {
	standard, local := Standard(), newClock(f.loc)
	mmol := 0
	days := map[Date]int{}
	cells := make([]map[Date]int, len(f.blocks))
	for i := range cells {
		cells[i] = map[Date]int{}
	}
	day, date := int64(-1), Date{}
	for _, r := range f.rs {
		wall := local.wall(r.At)
		if n := floorDiv(wall, dayMS); n != day {
			day, date = n, dateOfDay(n)
		}
		minutes := f.pace.minutes(r)
		k := f.blockOf[hourOf(wall)]
		b := &f.blocks[k]
		days[date] += minutes
		cells[k][date] += minutes
		if native(r).Unit == unit.MmolL {
			mmol++
		}
		switch standard.Classify(r) {
		case VeryLow:
			b.touched = addDate(b.touched, date)
			b.below += float64(minutes)
		case Low:
			b.below += float64(minutes)
		case High, VeryHigh:
			b.above += float64(minutes)
		}
	}
	f.mmol = 2*mmol > len(f.rs)
	f.days = covering(days)
	for k := range f.blocks {
		f.blocks[k].covered = covering(cells[k])
	}
}

func covering(minutes map[Date]int) (days []Date) {
	for d, m := range minutes {
		if m >= leastDayMinutes {
			days = addDate(days, d)
		}
	}
	return days
}

// place puts the episodes into their blocks: a low where it began, a high
// wherever it lasted.
func (f *finder) place() {
	for _, e := range f.lows {
		d, b := f.cell(e.Start)
		b.lows, b.covered = addDate(b.lows, d), addDate(b.covered, d)
	}
	for _, e := range f.deep {
		d, b := f.cell(e.Start)
		b.deep, b.covered = addDate(b.deep, d), addDate(b.covered, d)
	}
	type cell struct {
		date Date
		b    *block
	}
	for _, e := range f.highs {
		stay := map[cell]time.Duration{}
		for k := e.first; k <= e.last; k++ {
			d, b := f.cell(f.grid.At(k))
			stay[cell{d, b}] += f.grid.Step
		}
		for c, long := range stay {
			if long >= recovery {
				c.b.highs[c.date] = max(c.b.highs[c.date], long)
				c.b.covered = addDate(c.b.covered, c.date)
			}
		}
	}
}

// cell is the local date and block of an instant.
func (f *finder) cell(at record.Millis) (Date, *block) {
	wall := f.local.wall(at)
	return dateOfDay(floorDiv(wall, dayMS)), &f.blocks[f.blockOf[hourOf(wall)]]
}

// addDate puts a date into a set that is in order.
func addDate(set []Date, d Date) []Date {
	if n := len(set); n > 0 && set[n-1] == d {
		return set
	}
	i, found := slices.BinarySearchFunc(set, d, Date.compare)
	if found {
		return set
	}
	return slices.Insert(set, i, d)
}

// union is the dates that are in either set.
func union(a, b []Date) []Date {
	all := slices.Clone(a)
	for _, d := range b {
		all = addDate(all, d)
	}
	return all
}

func (d Date) compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// limit is a threshold in mg/dL, of the unit that the data came in.
func (f *finder) limit(b Border) unit.MgPerDl {
	if f.mmol {
		return b.MmolL.MgPerDl()
	}
	return b.MgDL
}

func (f *finder) over(v unit.MgPerDl, b Border) bool  { return v > f.limit(b)+tinyGlucose }
func (f *finder) under(v unit.MgPerDl, b Border) bool { return v < f.limit(b)-tinyGlucose }

// reaches is “this much or more”.
func (f *finder) reaches(v unit.MgPerDl, b Border) bool { return v >= f.limit(b)-tinyGlucose }

func medianOf(v []float64) unit.MgPerDl {
	return unit.MgPerDl(quantile(slices.Sorted(slices.Values(v)), 0.5))
}

package metrics

import (
	"slices"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

const (
	reboundWithin  = 2 * time.Hour
	leastRebounds  = 2 // days
	dawnFrom       = 3 // hours of the clock
	dawnTo         = 7
	leastDawns     = 5 // days
	leastVariable  = 2 // hours
	leastOfWeek    = 2 // days on either side
	weekendDiffers = 10.0
	tinyShare      = 1e-9
)

// rebound is a high that began within two hours after a low ended, on two
// days.
func (f *finder) rebound() []Pattern {
	p := Pattern{Kind: ReboundPattern}
	var withLow []Date
	k := 0
	for _, e := range f.lows {
		d := DateOf(e.Start, f.loc)
		withLow = addDate(withLow, d)
		for k < len(f.highs) && f.highs[k].Start < e.End {
			k++
		}
		if k < len(f.highs) && f.highs[k].Start-e.End <= record.Millis(reboundWithin.Milliseconds()) {
			p.Days = addDate(p.Days, d)
		}
	}
	if len(p.Days) < leastRebounds {
		return nil
	}
	p.Of = len(withLow)
	return []Pattern{p}
}

// dawn is a rise from 03:00 to 07:00 by the wall clock without carbs, in the
// median of five days or more.
func (f *finder) dawn() []Pattern {
	p := Pattern{Kind: DawnPattern, Block: Block{From: dawnFrom, To: dawnTo}}
	for _, h := range []int{dawnFrom, dawnTo - 1} {
		if len(f.blocks[f.blockOf[h]].covered) < LeastPatternDays {
			return nil
		}
	}
	ate := map[Date]bool{}
	for _, c := range f.carbs {
		if h := c.At.Time().In(f.loc).Hour(); h >= dawnFrom && h < dawnTo {
			ate[DateOf(c.At, f.loc)] = true
		}
	}
	var rises []float64
	for _, d := range f.grid.ByDay {
		rise := d.at(dawnTo, f.grid.Step) - d.at(dawnFrom, f.grid.Step)
		if ate[d.Date] || !Defined(rise) {
			continue
		}
		rises = append(rises, float64(rise))
		if f.reaches(rise, DawnRise) {
			p.Days = append(p.Days, d.Date)
		}
	}
	p.Of, p.Rise = len(rises), medianOf(rises)
	if p.Of < leastDawns || !f.reaches(p.Rise, DawnRise) {
		return nil
	}
	return []Pattern{p}
}

// at is the value at a full hour of the clock; where the grid has no point
// there, at the last one before it.
func (d GridDay) at(hour int, step time.Duration) unit.MgPerDl {
	k := int(time.Duration(hour)*time.Hour/step) - 1
	if k < 0 || k >= len(d.Values) {
		return missing()
	}
	return d.Values[k]
}

// variable is hours, two or more in a row and of one calendar day, in which
// the middle half of readings spans more than 100 mg/dL. The hours before and
// after midnight are of two nights, which are not compared.
func (f *finder) variable() (found []Pattern) {
	for from := 0; from < len(f.hours); from++ {
		to := from
		for to < len(f.hours) && f.over(f.hours[to].P75-f.hours[to].P25, WideSpread) {
			to++
		}
		if to-from < leastVariable {
			from = max(from, to-1)
			continue
		}
		p := Pattern{Kind: VariablePattern, Block: Block{From: from, To: to}}
		minutes, local := map[Date]int{}, newClock(f.loc)
		for _, r := range f.rs {
			if wall := local.wall(r.At); hourOf(wall) >= from && hourOf(wall) < to {
				minutes[dateOfDay(floorDiv(wall, dayMS))] += f.pace.minutes(r)
			}
		}
		p.Days = covering(minutes)
		if p.Of = len(p.Days); p.Of >= LeastPatternDays {
			found = append(found, p)
		}
		from = to - 1
	}
	return found
}

// weekend compares the time in range of Saturdays and Sundays with that of
// the other days. It happened on the days of the side with less.
func (f *finder) weekend() []Pattern {
	p := Pattern{Kind: WeekendPattern}
	var rs [2][]record.Reading
	var days [2][]Date
	eachDay(f.rs, f.loc, func(d Date, of []record.Reading) {
		k := 1
		if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
			k = 0
		}
		if !f.hasDay(d) {
			return
		}
		days[k], rs[k] = append(days[k], d), append(rs[k], of...)
	})
	p.Weekend, p.Weekdays = SharesOf(rs[0], f.own), SharesOf(rs[1], f.own)
	differ := p.Weekend.Target - p.Weekdays.Target
	switch {
	case len(days[0]) < leastOfWeek || len(days[1]) < leastOfWeek:
		return nil
	case differ >= weekendDiffers-tinyShare:
		p.Days = days[1]
	case -differ >= weekendDiffers-tinyShare:
		p.Days = days[0]
	default:
		return nil
	}
	p.Of = len(p.Days)
	return []Pattern{p}
}

func (f *finder) hasDay(d Date) bool {
	_, found := slices.BinarySearchFunc(f.days, d, Date.compare)
	return found
}

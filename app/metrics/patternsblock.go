package metrics

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The thresholds of the rules. A rise or a spread in mmol/L is what the
// number in mg/dL is to one decimal, so that what is printed is what is
// compared.
var (
	deepBorder     = Border{54, 3.0}
	highBorder     = Border{180, 10.0}
	veryHighBorder = Border{250, 13.9}

	// MealRise is the rise after a meal that makes a pattern, DawnRise that of
	// the early morning; WideSpread is what the middle half of readings must
	// span for days that differ much.
	MealRise   = Border{60, 3.3}
	DawnRise   = Border{30, 1.7}
	WideSpread = Border{100, 5.6}
)

const (
	leastLowDays  = 2
	leastLowShare = 15 // percent of days with data
	longHigh      = 90 * time.Minute
	leastMeals    = 5
	mealWindow    = 3 * time.Hour
	mealCover     = 126 // minutes of the window that readings must cover
	oneMeal       = 30 * time.Minute
	beforeMeal    = 15 * time.Minute
)

// low is the low pattern of a block: an episode below 70 on two days and 15 %
// of days, an episode below 54 on two days, or the 5th percentile below 54.
func (f *finder) low(b *block) []Pattern {
	often := len(b.lows) >= leastLowDays && 100*len(b.lows) >= leastLowShare*len(b.covered)
	deep := len(b.deep) >= leastLowDays
	fifth := false
	for h := b.From; h < b.To; h++ {
		fifth = fifth || f.under(f.hours[h].P05, deepBorder)
	}
	p := Pattern{Kind: LowPattern, Block: b.Block, Minutes: b.below, Severe: deep || fifth}
	grave := b.deep
	switch {
	case deep:
		p.Cause = ByDeepEpisodes
	case fifth:
		p.Cause = ByFifth
		grave = union(b.deep, b.touched)
	case often:
		p.Cause = ByEpisodes
	default:
		return nil
	}
	p.Days = union(b.lows, grave)
	p.Grave, p.Of = len(grave), len(union(b.covered, p.Days))
	return []Pattern{p}
}

// high is the high pattern of a block: by the percentiles of an hour, or by
// long highs on half of the days.
func (f *finder) high(b *block) []Pattern {
	p := Pattern{Kind: HighPattern, Block: b.Block, Minutes: b.above, Of: len(b.covered)}
	for d, long := range b.highs {
		p.Days = addDate(p.Days, d)
		if long >= longHigh {
			p.Grave++
		}
	}
	var upper, lower, median bool
	for h := b.From; h < b.To; h++ {
		upper = upper || f.over(f.hours[h].P75, veryHighBorder)
		lower = lower || f.over(f.hours[h].P25, highBorder)
		median = median || f.over(f.hours[h].P50, highBorder)
	}
	switch {
	case upper:
		p.Cause = ByUpper
	case lower:
		p.Cause = ByLower
	case median:
		p.Cause = ByMedian
	case p.Grave > 0 && 2*p.Grave >= p.Of:
		p.Cause = ByLong
	default:
		return nil
	}
	if len(p.Days) == 0 { // readings so sparse that no run of them is an episode
		return nil
	}
	return []Pattern{p}
}

// meal is the pattern of a block after whose meals glucose rises far. Carbs
// taken while low are left out: there a rise is what was wanted.
func (f *finder) meal(b *block) []Pattern {
	p := Pattern{Kind: MealPattern, Block: b.Block}
	var rises []float64
	next := 0 // no reading before it is later than the meal
	last := record.Millis(0)
	for i, c := range f.carbs {
		if i > 0 && c.At-last < record.Millis(oneMeal.Milliseconds()) {
			continue // seconds of the same meal
		}
		last = c.At
		d, in := f.cell(c.At)
		if in != b {
			continue
		}
		for next < len(f.rs) && f.rs[next].At <= c.At {
			next++
		}
		rise, ok := f.riseAfter(next, c.At)
		if !ok {
			continue
		}
		rises = append(rises, float64(rise))
		if f.reaches(rise, MealRise) {
			p.After++
			p.Days = addDate(p.Days, d)
		}
	}
	p.Meals, p.Rise = len(rises), medianOf(rises)
	if p.Meals < leastMeals || !f.reaches(p.Rise, MealRise) {
		return nil
	}
	p.Of = p.Meals
	return []Pattern{p}
}

// riseAfter is how far glucose rose within three hours after a meal; next is
// the first reading after it.
func (f *finder) riseAfter(next int, at record.Millis) (unit.MgPerDl, bool) {
	if next == 0 || at-f.rs[next-1].At > record.Millis(beforeMeal.Milliseconds()) {
		return 0, false
	}
	standard := Standard()
	from := f.rs[next-1]
	if k := standard.Classify(from); k == Low || k == VeryLow {
		return 0, false
	}
	until, covered, most := at+record.Millis(mealWindow.Milliseconds()), 0, from.Statistic()
	for _, r := range f.rs[next:] {
		if r.At > until {
			break
		}
		covered += f.pace.minutes(r)
		most = max(most, r.Statistic())
	}
	return most - from.Statistic(), covered >= mealCover
}

package metrics

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Block is a part of the clock day, from the hour From up to the hour To. It
// is by wall clock, so a night may last five or seven hours.
type Block struct {
	ID       string // "night" …; stable, part of catalogue keys
	From, To int
}

// Blocks are the parts of the day that patterns are looked for in.
func Blocks() []Block {
	return []Block{{"night", 0, 6}, {"morning", 6, 10}, {"midday", 10, 14}, {"afternoon", 14, 18}, {"evening", 18, 22}, {"late", 22, 24}}
}

// PatternKind is what repeats itself.
type PatternKind string

// The kinds, in the order in which they are told: what is most dangerous
// first.
const (
	LowPattern      PatternKind = "low"
	HighPattern     PatternKind = "high"
	MealPattern     PatternKind = "meal"     // glucose rises far after the meals of a block
	ReboundPattern  PatternKind = "rebound"  // a high soon after a low
	DawnPattern     PatternKind = "dawn"     // glucose rises in the early morning without carbs
	VariablePattern PatternKind = "variable" // days differ much at a time of the day
	WeekendPattern  PatternKind = "weekend"  // weekends and weekdays differ in time in range
)

const (
	// LeastPatternDays is on how many days a part of the day needs data.
	LeastPatternDays = 7
	leastDayMinutes  = 60   // of readings that make a day one with data
	mostShown        = 3    // patterns that Top gives
	tinyGlucose      = 1e-6 // mg/dL; what conversion and smoothing are off by
)

// PatternCause is the condition that was met; of several the gravest.
type PatternCause string

// The causes.
const (
	ByDeepEpisodes PatternCause = "deep-episodes" // below 54 mg/dL for 15 minutes on two days
	ByFifth        PatternCause = "fifth"         // the 5th percentile is below 54
	ByEpisodes     PatternCause = "episodes"      // below 70 for 15 minutes on two days and 15 % of days
	ByUpper        PatternCause = "upper"         // the 75th percentile is above 250 for an hour
	ByLower        PatternCause = "lower"         // the 25th percentile is above 180 for an hour
	ByMedian       PatternCause = "median"        // the median is above 180 for an hour
	ByLong         PatternCause = "long"          // above 180 for 90 minutes on half of the days
)

// Pattern is something that happened again and again in a period.
type Pattern struct {
	Kind    PatternKind
	Cause   PatternCause // of lows and highs
	Severe  bool         // a low below 54 mg/dL
	Block   Block        // the part of the day; ID is "" where it is hours of its own, or the whole day
	Days    []Date       // on which it happened, in order of time
	Of      int          // days on which it could have been seen
	Grave   int          // of Days: those below 54 mg/dL; those above 180 for 90 minutes or more
	Minutes float64      // out of range in the block, over the period
	Meals   int          // meals that the rise is of
	After   int          // of Meals: those after which glucose rose by the limit or more
	Rise    unit.MgPerDl // median

	Weekend, Weekdays Shares
}

// Patterns is what was found in a period, and how much there was to find it
// in.
type Patterns struct {
	Days   int // dates with at least an hour of readings
	Blocks []BlockDays
	Found  []Pattern // in the order in which they are told
	Best   *Day      // the day with the most time in range; nil when none is worth telling
}

// BlockDays is on how many dates a block has data.
type BlockDays struct {
	Block
	Days int
}

// Enough reports whether the block has data on days enough for a pattern.
func (b BlockDays) Enough() bool { return b.Days >= LeastPatternDays }

// Enough reports whether a pattern could have been found in any block.
func (p Patterns) Enough() bool { return slices.ContainsFunc(p.Blocks, BlockDays.Enough) }

// Top is the patterns that are told: three, so that they are read.
func (p Patterns) Top() []Pattern { return p.Found[:min(len(p.Found), mostShown)] }

// FindPatterns looks for what repeats itself by fixed rules, the same for
// everyone, so that each finding can be explained by its days. A percentile is
// that of the smoothed profile. Thresholds are compared in the unit that most
// readings came in; own are the person's ranges, for time in range.
func FindPatterns(rs []record.Reading, carbs []*record.Carbs, own Profile, loc *time.Location) Patterns {
	f := newFinder(rs, carbs, own, loc)
	out := Patterns{Days: len(f.days)}
	for i := range f.blocks {
		b := &f.blocks[i]
		out.Blocks = append(out.Blocks, BlockDays{b.Block, len(b.covered)})
		if len(b.covered) < LeastPatternDays {
			continue
		}
		out.Found = append(out.Found, f.low(b)...)
		out.Found = append(out.Found, f.high(b)...)
		out.Found = append(out.Found, f.meal(b)...)
	}
	if len(f.days) >= LeastPatternDays {
		out.Found = append(out.Found, f.rebound()...)
		out.Found = append(out.Found, f.dawn()...)
		out.Found = append(out.Found, f.variable()...)
		out.Found = append(out.Found, f.weekend()...)
	}
	slices.SortStableFunc(out.Found, func(a, b Pattern) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Block.From, b.Block.From))
	})
	out.Best = bestDay(Daily(f.rs, own, loc))
	return out
}

// rank orders the kinds: lows below 54 first.
func (p Pattern) rank() int {
	if p.Severe {
		return -1
	}
	return slices.Index([]PatternKind{LowPattern, HighPattern, MealPattern, ReboundPattern, DawnPattern, VariablePattern, WeekendPattern}, p.Kind)
}

const (
	bestActive = 90.0 // percent of the day with readings
	bestTarget = 70.0 // percent in range; less is no day to hold up
)

// bestDay is the well covered day with the most time in range; of equal ones
// that with the fewest lows, then the steadiest, then the latest.
func bestDay(days []Day) *Day {
	var best *Day
	for i := range days {
		d := &days[i]
		if d.Active < bestActive || d.Shares.Target < bestTarget {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(d.Shares.Target, best.Shares.Target), cmp.Compare(best.Shares.Below(), d.Shares.Below()),
			cmp.Compare(best.cv(), d.cv())) >= 0 {
			best = d
		}
	}
	return best
}

func (d *Day) cv() float64 { return float64(d.SD / d.Mean) }

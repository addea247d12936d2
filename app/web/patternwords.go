package web

import (
	"glucokeep/app/metrics"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// bound prints a threshold in the reader's unit.
func bound(l text.Locale, mgdl, mmol float64) string {
	if figure.Unit(l) == unit.MmolL {
		return figure.Bound(l, mmol) + " mmol/L"
	}
	return figure.Bound(l, mgdl) + " mg/dL"
}

func (w patternWords) border(b metrics.Border) string {
	return bound(w.v.locale, float64(b.MgDL), float64(b.MmolL))
}

func (w patternWords) low() string      { return bound(w.v.locale, 70, 3.9) }
func (w patternWords) deep() string     { return bound(w.v.locale, 54, 3.0) }
func (w patternWords) high() string     { return bound(w.v.locale, 180, 10.0) }
func (w patternWords) veryHigh() string { return bound(w.v.locale, 250, 13.9) }

func (w patternWords) rise(p metrics.Pattern) string {
	return figure.MgPerDl(w.v.locale, p.Rise) + " " + figure.Unit(w.v.locale).String()
}

// hours names a part of the day with its hours: Night, 00:00–06:00.
func (w patternWords) hours(b metrics.Block) string {
	return w.v.t("patterns.block."+b.ID) + ", " + w.clock(b.From) + "–" + w.clock(b.To)
}

func (w patternWords) clock(hour int) string {
	if hour == 24 && w.v.locale.Clock24 {
		return "24:00"
	}
	return w.v.locale.ClockMinute(hour * 60)
}

// heading names a pattern: Lows at night (00:00–06:00).
func (w patternWords) heading(p metrics.Pattern) string {
	v := w.v
	switch p.Kind {
	case metrics.LowPattern:
		return v.t("patterns.low", "when", w.when(p.Block))
	case metrics.HighPattern:
		return v.t("patterns.high", "when", w.when(p.Block))
	case metrics.MealPattern:
		return v.t("patterns.meal", "when", w.when(p.Block))
	case metrics.ReboundPattern:
		return v.t("patterns.rebound")
	case metrics.DawnPattern:
		return v.t("patterns.dawn")
	case metrics.VariablePattern:
		return v.t("patterns.variable", "from", w.clock(p.Block.From), "to", w.clock(p.Block.To))
	}
	return v.t("patterns.weekend")
}

// when names a part of the day in a sentence, with its hours, since the night
// of a person's charts is another: at night (00:00–06:00).
func (w patternWords) when(b metrics.Block) string {
	return w.v.t("patterns.when.hours", "when", w.v.t("patterns.when."+b.ID), "from", w.clock(b.From), "to", w.clock(b.To))
}

// sentence says what happened and how often; never why, and never what to do.
func (w patternWords) sentence(p metrics.Pattern) string {
	v, days := w.v, len(p.Days)
	of := func() string { return v.t("patterns.of."+p.Block.ID, "days", days, "count", p.Of) }
	switch p.Kind {
	case metrics.LowPattern:
		s := v.t("patterns.low.sentence", "bound", w.low(), "of", of())
		if p.Grave > 0 {
			s += " " + v.t("patterns.low.grave", "bound", w.deep(), "count", p.Grave)
		}
		return s
	case metrics.HighPattern:
		s := v.t("patterns.high.sentence", "bound", w.high(), "of", of())
		if p.Grave > 0 {
			s += " " + v.t("patterns.high.grave", "count", p.Grave)
		}
		return s
	case metrics.MealPattern:
		return v.t("patterns.meal.sentence", "rise", w.rise(p), "limit", w.border(metrics.MealRise), "after", p.After, "count", p.Meals)
	case metrics.ReboundPattern:
		return v.t("patterns.rebound.sentence", "bound", w.high(), "days", days, "count", p.Of)
	case metrics.DawnPattern:
		return v.t("patterns.dawn.sentence", "rise", w.rise(p), "limit", w.border(metrics.DawnRise), "days", days, "count", p.Of,
			"from", w.clock(p.Block.From), "to", w.clock(p.Block.To))
	case metrics.VariablePattern:
		return v.t("patterns.variable.sentence", "limit", w.border(metrics.WideSpread), "count", p.Of)
	}
	return v.t("patterns.weekend.sentence", "weekend", printedShares(p.Weekend).Of(v.locale, figure.InRange),
		"weekdays", printedShares(p.Weekdays).Of(v.locale, figure.InRange))
}

// why says the rule in plain words, and which part of it was met.
func (w patternWords) why(p metrics.Pattern) string {
	v := w.v
	switch p.Kind {
	case metrics.LowPattern:
		return v.t("patterns.low.why", "low", w.low(), "deep", w.deep()) + " " + w.cause(p)
	case metrics.HighPattern:
		return v.t("patterns.high.why", "high", w.high(), "veryhigh", w.veryHigh()) + " " + w.cause(p)
	case metrics.MealPattern:
		return v.t("patterns.meal.why", "limit", w.border(metrics.MealRise), "low", w.low())
	case metrics.ReboundPattern:
		return v.t("patterns.rebound.why", "low", w.low(), "high", w.high())
	case metrics.DawnPattern:
		return v.t("patterns.dawn.why", "limit", w.border(metrics.DawnRise), "from", w.clock(p.Block.From), "to", w.clock(p.Block.To))
	case metrics.VariablePattern:
		return v.t("patterns.variable.why", "limit", w.border(metrics.WideSpread))
	}
	return v.t("patterns.weekend.why")
}

// cause says which condition of the rule was met.
func (w patternWords) cause(p metrics.Pattern) string {
	v := w.v
	switch p.Cause {
	case metrics.ByDeepEpisodes:
		return v.t("patterns.cause.deep", "deep", w.deep())
	case metrics.ByFifth:
		return v.t("patterns.cause.fifth", "deep", w.deep())
	case metrics.ByEpisodes:
		return v.t("patterns.cause.episodes", "low", w.low())
	case metrics.ByUpper:
		return v.t("patterns.cause.upper", "veryhigh", w.veryHigh())
	case metrics.ByLower:
		return v.t("patterns.cause.lower", "high", w.high())
	case metrics.ByMedian:
		return v.t("patterns.cause.median", "high", w.high())
	}
	return v.t("patterns.cause.long", "high", w.high())
}

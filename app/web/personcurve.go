package web

import (
	"slices"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// curve turns what is known of some hours or a day into the chart and the
// lists beside it.
type curve struct {
	v       *visit
	trace   report.Trace
	shown   shownTime
	ranges  metrics.Profile
	names   []string      // of the sources
	leftOut []string      // names of those whose readings are not drawn
	sources map[int64]int // row id → place in names, counted from 1
	words   []entryWords  // of the entries

	authors map[string]string // of entries of the care log, by their keys
}

func newCurve(v *visit, t report.Trace, shown shownTime, own metrics.Profile) *curve {
	c := &curve{v: v, trace: t, shown: shown, ranges: own, sources: map[int64]int{}}
	all := t.Sources
	for _, s := range t.LeftOut {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	names := sourceNames(v, all)
	for i, s := range all {
		c.sources[s.ID] = i + 1
	}
	c.names = names[:len(t.Sources)]
	for _, s := range t.LeftOut {
		c.leftOut = append(c.leftOut, names[c.sources[s.ID]-1])
	}
	number := 0
	runs, repeats := alarmRuns(t.Entries)
	for i, e := range t.Entries {
		if repeats[i] {
			c.words = append(c.words, entryWords{repeat: true})
			continue
		}
		w := c.say(e)
		if run := runs[i]; run.count > 1 {
			w.more = v.t("person.event.alarm-again", "count", run.count, "until", c.clock(run.last))
			w.lasts = time.Duration(run.last-e.Record.Base().At) * time.Millisecond
		}
		if w.kind != "" {
			number++
			w.number = strconv.Itoa(number)
		}
		c.words = append(c.words, w)
	}
	return c
}

func (c *curve) local(at record.Millis) time.Time { return at.Time().In(c.trace.Zone) }

// chart draws all readings, scans and fingersticks too, and all that happened.
func (c *curve) chart() chart.Day {
	t := c.trace
	in := chart.DayInput{ID: "day", Day: c.local(t.Shown.From), Sources: c.names, LeftOut: c.leftOut, Ground: ground(c.v.scope.Person())}
	if c.shown.hours > 0 {
		in.Since, in.Until = c.local(t.Shown.From), c.local(t.Shown.Until)
	}
	if now := record.At(c.v.now); now >= t.Shown.From && now < t.Shown.Until {
		in.Now = c.local(now)
	}
	plain := make([]record.Reading, len(t.Drawn))
	for i, d := range t.Drawn {
		plain[i] = d.Reading
	}
	in.Readings = drawn(plain, c.ranges, t.Zone)
	for i, d := range t.Drawn {
		in.Readings[i].Source = c.sources[d.Source]
	}
	for _, span := range metrics.BasalSpans(t.Therapy.Basals, t.From, t.Therapy.End(t.Until)) {
		in.Rates = append(in.Rates, chart.Rate{Since: c.local(span.From), Until: c.local(span.Until), PerHour: span.Rate, Stopped: span.Basal == record.Suspended})
	}
	for _, w := range t.WarmUps {
		until := c.local(w.Until)
		if w.Until == t.Until && !in.Now.IsZero() {
			until = in.Now
		}
		in.WarmUps = append(in.WarmUps, chart.Stretch{Since: c.local(w.From), Until: until})
	}
	for i, e := range t.Entries {
		c.draw(&in, e, c.words[i])
	}
	return chart.NewDay(c.v.locale, in)
}

// draw puts an entry where it belongs on the chart.
func (c *curve) draw(in *chart.DayInput, e report.Entry, w entryWords) {
	at, source := c.local(e.Record.Base().At), c.sources[e.Source]
	switch r := e.Record.(type) {
	case *record.Dose:
		if !r.Unspecified && !e.Twice {
			in.Doses = append(in.Doses, chart.Dose{At: at, Over: r.Duration, Units: r.Units, Automated: r.Automated,
				Long: r.Insulin == record.Long, Injection: r.Delivery == record.Injection, Source: source})
		}
	case *record.Carbs:
		if r.Grams > 0 && !e.Twice {
			in.Meals = append(in.Meals, chart.Meal{At: at, Grams: r.Grams, Source: source})
		}
	case *record.Fingerstick:
		in.Sticks = append(in.Sticks, chart.Stick{At: at, Value: r.Value, Class: c.classOf(record.Reading{Value: r.Value, Flags: r.Flags}),
			Below: r.Flags.Has(record.BelowRange), Above: r.Flags.Has(record.AboveRange), Source: source})
	}
	if w.kind == "" {
		return
	}
	h := chart.Happening{At: at, Kind: w.kind, Text: w.short(), Source: source}
	h.Number, _ = strconv.Atoi(w.number)
	if lasts := w.lasts; lasts > 0 {
		h.Until = at.Add(lasts)
	}
	in.Happenings = append(in.Happenings, h)
}

// classOf is the class of a capillary value, in its native unit.
func (c *curve) classOf(value record.Reading) figure.Class { return classOf(c.ranges.Classify(value)) }

// clock is a time of the day; with its day when that is not the one shown, and
// with the name of its zone when the clock shows that time twice.
func (c *curve) clock(at record.Millis) string {
	t := c.local(at)
	clock := c.v.locale.Clock(t)
	if shownTwice(t) {
		clock += "\u00a0" + t.Format("MST")
	}
	if metrics.DateOf(at, c.trace.Zone) == c.shown.day {
		return clock
	}
	return c.v.locale.WeekdayShort(t.Weekday()) + " " + clock
}

// shownTwice reports whether t lies in the hours that a clock goes through
// once more when it is set back.
func shownTwice(t time.Time) bool {
	_, east := t.Zone()
	for _, beside := range []time.Duration{-4 * time.Hour, 4 * time.Hour} {
		_, other := t.Add(beside).Zone()
		twin := t.Add(time.Duration(east-other) * time.Second)
		if _, there := twin.Zone(); other != east && there == other {
			return true
		}
	}
	return false
}

// episodes lists the lows and highs, newest first where new ones come.
func (c *curve) episodes() page.Episodes {
	out := page.Episodes{Judged: len(c.trace.Readings) > 0}
	for _, e := range c.trace.Episodes(c.ranges, record.At(c.v.now)) {
		out.Rows = append(out.Rows, c.episode(e))
	}
	if c.shown.hours > 0 {
		slices.Reverse(out.Rows)
	}
	return out
}

func (c *curve) episode(e report.Episode) page.Episode {
	row := page.Episode{From: e.From.Time().Format(time.RFC3339), Class: figure.High, Lasted: c.v.locale.Span(time.Duration(e.Until-e.From) * time.Millisecond)}
	name := "high"
	worst := c.classOf(e.Extreme) // one reading is enough to be named as the tables name it
	severe := e.Severe || worst == figure.VeryLow || worst == figure.VeryHigh
	switch {
	case e.Low && severe:
		row.Class, name = figure.VeryLow, "very-low"
	case e.Low:
		row.Class, name = figure.Low, "low"
	case severe:
		row.Class, name = figure.VeryHigh, "very-high"
	}
	args := []any{"since", c.clock(e.From), "until", c.clock(e.Until), "value", c.valueOf(e.Extreme), "at", c.clock(e.Extreme.At)}
	if row.Sentence = c.v.t("person.episode."+name, args...); e.Going {
		row.Sentence = c.v.t("person.episode-going."+name, args...)
	}
	switch {
	case e.Broken:
		row.Lasted = c.v.t("person.episode.broken", "time", row.Lasted)
	case e.Longer:
		row.Lasted = c.v.t("person.episode.longer", "time", row.Lasted)
	case e.Going:
		row.Lasted = c.v.t("person.episode.going", "time", row.Lasted)
	}
	if at := e.Extreme.At; at >= c.trace.Shown.From && at < c.trace.Shown.Until {
		row.URL = "#day-chart"
		row.Second = strconv.FormatInt(int64((at-c.trace.Shown.From)/1000), 10)
	} else {
		row.URL = personURL(c.v.scope.Person(), "?day="+metrics.DateOf(at, c.trace.Zone).String()) + "#day-chart"
	}
	return row
}

// valueOf is a reading without its unit: 51, LOW.
func (c *curve) valueOf(r record.Reading) string {
	switch {
	case r.Flags.Has(record.BelowRange):
		return c.v.t("figure.low")
	case r.Flags.Has(record.AboveRange):
		return c.v.t("figure.high")
	}
	return figure.Glucose(c.v.locale, r.Value)
}

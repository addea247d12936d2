package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// Told is a reading with the row id of the source that told it.
type Told struct {
	record.Reading
	Source int64
}

// Entry is a sparse record with the row id of the source that told it.
type Entry struct {
	Record record.Record
	Source int64
	Also   []int64 // other sources that told the same, which is counted once
	Twice  bool    // somebody wrote down what a device told: it is listed, and not counted
}

// Trace is some hours or a day of a person with all that is known of them,
// each thing with its source: what a chart and the lists beside it are made
// of. Until of its Data is where the period, or what has happened of it, ends.
type Trace struct {
	Data
	Shown   Period           // the period that was asked for, which may reach beyond now
	Drawn   []Told           // all readings of Shown, merged, scans too, at full pace
	Near    []record.Reading // as Readings, with the hours around Shown: what episodes are found in
	Full    []record.Reading // as Near at full pace: where their extremes and first readings are
	NearEnd record.Millis    // nothing is known of later readings
	Entries []Entry          // what is listed one by one, by time: all kinds but rates, settings and daily sums
	WarmUps []Period         // from the start of a sensor to its first reading, or to now
	Sources []read.Source    // those that told anything of Shown: readings, then insulin, then the rest
	LeftOut []read.Source    // those that have readings of Shown of which none is drawn: others told the same time
}

// around is how far beyond a period readings are looked at, so that an
// episode that begins before it or ends after it is whole, and sensors that
// overlap are seen as they do.
const around = record.Millis(24 * time.Hour / time.Millisecond)

// entryKinds are the kinds of record that are listed one by one. reach is how
// long before the period one may have begun that matters to it.
var entryKinds = []struct {
	kind  record.Kind
	reach record.Millis
}{
	{record.KindDose, onceBeside}, {record.KindCarbs, onceBeside}, {record.KindFingerstick, 0}, {record.KindCalibration, 0}, {record.KindKetone, 0},
	{record.KindActivity, around / 2}, {record.KindNote, 0}, {record.KindAlarm, 0}, {record.KindEvent, longestShown},
}

// GatherTrace reads and merges what is known of a period. What lies after now
// has not happened: of that only readings are taken, from a device whose
// clock is ahead.
func GatherTrace(ctx context.Context, r *read.Reader, loc *time.Location, p Period, now record.Millis) (t Trace, err error) {
	t.Shown, t.Zone, t.Period = p, loc, p
	t.Until = max(p.From, min(p.Until, now))
	sources, err := r.Sources(ctx)
	if err != nil {
		return t, err
	}
	t.NearEnd = p.Until + around
	series, err := r.Glucose(ctx, p.From-around, t.NearEnd)
	if err != nil {
		return t, err
	}
	t.takeReadings(series)
	telling := tellers{}
	if err = t.takeTherapy(ctx, r, &telling); err != nil {
		return t, err
	}
	if err = t.takeEntries(ctx, r, sources, now); err != nil {
		return t, err
	}
	t.Sources = telling.order(t, sources)
	return t, nil
}

// takeReadings merges what the sources tell: once for figures, once to draw.
func (t *Trace) takeReadings(series []read.Series) {
	thinned := metrics.Merge(streams(series), t.Zone, metrics.MergeOptions{Thin: true}).Readings
	t.Readings, t.Near = between(thinned, t.Period), metrics.Counted(thinned)
	all := metrics.Merge(streams(series), t.Zone, metrics.MergeOptions{}).Readings
	t.Full = metrics.Possible(metrics.Counted(all))
	told := origins(series)
	for _, reading := range between(all, t.Shown) {
		t.Drawn = append(t.Drawn, Told{reading, told[reading]})
	}
	for _, one := range series {
		isOf := func(d Told) bool { return d.Source == one.Source.ID }
		if len(between(one.Readings, t.Shown)) > 0 && !slices.ContainsFunc(t.Drawn, isOf) {
			t.LeftOut = append(t.LeftOut, one.Source)
		}
	}
}

// origins finds for each reading the source that tells it; of several that
// tell the same, the one that Merge keeps.
func origins(series []read.Series) map[record.Reading]int64 {
	trust := streams(series)
	order := make([]int, len(series))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(trust[b].Trust, trust[a].Trust) })
	told := map[record.Reading]int64{}
	for _, i := range order { // the least trusted first, so that the others write over it
		for _, reading := range series[i].Readings {
			told[reading] = series[i].Source.ID
		}
	}
	return told
}

// takeTherapy reads rates and daily sums; doses and carbs come with the
// entries.
func (t *Trace) takeTherapy(ctx context.Context, r *read.Reader, telling *tellers) error {
	_, last, ok, err := r.Span(ctx)
	if err != nil {
		return err
	}
	if ok {
		t.Therapy.Known = last + 1
	}
	basals, err := r.Records(ctx, record.KindBasal, t.From-basalReach, t.Until)
	if err != nil {
		return err
	}
	for _, s := range basals {
		t.Therapy.Basals = append(t.Therapy.Basals, s.Record.(*record.Basal))
		if s.Record.Base().At >= t.From {
			telling.basals = append(telling.basals, s.Source)
		}
	}
	if n := len(basals); n > 0 && len(telling.basals) == 0 && len(metrics.BasalSpans(t.Therapy.Basals, t.From, t.Therapy.End(t.Until))) > 0 {
		telling.basals = append(telling.basals, basals[n-1].Source) // the rate that still holds
	}
	t.Therapy.Totals, err = valuesOf[*record.DailyTotal](ctx, r, record.KindDailyTotal, t.Period)
	return err
}

// takeEntries reads what is listed one by one.
func (t *Trace) takeEntries(ctx context.Context, r *read.Reader, sources map[int64]read.Source, now record.Millis) error {
	for _, k := range entryKinds {
		list, err := r.Records(ctx, k.kind, t.From-k.reach, t.Until)
		if err != nil {
			return err
		}
		switch k.kind {
		case record.KindDose, record.KindCarbs:
			t.takeGiven(list, sources)
			continue
		case record.KindEvent:
			t.WarmUps = warmUps(list, t.Full, t.Period, now)
		}
		for _, s := range list {
			if s.Record.Base().At < t.From && !lastsInto(s.Record, t.From) {
				continue
			}
			t.Entries = append(t.Entries, Entry{Record: s.Record, Source: s.Source})
			if x, ok := s.Record.(*record.Fingerstick); ok {
				t.Sticks = append(t.Sticks, x)
			}
		}
	}
	slices.SortStableFunc(t.Entries, func(a, b Entry) int { return cmp.Compare(a.Record.Base().At, b.Record.Base().At) })
	return nil
}

// takeGiven takes doses or carbs, by time and with some from before the
// period. What several sources told alike belongs where the first of them told
// it.
func (t *Trace) takeGiven(list []read.Stored, sources map[int64]read.Source) {
	place := map[int]int{} // of those that count: in Entries, or -1 before the period
	for i, counts := range Once(list, sources) {
		k, seen := place[counts]
		if !seen {
			k = -1
			if list[i].Base().At >= t.From {
				k = len(t.Entries)
				t.Entries = append(t.Entries, Entry{Record: list[counts].Record, Source: list[counts].Source})
				t.takeTherapyOf(list[counts].Record)
			}
			place[counts] = k
		}
		if i == counts || list[i].Base().At < t.From {
			continue
		}
		if k >= 0 {
			t.Entries[k].Also = append(t.Entries[k].Also, list[i].Source)
		}
		if sources[list[i].Source].Format == record.LogFormat { // their words may say more
			t.Entries = append(t.Entries, Entry{Record: list[i].Record, Source: list[i].Source, Twice: true})
		}
	}
}

func (t *Trace) takeTherapyOf(r record.Record) {
	switch x := r.(type) {
	case *record.Dose:
		t.Therapy.Doses = append(t.Therapy.Doses, x)
	case *record.Carbs:
		t.Therapy.Carbs = append(t.Therapy.Carbs, x)
	}
}

func lastsInto(r record.Record, from record.Millis) bool {
	a, ok := r.(*record.Activity)
	return ok && a.At+record.Millis(a.Duration.Milliseconds()) > from
}

// Warm-up times of sensors are 30 minutes to two hours and a little: a pause of
// up to longestShown after a start is drawn as one. Where readings go on at
// once there is none to draw.
const (
	longestShown  = record.Millis(150 * time.Minute / time.Millisecond)
	shortestShown = record.Millis(10 * time.Minute / time.Millisecond)
)

// warmUps finds the pauses between the start of a sensor and its first
// reading that touch the period, and cuts them to it. Of a sensor without a
// reading yet the pause goes on until now.
func warmUps(events []read.Stored, near []record.Reading, shown Period, now record.Millis) (out []Period) {
	for _, s := range events {
		e := s.Record.(*record.Event)
		if e.Event != record.SensorStart {
			continue
		}
		p := Period{e.At, now}
		if next, _ := search(near, e.At); next < len(near) {
			p.Until = near[next].At
		}
		length := p.Until - p.From
		if p.Until = min(p.Until, shown.Until); length >= shortestShown && length <= longestShown && p.Until > max(p.From, shown.From) {
			out = append(out, p)
		}
	}
	return out
}

// tellers are the sources of rates, which do not come as entries.
type tellers struct{ basals []int64 }

// order lists the sources that told anything, those of readings first.
func (s *tellers) order(t Trace, known map[int64]read.Source) (out []read.Source) {
	var ids []int64
	for _, d := range t.Drawn {
		if n := len(ids); n == 0 || ids[n-1] != d.Source {
			ids = append(ids, d.Source)
		}
	}
	ids = append(ids, s.basals...)
	for _, insulin := range []bool{true, false} {
		for _, e := range t.Entries {
			if (e.Record.Kind() == record.KindDose) == insulin {
				ids = append(append(ids, e.Source), e.Also...)
			}
		}
	}
	seen := map[int64]bool{}
	for _, id := range ids {
		if src, ok := known[id]; ok && !seen[id] {
			seen[id] = true
			out = append(out, src)
		}
	}
	return out
}

package web

import (
	"context"
	"math"
	"strings"
	"sync"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/app/text"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// facts is what a card says about a person but for the passing of time. They
// hold until something about the person changes or their day is over.
type facts struct {
	seq     uint64 // of the hub, from before they were read
	day     metrics.Date
	zone    *time.Location
	newest  *figure.Newest
	why     figure.Why
	spark   chart.Spark
	inRange float64 // percent of today, NaN without readings
	alarm   *record.Alarm
	doses   []read.LogRow // rapid ones that people gave, newest first; some may lie ahead of now
}

// factsKey is what facts depend on besides the data: who, as they are set up
// now, the unit that the spark is drawn in, and how far back may be seen.
type factsKey struct {
	person read.Person
	unit   string
	from   record.Millis
}

// mostFacts bounds the memory that facts take, about 2 kB each.
const mostFacts = 5000

// board keeps the facts of cards. It decides nothing about permission: only
// who holds a Reader gets to it.
type board struct {
	mu    sync.Mutex
	facts map[factsKey]*keptFacts
	drawn page.Drawn
}

// keptFacts has the lock of whoever reads them: of a thousand streams that
// hear of one reading, one reads.
type keptFacts struct {
	sync.Mutex
	facts *facts
}

func (b *board) of(k factsKey) *keptFacts {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept, ok := b.facts[k]
	if !ok {
		if b.facts == nil || len(b.facts) >= mostFacts {
			b.facts = map[factsKey]*keptFacts{}
		}
		kept = &keptFacts{}
		b.facts[k] = kept
	}
	return kept
}

// facts gives what there is to say about the person of r, in the unit of l.
func (s *server) facts(ctx context.Context, r *read.Reader, from record.Millis, l text.Locale, now time.Time) (*facts, error) {
	p := r.Person()
	kept := s.board.of(factsKey{person: p, unit: l.Unit, from: from})
	kept.Lock()
	defer kept.Unlock()
	seq := s.Ingest.Live().Changed(p.ID) // before reading: what changes meanwhile is read again
	if f := kept.facts; f != nil && f.seq == seq && f.day == metrics.DateOf(record.At(now), f.zone) {
		return f, nil
	}
	f := &facts{seq: seq, zone: personZone(p)}
	f.day = metrics.DateOf(record.At(now), f.zone)
	if err := f.read(ctx, r, l, now); err != nil {
		return nil, err
	}
	if f.newest == nil || f.newest.Ahead == 0 { // a reading ahead becomes one of now without anything being told
		kept.facts = f
	}
	return f, nil
}

func (f *facts) read(ctx context.Context, r *read.Reader, l text.Locale, now time.Time) error {
	rs, newest, err := recent(ctx, r, f.zone, now)
	if err != nil {
		return err
	}
	f.newest = newest
	if f.why, err = why(ctx, r, newest, f.zone, now); err != nil {
		return err
	}
	profile := ranges(r.Person())
	if newest != nil {
		f.spark = chart.NewSpark(l, ground(r.Person()), drawn(rs, profile, f.zone), newest.At.Add(-recentHours*time.Hour), newest.At.Add(time.Minute))
	}
	today, err := report.Gather(ctx, r, f.zone, report.Period{From: f.day.Start(f.zone), Until: record.At(now) + 1})
	if err != nil {
		return err
	}
	f.inRange = metrics.SharesOf(today.Readings, profile).Target
	if f.doses, err = dosesGiven(ctx, r, now); err != nil {
		return err
	}
	alarms, err := r.Records(ctx, record.KindAlarm, record.At(now.Add(-lastDay)), record.At(now)+1)
	if err == nil && len(alarms) > 0 {
		f.alarm = alarms[len(alarms)-1].Record.(*record.Alarm)
	}
	return err
}

// lastDay is how long an alarm, or what happened to a sensor, is of interest.
const lastDay = 24 * time.Hour

// why finds out what is known about why nothing newer is here.
func why(ctx context.Context, r *read.Reader, newest *figure.Newest, loc *time.Location, now time.Time) (w figure.Why, err error) {
	from := record.At(now.Add(-lastDay))
	if newest != nil {
		from = max(from, record.At(newest.At))
	}
	events, err := r.Records(ctx, record.KindEvent, from, record.At(now)+1)
	if err != nil {
		return w, err
	}
	kinds := map[record.EventKind]figure.Event{record.SensorStart: figure.SensorStarted, record.SensorEnd: figure.SensorEnded, record.SensorError: figure.SensorFailed}
	for _, e := range events {
		e := e.Record.(*record.Event)
		if k := kinds[e.Event]; k != figure.NoEvent {
			w.Event, w.At, w.WarmUp = k, e.At.Time().In(loc), warmUp(e.Detail)
		}
	}
	a, ok, err := r.Arrival(ctx)
	if err != nil || !ok {
		return w, err
	}
	if w.WarmUp == 0 {
		w.WarmUp = warmUp(a.Source.Device)
	}
	if w.WarmUp == 0 {
		w.WarmUp = longestWarmUp
	}
	w.Heard, w.Source, w.File = a.Heard.Time(), a.Source.Device, !a.Live
	return w, nil
}

// longestWarmUp is that of a sensor that nothing is known of.
const longestWarmUp = 2 * time.Hour

// warmUp is how long a sensor of this name warms up, from the makers' manuals;
// 0 when the name says nothing.
func warmUp(device string) time.Duration {
	device = strings.ToLower(device)
	for _, d := range []struct {
		name string
		long time.Duration
	}{{"g7", 30 * time.Minute}, {"one+", 30 * time.Minute}, {"stelo", 30 * time.Minute}, {"libre", time.Hour}, {"g6", 2 * time.Hour}, {"guardian", 2 * time.Hour}} {
		if strings.Contains(device, d.name) {
			return d.long
		}
	}
	return 0
}

// card prints what facts say, as of now, for a reader of l.
func (f *facts) card(l text.Locale, scope share.Scope, now time.Time) page.PersonCard {
	c := page.PersonCard{Key: scope.Person().Key, Name: scope.Person().Name, URL: "/people/" + scope.Person().Key,
		Latest: figure.NewLatest(l, f.newest, now).Explain(l, f.why, now)}
	c.Need = need(c.Latest)
	if f.newest != nil {
		c.Spark = &f.spark
	}
	c.Given = lastDose(l, f.doses, now)
	if !math.IsNaN(f.inRange) {
		c.InRange = l.T("people.in-range", "share", l.Percent(f.inRange, 0))
	}
	if a := f.alarm; a != nil && now.Sub(a.At.Time()) <= lastDay {
		key := "people.alarm"
		if a.Cleared {
			key = "people.alarm-cleared"
		}
		name, _ := alarmName(l, a.Name)
		clock, _ := figure.Clock(l, a.At.Time().In(f.zone), now) // with the day: an alarm of last night is none of tonight
		c.Alarm = l.T(key, "name", name, "clock", clock)
	}
	return c
}

// need orders people: urgent low, low, stale, very high, high, then the rest.
func need(l figure.Latest) int {
	switch {
	case l.State == figure.Stale || l.State == figure.Ahead || l.State == figure.Never:
		return 2
	case l.Class == figure.VeryLow, l.Urgent:
		return 0
	case l.Class == figure.Low:
		return 1
	case l.Class == figure.VeryHigh:
		return 3
	case l.Class == figure.High:
		return 4
	}
	return 5
}

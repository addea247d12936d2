package demo

import (
	"cmp"
	"slices"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// output gathers what is told from an instant on, until it is taken.
type output struct {
	from       record.Millis
	begin, end record.Millis // the block that is being simulated
	parts      [devices]part
}

// part is what one device has told and nobody has taken.
type part struct {
	source  record.Source
	glucose []told[record.Reading]
	sparse  []told[record.Record]
}

// told is a record and when it was told: mostly its own instant.
type told[T any] struct {
	when   record.Millis
	record T
}

// The devices on a person's time axis, each a source of its own.
const (
	ofSensor = iota
	ofSecondSensor
	ofPump  // or pens
	ofMeter // fingersticks
	ofDiary // what the person writes down in the phone
	devices
)

func newOutput(p Person, a archetype, from record.Millis) *output {
	out := &output{from: from}
	insulin := map[therapy]string{pump: "Demo pump P", loop: "Demo pump L", pens: "Demo pen", basalOnly: "Demo pen"}
	out.parts[ofSensor].source = record.Source{Device: p.said(a.sensor.device), Serial: p.ID + "-sensor", Interval: a.sensor.every}
	second := quarterHour()
	out.parts[ofSecondSensor].source = record.Source{Device: p.said(second.device), Serial: p.ID + "-sensor-2", Interval: second.every}
	out.parts[ofPump].source = record.Source{Device: p.said(insulin[a.therapy]), Serial: p.ID + "-insulin"}
	out.parts[ofMeter].source = record.Source{Device: p.said(meterName), Serial: p.ID + "-meter"}
	out.parts[ofDiary].source = record.Source{Device: p.said("Demo phone diary"), Serial: p.ID + "-diary"}
	for i := range out.parts {
		out.parts[i].source.Format = Format
	}
	return out
}

const meterName = "Demo meter M"

// in reports whether a moment counts: in the block, so that warming up leaves
// no trace, and not before the beginning.
func (o *output) in(at record.Millis) bool { return at >= o.from && at >= o.begin && at < o.end }

func (o *output) add(to int, r record.Record) {
	if at := r.Base().At; o.in(at) {
		o.parts[to].sparse = append(o.parts[to].sparse, told[record.Record]{at, r})
	}
}

func (o *output) reading(of int, r record.Reading) { o.late(of, r.At, r) }

// late takes a reading that was told some time after it was taken.
func (o *output) late(of int, when record.Millis, r record.Reading) {
	if when >= o.from && r.At >= o.begin && r.At < o.end {
		r.Every = 0 // Read sets it, as for any other source
		o.parts[of].glucose = append(o.parts[of].glucose, told[record.Reading]{when, r})
	}
}

func (o *output) sensor(r record.Record) { o.add(ofSensor, r) }
func (o *output) pump(r record.Record)   { o.add(ofPump, r) }
func (o *output) meter(r record.Record)  { o.add(ofMeter, r) }
func (o *output) diary(r record.Record)  { o.add(ofDiary, r) }
func (o *output) dose(d *record.Dose)    { o.add(ofPump, d) }

func (o *output) carbs(at record.Millis, grams float64, food string) {
	o.diary(&record.Carbs{Common: record.Common{At: at}, Grams: unit.Grams(grams), Food: food})
}

// segment takes a rate whose end has come: only then a pump can tell it.
func (o *output) segment(ended record.Millis, b *record.Basal) {
	if ended >= o.from && b.At >= o.begin && ended <= o.end {
		o.parts[ofPump].sparse = append(o.parts[ofPump].sparse, told[record.Record]{ended, b})
	}
}

// take hands over what was told before limit, in order of time.
func (o *output) take(limit record.Millis) []record.Batch {
	var out []record.Batch
	for i := range o.parts {
		p := &o.parts[i]
		var glucose []record.Reading
		var sparse []record.Record
		glucose, p.glucose = before(p.glucose, limit)
		sparse, p.sparse = before(p.sparse, limit)
		slices.SortStableFunc(glucose, func(a, b record.Reading) int { return cmp.Compare(a.At, b.At) })
		slices.SortStableFunc(sparse, func(a, b record.Record) int { return cmp.Compare(a.Base().At, b.Base().At) })
		for len(glucose)+len(sparse) > 0 {
			g, s := min(len(glucose), batchSize), 0
			if g < batchSize {
				s = min(len(sparse), batchSize-g)
			}
			out = append(out, record.Batch{Source: p.source, Glucose: glucose[:g:g], Sparse: sparse[:s:s]})
			glucose, sparse = glucose[g:], sparse[s:]
		}
	}
	return out
}

// before splits what was told before limit from the rest.
func before[T any](list []told[T], limit record.Millis) (taken []T, rest []told[T]) {
	for _, t := range list {
		if t.when < limit {
			taken = append(taken, t.record)
		} else {
			rest = append(rest, t)
		}
	}
	return taken, rest
}

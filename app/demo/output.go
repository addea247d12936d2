package demo

import (
	"cmp"
	"math"
	"slices"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// output gathers the records of the period that was asked for.
type output struct {
	from, until record.Millis // the period
	begin, end  record.Millis // the block that is being simulated
	off         record.Millis // no readings from here on
	person      Person
	parts       [3]part // sensor, pump or pens, meter and phone
}

type part struct {
	source  record.Source
	glucose []record.Reading
	sparse  []record.Record
}

const (
	ofSensor = iota
	ofPump
	ofMeter
)

func newOutput(p Person, a archetype, from, until record.Millis) *output {
	out := &output{from: from, until: until, person: p, off: until - record.Millis(p.OffDays)*24*60*minuteMS}
	insulin := "Demo pump"
	switch a.therapy {
	case loop:
		insulin = "Demo loop"
	case pens, basalOnly:
		insulin = "Demo pen"
	}
	out.parts[ofSensor].source = record.Source{Device: a.sensor.device, Serial: p.ID + "-sensor", Interval: a.sensor.every}
	out.parts[ofPump].source = record.Source{Device: insulin, Serial: p.ID + "-insulin"}
	out.parts[ofMeter].source = record.Source{Device: "Demo diary", Serial: p.ID + "-diary"}
	for i := range out.parts {
		out.parts[i].source.Format = Format
	}
	return out
}

// in reports whether a moment counts: in the block, so that warming up leaves
// no trace, and in the period.
func (o *output) in(at record.Millis) bool {
	return at >= o.from && at < o.until && at >= o.begin && at < o.end
}

func (o *output) add(to int, r record.Record) {
	if o.in(r.Base().At) {
		o.parts[to].sparse = append(o.parts[to].sparse, r)
	}
}

func (o *output) reading(r record.Reading) {
	if o.in(r.At) && r.At < o.off {
		r.Every = 0 // Read sets it, as for any other source
		o.parts[ofSensor].glucose = append(o.parts[ofSensor].glucose, r)
	}
}

func (o *output) sensor(r record.Record) { o.add(ofSensor, r) }
func (o *output) pump(r record.Record)   { o.add(ofPump, r) }
func (o *output) meter(r record.Record)  { o.add(ofMeter, r) }
func (o *output) dose(d *record.Dose)    { o.add(ofPump, d) }

func (o *output) carbs(at record.Millis, grams float64, food string) {
	o.add(ofMeter, &record.Carbs{Common: record.Common{At: at}, Grams: unit.Grams(grams), Food: food})
}

// segment takes a rate whose end has come: it belongs to the period in which
// it ends, for only then a pump can tell it.
func (o *output) segment(ended record.Millis, b *record.Basal) {
	if ended >= o.from && ended < o.until && b.At >= o.begin && ended <= o.end {
		o.parts[ofPump].sparse = append(o.parts[ofPump].sparse, b)
	}
}

// batches hands the records on in order of time.
func (o *output) batches() []record.Batch {
	var out []record.Batch
	if o.person.LowNow {
		o.sink()
	}
	for _, p := range o.parts {
		slices.SortStableFunc(p.glucose, func(a, b record.Reading) int { return cmp.Compare(a.At, b.At) })
		slices.SortStableFunc(p.sparse, func(a, b record.Record) int { return cmp.Compare(a.Base().At, b.Base().At) })
		for len(p.glucose)+len(p.sparse) > 0 {
			g, s := min(len(p.glucose), batchSize), 0
			if g < batchSize {
				s = min(len(p.sparse), batchSize-g)
			}
			out = append(out, record.Batch{Source: p.source, Glucose: p.glucose[:g:g], Sparse: p.sparse[:s:s]})
			p.glucose, p.sparse = p.glucose[g:], p.sparse[s:]
		}
	}
	return out
}

// sink bends the readings of the last hour down to an urgent low.
func (o *output) sink() {
	const lowest, hour = 51.0, 60 * minuteMS
	rs := o.parts[ofSensor].glucose
	for i, r := range rs {
		if r.At < o.until-hour {
			continue
		}
		part := min(1, float64(r.At-(o.until-hour))/float64(hour-10*minuteMS))
		v := float64(r.Statistic())*(1-part) + lowest*part
		shape := cgm{unit: o.person.Unit}
		rs[i].Value, rs[i].Flags = shape.native(math.Round(v)), 0
		before := record.NoTrend
		if i > 0 {
			before = rs[i-1].Trend
		}
		rs[i].Trend = metrics.RateAt(rs[max(0, i-6):i+1], r.At).Arrow(before)
	}
}

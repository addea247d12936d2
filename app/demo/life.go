package demo

import (
	"math"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// life is one person through the steps of a block.
type life struct {
	p    Person
	a    archetype
	seed uint64
	zone *time.Location
	out  *output

	body *body
	wear *wear
	cgm  cgm
	more *cgm // a second sensor, if a story has one
	pump controller
	bell bell

	story script
	dials *dials
	set   *regime // how the devices are set now
	hour  float64 // of the local clock

	today   plan
	deeds   []deed // still to do, in order
	acts    stream // chance of behaviour, drawn anew each local date
	drift   stream
	errors  stream        // of the meter
	moving  record.Millis // exercise lasts until
	tender  [2]record.Millis
	effect  float64
	rescued record.Millis // no further treatment of a low before
	dosed   record.Millis // last bolus
	bolus   float64       // given in this step
}

func newLife(p Person, a archetype, seed uint64, zone *time.Location, out *output) *life {
	l := &life{p: p, a: a, seed: seed, zone: zone, out: out}
	l.body = newBody(&l.a)
	l.wear = newWear(p, &l.a, seed, zone)
	l.cgm = cgm{sensor: a.sensor, noise: a.noise, unit: p.Unit}
	l.pump = controller{a: &l.a}
	l.story, l.dials = p.Stories, newDials(p, &l.a, seed, zone)
	if worn, ok := l.story.second(); ok {
		l.more = &cgm{sensor: quarterHour(), of: ofSecondSensor, noise: a.noise, unit: p.Unit, session: worn}
	}
	return l
}

// step lives through the five minutes from at on.
func (l *life) step(at record.Millis) {
	local := at.Time().In(l.zone)
	if y, m, d := local.Date(); l.today.date != (metrics.Date{Year: y, Month: m, Day: d}) {
		l.dawn(metrics.Date{Year: y, Month: m, Day: d}, at)
	}
	hour := float64(local.Hour()) + float64(local.Minute())/60
	awake := hour >= l.today.awake[0] && hour < l.today.awake[1]
	l.hour, l.set = hour, l.dials.at(at)

	l.devices(at)
	l.cgm.read(at, l)
	if l.more != nil {
		l.more.read(at, l)
	}
	l.bell.listen(at, awake, l)
	l.bolus = 0
	l.happen(at)
	l.treat(at, awake)
	for len(l.deeds) > 0 && l.deeds[0].at < at+stepMS {
		next := l.deeds[0]
		l.deeds = l.deeds[1:]
		l.do(next)
	}
	if l.a.correct > 0 {
		l.correct(at, awake)
	}
	rate := l.pump.basal(at, hour, l)
	l.body.given(l.bolus, rate/12)

	in := influence{hour: hour, sensitivity: l.today.sensitivity, chance: l.drift.normal(), strength: 1, at: at, story: l.story}
	if at < l.moving {
		in.exercising = l.effect
	}
	in.tender = at >= l.tender[0] && at < l.tender[1]
	if l.a.therapy == pump || l.a.therapy == loop {
		in.strength = l.wear.siteAt(at).strength(at)
	}
	l.body.live(in)
}

// dawn begins a local date: it draws the plan and takes fresh streams.
func (l *life) dawn(d metrics.Date, at record.Millis) {
	l.today = planFor(l.p, &l.a, l.seed, d, l.zone)
	l.deeds = mergeDeeds(l.deeds, l.today.deeds)
	l.acts = newStream(l.seed, l.p.ID, "acts", d.String())
	l.drift = newStream(l.seed, l.p.ID, "drift", d.String())
	l.errors = newStream(l.seed, l.p.ID, "meter", d.String())
	l.cgm.chance = newStream(l.seed, l.p.ID, "sensor", d.String())
	if l.more != nil {
		l.more.chance = newStream(l.seed, l.p.ID, "second sensor", d.String())
	}
	l.bell.chance = newStream(l.seed, l.p.ID, "alarms", d.String())
	for _, deed := range l.today.deeds {
		if deed.what == move {
			l.tender = [2]record.Millis{deed.at - 60*minuteMS, deed.at + record.Millis(deed.minutes+90)*minuteMS}
		}
	}
	l.pump.cut(at, l.out)
}

// mergeDeeds joins what is left of yesterday with today's, both in order.
func mergeDeeds(a, b []deed) []deed {
	out := make([]deed, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].at < a[0].at {
			out, b = append(out, b[0]), b[1:]
		} else {
			out, a = append(out, a[0]), a[1:]
		}
	}
	return append(append(out, a...), b...)
}

// do does one planned thing.
func (l *life) do(d deed) {
	switch d.what {
	case eat:
		l.body.eat(d.grams, d.absorb)
		if d.estimate > 0 {
			l.out.carbs(d.at, d.estimate, "")
		}
	case bolusForMeal:
		l.doseMeal(d)
	case injectLong:
		l.out.dose(&record.Dose{Common: record.Common{At: d.at}, Delivery: record.Injection, Insulin: record.Long,
			Units: units(math.Round(l.a.daily * l.a.basalShare))})
	case fingerstick:
		l.stick(d.at, false)
	case calibrate:
		l.stick(d.at, true)
	case move:
		l.moving, l.effect = d.at+record.Millis(d.minutes)*minuteMS, d.effect
		l.out.diary(&record.Activity{Common: record.Common{At: d.at}, Name: l.p.said("Exercise"), Intensity: l.p.said("medium"),
			Duration: time.Duration(d.minutes) * time.Minute})
		l.pump.ease(d.at, l)
	case writeNote:
		l.out.diary(&record.Note{Common: record.Common{At: d.at}, Text: l.p.said(d.text)})
	}
}

// stick measures capillary glucose; a calibration tells it to the sensor too.
func (l *life) stick(at record.Millis, calibration bool) {
	v := l.cgm.native(min(max(math.Round(l.body.plasma*(1+0.04*l.errors.normal())), 20), 600))
	if calibration {
		l.out.sensor(&record.Calibration{Common: record.Common{At: at}, Value: v})
	}
	l.out.meter(&record.Fingerstick{Common: record.Common{At: at}, Value: v, Meter: l.p.said(meterName)})
}

// devices tells what is changed in this step.
func (l *life) devices(at record.Millis) {
	if l.set.from > at-stepMS && l.set.from <= at { // in force from this step on
		l.set.tell(at, &l.a, l.p.Unit, l.out)
		if l.set.alertsAnew {
			l.set.tellAlerts(at, l.p.Unit, l.out)
		}
	}
	l.sensors(at)
	if l.a.therapy != pump && l.a.therapy != loop {
		return
	}
	// The step's end may already belong to the next site.
	if c := l.wear.siteAt(at + stepMS - 1); c.began >= at {
		l.out.pump(&record.Event{Common: record.Common{At: c.began}, Event: record.ReservoirChange})
		l.out.pump(&record.Event{Common: record.Common{At: c.began + minuteMS}, Event: record.Prime, Amount: 0.5})
		l.out.pump(&record.Event{Common: record.Common{At: c.began + 2*minuteMS}, Event: record.SiteChange})
	}
}

// sensors tells which sensors come and go in this step.
func (l *life) sensors(at record.Millis) {
	in := func(t record.Millis) bool { return t >= at && t < at+stepMS }
	s := l.wear.sessionAt(at + stepMS - 1) // the step's end may already belong to the next one
	l.cgm.session = s
	if ended, off := l.story.off(at + stepMS - 1); off {
		if in(ended) {
			l.out.sensor(&record.Event{Common: record.Common{At: ended}, Event: record.SensorEnd})
		}
		return
	}
	if in(s.ended) {
		l.out.sensor(&record.Event{Common: record.Common{At: s.ended}, Event: record.SensorEnd})
	}
	if in(s.began) {
		l.out.sensor(&record.Event{Common: record.Common{At: s.began}, Event: record.SensorStart})
	}
}

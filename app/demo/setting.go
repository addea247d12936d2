package demo

import (
	"math"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// regime is how the devices are set for some weeks. The simulation doses,
// delivers and rings by these very numbers.
type regime struct {
	from, until record.Millis
	basal       [8]float64 // U/h in each three hours of the local day
	ratio       [3]float64 // g/U in each part of the day
	isf         float64    // mg/dL a unit
	low, high   float64    // mg/dL, target
	alertHigh   unit.Glucose
	alertsAnew  bool // the alert differs from that of the regime before
}

// parts of the day that a carb ratio is set for begin at these hours.
var ratioHours = [3]int{0, 11, 17}

const (
	regimeDays = 24
	// spread is how far the target reaches to both sides of its middle, in
	// mg/dL. A dose aims at the middle.
	spread = 10
	// acting is the active insulin time: what the body uses.
	acting = actingSteps * step
)

// rate is the programmed basal rate at an hour, in U/h.
func (r *regime) rate(hour float64) float64 { return r.basal[int(hour/3)] }

func (r *regime) target() float64 { return (r.low + r.high) / 2 }

// gramsPerUnit is the carb ratio at an hour.
func (r *regime) gramsPerUnit(hour float64) float64 {
	i := len(ratioHours) - 1
	for hour < float64(ratioHours[i]) {
		i--
	}
	return r.ratio[i]
}

// dials tells how a person's devices are set. Like wear it is computed from
// the number of the change alone, so that any date can be asked.
type dials struct {
	a      *archetype
	person string
	seed   uint64
	zone   *time.Location
	unit   unit.Concentration
	shift  float64
	now    regime // last answer
}

func newDials(p Person, a *archetype, seed uint64, zone *time.Location) *dials {
	shift := newStream(seed, p.ID, "settings", "shift").between(0, regimeDays)
	return &dials{a: a, person: p.ID, seed: seed, zone: zone, unit: p.Unit, shift: shift}
}

// change is when the k-th regime begins: an early evening.
func (d *dials) change(k int) (record.Millis, stream) {
	s := newStream(d.seed, d.person, "settings", strconv.Itoa(k))
	day := metrics.Date{Year: 1970, Month: time.January, Day: 1}.Add(int(math.Floor(d.shift + float64(k)*regimeDays)))
	return clockTime(day, s.between(17, 19), d.zone), s
}

// at is the regime in force at an instant.
func (d *dials) at(at record.Millis) *regime {
	if d.now.from <= at && at < d.now.until {
		return &d.now
	}
	k := int(math.Floor((float64(at)/86_400_000-d.shift)/regimeDays)) + 1
	from, s := d.change(k)
	for from > at {
		k--
		from, s = d.change(k)
	}
	until, _ := d.change(k + 1)
	d.now = d.regime(k, s)
	d.now.from, d.now.until = from, until
	return &d.now
}

// regime draws the k-th regime: in one three hours of the day the basal rate
// is a little higher, in another lower; breakfast may take more insulin.
func (d *dials) regime(k int, s stream) regime {
	grain := 0.025
	if d.a.therapy == loop {
		grain = 0.05
	}
	var r regime
	plain := d.a.daily * d.a.basalShare / 24
	for i := range r.basal {
		r.basal[i] = planned(3*float64(i), plain, grain)
	}
	up := ((k*3)%8 + 8) % 8 // another one each time, so that each regime is a change
	r.basal[up] += grain
	r.basal[(up+4)%8] -= grain
	for i := range r.basal {
		r.basal[i] = round3(r.basal[i])
	}
	r.ratio = [3]float64{d.a.ratio, d.a.ratio, d.a.ratio}
	r.ratio[0] = math.Round(2*d.a.ratio*(1-0.05*math.Floor(s.part()*3))) / 2
	r.isf = d.device(math.Round(d.a.isf * (1 - 0.05*math.Floor(s.part()*2))))
	r.low, r.high = d.device(d.a.target-spread), d.device(d.a.target+spread)
	r.alertHigh, r.alertsAnew = native(d.alertHigh(k), d.unit), d.alertHigh(k) != d.alertHigh(k-1)
	return r
}

// alertHigh is the value above which the sensor's alarm is set to ring.
func (d *dials) alertHigh(k int) float64 {
	if k%3 == 0 {
		return 240
	}
	return 250
}

// device is a value in mg/dL as it is after a device has rounded it in its
// own unit.
func (d *dials) device(mgdl float64) float64 { return float64(native(mgdl, d.unit).MgDL()) }

// Settings are the settings of a person's devices as they stand at an
// instant, each a record of that instant. Generate gives those that change.
func Settings(p Person, seed uint64, zone *time.Location, at time.Time) []record.Batch {
	a, ok := archetypeByID(p.Archetype)
	if !ok {
		return nil
	}
	now := record.At(at)
	out := newOutput(p, a, now)
	out.begin, out.end = now, now+1
	r := newDials(p, &a, seed, zone).at(now)
	r.tell(now, &a, p.Unit, out)
	r.tellAlerts(now, p.Unit, out)
	return out.take(now + 1)
}

// tell hands the settings of the pump to out, named as package format names
// those of other pumps.
func (r *regime) tell(at record.Millis, a *archetype, u unit.Concentration, out *output) {
	if a.therapy != pump && a.therapy != loop {
		return
	}
	set := func(name string, v float64, of string) {
		c := record.Common{At: at, Extra: map[string]string{"profile": "Everyday"}}
		out.pump(&record.Setting{Common: c, Name: name, Value: strconv.FormatFloat(v, 'f', -1, 64), Unit: of})
	}
	hour := func(name string, h int) string { return name + "." + strconv.Itoa(100 + h)[1:] + ":00" }
	glucose := func(mgdl float64) float64 { return native(mgdl, u).Native() }
	for i, rate := range r.basal {
		set(hour("basal", 3*i), rate, "U/h")
	}
	for i, ratio := range r.ratio {
		set(hour("carb-ratio", ratioHours[i]), ratio, "g/U")
	}
	set(hour("sensitivity", 0), glucose(r.isf), u.String()+"/U")
	set(hour("target.low", 0), glucose(r.low), u.String())
	set(hour("target.high", 0), glucose(r.high), u.String())
	set("insulin-action", acting.Hours(), "h")
}

// tellAlerts hands the alert limits of the sensor to out.
func (r *regime) tellAlerts(at record.Millis, u unit.Concentration, out *output) {
	for _, l := range []struct {
		name  string
		value unit.Glucose
	}{
		{"alert.urgent-low", native(urgentLowAt, u)}, {"alert.low", native(lowAt, u)}, {"alert.high", r.alertHigh},
	} {
		out.sensor(&record.Setting{Common: record.Common{At: at}, Name: l.name,
			Value: strconv.FormatFloat(l.value.Native(), 'f', -1, 64), Unit: l.value.Unit.String()})
	}
}

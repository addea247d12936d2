package format

import (
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The words of glucose.csv.
const (
	ownCGM         = "cgm"
	ownMeter       = "bg"
	ownCalibration = "cal"
)

// ownFlags are the words of the column flag.
var ownFlags = map[string]record.Flags{
	"below": record.BelowRange, "above": record.AboveRange, "scan": record.Scan, "backfilled": record.Backfilled,
}

func (o *own) glucoseRow(at record.Millis) error {
	u, ok := unitOf(o.word("original_unit"))
	if !ok {
		return o.reject(o.col["original_unit"], rejectUnit)
	}
	g, _, ok, err := o.glucose(o.col["original_value"], u, dexcomLimits)
	if !ok {
		return err
	}
	var flags record.Flags
	for f := range strings.FieldsSeq(o.word("flag")) {
		bit, ok := ownFlags[f]
		if !ok {
			return o.reject(o.col["flag"], rejectKind)
		}
		flags |= bit
	}
	if flags.Has(record.BelowRange | record.AboveRange) {
		return o.reject(o.col["flag"], rejectFlag)
	}
	switch string(o.cell(o.col["kind"])) {
	case ownCGM:
		r := record.Reading{At: at, Value: g, Flags: flags, Trend: nightscoutTrends[o.word("trend")]}
		r.Offset, r.Quality = o.clock()
		return o.out.Reading(r)
	case ownMeter:
		return o.out.Add(&record.Fingerstick{Common: o.base(at), Value: g, Flags: flags, Meter: o.word("meter")})
	case ownCalibration:
		return o.out.Add(&record.Calibration{Common: o.base(at), Value: g, Rejected: o.yes("rejected")})
	}
	return o.reject(o.col["kind"], rejectKind)
}

// yes reports whether the named column is 1.
func (o *own) yes(column string) bool { return string(o.cell(o.col[column])) == "1" }

// ownNumbers reads several columns, empty as 0, and stops at the first that
// is wrong.
type ownNumbers struct {
	o   *own
	ok  bool
	err error
}

func (n *ownNumbers) units(column string, most float64) unit.Units {
	return unit.Units(n.number(column, most, rejectDose))
}

func (n *ownNumbers) number(column string, most float64, key string) float64 {
	i := n.o.col[column]
	if !n.ok || !n.o.has(i) {
		return 0
	}
	v, ok := number(n.o.cell(i))
	switch {
	case !ok:
		n.ok, n.err = false, n.o.reject(i, rejectNumber)
		return 0
	case v < 0 || v > most:
		n.ok, n.err = false, n.o.reject(i, key)
		return 0
	}
	return v
}

// seconds is a length of time of at most a week and a bit.
func (n *ownNumbers) seconds(column string) time.Duration {
	return time.Duration(n.number(column, 8*24*3600, rejectNumber)*1000) * time.Millisecond
}

func (o *own) insulinRow(at record.Millis) error {
	n := &ownNumbers{o: o, ok: true}
	var r record.Record
	switch kind := string(o.cell(o.col["kind"])); kind {
	case "bolus", "injection":
		d := &record.Dose{
			Common: o.base(at), Delivery: record.Delivery(o.word("subtype")), Insulin: record.Insulin(o.word("insulin")),
			Units: n.units("units", 100), Programmed: n.units("units_programmed", 100), ExtendedUnits: n.units("units_extended", 100),
			Duration: n.seconds("duration_s"), Automated: o.yes("automated"), Unspecified: o.yes("unspecified"),
			Carbs: unit.Grams(n.number("carbs_g", 1000, rejectCarbs)),
		}
		if o.has(o.col["units_recommended"]) {
			u := n.units("units_recommended", 100)
			d.Recommended = &u
		}
		switch {
		case !o.has(o.col["units"]) && !d.Unspecified:
			return o.reject(o.col["units"], rejectEmpty)
		case n.ok && d.ExtendedUnits > d.Units:
			return o.reject(o.col["units_extended"], rejectDose)
		}
		if !isDelivery(d.Delivery) || d.Insulin != "" && d.Insulin != record.Rapid && d.Insulin != record.Long {
			return o.reject(o.col["subtype"], rejectKind)
		}
		r = d
	case "basal", "temp", "suspend":
		b := &record.Basal{
			Common: o.base(at), Basal: record.BasalKind(kind),
			Rate: unit.UnitsPerHour(n.number("rate_u_h", 50, rejectDose)), Duration: n.seconds("duration_s"),
		}
		if kind == "basal" {
			if b.Basal = record.BasalKind(o.word("subtype")); b.Basal != record.ScheduledBasal && b.Basal != record.AutomatedBasal {
				return o.reject(o.col["subtype"], rejectKind)
			}
		}
		if o.has(o.col["percent"]) {
			p := n.number("percent", 500, rejectDose)
			b.Percent = &p
		}
		r = b
	case "daily_total":
		r = &record.DailyTotal{
			Common: o.base(at), Total: n.units("units", maxDayUnits), Basal: n.units("units_basal", maxDayUnits),
			Bolus: n.units("units_bolus", maxDayUnits), Automated: n.units("units_automated", maxDayUnits),
		}
	default:
		return o.reject(o.col["kind"], rejectKind)
	}
	if !n.ok {
		return n.err
	}
	return o.out.Add(r)
}

func isDelivery(d record.Delivery) bool {
	return d == record.Normal || d == record.Extended || d == record.Dual || d == record.Injection
}

func (o *own) carbsRow(at record.Millis) error {
	n := &ownNumbers{o: o, ok: true}
	m := &record.Carbs{
		Common: o.base(at), Grams: unit.Grams(n.number("carbs_g", 1000, rejectCarbs)),
		Exchanges: n.number("exchanges", 100, rejectCarbs), Food: o.longText("food"), Unspecified: o.yes("unspecified"),
	}
	if !n.ok {
		return n.err
	}
	return o.out.Add(m)
}

func (o *own) eventRow(at record.Millis) error {
	n := &ownNumbers{o: o, ok: true}
	var r record.Record
	switch string(o.cell(o.col["kind"])) {
	case "ketone":
		if !o.has(o.col["value"]) {
			return o.reject(o.col["value"], rejectEmpty)
		}
		r = &record.Ketone{Common: o.base(at), MmolL: n.number("value", maxKetone, rejectKetone)}
	case "note":
		r = &record.Note{Common: o.base(at), Text: o.longText("text")}
	case "alarm":
		r = &record.Alarm{Common: o.base(at), Name: o.longText("text"), Cleared: o.word("subtype") == "cleared"}
	case "activity":
		r = &record.Activity{Common: o.base(at), Name: o.longText("text"), Intensity: o.word("subtype"), Duration: n.seconds("duration_s")}
	case "event":
		k := record.EventKind(o.word("subtype"))
		if !isEventKind(k) {
			return o.reject(o.col["subtype"], rejectKind)
		}
		r = &record.Event{Common: o.base(at), Event: k, Detail: o.longText("text"), Amount: n.number("value", 1000, rejectNumber), Duration: n.seconds("duration_s")}
	default:
		return o.reject(o.col["kind"], rejectKind)
	}
	if !n.ok {
		return n.err
	}
	return o.out.Add(r)
}

func isEventKind(k record.EventKind) bool {
	switch k {
	case record.Prime, record.Rewind, record.SiteChange, record.ReservoirChange, record.SuspendEvent, record.ResumeEvent, record.SensorStart,
		record.SensorEnd, record.SensorError, record.ClockChange, record.TempTarget, record.OtherEvent:
		return true
	}
	return false
}

func (o *own) settingRow(at record.Millis) error {
	name := o.word("name")
	if name == "" {
		return o.reject(o.col["name"], rejectEmpty)
	}
	return o.out.Add(&record.Setting{Common: o.base(at), Name: name, Value: o.longText("value"), Unit: o.word("unit")})
}

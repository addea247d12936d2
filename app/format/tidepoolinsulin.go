package format

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// bolus reads a bolus. normal and extended are what was delivered; where it
// was cut short, expectedNormal and expectedExtended are what was asked for.
func (t *tidepool) bolus(f fields, c record.Common) (record.Record, error) {
	var part [4]unit.Units // normal, extended, expected normal, expected extended
	var has [4]bool
	for i, name := range []string{"normal", "extended", "expectedNormal", "expectedExtended"} {
		var err error
		if part[i], has[i], err = f.units(name); err != nil {
			return nil, err
		}
	}
	if !has[0] && !has[1] {
		return nil, faultIn("normal", rejectNumber)
	}
	d := &record.Dose{Delivery: record.Normal, Units: part[0] + part[1], ExtendedUnits: part[1]}
	if !d.Units.PossibleDose() {
		return nil, faultIn("extended", rejectDose)
	}
	if has[2] || has[3] {
		for i := range 2 {
			if !has[i+2] {
				part[i+2] = part[i]
			}
		}
		d.Programmed = part[2] + part[3]
	}
	var err error
	if d.Duration, err = f.duration("duration", time.Millisecond); err != nil {
		return nil, err
	}
	switch {
	case has[0] && has[1]:
		d.Delivery = record.Dual
	case has[1]:
		d.Delivery = record.Extended
	}
	d.Automated = f.word("subType") == "automated"
	t.wizards.join(f, d)
	c.Extra = besides(f, "normal", "extended", "expectedNormal", "expectedExtended", "duration")
	d.Common = c
	return d, nil
}

// insulin reads an injection.
func (t *tidepool) insulin(f fields, c record.Common) (record.Record, error) {
	u, found, err := f.inner("dose").units("total")
	if err != nil {
		return nil, err
	}
	d := &record.Dose{Delivery: record.Injection, Units: u, Unspecified: !found}
	simple := f.inner("formulation").inner("simple")
	switch simple.word("actingType") {
	case "long", "intermediate":
		d.Insulin = record.Long
	case "rapid", "short":
		d.Insulin = record.Rapid
	default:
		d.Insulin = insulinNamed(simple.word("brand") + " " + f.inner("formulation").word("name"))
	}
	c.Extra = besides(f, "dose")
	d.Common = c
	return d, nil
}

// basal reads a stretch of basal. percent is a share of the schedule that the
// temporary rate pushed aside (suppressed), from which the rate follows.
func (t *tidepool) basal(f fields, c record.Common) (record.Record, error) {
	b := &record.Basal{}
	var err error
	if b.Duration, err = f.duration("duration", time.Millisecond); err != nil {
		return nil, err
	}
	rate, hasRate, err := f.rate("rate")
	if err != nil {
		return nil, err
	}
	switch b.Rate = rate; f.word("deliveryType") {
	case "scheduled":
		b.Basal = record.ScheduledBasal
	case "temp":
		b.Basal = record.TempBasal
		if hasRate, err = t.percent(f, b, hasRate); err != nil {
			return nil, err
		}
	case "automated":
		b.Basal = record.AutomatedBasal
	case "suspend":
		b.Basal, b.Rate, hasRate = record.Suspended, 0, true
	default:
		return nil, faultIn("deliveryType", rejectKind)
	}
	if !hasRate {
		return nil, faultIn("rate", rejectNumber)
	}
	c.Extra = besides(f, "rate", "duration", "percent", "deliveryType")
	b.Common = c
	return b, nil
}

// percent fills in the share of a temporary basal, and its rate if it has
// none of its own.
func (t *tidepool) percent(f fields, b *record.Basal, hasRate bool) (bool, error) {
	share, found, err := f.number("percent")
	if err != nil || !found {
		return hasRate, err
	}
	if share < 0 || share > 10 {
		return false, faultIn("percent", rejectDose)
	}
	percent := share * 100
	b.Percent = &percent
	if suppressed, known, err := f.inner("suppressed").rate("rate"); err == nil && known && !hasRate {
		if b.Rate = suppressed * unit.UnitsPerHour(share); !b.Rate.Possible() {
			return false, faultIn("percent", rejectDose)
		}
	}
	return true, nil
}

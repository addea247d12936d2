package format

import (
	"slices"
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// dose is the insulin of a treatment, unless it filled a tube or is the rate
// of a temporary basal.
func (t treatment) dose() (record.Record, error) {
	if _, device := treatmentEvents[t.event]; device || t.temporary() || t.word("type") == "PRIMING" {
		return nil, nil
	}
	u, found, err := t.units("insulin")
	if err != nil || !found && !t.has("relative") {
		return nil, err
	}
	injections := strings.Trim(t.word("insulinInjections"), "[] ") // xDrip writes "[]" for none
	d := &record.Dose{Delivery: record.Normal, Units: u, Insulin: insulinNamed(t.word("insulinType") + " " + injections)}
	if d.Programmed, _, err = t.units("programmed"); err != nil {
		return nil, err
	}
	if err := t.extended(d); err != nil {
		return nil, err
	}
	if d.Units == 0 && d.Programmed == 0 {
		return nil, nil
	}
	kind := t.word("type")
	d.Automated = t.event == "SMB" || t.is("isSMB") || t.is("automatic") || kind == "SMB" || t.inner("bolus").is("isSMB")
	if t.event == "External Insulin" || t.is("isExternal") || t.inner("bolus").is("isExternal") || injections != "" {
		d.Delivery = record.Injection
	}
	if t.is("isBasalInsulin") {
		d.Insulin = record.Long
	}
	if g, _, err := t.grams("carbs"); err == nil {
		d.Carbs = g
	}
	return d, nil
}

// extended fills in the part of a dose that is given over time: a square
// bolus (Loop) or the relative rate of a Combo Bolus, whose insulin is only
// the part given at once (Nightscout, lib/client/careportal.js).
func (t treatment) extended(d *record.Dose) error {
	over, err := t.lasts()
	if err != nil {
		return err
	}
	if t.word("type") == "square" && over > 0 {
		d.Delivery, d.ExtendedUnits, d.Duration = record.Extended, d.Units, over
		return nil
	}
	rate, found, err := t.rate("relative")
	if err != nil || !found || over == 0 || t.event != "Combo Bolus" {
		return err
	}
	d.ExtendedUnits = unit.Units(float64(rate) * over.Hours())
	d.Delivery, d.Duration = record.Dual, over
	if d.Units == 0 {
		d.Delivery = record.Extended
	}
	if d.Units += d.ExtendedUnits; !d.Units.PossibleDose() {
		return faultIn("relative", rejectDose)
	}
	return nil
}

// temporary reports whether the treatment is a temporary basal.
func (t treatment) temporary() bool { return strings.HasPrefix(t.event, "Temp Basal") }

// basal is the rate of a temporary basal. percent is the change against the
// schedule: -100 stops it (Nightscout, lib/profilefunctions.js). A temporary
// basal without a length ends the one before it: the schedule runs again, at
// a rate that this file does not say.
func (t treatment) basal() (record.Record, error) {
	if !t.temporary() {
		return nil, nil
	}
	over, err := t.lasts()
	if err != nil {
		return nil, err
	}
	if over == 0 || t.event == "Temp Basal End" {
		whole := 100.0
		return &record.Basal{Basal: record.ScheduledBasal, Percent: &whole}, nil
	}
	b := &record.Basal{Basal: record.TempBasal, Duration: over}
	if t.is("automatic") {
		b.Basal = record.AutomatedBasal
	}
	if strings.Contains(t.word("type"), "SUSPEND") {
		b.Basal = record.Suspended
	}
	// oref0 keeps what the pump said: its rate can be a share of the schedule.
	if !t.has("absolute") && (t.word("temp") == "percent" || t.inner("raw_rate").word("temp") == "percent") {
		return t.share(b, "rate", 0)
	}
	for _, name := range []string{"absolute", "rate"} {
		rate, found, err := t.rate(name)
		if err != nil {
			return nil, err
		}
		if found {
			b.Rate = rate
			return b, nil
		}
	}
	return t.share(b, "percent", 100)
}

// share makes b a share of the schedule: that of the member added to base.
func (t treatment) share(b *record.Basal, member string, base float64) (record.Record, error) {
	change, found, err := t.number(member)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, faultIn("absolute", rejectNumber)
	}
	percent := base + change
	if percent < 0 || percent > 1000 {
		return nil, faultIn(member, rejectDose)
	}
	b.Percent = &percent
	return b, nil
}

// longInsulins are words in the names of insulins that act for most of a day
// or longer.
var longInsulins = []string{
	"lantus", "toujeo", "basaglar", "abasaglar", "semglee", "rezvoglar", "glargin", "levemir", "detemir",
	"tresiba", "degludec", "icodec", "awiqli", "nph", "insulatard", "humulin n", "novolin n", "protaphan",
}

// rapidInsulins are words in the names of insulins for meals and pumps.
var rapidInsulins = []string{
	"novorapid", "novolog", "aspart", "fiasp", "humalog", "lispro", "lyumjev", "liprolog", "admelog", "apidra", "glulisin",
	"actrapid", "humulin r", "novolin r", "trurapi",
}

// insulinNamed is the sort of an insulin by the name that a person or app
// gave it; unknown when the name speaks of both sorts.
func insulinNamed(name string) record.Insulin {
	name = strings.ToLower(name)
	speaks := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	switch long, rapid := speaks(longInsulins), speaks(rapidInsulins); {
	case long && !rapid:
		return record.Long
	case rapid && !long:
		return record.Rapid
	}
	return record.UnknownInsulin
}

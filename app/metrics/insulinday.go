package metrics

import (
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// daySums is what the records of one date add up to, before a device's own
// daily sum is weighed in.
type daySums struct {
	any                                   bool
	doses                                 int
	bolus, autoBolus, injected            unit.Units // injected: rapid insulin by pen
	unsaid                                unit.Units // of injected: it may be long-acting
	long                                  unit.Units // long-acting injections
	scheduled, temporary, automated       unit.Units // basal delivered, by kind
	scheduledMS, temporaryMS, automatedMS record.Millis
	reported                              record.DailyTotal
}

func (s *daySums) addSpan(span BasalSpan) {
	s.any = true
	units, ms := span.Units(), span.Until-span.From
	switch span.Basal {
	case record.ScheduledBasal:
		s.scheduled += units
		s.scheduledMS += ms
	case record.AutomatedBasal:
		s.automated += units
		s.automatedMS += ms
	default:
		s.temporary += units
		s.temporaryMS += ms
	}
}

// settle writes the figures of the date. length is that of the date within
// the period, in ms.
func (s *daySums) settle(d *InsulinDay, length float64) {
	known := float64(s.scheduledMS + s.temporaryMS + s.automatedMS)
	r := s.reported
	d.Boluses, d.Unsaid = s.doses, s.unsaid
	d.Automated, d.Micro = s.autoBolus, s.autoBolus
	d.Bolus = s.bolus + s.autoBolus + s.injected
	d.Basal = s.scheduled + s.temporary + s.automated + s.long
	d.Covered = min(100, 100*known/length)
	if s.long > 0 {
		d.Covered = 100 // by pen: there is no rate to miss
	}
	extra := unit.Units(0) // automatic insulin that is neither bolus nor basal
	if r.Automated > 0 {
		d.Mixed, d.Automated, d.Micro, extra = true, r.Automated, 0, r.Automated
		d.Bolus = s.bolus + s.injected
		d.Basal = s.temporary + s.long
		d.Covered = 100
	}
	if r.Bolus > 0 {
		d.Bolus = r.Bolus + s.injected
		d.Micro = min(s.autoBolus, r.Bolus)
	}
	if r.Basal > 0 {
		d.Basal = r.Basal + s.long
		d.Covered = 100
	}
	if r.Basal > 0 && r.Bolus > 0 {
		d.Mixed, extra = false, 0 // the two hold the automatic insulin already
	}
	d.Total = d.Bolus + d.Basal + extra
	if r.Total > 0 {
		d.Total = r.Total + s.injected + s.long
		d.Covered = 100
	}
	d.Insulin = s.any || r.Total > 0 || r.Basal > 0 || r.Bolus > 0 || r.Automated > 0
}

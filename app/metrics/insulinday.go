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

// settle writes the figures of the date. length is that of the whole date in
// ms, be all of it in the period or not.
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
	switch auto := r.Automated; {
	case auto == 0:
	case r.Basal > 0 && r.Bolus > 0:
		d.Automated = auto // the two hold it already
	case r.Basal > 0: // which holds what of it was basal; what is more were micro-boluses
		d.Automated = auto
		d.Micro = max(s.autoBolus, auto-r.Basal)
		d.Bolus = s.bolus + d.Micro + s.injected
	case r.Bolus > 0: // which holds its micro-boluses; what is more was basal
		d.Automated = auto
		d.Basal = s.temporary + max(s.automated, auto-r.Bolus) + s.long
	default:
		d.Mixed, d.Automated, d.Micro, extra = true, auto, 0, auto
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
	d.Total = d.Bolus + d.Basal + extra
	if r.Total > 0 {
		d.Total = r.Total + s.injected + s.long
		d.Covered = 100
	}
	d.Insulin = s.any || r.Total > 0 || r.Basal > 0 || r.Bolus > 0 || r.Automated > 0
}

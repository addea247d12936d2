package ingest

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/unit"
)

// sparse keeps the sparse records of a batch whose clocks are repaired.
func (a *accepting) sparse(s *source, b record.Batch) error {
	for _, r := range b.Sparse {
		c := r.Base()
		reason := a.impossible(c.At)
		if reason == "" {
			reason = implausible(r)
		}
		if reason != "" {
			a.reject(record.Reject{Line: c.Line, Key: reason})
			continue
		}
		s.report.span(c.At)
		s.report.Sparse++
		a.report.span(c.At)
		a.report.count(countName(r))
		if meal, ok := r.(*record.Carbs); ok && meal.Exchanges > 0 && meal.Grams == 0 {
			a.report.Exchanges++
		}
		if c.Key == "" {
			c.Key = identity(r)
		}
		if err := a.keep(s, r); err != nil {
			return err
		}
	}
	return nil
}

func (a *accepting) keep(s *source, r record.Record) error {
	if s.Format == record.LogFormat && a.imp.Act == "" {
		settled, err := a.settledByHand(s, r)
		if err != nil || settled {
			a.report.Known++
			return err
		}
	}
	if a.imp.Act == "" && r.Base().Key != "" && !strings.HasPrefix(r.Base().Key, pumpNumber) {
		// A relay can give the same record a second id: Nightscout's _id
		// first, its identifier later.
		twin, err := a.tx.Twin(a.imp.Person, s.ID, a.upload.ID, r)
		if err != nil {
			return err
		}
		if twin {
			a.report.Known++
			return nil
		}
	}
	stored := store.Stored{Record: r, Source: s.ID, Upload: a.upload.ID, Received: a.received, Modified: a.received}
	id, old, err := a.tx.AddRecord(a.imp.Person, stored)
	if err != nil {
		return err
	}
	if old == nil {
		s.touched[id] = true
		a.report.New++
		return nil
	}
	if c := r.Base(); !s.touched[old.ID] && strings.HasPrefix(c.Key, pumpNumber) && !sameBolus(old.Record, r) {
		// The pump counts again from one: another bolus of the same number.
		c.Key += wall(c).Time().Format(" 15:04:05")
		if id, old, err = a.tx.AddRecord(a.imp.Person, stored); err != nil {
			return err
		}
		if old == nil {
			s.touched[id] = true
			a.report.New++
			return nil
		}
	}
	// A setting that an export hangs on its own first row says nothing new.
	if fuller(old.Record, r) || r.Kind() == record.KindSetting && store.SameValues(old.Record, r) {
		s.touched[old.ID] = true
		a.report.Known++
		return nil
	}
	same := store.Same(old.Record, r)
	if same || a.onlyMissing || s.touched[old.ID] || old.Base().Offset != r.Base().Offset {
		if s.touched[old.ID] {
			a.report.Repeated++
			return nil
		}
		a.report.Known++
		if old.Base().Offset != r.Base().Offset {
			a.report.OtherZone++
		}
		s.touched[old.ID] = true
		return nil
	}
	s.touched[old.ID] = true
	a.report.Replaced++
	if c, was := r.Base(), old.Base(); strings.HasPrefix(c.Key, pumpNumber) && was.At < c.At {
		c.At, c.Offset, c.Quality = was.At, was.Offset, was.Quality // it began when it was first told of
	}
	return a.tx.ReplaceRecord(a.imp.Person, a.imp.Actor.Account, *old, stored)
}

// pumpNumber begins the key of a bolus that its pump numbers itself
// (format/carejoin.go). Exports can hold part of such a bolus: one that still
// ran, or whose rows stand on both sides of the export's end.
const pumpNumber = "bolus "

// sameBolus reports whether two doses that a pump gave one number are one: the
// same amount asked for, as far as both say, and by the device's clock no further
// apart than a bolus takes.
func sameBolus(old, r record.Record) bool {
	was, ok1 := old.(*record.Dose)
	now, ok2 := r.(*record.Dose)
	if !ok1 || !ok2 {
		return true
	}
	if was.Programmed > 0 && now.Programmed > 0 && was.Programmed != now.Programmed {
		return false
	}
	d := wall(&was.Common) - wall(&now.Common)
	apart := time.Duration(max(d, -d)) * time.Millisecond
	if slow := was.Delivery != record.Normal || now.Delivery != record.Normal; slow {
		return apart <= 9*time.Hour // the longest extended bolus, and an hour of a changed clock
	}
	return apart <= 30*time.Minute // 45 U at the slow speed of 1.5 U a minute
}

// fuller reports whether old tells more of a pump's numbered bolus than r: the
// number names it for good, and what a pump has delivered only grows.
func fuller(old, r record.Record) bool {
	was, ok1 := old.(*record.Dose)
	now, ok2 := r.(*record.Dose)
	if !ok1 || !ok2 || !strings.HasPrefix(was.Key, pumpNumber) {
		return false
	}
	return !was.Unspecified && (now.Unspecified || now.Units < was.Units ||
		now.Units == was.Units && now.Programmed <= was.Programmed)
}

// identity makes the key of a record whose source has none: the device's wall
// clock and what was measured, so that neither a second export nor another
// zone doubles it.
func identity(r record.Record) string {
	c := r.Base()
	return strconv.FormatInt(int64(wall(c)), 36) + "/" + essence(r)
}

// wall is what the clock of the device said, whatever zone it was read in.
func wall(c *record.Common) record.Millis { return c.At + record.Millis(c.Offset)*60_000 }

// essence is what tells two records of one kind at one moment apart.
func essence(r record.Record) string {
	switch r := r.(type) {
	case *record.Fingerstick:
		return glucoseText(r.Value)
	case *record.Calibration:
		return glucoseText(r.Value)
	case *record.Ketone:
		return number(r.MmolL)
	case *record.Dose:
		return string(r.Delivery[:1]) + string(r.Insulin) + number(float64(r.Units))
	case *record.Basal:
		return string(r.Basal) + number(float64(r.Rate))
	case *record.Carbs:
		return number(float64(r.Grams)) + "x" + number(r.Exchanges)
	case *record.Activity:
		return digest(r.Name)
	case *record.Note:
		return digest(r.Text)
	case *record.Alarm:
		return digest(r.Name)
	case *record.Setting:
		return digest(r.Name)
	case *record.Event:
		return string(r.Event) + digest(r.Detail)
	}
	return "" // a daily total: one a day
}

func glucoseText(g unit.Glucose) string { return fmt.Sprintf("%d%d", g.Unit, g.Milli) }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func digest(s string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return strconv.FormatUint(h.Sum64(), 36)
}

// countName is the name that a record is counted by.
func countName(r record.Record) string {
	switch r := r.(type) {
	case *record.Dose:
		if r.Delivery == record.Injection {
			return "injection"
		}
		return "bolus"
	case *record.Basal:
		if r.Basal == record.Suspended {
			return "suspend"
		}
	case *record.Alarm:
		if r.Cleared {
			return "alarm_cleared"
		}
	}
	return string(r.Kind())
}

// implausible gives the catalogue key of why a record cannot be, "" if it can.
// Readers of files refuse most of it with line and column; nothing comes past
// this door whoever brings it.
func implausible(r record.Record) string {
	switch r := r.(type) {
	case *record.Fingerstick:
		if !r.Value.Possible() {
			return "reject.glucose-impossible"
		}
	case *record.Calibration:
		if !r.Value.Possible() {
			return "reject.glucose-impossible"
		}
	case *record.Ketone:
		if !(r.MmolL >= 0 && r.MmolL <= 30) {
			return "reject.ketone-impossible"
		}
	case *record.Dose:
		if r.Delivery == "" {
			r.Delivery = record.Normal
		}
		if !r.Units.PossibleDose() || !r.Programmed.PossibleDose() || !r.Carbs.Possible() {
			return "reject.dose-impossible"
		}
	case *record.Basal:
		if !r.Rate.Possible() {
			return "reject.basal-impossible"
		}
	case *record.Carbs:
		if !r.Grams.Possible() || !(r.Exchanges >= 0 && r.Exchanges <= 100) {
			return "reject.carbs-impossible"
		}
	case *record.DailyTotal:
		for _, u := range []unit.Units{r.Total, r.Basal, r.Bolus, r.Automated} {
			if !(u >= 0 && u <= 1000) {
				return "reject.dose-impossible"
			}
		}
	case *record.Event:
		if r.Amount != r.Amount { // NaN
			r.Amount = 0
		}
	}
	return ""
}

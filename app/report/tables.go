package report

import (
	"glucokeep/app/format"
	"glucokeep/app/record"
)

// The tables of the archive that hold sparse records, kind by kind.

func (e *exporter) insulin() error {
	err := e.sparse(record.KindDose, format.InsulinColumns, func(c cells, s record.Record) {
		r := s.(*record.Dose)
		c["kind"] = "bolus"
		if r.Delivery == record.Injection {
			c["kind"] = "injection"
		}
		c["subtype"], c["insulin"] = string(r.Delivery), string(r.Insulin)
		c["units"], c["units_programmed"], c["units_extended"] = number(float64(r.Units)), known(float64(r.Programmed)), known(float64(r.ExtendedUnits))
		if r.Recommended != nil {
			c["units_recommended"] = number(float64(*r.Recommended))
		}
		c["duration_s"], c["carbs_g"] = seconds(r.Duration), known(float64(r.Carbs))
		c["automated"], c["unspecified"] = yes(r.Automated), yes(r.Unspecified)
	})
	if err != nil {
		return err
	}
	err = e.sparse(record.KindBasal, format.InsulinColumns, func(c cells, s record.Record) {
		r := s.(*record.Basal)
		switch r.Basal {
		case record.TempBasal, record.Suspended:
			c["kind"] = string(r.Basal)
		default:
			c["kind"], c["subtype"] = "basal", string(r.Basal)
		}
		c["rate_u_h"], c["duration_s"] = number(float64(r.Rate)), seconds(r.Duration)
		if r.Percent != nil {
			c["percent"] = number(*r.Percent)
		}
	})
	if err != nil {
		return err
	}
	return e.sparse(record.KindDailyTotal, format.InsulinColumns, func(c cells, s record.Record) {
		r := s.(*record.DailyTotal)
		c["kind"], c["units"] = "daily_total", number(float64(r.Total))
		c["units_basal"], c["units_bolus"], c["units_automated"] = known(float64(r.Basal)), known(float64(r.Bolus)), known(float64(r.Automated))
	})
}

func (e *exporter) carbs() error {
	return e.sparse(record.KindCarbs, format.CarbsColumns, func(c cells, s record.Record) {
		r := s.(*record.Carbs)
		c["carbs_g"], c["exchanges"], c["food"], c["unspecified"] = number(float64(r.Grams)), known(r.Exchanges), r.Food, yes(r.Unspecified)
	})
}

func (e *exporter) events() error {
	for _, k := range []struct {
		kind record.Kind
		fill func(cells, record.Record)
	}{
		{record.KindKetone, func(c cells, s record.Record) { c["value"] = number(s.(*record.Ketone).MmolL) }},
		{record.KindNote, func(c cells, s record.Record) { c["text"] = s.(*record.Note).Text }},
		{record.KindAlarm, func(c cells, s record.Record) {
			r := s.(*record.Alarm)
			c["text"] = r.Name
			if r.Cleared {
				c["subtype"] = "cleared"
			}
		}},
		{record.KindActivity, func(c cells, s record.Record) {
			r := s.(*record.Activity)
			c["text"], c["subtype"], c["duration_s"] = r.Name, r.Intensity, seconds(r.Duration)
		}},
		{record.KindEvent, func(c cells, s record.Record) {
			r := s.(*record.Event)
			c["subtype"], c["text"], c["value"], c["duration_s"] = string(r.Event), r.Detail, known(r.Amount), seconds(r.Duration)
		}},
	} {
		err := e.sparse(k.kind, format.EventColumns, func(c cells, s record.Record) {
			c["kind"] = string(k.kind)
			k.fill(c, s)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) settings() error {
	return e.sparse(record.KindSetting, format.SettingColumns, func(c cells, s record.Record) {
		r := s.(*record.Setting)
		c["name"], c["value"], c["unit"] = r.Name, r.Value, r.Unit
	})
}

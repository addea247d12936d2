package web

import (
	"slices"
	"strings"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/views/component"
)

// sessions are the sensors that were on the body in the period.
func (dv *devicesView) sessions() []metrics.SensorSession {
	all := metrics.SensorSessions(dv.events)
	return slices.DeleteFunc(all, func(s metrics.SensorSession) bool {
		return s.Until != 0 && s.Until <= dv.period.From
	})
}

// readingsOf are what the sensor of a session measured: its source's own
// readings, or those of all sources where events and readings come by
// different ways.
func (dv *devicesView) readingsOf(s metrics.SensorSession) []record.Reading {
	if own := dv.bySource[s.Source]; len(own) > 0 {
		return own
	}
	return dv.merged
}

func (dv *devicesView) sessionTable(sessions []metrics.SensorSession) component.Table {
	t := component.Table{Stack: true, Caption: dv.t("devices.sessions.caption"), Numeric: []int{3, 4, 5}, Head: []string{dv.t("devices.session.start"),
		dv.t("devices.session.end"), dv.t("devices.session.device"), dv.t("devices.session.worn"), dv.t("devices.session.warm-up"),
		dv.t("devices.session.coverage"), dv.t("devices.session.why")}}
	for _, s := range slices.Backward(sessions) {
		use := metrics.UseOf(s, dv.readingsOf(s), dv.period.From, dv.period.Until)
		row := []string{dv.t("devices.session.unknown"), dv.openEnd(s), dv.name(s.Source), "–", "–", "–", dv.why(s)}
		if s.From != 0 {
			row[0] = dv.moment(s.From)
			end := s.Until
			if end == 0 {
				end = dv.period.Until
			}
			row[3] = dv.length(end - s.From)
		}
		if s.Until != 0 {
			row[1] = dv.moment(s.Until)
		}
		if use.WarmUp > 0 {
			row[4] = dv.locale.Span(use.WarmUp)
		}
		if metrics.Defined(use.Coverage) {
			row[5] = dv.locale.Percent(use.Coverage, 0)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// why says how a session ended, in the words of the device where it has some.
func (dv *devicesView) why(s metrics.SensorSession) string {
	var parts []string
	switch s.End {
	case metrics.Replaced:
		parts = append(parts, dv.t("devices.why.replaced"))
	case metrics.Ended:
		parts = append(parts, dv.t("devices.why.ended"))
	}
	if s.Detail != "" {
		parts = append(parts, dv.t("devices.why.said", "text", s.Detail))
	}
	if s.Trouble != "" {
		parts = append(parts, dv.t("devices.why.trouble", "text", s.Trouble))
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, ", ")
}

// openEnd says that a sensor without an end is still worn, if the period goes
// up to now and the device is heard, else that no end is told.
func (dv *devicesView) openEnd(s metrics.SensorSession) string {
	if dv.active(s.Source) && dv.period.Until >= record.At(dv.now) {
		return dv.t("devices.session.worn-now")
	}
	return dv.t("devices.session.no-end")
}

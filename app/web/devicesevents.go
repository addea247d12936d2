package web

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// automated is the time in which the device set the basal rate by itself.
func (dv *devicesView) automated() []page.NamedFigure {
	percent, known := metrics.AutomatedShare(dv.basals, dv.period.From, dv.period.Until)
	if !metrics.Defined(percent) {
		return nil
	}
	all := time.Duration(dv.period.Until-dv.period.From) * time.Millisecond
	return []page.NamedFigure{{Name: dv.t("devices.automated.share"), Value: dv.locale.Percent(percent, 0)},
		{Name: dv.t("devices.automated.known"), Value: dv.locale.Percent(100*float64(known)/float64(all), 0)}}
}

// alarmTable counts the alarms that rang by what they mean, in the day and at
// night, which is the person's own and the one that charts shade.
func (dv *devicesView) alarmTable() component.Table {
	night := ground(dv.scope.Person()).Night
	type count struct{ day, night int }
	counts := map[string]count{}
	for _, a := range dv.alarms {
		if a.Cleared {
			continue
		}
		name, known := alarmName(dv.locale, a.Name)
		if !known {
			name = dv.t("alarm.unknown", "text", name)
		}
		c := counts[name]
		if night.Holds(a.At.Time().In(dv.zone).Hour()) {
			c.night++
		} else {
			c.day++
		}
		counts[name] = c
	}
	t := component.Table{Caption: dv.t("devices.alarms.caption", "from", dv.locale.ClockMinute(night.From*60), "until", dv.locale.ClockMinute(night.Until*60)),
		Head: []string{dv.t("devices.alarm.name"), dv.t("devices.alarm.day"), dv.t("devices.alarm.night"), dv.t("devices.alarm.all")}, Numeric: []int{1, 2, 3}}
	for _, name := range byCount(counts, func(c count) int { return c.day + c.night }) {
		c := counts[name]
		t.Rows = append(t.Rows, []string{name, dv.locale.Integer(c.day), dv.locale.Integer(c.night), dv.locale.Integer(c.day + c.night)})
	}
	return t
}

// mostNames is how many names of alarms or events are listed.
const mostNames = 40

// byCount sorts names by how often they occur, then by name.
func byCount[T any](counts map[string]T, of func(T) int) []string {
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(of(counts[b]), of(counts[a])), cmp.Compare(a, b)) })
	return names[:min(len(names), mostNames)]
}

// eventTable counts what else happened to devices: what the page does not
// show elsewhere.
func (dv *devicesView) eventTable() component.Table {
	type count struct {
		n    int
		last record.Millis
	}
	counts := map[string]count{}
	for _, e := range dv.inPeriod() {
		name := e.Detail
		switch e.Event.Event {
		case record.SuspendEvent:
			name = dv.t("devices.event.suspend")
		case record.SensorError:
			name = dv.t("devices.event.error", "text", e.Detail)
		case record.TempTarget:
			name = dv.t("devices.event.target")
		case record.OtherEvent:
		default:
			continue
		}
		if name != "" {
			counts[name] = count{counts[name].n + 1, e.At}
		}
	}
	t := component.Table{Caption: dv.t("devices.events.caption"), Numeric: []int{1},
		Head: []string{dv.t("devices.event.name"), dv.t("devices.event.count"), dv.t("devices.event.last")}}
	for _, name := range byCount(counts, func(c count) int { return c.n }) {
		t.Rows = append(t.Rows, []string{name, dv.locale.Integer(counts[name].n), dv.moment(counts[name].last)})
	}
	return t
}

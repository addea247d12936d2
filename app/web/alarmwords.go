package web

import (
	"time"

	"glucokeep/app/format"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/text"
)

// alarmName is what a device alarm is called in a reader's words. known is
// false for one that only its device has words for: then it is in those.
func alarmName(l text.Locale, name string) (words string, known bool) {
	kind, code := format.AlarmKind(name)
	if kind == "" {
		return name, false
	}
	return l.T("alarm.kind."+kind, "code", code), true
}

// alarmWords is an alarm with its name, or with what its device says.
func (c *curve) alarmWords(a *record.Alarm) (what, text string) {
	name, known := alarmName(c.v.locale, a.Name)
	switch {
	case known && a.Cleared:
		return c.v.t("person.event.alarm-cleared-named", "name", name), ""
	case known:
		return c.v.t("person.event.alarm-named", "name", name), ""
	case a.Cleared:
		what = c.v.t("person.event.alarm-cleared")
	default:
		what = c.v.t("person.event.alarm")
	}
	if name != "" {
		text = c.v.t("alarm.unknown", "text", name)
	}
	return what, text
}

// alarmRepeats is within how long the same alarm of the same device is the
// same trouble that rings again.
const alarmRepeats = record.Millis(30 * time.Minute / time.Millisecond)

// alarmRun is an alarm that rang count times, the last time at last.
type alarmRun struct {
	count int
	last  record.Millis
}

// alarmRuns finds the alarms that came again soon. Of each run the first entry
// stands for all, by its place; the places of the others are in repeats.
func alarmRuns(entries []report.Entry) (runs map[int]alarmRun, repeats map[int]bool) {
	type sort struct {
		source  int64
		meaning string
		cleared bool
	}
	runs, repeats = map[int]alarmRun{}, map[int]bool{}
	open := map[sort]int{} // place of the first of the run that may go on
	for i, e := range entries {
		a, ok := e.Record.(*record.Alarm)
		if !ok {
			continue
		}
		k := sort{e.Source, a.Name, a.Cleared}
		if kind, code := format.AlarmKind(a.Name); kind != "" {
			k.meaning = kind + " " + code
		}
		if first, ok := open[k]; ok && a.At-runs[first].last <= alarmRepeats {
			runs[first] = alarmRun{runs[first].count + 1, a.At}
			repeats[i] = true
			continue
		}
		open[k], runs[i] = i, alarmRun{1, a.At}
	}
	return runs, repeats
}

package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/format"
	"glucokeep/app/record"
	"glucokeep/app/text"
)

func TestEveryAlarmHasWords(t *testing.T) {
	for _, lang := range text.Languages() {
		for _, kind := range format.AlarmKinds() {
			require.NotContains(t, text.Locale{Lang: lang}.T("alarm.kind."+kind, "code", "1"), "[")
		}
	}
}

// Known alarms are in the reader's words and others in their device's; what
// rings again soon is one line with a count.
func TestAlarmsInWords(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring(readings(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), flat("100", 280)...))
	noon := time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC) // 12:00 in Berlin
	alarm := func(minutes int, name string, cleared bool) record.Record {
		return &record.Alarm{Common: at(noon.Add(time.Duration(minutes) * time.Minute)), Name: name, Cleared: cleared}
	}
	b.told(ana.person, "Guardian",
		alarm(0, "LOW SG", false), alarm(5, "FALL RATE", false), alarm(10, "LOW SG", false), alarm(12, "LOW SG", true), alarm(40, "LOW SG", false),
		alarm(71, "LOW SG", false), // half an hour and a minute later: another line
		alarm(90, "Other Alarm Code: 1003", false), alarm(100, "Other Alarm Code: 1003", false), alarm(105, "Other Alarm Code: 1004", false),
		alarm(120, "<b>QUUX</b>", false), alarm(125, "<b>QUUX</b>", false))
	b.told(ana.person, "Other phone", alarm(11, "Low", false)) // another device says it for itself

	raw := ana.page(ana.at("?day=2026-03-02"))
	page := wordsOf(raw)
	for _, want := range []string{
		"12:00 Device alarm: Low glucose 3 times until 12:40", "12:05 Device alarm: Glucose falling fast", "12:11 Device alarm: Low glucose",
		"12:12 Device alarm cleared: Low glucose", "13:11 Device alarm: Low glucose", "13:30 Device alarm: Alarm with code 1003 2 times until 13:40",
		"13:45 Device alarm: Alarm with code 1004", "14:00 Device alarm 2 times until 14:05 Device says: <b>QUUX</b>",
		"Device alarm: Low glucose, 3 times until 12:40", // in the table of the chart
	} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "LOW SG")
	require.NotContains(t, raw, "<b>QUUX")

	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "mg/dL", "clock", "24", "theme", "system").status)
	page = wordsOf(ana.page(ana.at("?day=2026-03-02")))
	for _, want := range []string{"Gerätealarm: Glukose niedrig 3‑mal bis 12:40", "Gerätealarm bestätigt: Glukose niedrig", "Gerät meldet: <b>QUUX</b>"} {
		require.Contains(t, page, want)
	}
	table := wordsOf(ana.page(ana.at("/devices?from=2026-03-01&until=2026-03-07")))
	require.Contains(t, table, "Glukose niedrig 5 0 5", "a count of alarms counts each that rang")
	require.Contains(t, table, "Nacht ist von 22:00 bis 06:00.")
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("night-from", "11", "night-until", "13")...).status)
	table = wordsOf(ana.page(ana.at("/devices?from=2026-03-01&until=2026-03-07")))
	require.Contains(t, table, "Nacht ist von 11:00 bis 13:00.", "it is the person's night")
	require.Contains(t, table, "Glukose niedrig 1 4 5")
}

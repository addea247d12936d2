package text

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	english = Locale{Lang: "en", Unit: "mg/dL", Clock24: true}
	german  = Locale{Lang: "de", Unit: "mmol/L", Clock24: true}
	us      = Locale{Lang: "en"}
)

func TestT(t *testing.T) {
	cases := map[string]struct{ got, want string }{
		"a sentence without places":                  {english.T("signin.title"), "Sign in"},
		"the same in German":                         {german.T("signin.title"), "Anmelden"},
		"another language reads English":             {Locale{Lang: "fr"}.T("signin.title"), "Sign in"},
		"a named place":                              {english.T("preview.serial", "end", "4F2A"), "serial number …4F2A"},
		"one takes the singular":                     {english.T("preview.confirm", "count", 1), "Keep 1 new record"},
		"none takes the plural":                      {english.T("preview.confirm", "count", 0), "Keep 0 new records"},
		"numbers are grouped as the language does":   {german.T("preview.confirm", "count", 12480), "12.480 neue Einträge speichern"},
		"one in German":                              {german.T("preview.confirm", "count", int64(1)), "1 neuen Eintrag speichern"},
		"an unknown key stands in brackets":          {english.T("no.such.key"), "[no.such.key]"},
		"a place without a value stays to be seen":   {english.T("preview.serial"), "serial number …{end}"},
		"a value that looks like a place is not one": {english.T("preview.serial", "end", "{end}"), "serial number …{end}"},
		"a decimal number takes the reader's mark":   {german.T("figure.grams", "amount", 4.5), "4,5\u00a0g"},
		"a span of time is put into words":           {english.T("value.ago", "age", 185*time.Minute), "3\u00a0h 5\u00a0min ago"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.got) })
	}
}

func TestContextCarriesTheLocale(t *testing.T) {
	require.Equal(t, german, From(With(t.Context(), german)))
	require.Equal(t, "Anmelden", T(With(t.Context(), german), "signin.title"))
	require.Equal(t, english, From(t.Context()), "without one it is English, 24 hours, mg/dL")
}

func TestNumbers(t *testing.T) {
	cases := []struct{ got, want string }{
		{english.Integer(999), "999"}, {english.Integer(1234), "1234"}, {english.Integer(12480), "12,480"},
		{german.Integer(1234567), "1.234.567"}, {english.Integer(-12480), "−12,480"}, {english.Integer(0), "0"},
		{english.Decimal(5.55, 1), "5.6"}, {german.Decimal(10, 1), "10,0"}, {english.Decimal(-0.04, 1), "0.0"},
		{english.Decimal(-0.25, 1), "−0.3"}, {german.Decimal(12345.6, 1), "12.345,6"},
		{english.Number(4), "4"}, {english.Number(4.5), "4.5"}, {german.Number(0.05), "0,05"}, {english.Number(1.0 / 3), "0.33"},
		{english.Percent(71.4, 0), "71%"}, {german.Percent(71.45, 1), "71,5\u00a0%"},
	}
	for _, c := range cases {
		require.Equal(t, c.want, c.got)
	}
}

func TestCalendar(t *testing.T) {
	at := time.Date(2026, 3, 10, 14, 5, 0, 0, time.UTC)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	cases := []struct{ got, want string }{
		{english.Date(at), "10 March 2026"}, {german.Date(at), "10. März 2026"},
		{english.DateLong(at), "Tuesday, 10 March 2026"}, {german.DateLong(at), "Dienstag, 10. März 2026"},
		{english.DateShort(at), "10 Mar 2026"}, {german.DateShort(day(2026, 1, 3)), "3. Jan. 2026"},
		{english.Day(at), "Tue 10 Mar"}, {german.Day(at), "Di, 10. März"},
		{english.Clock(at), "14:05"}, {us.Clock(at), "2:05\u00a0pm"}, {us.Clock(at.Add(-14 * time.Hour)), "12:05\u00a0am"},
		{english.DateTime(at), "10 Mar 2026, 14:05"}, {english.ClockMinute(510), "08:30"}, {us.ClockMinute(30), "12:30\u00a0am"},
		{english.Hour(6), "06"}, {us.Hour(0), "12\u00a0am"}, {us.Hour(12), "12\u00a0pm"}, {us.Hour(21), "9\u00a0pm"},
		{english.Period(day(2026, 3, 3), day(2026, 3, 16)), "3–16 March 2026"},
		{german.Period(day(2026, 3, 3), day(2026, 3, 16)), "3.–16. März 2026"},
		{english.Period(day(2026, 2, 24), day(2026, 3, 9)), "24 February – 9 March 2026"},
		{english.Period(day(2025, 12, 24), day(2026, 1, 6)), "24 December 2025 – 6 January 2026"},
		{english.Period(at, at), "10 March 2026"},
	}
	for _, c := range cases {
		require.Equal(t, c.want, c.got)
	}
}

func TestSpan(t *testing.T) {
	cases := map[time.Duration]string{
		40 * time.Second: "0\u00a0min", 22*time.Minute + 59*time.Second: "22\u00a0min", time.Hour: "1\u00a0h",
		47*time.Hour + 59*time.Minute: "47\u00a0h 59\u00a0min", 48 * time.Hour: "2 days", -9 * time.Minute: "9\u00a0min", 24 * time.Hour: "24\u00a0h",
	}
	for d, want := range cases {
		require.Equal(t, want, english.Span(d), d.String())
	}
	require.Equal(t, "14 Tage", german.Span(14*24*time.Hour))
	const day = 24 * time.Hour
	for days, want := range map[int][2]string{
		121: {"121 days", "121 Tage"}, 122: {"4 months", "4 Monate"}, 364: {"11 months", "11 Monate"}, 365: {"1 year", "1 Jahr"},
		400: {"1 year 1 month", "1 Jahr 1 Monat"}, 730: {"2 years", "2 Jahre"}, 1948: {"5 years 4 months", "5 Jahre 4 Monate"}, 36500: {"100 years", "100 Jahre"},
	} {
		require.Equal(t, want, [2]string{english.Span(time.Duration(days) * day), german.Span(time.Duration(days) * day)}, "%d days", days)
	}
}

func TestMatch(t *testing.T) {
	cases := map[string]string{
		"": "en", "de": "de", "de-AT,de;q=0.9,en;q=0.8": "de", "fr-FR,de;q=0.5": "de", "fr": "en", "en-US,de;q=0.9": "en",
		"*": "en", ";;;": "en", "gsw": "de",
	}
	for header, want := range cases {
		require.Equal(t, want, Match(header), "header %q", header)
	}
}

func TestClock24(t *testing.T) {
	cases := map[string]bool{"en-US": false, "en-GB,en": true, "de-DE": true, "": true, "en": false, "en-AU": false, "%%": true}
	for header, want := range cases {
		require.Equal(t, want, Clock24(header), "header %q", header)
	}
}

func FuzzT(f *testing.F) {
	f.Add("preview.serial", "end", "4F2A")
	f.Add("preview.confirm", "count", "{count}")
	f.Fuzz(func(t *testing.T, key, name, value string) {
		for _, l := range []Locale{english, german} {
			got := l.T(key, name, value)
			if _, known := messages(l.lang())[key]; !known {
				require.Equal(t, "["+key+"]", got)
			} else if !strings.ContainsAny(value, "{}") {
				require.NotContains(t, got, "{"+name+"}", "a given value fills its place")
			}
		}
	})
}

func TestGermanDaysAreDeclined(t *testing.T) {
	de, en := Locale{Lang: "de"}, Locale{Lang: "en"}
	days := 75 * time.Hour
	require.Equal(t, "vor 3 Tagen", strings.ReplaceAll(de.T("value.ago", "age", days), "\u00a0", " "))
	require.Equal(t, "vor 3 Tagen", strings.ReplaceAll(de.T("value.ago", "age", de.Span(days)), "\u00a0", " "))
	require.Equal(t, "vor 3 h", strings.ReplaceAll(de.T("value.ago", "age", 3*time.Hour), "\u00a0", " "))
	require.Contains(t, de.T("value.stale", "age", days, "last", "1", "clock", "2"), "3 Tage ohne")
	require.Contains(t, de.T("devices.silent", "age", days, "date", "1. März"), "seit 3 Tagen")
	require.Equal(t, "3 days ago", strings.ReplaceAll(en.T("value.ago", "age", days), "\u00a0", " "))
}

package page

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

func sampleLogForm() LogForm {
	return LogForm{Action: "/log", Key: "k", Zone: "Europe/Madrid", Unit: "mg/dL", Kind: "dose", Problems: map[string]string{}}
}

func sampleLog(l text.Locale, form *LogForm) Log {
	return Log{Person: "Ana Ruiz", Form: form, RemovedURL: "/log/removed", EarlierURL: "/log?before=1.1", NewestURL: "/log", Brought: true,
		Given: component.LastGiven{Lines: []component.GivenLine{{Before: "Last dose ", Age: l.Span(25 * 60e9), After: " ago by Nan: 4 U", Since: "2026-03-10T20:15:00Z"},
			{Before: "Last carbs ", Age: l.Span(40 * 60e9), After: " ago by Marta: 45 g", Since: "2026-03-10T20:00:00Z"}}},
		Filters: []component.Tab{{URL: "/log", Label: "All", Current: true}, {URL: "/log?show=here", Label: "Written here"}},
		Days: []LogDay{{ID: "day-2026-03-10", Heading: "Today, Tuesday, 10 March 2026", Lines: []LogLine{
			{Clock: "21:15", DateTime: "2026-03-10T20:15:00Z", Kind: "dose", What: "4 U rapid insulin", Text: "before <b>dinner</b>", By: "Nan", ByHand: true,
				Written: "written 21:40", Changes: []string{"Changed by Alex, 21:45. Before: 3 U rapid insulin"}, EditURL: "/log/entries/1"},
			{Clock: "20:58", DateTime: "2026-03-10T19:58:00Z", Kind: "fingerstick", What: "Fingerstick 52 mg/dL", Class: figure.VeryLow, By: "Contour", NoteURL: "/log?kind=note"},
			{Clock: "20:00", DateTime: "2026-03-10T19:00:00Z", Kind: "note", What: "Note", Text: "שלום\nsecond line", By: "Josefine Hildegard von der Lindenburg-Altmannshofen", ByHand: true, EditURL: "/log/entries/2"},
		}}}}
}

func sampleLogProblems() *LogForm {
	f := sampleLogForm()
	f.Open, f.WhenOpen, f.Twice, f.Old, f.Date, f.Time = true, true, true, "26 October 2019", "2019-10-26", "02:30"
	f.Text = "\n\"quoted\" </textarea><script>"
	for _, name := range []string{"kind", "insulin", "units", "grams", "glucose", "unit", "minutes", "text", "date", "time", "old"} {
		f.Problems[name] = "Change this."
	}
	return &f
}

func sampleLogAsk() *LogForm {
	f := sampleLogForm()
	f.Open, f.Insulin, f.Units, f.CancelURL = true, "rapid", "4", "/log"
	f.Another = &LogAnother{Dose: true, There: []string{"Nan: 4 U rapid insulin, 10 min ago (21:15)."}, Token: "t0ken"}
	return &f
}

func sampleLogEntry() LogEntry {
	f := sampleLogForm()
	f.Key, f.Seen, f.Fixed, f.WhenOpen, f.Date, f.Time, f.Units, f.Insulin = "", "1", true, true, "2026-03-10", "21:15", "4", "rapid"
	return LogEntry{Person: "Ana Ruiz", What: "4 U rapid insulin", By: "Written by Nan, 10 Mar 2026, 21:15", Form: &f, RemoveAction: "/remove", LogURL: "/log",
		History: []string{"Changed by Alex, 21:45. Before: 3 U rapid insulin"}}
}

func TestTheLogWithoutTheRightToWrite(t *testing.T) {
	l := locales["en"]
	p := sampleLog(l, nil)
	p.RemovedURL = ""
	for i := range p.Days[0].Lines {
		p.Days[0].Lines[i].EditURL, p.Days[0].Lines[i].NoteURL = "", ""
	}
	html := render(t, l, LogPage(sampleFrame(l, "Log", atDay), p))
	require.NotContains(t, html, "<textarea")
	require.NotContains(t, html, "/log/entries")
	require.NotContains(t, html, "Removed entries")
	require.Contains(t, html, "4 U rapid insulin")
}

func TestTheLogKeepsWhatWasTyped(t *testing.T) {
	l := locales["en"]
	html := render(t, l, LogPage(sampleFrame(l, "Log", atDay), sampleLog(l, sampleLogProblems())))
	require.Contains(t, html, "\n\n&#34;quoted&#34; &lt;/textarea&gt;&lt;script&gt;</textarea>", "the first line break of a text area is the browser's")
	require.Contains(t, html, "before &lt;b&gt;dinner")
	require.NotRegexp(t, `name="(units|grams|glucose|minutes)"[^>]*required`, html, "the browser must not ask for what is hidden")
	require.Less(t, strings.Index(html, "#f-units"), strings.Index(html, "#f-old"))
}

// A field of another kind than the chosen is hidden, unless somebody filled it
// in and the form says so.
func TestAFieldWithAProblemIsNotHidden(t *testing.T) {
	l := locales["en"]
	f := sampleLogForm()
	f.Kind, f.Open, f.Units, f.Problems["units"] = "note", true, "8", "You filled in the units but chose a note."
	html := render(t, l, LogPage(sampleFrame(l, "Log", atDay), sampleLog(l, &f)))
	require.Contains(t, html, `class="log-part for-dose log-left"`)
	require.Contains(t, html, `class="log-part for-carbs"`)
	css, err := os.ReadFile("../../static/css/page/log.css")
	require.NoError(t, err)
	require.Regexp(t, `\.log-part\.log-left \{ display: grid; \}`, string(css))
}

// Enter in any field presses the first button of a form: with the question
// there is one, and its answer is bound to the doses that were shown.
func TestTheQuestionHasOneButtonThatSaves(t *testing.T) {
	l := locales["en"]
	html := render(t, l, LogPage(sampleFrame(l, "Log", atDay), sampleLog(l, sampleLogAsk())))
	form := html[strings.Index(html, `class="log-form`):]
	form, _, _ = strings.Cut(form, "</form>")
	require.Equal(t, 1, strings.Count(form, "<button"))
	require.Contains(t, form, `name="again" value="t0ken"`)
	require.Contains(t, form, "10 min ago")
	require.Less(t, strings.Index(form, "10 min ago"), strings.Index(form, "<button"))
}

func TestAgesOfWhatWasGivenGoOn(t *testing.T) {
	l := locales["en"]
	html := render(t, l, component.ShowLastGiven(sampleLog(l, nil).Given))
	require.Contains(t, html, `Last dose <time data-since="2026-03-10T20:15:00Z" datetime="2026-03-10T20:15:00Z">25`+"\u00a0"+`min</time> ago by Nan: 4 U`)
	require.Empty(t, render(t, l, component.ShowLastGiven(component.LastGiven{})))
}

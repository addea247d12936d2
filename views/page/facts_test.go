package page

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/layout"
)

// TestEveryPage holds what is true of all pages, in both languages and units.
func TestEveryPage(t *testing.T) {
	ids := regexp.MustCompile(` id="([^"]*)"`)
	refs := regexp.MustCompile(` (?:for|aria-labelledby|aria-describedby)="([^"]*)"`)
	inputs := regexp.MustCompile(`<(?:input|select)\b[^>]*>`)
	for name, l := range locales {
		for page, c := range samples(l) {
			t.Run(page+" in "+name, func(t *testing.T) {
				html := render(t, l, c)
				require.Contains(t, html, `<html lang="`+l.Lang+`">`)
				require.Equal(t, 1, strings.Count(html, "<h1"), "one main heading")
				require.Equal(t, 1, strings.Count(html, "<main"), "one main landmark")
				require.NotRegexp(t, `\[[a-z]+(\.[a-z-]+)+\]`, html, "a key is missing in the catalogue")
				require.NotRegexp(t, `\{[a-z_]+\}`, strings.NewReplacer("{age}", "", "Shown: {clock}", "", "Stand: {clock}", "").Replace(html), "a place was left open")
				require.NotContains(t, html, " style=", "the policy forbids inline styles")
				require.NotRegexp(t, ` on[a-z]+=`, html, "the policy forbids inline handlers")
				require.NotContains(t, html, "NaN")
				require.NotContains(t, html, "%!")
				for _, s := range regexp.MustCompile(`<script\b[^>]*>`).FindAllString(html, -1) {
					require.Contains(t, s, `nonce="nonce-of-test"`)
				}
				var known []string
				for _, m := range ids.FindAllStringSubmatch(html, -1) {
					require.NotContains(t, known, m[1], "an id stands twice")
					known = append(known, m[1])
				}
				for _, m := range refs.FindAllStringSubmatch(html, -1) {
					for _, id := range strings.Fields(m[1]) {
						require.Contains(t, known, id, "something points at an id that is not there")
					}
				}
				for _, in := range inputs.FindAllString(html, -1) {
					hidden := strings.Contains(in, `type="hidden"`) || strings.Contains(in, `type="radio"`)
					m := ids.FindStringSubmatch(in)
					require.True(t, hidden || m != nil && (strings.Contains(html, `for="`+m[1]+`"`) || strings.Contains(in, "checkbox")), "%s has no label", in)
				}
			})
		}
	}
}

func TestSignIn(t *testing.T) {
	html := render(t, locales["en"], SignInPage(layout.Frame{Title: "Sign in"}, SignIn{Action: "/sign-in", Email: `"><script>`, Next: "/people"}))
	require.Contains(t, html, `autocomplete="username webauthn"`)
	require.Contains(t, html, `autocomplete="current-password"`)
	require.Contains(t, html, `name="next" value="/people"`)
	require.NotContains(t, html, `"><script>`, "what was sent is escaped")
	require.NotContains(t, html, `role="alert"`, "no summary without problems")
}

func TestSetupSaysWhatToChange(t *testing.T) {
	l := locales["en"]
	html := render(t, l, SetupBoxPage(layout.Frame{}, sampleSetupBox(l)))
	require.Contains(t, html, `href="#f-zone"`)
	require.Contains(t, html, `id="f-zone"`)
	require.Contains(t, html, `aria-describedby="h-zone p-zone"`)
	require.Contains(t, html, `list="l-zone"`)
	require.Contains(t, html, `<datalist id="l-zone"><option value="Europe/Berlin">`)
	require.Contains(t, html, `autocomplete="one-time-code"`)
	require.Less(t, strings.Index(html, "#f-code"), strings.Index(html, "#f-zone"), "problems stand in the order of the fields")
	require.Regexp(t, `value="mg/dL" checked`, html)
	require.Contains(t, html, "Step 1 of 4")
	require.Regexp(t, `<li[^>]* aria-current="step">Box</li>`, html)

	html = render(t, l, SetupAccountPage(layout.Frame{}, sampleSetupAccount(l)))
	require.NotContains(t, html, `autocomplete="one-time-code"`, "the code is typed once")
	require.Contains(t, html, `autocomplete="new-password"`)
	require.Contains(t, html, `minlength="15"`)
	require.Regexp(t, `name="do" value="back" formnovalidate`, html)
	require.Regexp(t, `class="done"[^>]*>Box</li>`, html)
}

func TestAStaleValueIsTakenOutOfUse(t *testing.T) {
	l := locales["en"]
	p := samplePerson(l)
	p.Latest = sampleLatest(l, 112, 22*time.Minute, figure.SingleUp)
	html := render(t, l, PersonPage(sampleFrame(l, "Ana", atDay), p))
	head := html[strings.Index(html, `class="person-head"`):strings.Index(html, "day-name")]
	require.Contains(t, head, "value-stale")
	require.Contains(t, head, "No reading for 22\u00a0min. Last 112 at 21:18.")
	require.NotContains(t, head, ">at 21:18<", "the sentence says it")
	require.Contains(t, head, `data-path="arrow" d=""`)
	require.NotContains(t, head, "rising")
	require.NotContains(t, head, "In range")
	require.NotContains(t, head, "since the reading before")
	require.Regexp(t, `data-old>\s*Old value`, head)
}

func TestALivePageReloadsWithoutScript(t *testing.T) {
	html := render(t, locales["en"], PeoplePage(layout.Frame{Live: true, Refresh: "/people?refresh=1"}, People{}))
	require.Contains(t, html, `<noscript><meta http-equiv="refresh" content="300; url=/people?refresh=1"></noscript>`)
	require.Contains(t, html, `<body class="page" data-live>`)
	require.NotContains(t, render(t, locales["en"], PeoplePage(layout.Frame{}, People{})), "refresh")
}

func TestPreview(t *testing.T) {
	l := locales["en"]
	frame := sampleFrame(l, "Import", atImports)
	p := samplePreview()
	html := render(t, l, ImportPreviewPage(frame, p))
	require.Contains(t, html, "Keep 4190 new records")
	require.Contains(t, html, "I have seen that 63 rows cannot be used.")
	require.Contains(t, html, "And 13 more.")
	require.Contains(t, html, "…4F2A")
	require.NotContains(t, html, "untested on a real file")
	require.Contains(t, html, `formaction="/y"`)

	p.Constructed, p.Rejected, p.Rejects = true, 0, nil
	html = render(t, l, ImportPreviewPage(frame, p))
	require.Contains(t, html, "untested on a real file")
	require.NotContains(t, html, `name="seen"`, "nothing to tick when every row can be used")

	p.New = 0
	html = render(t, l, ImportPreviewPage(frame, p))
	require.NotContains(t, html, `value="confirm"`)
	require.Contains(t, html, "nothing new")

	html = render(t, l, ImportPreviewPage(frame, sampleColumns()))
	require.NotContains(t, html, `value="confirm"`, "an open question must be answered first")
	require.Contains(t, html, `name="column-glucose"`)
	require.Contains(t, html, "long walk in the hills before")
	require.Regexp(t, `value="Sugar" selected`, html)
}

func TestProfileHidesWhatWouldMislead(t *testing.T) {
	l := locales["en"]
	frame := sampleFrame(l, "Profile", atProfile)
	enough, few := render(t, l, ProfilePage(frame, sampleProfile(l, true))), render(t, l, ProfilePage(frame, sampleProfile(l, false)))
	require.Contains(t, enough, "Enough to judge the period.")
	require.Contains(t, enough, "6.8%")
	require.Contains(t, enough, `class="median"`)
	require.Contains(t, few, "too few to judge the period")
	require.Contains(t, few, "The curve is hidden")
	require.Contains(t, few, "too few readings")
	require.NotContains(t, few, `class="median"`)
	require.Less(t, strings.Index(few, "too few to judge"), strings.Index(few, "The curve"), "whether it can be judged comes first")
	require.Contains(t, enough, "ambulatory glucose profile")
}

func TestPeopleEmpty(t *testing.T) {
	l := locales["en"]
	require.Contains(t, render(t, l, PeoplePage(layout.Frame{}, People{Owner: true})), `href="/setup/person"`)
	require.NotContains(t, render(t, l, PeoplePage(layout.Frame{}, People{})), `href="/setup/person"`, "only the owner can add people")
}

func TestUndoAsksFirst(t *testing.T) {
	html := render(t, locales["de"], UndoPage(layout.Frame{}, Undo{Person: "Ana", Gone: 1, Action: "/undo", CancelURL: "/back"}))
	require.Contains(t, html, "1 Eintrag von <bdi>Ana</bdi> wird entfernt.")
	require.Contains(t, html, `<form class="row" method="post" action="/undo">`)
	require.Contains(t, html, `href="/back"`)
}

func TestErrorKeepsToItsFrame(t *testing.T) {
	html := render(t, locales["en"], ErrorPage(layout.Frame{}, Error{Status: 404, Sentence: "There is nothing here.", Request: "7F3K2M"}))
	require.NotContains(t, html, `class="places"`, "nobody is signed in")
	require.Contains(t, html, "7F3K2M")
	html = render(t, locales["en"], ErrorPage(sampleFrame(locales["en"], "x", nowhere), Error{Status: 500, Sentence: "It broke."}))
	require.Contains(t, html, `class="places"`)
}

func TestAnUnsafeAddressIsNoLink(t *testing.T) {
	p := samplePerson(locales["en"])
	p.When.Previous = component.Link{URL: "javascript:alert(1)", Label: "x"}
	html := render(t, locales["en"], PersonPage(layout.Frame{}, p))
	require.NotContains(t, html, "javascript:")
}

func TestShares(t *testing.T) {
	require.Nil(t, shares(0, 0, 0))
	all := shares(9999, 0, 1)
	require.Len(t, all, 2)
	require.Equal(t, part{"part-refused", "99.01%", "0.99%"}, all[1], "one refused row among thousands is seen")
}

func TestProblemsKeepTheOrderOfTheForm(t *testing.T) {
	got := problems(map[string]string{"": "whole", "b": "B", "a": "A", "z": "not a field of the form"}, "b", "a")
	require.Equal(t, []component.Problem{{Text: "whole"}, {Field: "b", Text: "B"}, {Field: "a", Text: "A"}}, got)
}

// One page with everything on it keeps to our budget for a phone.
func TestADayIsSmall(t *testing.T) {
	l := text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}
	html := render(t, l, chart.ShowDay(sampleDay(l, 24)))
	require.Less(t, len(html), 60_000)
	require.Equal(t, 1, strings.Count(html, "data-chart="))
	require.True(t, slices.Contains([]int{24, 25}, strings.Count(html, `scope="row"`)), "an hour a row")
}

package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

var (
	givenPart = regexp.MustCompile(`(?s)<p class="card-given" data-given( hidden)?>(.*?)</p>`)
	tagsOf    = regexp.MustCompile(`<[^>]*>`)
)

// lastGivenOf is what the cards of a board say of last doses, "" for a hidden
// line.
func lastGivenOf(t *testing.T, body string) (out []string) {
	t.Helper()
	for _, m := range givenPart.FindAllStringSubmatch(body, -1) {
		text := strings.TrimSpace(strings.ReplaceAll(tagsOf.ReplaceAllString(m[2], ""), "\u00a0", " "))
		require.Equal(t, m[1] != "", text == "", m[0])
		out = append(out, text)
	}
	return out
}

// A card says the last dose of rapid insulin of the last hours, and nothing
// else of what was given.
func TestACardSaysTheLastDose(t *testing.T) {
	now := time.Now()
	dose := func(ago time.Duration, units unit.Units, change ...func(*record.Dose)) *record.Dose {
		d := &record.Dose{Common: at(now.Add(-ago)), Units: units, Insulin: record.Rapid}
		for _, f := range change {
			f(d)
		}
		return d
	}
	long := func(d *record.Dose) { d.Insulin = record.Long }
	auto := func(d *record.Dose) { d.Automated = true }
	unknownSort := func(d *record.Dose) { d.Insulin = "" }
	unsaid := func(d *record.Dose) { d.Units, d.Unspecified = 0, true }
	for name, c := range map[string]struct {
		given []record.Record
		ahead time.Duration
		want  string
	}{
		"nothing given":            {nil, 0, ""},
		"one dose":                 {[]record.Record{dose(25*time.Minute+time.Second, 4)}, 0, "Last dose 25 min ago by Pen: 4 U"},
		"its age goes on":          {[]record.Record{dose(25*time.Minute+time.Second, 4)}, 2 * time.Hour, "Last dose 2 h 25 min ago by Pen: 4 U"},
		"not after four hours":     {[]record.Record{dose(25*time.Minute+time.Second, 4)}, 3*time.Hour + 35*time.Minute, ""},
		"just within them":         {[]record.Record{dose(25*time.Minute+time.Second, 4)}, 3*time.Hour + 34*time.Minute, "Last dose 3 h 59 min ago by Pen: 4 U"},
		"long insulin is another":  {[]record.Record{dose(5*time.Minute, 12, long)}, 0, ""},
		"what a pump gives itself": {[]record.Record{dose(5*time.Minute, 0.3, auto)}, 0, ""},
		"beside it a person's":     {[]record.Record{dose(5*time.Minute, 0.3, auto), dose(30*time.Minute+time.Second, 2)}, 0, "Last dose 30 min ago by Pen: 2 U"},
		"of no known sort":         {[]record.Record{dose(5*time.Minute+time.Second, 3, unknownSort)}, 0, "Last dose 5 min ago by Pen: 3 U"},
		"of no known amount":       {[]record.Record{dose(5*time.Minute+time.Second, 0, unsaid)}, 0, "Last dose 5 min ago by Pen: rapid insulin, amount not recorded"},
		"none at all":              {[]record.Record{dose(5*time.Minute, 0)}, 0, ""},
		"carbs are another":        {[]record.Record{&record.Carbs{Common: at(now.Add(-time.Minute)), Grams: 40}}, 0, ""},
		"two within the hour": {[]record.Record{dose(10*time.Minute+time.Second, 4), dose(50*time.Minute, 2)}, 0,
			"Last dose 10 min ago by Pen: 4 U, and 1 more in the hour before"},
		"that stays true when both grow old": {[]record.Record{dose(10*time.Minute+time.Second, 4), dose(50*time.Minute, 2), dose(69*time.Minute, 1), dose(71*time.Minute, 1)}, time.Hour,
			"Last dose 1 h 10 min ago by Pen: 4 U, and 2 more in the hour before"},
		"one whose time has not come":  {[]record.Record{dose(-time.Hour, 4)}, 0, ""},
		"it comes without being told":  {[]record.Record{dose(-time.Hour+time.Second, 4)}, 61 * time.Minute, "Last dose 1 min ago by Pen: 4 U"},
		"a moment ahead is a clock's":  {[]record.Record{dose(-time.Minute, 4)}, 0, "Last dose 0 min ago by Pen: 4 U"},
		"the newest, whatever the row": {[]record.Record{dose(20*time.Minute, 1), dose(2*time.Hour, 9), dose(10*time.Minute+time.Second, 3)}, 0, "Last dose 10 min ago by Pen: 3 U, and 1 more in the hour before"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			ana := b.owner("Ana", "Mila")
			b.told(ana.person, "Pen", c.given...)
			require.Len(t, lastGivenOf(t, ana.page("/?all=1")), 1)
			b.ahead = c.ahead
			require.Equal(t, []string{c.want}, lastGivenOf(t, ana.page("/?all=1")))
		})
	}
}

// What somebody writes down is on the card at once, also on one that lies open,
// and gone when it is taken back.
func TestACardFollowsTheLog(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	l := ana.stream("")
	l.ready()
	require.Equal(t, []string{""}, lastGivenOf(t, ana.page("/?all=1")))
	require.Equal(t, see, ana.post(ana.at("/log"), "kind", "dose", "insulin", "rapid", "units", "4").status)
	require.Equal(t, []string{"Last dose 0 min ago by Ana: 4 U"}, lastGivenOf(t, ana.page("/?all=1")))
	h := l.next()
	for h.event != "person" {
		h = l.next()
	}
	given := h.data["given"].(map[string]any)
	require.Equal(t, "Last dose ", given["before"])
	require.Equal(t, " ago by Ana: 4\u00a0U", given["after"])
	require.NotEmpty(t, given["since"])
	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "24", "theme", "system").status)
	require.Equal(t, []string{"Letzte Dosis vor 0 min, laut Ana: 4 IE"}, lastGivenOf(t, ana.page("/?all=1")))

	entry := regexp.MustCompile(`/log/entries/([0-9a-f]+)`).FindStringSubmatch(ana.page(ana.at("/log")))[1]
	require.Equal(t, see, ana.post(ana.at("/log/entries/"+entry+"/remove")).status)
	require.Equal(t, []string{""}, lastGivenOf(t, ana.page("/?all=1")))
	l.close()
}

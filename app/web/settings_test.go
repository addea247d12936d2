package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// settingsForm is a form of settings that fits, with changes.
func settingsForm(changes ...string) []string {
	return changed(form("name", "Mila", "zone", "Europe/Berlin", "unit", "mg/dL", "ranges", "standard", "limit-unit", "mg/dL",
		"very-low", "54", "low", "70", "high", "180", "very-high", "250", "night-from", "22", "night-until", "6", "born", "", "record", ""), changes)
}

func TestSettingsAreKept(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	a := ana.post(ana.at("/settings"), settingsForm("name", " Mila Marie ", "zone", "madrid", "unit", "mmol/L", "ranges", "pregnancy-other",
		"night-from", "23", "night-until", "7", "born", "2015-03-10", "record", "A 17/4")...)
	require.Equal(t, see, a.status, a.body)
	require.Equal(t, ana.at("/settings"), a.location())
	require.Equal(t, 1, b.count(`SELECT count(*) FROM person WHERE name = 'Mila Marie' AND zone = 'Europe/Madrid' AND unit = 'mmol/L' AND ranges = 'pregnancy-other'
		AND night_from = 23 AND night_until = 7 AND born = '2015-03-10' AND record_no = 'A 17/4'`))
	page := ana.page(ana.at("/settings"))
	require.Contains(t, page, "Every reading stays at its instant", "what a change of the zone does is said")
	require.Contains(t, page, `value="Mila Marie"`)
	require.Contains(t, page, `value="pregnancy-other" checked`)
	require.Contains(t, page, "In range: 3.5–7.8 mmol/L.", "in the unit of their pages")
	require.Contains(t, page, `name="very-low"`)
	require.NotContains(t, page, `value="250"`, "no numbers of the other unit")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action = 'person.changed' AND detail = '{"changed":["name","zone","unit","ranges","night","born","record"]}'`),
		"the ledger says what changed, and no value of it")
	ana.bring(simple(spring, 600))
	head := ana.page(ana.at("/profile"))
	for _, want := range []string{"Ranges: Pregnancy, type 2 or gestational diabetes", "Born 10 March 2015", "Record A 17/4"} {
		require.Contains(t, head, want)
	}
	for _, path := range []string{ana.at(""), ana.at("/imports"), ana.at("/reports"), "/?all=1"} {
		require.NotContains(t, ana.page(path), "A 17/4", "the record number stands in the head of the report alone: %s", path)
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for name, c := range map[string]struct {
		changes  []string
		problems []string
	}{
		"no name":                            {[]string{"name", "  "}, []string{"name"}},
		"a name that is too long":            {[]string{"name", strings.Repeat("x", 101)}, []string{"name"}},
		"a zone that does not exist":         {[]string{"zone", "Mars/Olympus"}, []string{"zone"}},
		"no zone":                            {[]string{"zone", ""}, []string{"zone"}},
		"a unit that is none":                {[]string{"unit", "mol"}, []string{"unit"}},
		"ranges that are none":               {[]string{"ranges", "loose"}, []string{"ranges"}},
		"a very low that hides danger":       {[]string{"ranges", "own", "very-low", "50"}, []string{"very-low"}},
		"limits that fall":                   {[]string{"ranges", "own", "very-low", "80", "low", "75"}, []string{"low"}},
		"a limit that is a word":             {[]string{"ranges", "own", "high", "lots"}, []string{"high"}},
		"a low that was left empty":          {[]string{"ranges", "own", "low", ""}, []string{"low"}},
		"a limit that is infinite":           {[]string{"ranges", "own", "very-high", "Inf"}, []string{"very-high"}},
		"a night without an hour":            {[]string{"night-from", "6"}, []string{"night"}},
		"a night that begins at 24":          {[]string{"night-from", "24"}, []string{"night"}},
		"a birth to come":                    {[]string{"born", "2200-01-01"}, []string{"born"}},
		"a birth on no day":                  {[]string{"born", "2015-02-30"}, []string{"born"}},
		"a record number that is too long":   {[]string{"record", strings.Repeat("x", 61)}, []string{"record"}},
		"several things at once":             {[]string{"name", "", "zone", "x", "night-from", "99"}, []string{"name", "zone", "night"}},
		"very low limits in the wrong scale": {[]string{"ranges", "own", "limit-unit", "mmol/L"}, []string{"very-low"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := ana.post(ana.at("/settings"), settingsForm(append([]string{"record", "kept as typed"}, c.changes...)...)...)
			if name != "a record number that is too long" {
				require.Contains(t, a.body, `value="kept as typed"`, "nothing that was typed is lost")
			}
			require.Equal(t, http.StatusUnprocessableEntity, a.status)
			for _, p := range c.problems {
				require.Contains(t, a.body, `href="#f-`+p+`"`)
			}
			require.Equal(t, len(c.problems), strings.Count(a.body, `<li><a href="#f-`))
			require.Equal(t, 1, b.count(`SELECT count(*) FROM person WHERE name = 'Mila' AND zone = 'Europe/Berlin' AND ranges = 'standard' AND record_no = ''`))
		})
	}
}

// Own limits decide class, picture and figures alike, and going to the other
// unit and back moves none.
func TestOwnLimitsAreFollowed(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring("time,mgdl,flag\n" + strings.TrimPrefix(simple(spring, 288), "time,mgdl,flag\n"))
	require.Contains(t, ana.page(ana.at("/profile")), "70–180")
	a := ana.post(ana.at("/settings"), settingsForm("ranges", "own", "very-low", "60", "low", "95", "high", "120", "very-high", "200")...)
	require.Equal(t, see, a.status, a.body)
	profile := ana.page(ana.at("/profile"))
	for _, want := range []string{"Ranges: Own limits", "95–120", "121–200", "60–94"} {
		require.Contains(t, profile, want)
	}
	require.NotContains(t, profile, "70–180")
	require.NotContains(t, profile, "&gt;70", "no goal of the consensus beside other limits")
	day := ana.page(ana.at("?day=2026-03-01"))
	require.Contains(t, day, ">95</text>")
	require.NotContains(t, day, ">70</text>")
	// 90 + i*7%120 gives 90 to 209: 5 of 120 values below 95, 26 from 95 to 120.
	require.Contains(t, day, "Below range")
	window := "?from=2026-03-01&until=2026-03-02"
	require.Contains(t, ana.page(ana.at("/explore"+window)), ">95</text>")
	require.NotContains(t, ana.page(ana.at("/explore"+window)), ">180</text>")

	before := b.count(`SELECT very_low_mmol + 7*low_mmol + 49*high_mmol + 343*very_high_mmol + 2401*low_mgdl FROM own_range`)
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("unit", "mmol/L", "ranges", "own", "very-low", "60", "low", "95", "high", "120", "very-high", "200")...).status)
	page := ana.page(ana.at("/settings"))
	require.Contains(t, page, `value="5.3"`)
	require.Contains(t, page, `name="limit-unit" value="mmol/L"`)
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("unit", "mmol/L", "ranges", "own", "limit-unit", "mmol/L", "very-low", "3,3", "low", "5.3", "high", "6.7", "very-high", "11.1")...).status)
	require.Equal(t, before, b.count(`SELECT very_low_mmol + 7*low_mmol + 49*high_mmol + 343*very_high_mmol + 2401*low_mgdl FROM own_range`))

	// Another preset keeps them for later.
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("unit", "mmol/L", "limit-unit", "mmol/L", "very-low", "3.3", "low", "5.3", "high", "6.7", "very-high", "11.1")...).status)
	require.Contains(t, ana.page(ana.at("/settings")), `value="5.3"`)
	require.Contains(t, ana.page(ana.at("/profile")), "3.9–10.0")
}

// Limits that were typed beside a preset wait for the day that they are
// chosen; what cannot be is refused, and nothing is judged by them meanwhile.
func TestLimitsBesideAPreset(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm()...).status)
	require.Zero(t, b.count(`SELECT count(*) FROM own_range`), "those of the preset are nobody's own")
	for _, low := range []string{"20", "abc", "260", "", "7e1x"} { // "Saved." would be a lie
		a := ana.post(ana.at("/settings"), settingsForm("low", low, "name", "Mila Changed")...)
		require.Equal(t, unusable, a.status, low)
		require.Contains(t, a.body, `name="low" type="text" value="`+low+`"`)
		require.Contains(t, a.body, `id="p-`)
	}
	require.Zero(t, b.count(`SELECT count(*) FROM person WHERE name = 'Mila Changed'`))
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("very-low", "", "low", "", "high", "", "very-high", "")...).status, "none at all is none for later")
	require.Zero(t, b.count(`SELECT count(*) FROM own_range`))
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("low", "80")...).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM own_range WHERE low_mgdl = 80000 AND low_mmol = 4400`))
	ana.bring(simple(spring, 300))
	require.Contains(t, ana.page(ana.at("/profile")), "70–180")
	require.Contains(t, ana.page(ana.at("/settings")), `name="low" type="text" value="80"`)
}

// The limits stand in the unit of who reads, whatever the unit of the person's
// pages, and what is kept is said in both.
func TestLimitsInTheReadersUnit(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/preferences", "language", "en", "unit", "mmol/L", "clock", "24", "theme", "system").status)
	page := ana.page(ana.at("/settings"))
	require.Contains(t, page, "Own limits in mmol/L")
	require.Contains(t, page, `name="limit-unit" value="mmol/L"`)
	require.Contains(t, page, `name="high" type="text" value="10.0"`)
	require.Contains(t, page, "In range: 3.9–10.0 mmol/L.")
	require.NotContains(t, page, "Kept:", "nobody set own limits yet")

	mmol := settingsForm("ranges", "own", "limit-unit", "mmol/L", "very-low", "3.3", "low", "5,3", "high", "6.7", "very-high", "11.1")
	require.Equal(t, see, ana.post(ana.at("/settings"), mmol...).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM own_range WHERE low_mmol = 5300 AND low_mgdl = 95000 AND high_mmol = 6700 AND high_mgdl = 121000`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM person WHERE unit = 'mg/dL'`), "the unit of the pages is another thing")
	require.Contains(t, ana.page(ana.at("/settings")), "Kept: 3.3 · 5.3 · 6.7 · 11.1 mmol/L, which are 59 · 95 · 121 · 200 mg/dL.")
	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "mg/dL", "clock", "24", "theme", "system").status)
	require.Contains(t, ana.page(ana.at("/settings")), "59 · 95 · 121 · 200 mg/dL, das sind 3,3 · 5,3 · 6,7 · 11,1 mmol/L.")
}

// A number is kept as it was typed or not at all.
func TestNoLimitIsRounded(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, c := range [][]string{{"ranges", "own", "low", "70.5"}, {"ranges", "own", "limit-unit", "mmol/L", "very-low", "3.0", "low", "3,94", "high", "10", "very-high", ""}} {
		a := ana.post(ana.at("/settings"), settingsForm(c...)...)
		require.Equal(t, http.StatusUnprocessableEntity, a.status)
		require.Contains(t, a.body, `href="#f-low"`)
		require.Contains(t, a.body, "Nothing was saved.")
		require.Zero(t, b.count(`SELECT count(*) FROM own_range`))
	}
	// A box may hold finer ones from before: they stand in the form as they are
	// and go through it unchanged.
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("ranges", "own")...).status)
	b.sql(`UPDATE own_range SET low_mgdl = 70500`)
	require.Contains(t, ana.page(ana.at("/settings")), `name="low" type="text" value="70.5"`)
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("ranges", "own", "low", "70.5", "high", "175")...).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM own_range WHERE low_mgdl = 70500 AND high_mgdl = 175000`))
}

func TestAUnitOfLimitsThatIsNone(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, in := range []string{"x", "", "mg/dl", strings.Repeat("y", 10_000)} {
		a := ana.post(ana.at("/settings"), settingsForm("ranges", "own", "limit-unit", in, "low", "77", "record", "kept as typed")...)
		require.Equal(t, http.StatusUnprocessableEntity, a.status)
		require.Contains(t, a.body, `href="#f-limit-unit"`)
		require.Contains(t, a.body, "Make sure that they are in mg/dL")
		require.Contains(t, a.body, `value="77"`)
		require.Contains(t, a.body, `value="kept as typed"`)
		require.Zero(t, b.count(`SELECT count(*) FROM own_range`))
	}
}

// Two browsers with the form open: the second to save overwrites nothing that
// it never saw.
func TestSettingsAreNotOverwrittenUnseen(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	old := ana.seen(ana.at("/settings"))
	with := func(mark string, changes ...string) answer {
		return ana.post(ana.at("/settings"), append(settingsForm(changes...), "seen", mark)...)
	}
	require.Equal(t, see, with(old, "zone", "Asia/Tokyo").status)
	a := with(old, "unit", "mmol/L", "record", "typed <late>")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, wordsOf(a.body), "Somebody changed these settings in the meantime.")
	require.Contains(t, wordsOf(a.body), "Time zone: Asia/Tokyo. Unit: mg/dL. Record number: empty.")
	require.Contains(t, a.body, `value="typed &lt;late&gt;"`, "nothing that was typed is lost")
	require.Contains(t, a.body, `value="mmol/L" checked`)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM person WHERE zone = 'Asia/Tokyo' AND unit = 'mg/dL'`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action = 'person.changed'`))

	_, mark, _ := strings.Cut(a.body, `name="seen" value="`)
	mark, _, _ = strings.Cut(mark, `"`)
	require.Equal(t, see, with(mark, "unit", "mmol/L").status, "who saw it may replace it")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM person WHERE zone = 'Europe/Berlin' AND unit = 'mmol/L'`))
	require.Equal(t, see, with(old, "unit", "mmol/L").status, "the same again overwrites nothing")
}

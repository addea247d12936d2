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
// chosen; what cannot be is not kept, and nothing is judged by them meanwhile.
func TestLimitsBesideAPreset(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm()...).status)
	require.Zero(t, b.count(`SELECT count(*) FROM own_range`), "those of the preset are nobody's own")
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("low", "20")...).status)
	require.Zero(t, b.count(`SELECT count(*) FROM own_range`))
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("low", "80")...).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM own_range WHERE low_mgdl = 80000 AND low_mmol = 4400`))
	ana.bring(simple(spring, 300))
	require.Contains(t, ana.page(ana.at("/profile")), "70–180")
	require.Contains(t, ana.page(ana.at("/settings")), `name="low" type="text" value="80"`)
}

package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

func TestTheBoxPage(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Milacanary") // the first account manages the box
	ben := b.owner("Ben", "Jon")
	ana.bring(simple(spring, 300))
	require.NoError(t, b.ledger.Close(t.Context(), time.Now()))
	before := len(b.lines())
	page := ana.page("/box")
	for _, want := range []string{"Everything is in order.", "Give the box a name", "<dd>300</dd>", "<dd>2</dd>", b.dir, "This machine alone", "http://" + b.url.Host} {
		require.Contains(t, page, want)
	}
	for _, not := range []string{"Milacanary", "Jon", "mg/dL</dd>", "ben@", "readings.csv", "/setup/data"} {
		require.NotContains(t, page, not, "nobody's name or data")
	}
	require.Len(t, b.lines(), before, "so it leaves no line")
	require.Contains(t, ana.page("/preferences"), `href="/box"`)
	require.NotContains(t, ben.page("/preferences"), `href="/box"`, "who does not manage the box is not led there")

	require.Contains(t, page, "It cannot see a dose or another single record that somebody changed in the file")

	// What is wrong comes first, in words.
	b.sql(`DROP TRIGGER ledger_is_never_changed`)
	b.sql(`UPDATE ledger SET action = 'nothing' WHERE seq = 3`)
	page = ana.page("/box")
	require.Contains(t, page, "One thing needs you.")
	require.Contains(t, page, "changed by somebody at line 3")
	require.NoError(t, os.Chmod(filepath.Join(b.dir, store.FileName), 0o644))
	require.Equal(t, "/box", ana.post("/box/check").location())
	require.NotContains(t, ben.page("/preferences"), "broken at line")
	page = ana.page("/box")
	for _, want := range []string{"The ledger is broken at line 3.", "The tables of the database are not those", "Others on this machine can read this file: " + store.FileName, "2 things need you."} {
		require.Contains(t, page, want)
	}
	checks := len(b.lines())
	page = ana.page("/box")
	require.Contains(t, page, "The last check found 3 things")
	require.NotContains(t, page, "Others on this machine", "once")
	require.Len(t, b.lines(), checks, "loading the page anew checks nothing")
}

func TestTheNameOfTheBox(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	for field, bad := range map[string][]string{
		"name": {"name", strings.Repeat("x", 61), "zone", "UTC", "unit", "mg/dL"},
		"zone": {"name", "Haus", "zone", "Local", "unit", "mg/dL"},
		"unit": {"name", "Haus", "zone", "UTC", "unit", "stones"},
	} {
		a := ana.post("/box", bad...)
		require.Equal(t, http.StatusUnprocessableEntity, a.status)
		require.Contains(t, a.body, `href="#f-`+field+`"`)
		require.Contains(t, a.body, `value="`+bad[1]+`"`, "nothing typed is lost")
	}
	require.Equal(t, unknown, ben.post("/box", "name", "Bens Box", "zone", "UTC", "unit", "mg/dL").status)
	require.Equal(t, see, ana.post("/box", "seen", ana.seen("/box"), "name", " Haus <Muster> ", "zone", "berlin", "unit", "mmol/L").status)
	for _, br := range []*browser{ana, ben} {
		page := br.page("/preferences")
		require.Contains(t, page, "<title>Language and display – Glucokeep – Haus &lt;Muster&gt;</title>")
		require.Contains(t, page, "<span>Haus &lt;Muster&gt;</span>")
	}
	require.NotContains(t, b.browser().page("/signin"), "Muster", "before sign-in it says nothing of the household")
	require.Contains(t, ana.page("/setup/person"), `value="Europe/Berlin"`)
	require.NotContains(t, ana.page("/box"), "Give the box a name")
}

// The look is one of four, the account's own, and the browser's before sign-in.
func TestTheme(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	require.Equal(t, unusable, ana.post("/preferences", "language", "en", "unit", "mg/dL", "clock", "24", "theme", "pink").status)
	require.NotContains(t, ana.page("/preferences"), "data-theme")
	require.Equal(t, see, ana.post("/preferences", "language", "en", "unit", "mg/dL", "clock", "24", "theme", "bedside").status)
	require.Contains(t, ana.page("/preferences"), `<html lang="en" data-theme="bedside">`)
	require.NotContains(t, ben.page("/preferences"), "data-theme")
	require.Equal(t, see, ana.post("/signout").status)
	require.Contains(t, ana.page("/signin"), `data-theme="bedside"`)
	ana.cookies["gkt"] = `x"><script>`
	require.NotContains(t, ana.page("/signin"), "data-theme", "a cookie that is no theme is none")
	ana.signIn("Ana")
	require.Equal(t, see, ana.post("/preferences", "language", "en", "unit", "mg/dL", "clock", "24", "theme", "system").status)
	require.NotContains(t, ana.page("/preferences"), "data-theme")
}

// What people type for a zone is forgiven where it is clear.
func TestTypedZones(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for typed, want := range map[string]string{"Europe/Berlin": "Europe/Berlin", " europe/berlin ": "Europe/Berlin", "new york": "America/New_York",
		"America/Argentina/Ushuaia": "America/Argentina/Ushuaia", "UTC": "UTC"} {
		require.Equal(t, see, ana.post("/box", "seen", ana.seen("/box"), "name", "Haus", "zone", typed, "unit", "mg/dL").status, typed)
		require.Equal(t, 1, b.count(`SELECT count(*) FROM box WHERE name = 'zone' AND value = ?`, want), typed)
	}
	for _, typed := range []string{"", "/", "Europe", "Local", "../../etc/passwd", "Europe/Berlin\x00", strings.Repeat("a", 10_000), "CET+1"} {
		require.Equal(t, unusable, ana.post("/box", "seen", ana.seen("/box"), "name", "Haus", "zone", typed, "unit", "mg/dL").status, typed)
	}
}

// Two browsers with the form open: the second to save overwrites nothing that
// it never saw.
func TestTheBoxIsNotRenamedUnseen(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	old := ana.seen("/box")
	require.Equal(t, see, ana.post("/box", "seen", old, "name", "Haus Muster", "zone", "Asia/Tokyo", "unit", "mg/dL").status)
	late := []string{"seen", old, "name", "Typed Late", "zone", "Europe/Berlin", "unit", "mmol/L"}
	a := ana.post("/box", late...)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.body, "Somebody changed this in the meantime: the box is called “Haus Muster” now, with Asia/Tokyo and mg/dL.")
	require.Contains(t, a.body, `value="Typed Late"`, "nothing that was typed is lost")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM box WHERE value = 'Asia/Tokyo'`))
	require.Equal(t, http.StatusConflict, ana.post("/box", late[2:]...).status, "a form that does not say what it saw")
	late[1] = ana.seen("/box")
	require.Equal(t, see, ana.post("/box", late...).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM box WHERE value = 'Typed Late'`))
	late[1] = old
	require.Equal(t, see, ana.post("/box", late...).status, "the same again overwrites nothing")
}

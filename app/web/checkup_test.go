package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/share"
)

// says answers an item of the check-up.
func (br *browser) says(item, answer string) answer {
	br.Helper()
	return br.post("/security/checkup", "item", item, "answer", answer)
}

// S75: five things are looked over; what the box knows to be wrong cannot be
// called right; one can stop and go on; when it was and what was said is kept.
func TestTheCheckup(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.owner("Ben", "Jon")
	next := time.Now().AddDate(1, 0, 0).Format("2006")
	require.Contains(t, words(ana.page("/security")), "First due on")
	require.Contains(t, words(ana.page("/preferences")), "Security check-up")
	page := words(ana.page("/security/checkup"))
	for _, want := range []string{"0 of 5 looked at", "this browser", "ana@box.test", "It is not proven", "no list of published passwords", "There is no second factor yet", "Nobody but you has a right"} {
		require.Contains(t, page, want)
	}
	for _, item := range []string{"address", "factor", "codes"} {
		a := ana.says(item, "right")
		require.Equal(t, http.StatusConflict, a.status, item)
		require.Contains(t, words(a.body), "This is not all right yet")
	}
	for _, c := range [][2]string{{"", ""}, {"password", "right"}, {"browsers", "perhaps"}, {"browsers", ""}} {
		require.Equal(t, unusable, ana.says(c[0], c[1]).status, c)
	}
	require.Zero(t, b.count(`SELECT count(*) FROM checkup WHERE items <> '{}'`))

	require.Equal(t, "/security/checkup#item-address", ana.says("browsers", "right").location())
	require.Equal(t, "/security/checkup#item-address", ana.says("access", "right").location())
	later := b.browser()
	later.signIn("Ana")
	require.Contains(t, words(later.page("/security/checkup")), "2 of 5 looked at", "it goes on elsewhere")
	require.Contains(t, words(later.page("/security")), "Go on with the check-up")
	require.Equal(t, see, later.says("browsers", "again").status)
	require.Contains(t, words(later.page("/security/checkup")), "1 of 5 looked at")
	for _, item := range []string{"browsers", "address", "codes"} {
		require.Equal(t, see, ana.says(item, "open").status)
	}
	require.Equal(t, 0, b.count(`SELECT count(*) FROM checkup WHERE done_ms IS NOT NULL`))
	ana.enrols()
	require.Equal(t, "/security/checkup", ana.says("factor", "right").location())
	page = words(ana.page("/security/checkup"))
	for _, want := range []string{"That was all.", "Last check-up on", next, "Your e-mail address: Left open", "Password and second factor: All right", "Do it again now"} {
		require.Contains(t, page, want)
	}
	require.Contains(t, words(ana.page("/security")), "Last check-up on")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action = 'account.check-up' AND detail = '{"open":3,"right":2}'`))
	require.Equal(t, see, ana.post("/security/checkup", "answer", "begin").status)
	require.Contains(t, words(ana.page("/security/checkup")), "0 of 5 looked at")
	require.Equal(t, see, ana.says("codes", "right").status, "they are saved now")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM checkup WHERE done_ms IS NULL`))
	b.sql(`UPDATE checkup SET begun_ms = begun_ms - 31 * 86400000 WHERE done_ms IS NULL`)
	require.Contains(t, words(ana.page("/security/checkup")), "Do it again now", "one that was left for a month is over")
	require.Equal(t, 2, b.count(`SELECT count(*) FROM checkup`))
	require.Equal(t, 2, b.count(`SELECT count(*) FROM checkup WHERE account = (SELECT id FROM account WHERE name = 'Ana')`), "each their own")
}

// S75: who else sees the data that one decides about is named, and nobody else.
func TestTheCheckupNamesWhoSeesTheData(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	b.account("Cleo")
	for _, name := range []string{"Ben", "Cleo"} {
		require.NoError(t, b.share.AddOwner(t.Context(), time.Now(), share.Viewer{Console: true}, ana.person.ID, b.id(name)))
	}
	page := words(ana.page("/security/checkup"))
	require.Contains(t, page, "Ben sees Mila")
	require.Contains(t, page, "Cleo sees Mila")
	require.Contains(t, page, "Close an account")
	require.NotContains(t, page, "Jon")
	page = words(ben.page("/security/checkup"))
	require.Contains(t, page, "Ana sees Mila")
	require.NotContains(t, page, "sees Jon")
	require.Contains(t, page, "ask whoever manages the box")
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE name = 'Cleo'`)
	b.sql(`UPDATE grant SET revoked_ms = 1 WHERE person = ? AND account <> ?`, ana.person.ID, b.id("Ana"))
	require.Contains(t, words(ana.page("/security/checkup")), "Nobody but you has a right")
}

// S75: it is offered when a year is over, once a session, and never by a
// request that nobody made.
func TestTheCheckupIsOffered(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	offers := func(br *browser, path string) int {
		return strings.Count(words(br.page(path)), "A year has passed")
	}
	require.Zero(t, offers(ana, ana.at("")))
	b.sql(`UPDATE account SET created_ms = ?`, time.Now().AddDate(-1, 0, 1).UnixMilli())
	require.Zero(t, offers(ana, ana.at("")), "a day too early")
	b.sql(`UPDATE account SET created_ms = ?`, time.Now().AddDate(-1, 0, -1).UnixMilli())
	require.Zero(t, offers(ana, ana.at("?auto=1")), "nobody asked for the page")
	require.Equal(t, 1, offers(ana, ana.at("")))
	require.Zero(t, offers(ana, ana.at("")), "once")
	require.Zero(t, offers(ana, "/preferences"))
	require.Contains(t, words(ana.page("/security")), "It is time for your yearly look")
	again := b.browser()
	again.signIn("Ana")
	require.Equal(t, 1, offers(again, "/preferences"), "in the next session again")
	for _, item := range []string{"browsers", "address", "factor", "codes", "access"} {
		require.Equal(t, see, ana.says(item, "open").status)
	}
	third := b.browser()
	third.signIn("Ana")
	require.Zero(t, offers(third, "/preferences"), "a year from now")
	b.sql(`UPDATE checkup SET done_ms = ?`, time.Now().AddDate(-1, 0, -1).UnixMilli())
	require.Equal(t, 1, offers(third, "/preferences"))
	require.Contains(t, words(third.page("/security/checkup")), "0 of 5 looked at", "a new run")
}

package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
)

// what was done at the console stands on its owner's page for a year,
// all of it: many marks push none out. Their owner is written to as well.
func TestMarksOfTheConsole(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
	require.NoError(t, b.auth.ResetPassword(t.Context(), audit.Actor{Console: true}, audit.From{}, "ana@box.test", "another "+password))
	for range 30 {
		ana.resetLink("Ana")
	}
	require.Equal(t, 1, b.mails("password-changed"))
	require.Equal(t, 30, b.mails("reset-link"))
	ana = b.browser()
	require.Equal(t, see, ana.post("/signin", "email", "ana@box.test", "password", "another "+password).status)
	page := words(ana.page("/security"))
	require.Contains(t, page, "30 more in the last year")
	require.Contains(t, page, "somebody at the console of the box gave your account a new password", "the oldest of 31")
	require.NotContains(t, words(ben.page("/security")), "at the console of the box", "nobody else's")
	require.Equal(t, 31, b.count(`SELECT count(*) FROM ledger WHERE action IN ('account.password', 'account.reset-link')`))
}

// L-04, A-24: whoever cuts the mark off the ledger leaves another, on
// everybody's page, which goes away no more.
func TestACutLedgerIsToldToEverybody(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	ana.resetLink("Ben")
	b.sql(`DROP TRIGGER ledger_is_never_shortened`)
	b.sql(`DELETE FROM ledger WHERE seq >= (SELECT seq FROM ledger WHERE action = 'account.reset-link')`)
	require.Contains(t, words(ana.page("/box")), "Lines were cut off the end of the ledger")
	cut, err := b.ledger.NoteCut(t.Context(), time.Now())
	require.NoError(t, err)
	require.NotNil(t, cut)
	for _, br := range []*browser{ana, ben, ana, ben} {
		require.Contains(t, words(br.page("/security")), "lines were cut off the end of its ledger")
	}
	require.Contains(t, words(ana.page("/box")), "Lines were cut off the end of the ledger")
	require.Contains(t, words(ana.page("/box")), "Lines are missing from the ledger.")
	require.Equal(t, see, ana.post("/box/check").status)
	require.Contains(t, words(ana.page("/box")), "lines are missing that somebody cut off its end earlier")
}

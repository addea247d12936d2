package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// added is an account with a password, and what a request of it knows.
func (b *box) added(name string, admin bool) (auth.Identity, string) {
	b.Helper()
	id, err := b.auth.AddAccount(b.Context(), audit.Actor{Console: true}, audit.From{},
		auth.NewAccount{Email: strings.ToLower(name) + "@box.test", Name: name, Password: password, Admin: admin})
	require.NoError(b, err)
	acc, err := b.db.AccountByID(b.Context(), id)
	require.NoError(b, err)
	return auth.Identity{Account: id, Key: acc.Key, Admin: acc.Admin}, acc.Key
}

// Z-08: a request that was let in while somebody managed the box does nothing
// any more once they do not, whatever it is about: the act itself asks.
func TestWhoNoLongerManagesDoesNothing(t *testing.T) {
	for name, ends := range map[string]string{
		"their account was closed":      `UPDATE account SET disabled_ms = 1 WHERE name = 'Ben'`,
		"they manage the box no longer": `UPDATE account SET admin = 0 WHERE name = 'Ben'`,
		"they never did":                `UPDATE account SET admin = 0, epoch = 1 WHERE name = 'Ben'`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.added("Ana", true)
			ben, _ := b.added("Ben", true)
			_, cleo := b.added("Cleo", false)
			b.sql(ends)
			ctx, from := t.Context(), audit.From{}
			for what, act := range map[string]func() error{
				"close":    func() error { return b.auth.Disable(ctx, ben, from, cleo) },
				"open":     func() error { return b.auth.Enable(ctx, ben, from, cleo) },
				"manage":   func() error { return b.auth.SetAdmin(ctx, ben, from, cleo, true) },
				"password": func() error { _, err := b.auth.MakeRenewal(ctx, ben, from, cleo, false); return err },
				"welcome":  func() error { _, err := b.auth.WelcomeAgain(ctx, ben, from, cleo, false); return err },
				"add": func() error {
					_, _, err := b.auth.CreateAccount(ctx, ben, from, auth.NewAccount{Email: "x@box.test", Name: "X"}, false)
					return err
				},
			} {
				require.Equal(t, fault.NotFound, fault.KindOf(act()), what)
			}
			accounts, err := b.db.Accounts(ctx)
			require.NoError(t, err)
			require.Len(t, accounts, 3)
			list, err := b.db.Marks(ctx, cleo, 0)
			require.NoError(t, err)
			require.Empty(t, list)
		})
	}
}

// A link ends after its time, to the second, and a renewal without a second
// factor begins only after its wait.
func TestTheTimeOfALink(t *testing.T) {
	b := newBox(t)
	ana, _ := b.added("Ana", true)
	_, ben := b.added("Ben", false)
	ctx, from := t.Context(), audit.From{}
	_, welcome, err := b.auth.CreateAccount(ctx, ana, from, auth.NewAccount{Email: "cleo@box.test", Name: "Cleo"}, false)
	require.NoError(t, err)
	renewal, err := b.auth.MakeRenewal(ctx, ana, from, ben, false)
	require.NoError(t, err)
	token := func(path string) string { return path[strings.LastIndex(path, "/")+1:] }
	const own = "another of seven quiet herons"

	b.add(24*time.Hour - time.Second)
	require.Equal(t, fault.Conflict, fault.KindOf(b.auth.UseReset(ctx, from, token(renewal.Path), own)), "a second too early")
	b.add(time.Second)
	l, err := b.auth.FindReset(ctx, token(renewal.Path))
	require.NoError(t, err)
	require.True(t, l.Keeps)
	require.Equal(t, fault.Invalid, fault.KindOf(b.auth.UseReset(ctx, from, token(renewal.Path), "short")), "now it takes a password")
	b.add(24 * time.Hour)
	require.Equal(t, fault.NotFound, fault.KindOf(b.auth.UseReset(ctx, from, token(renewal.Path), own)), "a day later it is over")
	b.add(5*24*time.Hour - time.Second)
	require.Equal(t, fault.Invalid, fault.KindOf(b.auth.UseWelcome(ctx, from, token(welcome.Path), "short")))
	b.add(time.Second)
	require.Equal(t, fault.NotFound, fault.KindOf(b.auth.UseWelcome(ctx, from, token(welcome.Path), own)), "after seven days")
	require.Equal(t, fault.NotFound, fault.KindOf(b.auth.UseReset(ctx, from, token(welcome.Path), own)), "one kind is not another")
}

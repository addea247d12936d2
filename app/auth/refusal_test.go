package auth_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// strangers are who comes to the door and is refused: whether there is such an
// account, and how it stands, must make no difference.
var strangers = map[string]struct{ email, password string }{
	"an unknown address":       {"nobody@box.test", "a wrong password"},
	"a wrong password":         {anaMail, "a wrong password"},
	"an account switched off":  {"off@box.test", password},
	"an account not confirmed": {"unproven@box.test", "a wrong password"},
	"a second factor":          {"guarded@box.test", "a wrong password"},
	"a published password":     {"listed@box.test", "a wrong password"},
	"no password":              {"none@box.test", "a wrong password"},
}

// street is a box with all of them.
func street(t *testing.T) *box {
	b := newBox(t)
	b.ana()
	for _, email := range []string{"off@box.test", "unproven@box.test", "guarded@box.test", "listed@box.test", "none@box.test"} {
		_, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: email, Name: "Ben", Password: password})
		require.NoError(t, err)
	}
	b.sql(`UPDATE account SET confirmed_ms = 1 WHERE email <> 'unproven@box.test'`)
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE email = 'off@box.test'`)
	b.sql(`UPDATE account SET password_listed_ms = 1 WHERE email = 'listed@box.test'`)
	b.sql(`UPDATE account SET password = NULL WHERE email = 'none@box.test'`)
	b.sql(`INSERT INTO factor (key, account, kind, name, created_ms, confirmed_ms) SELECT 'f', id, 'totp', 'Phone', 1, 1 FROM account WHERE email = 'guarded@box.test'`)
	return b
}

// whoever is refused costs the same work: as much of the password hash,
// one line of the ledger, the same rows of failures. It is the same at every
// failure of a row, and when they have to wait nothing is hashed for anybody.
func TestRefusalsCostTheSame(t *testing.T) {
	type cost struct {
		fault                string
		args                 []any
		hashes               int
		work                 int64
		lines, rows, waiting int
	}
	for _, way := range []string{"password", "recovery code"} {
		var want []cost
		for name, who := range strangers {
			t.Run(way+", "+name, func(t *testing.T) {
				b := street(t)
				w := auth.Way{Email: who.email, Password: who.password}
				if way != "password" {
					w = auth.Way{Email: who.email, Recovery: "AAAA-BBBB-CCCC-DDDD"}
				}
				var got []cost
				for range 14 {
					lines := len(b.lines())
					b.hashes.Count()
					b.hashes.Work()
					var err error
					b.browser().visit(func(ctx context.Context) { _, err = b.auth.Enter(ctx, from("192.0.2.1"), w) })
					f, ok := err.(*fault.Error)
					require.True(t, ok, "%v", err)
					got = append(got, cost{f.Key, f.Args, b.hashes.Count(), b.hashes.Work(), len(b.lines()) - lines,
						b.count(`SELECT count(*) FROM throttle`), b.count(`SELECT count(*) FROM throttle WHERE until_ms > 0`)})
					b.add(700 * time.Millisecond)
				}
				if want == nil {
					want = got
					require.Equal(t, 1, got[0].hashes)
					require.Equal(t, 1, got[0].lines)
					require.Equal(t, "signin.wait-seconds", got[13].fault, "they have to wait")
				}
				require.Equal(t, want, got)
			})
		}
	}
}

// nor does what is beside the hash take longer for one than for another:
// the medians of 200 tries each, in turn, are within ten milliseconds.
func TestRefusalsTakeAsLong(t *testing.T) {
	b := street(t)
	took := map[string][]time.Duration{}
	for range 200 {
		b.sql(`DELETE FROM throttle`)
		for name, who := range strangers {
			br := b.browser()
			br.visit(func(ctx context.Context) {
				began := time.Now()
				_, err := br.auth.SignIn(ctx, from("192.0.2.1"), who.email, who.password, "")
				took[name] = append(took[name], time.Since(began))
				require.Equal(t, fault.SignIn, fault.KindOf(err))
			})
		}
	}
	least, most := time.Hour, time.Duration(0)
	for name, all := range took {
		slices.Sort(all)
		median := all[len(all)/2]
		t.Logf("%-25s %s", name, median)
		least, most = min(least, median), max(most, median)
	}
	require.Less(t, most-least, 10*time.Millisecond)
}

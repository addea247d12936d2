package auth_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/store"
)

// signedIn is a browser that has just signed in as Ana.
func (b *box) signedIn() (*browser, int64) {
	b.Helper()
	id := b.ana()
	br := b.browser()
	require.NoError(b, br.signIn(anaMail, password, "192.0.2.1"))
	require.Equal(b, id, br.who(true))
	return br, id
}

// §0 trap 3: the cookie is a session's, for this host, not for scripts.
func TestTheCookieOfASession(t *testing.T) {
	for name, secure := range map[string]bool{"gk": false, "__Host-gk": true} {
		t.Run(name, func(t *testing.T) {
			b := openBox(t, t.TempDir(), newClock(), secure)
			br, _ := b.signedIn()
			c := br.cookie
			require.Equal(t, name, c.Name)
			require.Equal(t, secure, c.Secure)
			require.True(t, c.HttpOnly)
			require.Equal(t, http.SameSiteLaxMode, c.SameSite)
			require.Equal(t, "/", c.Path)
			require.Empty(t, c.Domain)
			require.Zero(t, c.MaxAge, "ends with the browser")
			require.True(t, c.Expires.IsZero(), "ends with the browser")
			require.GreaterOrEqual(t, len(c.Value), 43, "256 bits")
		})
	}
}

// §0 trap 3, I-06: whoever has the file has no token.
func TestTheTokenIsNowhereOnDisk(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	require.NoError(t, b.db.Close())
	files, err := filepath.Glob(filepath.Join(b.dir, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	found := false
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.False(t, bytes.Contains(text, []byte(br.cookie.Value)), "the session's token in %s", f)
		require.False(t, bytes.Contains(text, []byte(br.device)), "the device's cookie in %s", f)
		require.False(t, bytes.Contains(text, []byte(password)), "the password in %s", f)
		found = found || bytes.Contains(text, []byte(anaMail))
	}
	require.True(t, found, "the search does find what is there")
}

// S-01: a token that was planted before is worth nothing afterwards, known to
// the box or not.
func TestSigningInRenewsTheToken(t *testing.T) {
	b := newBox(t)
	attacker, ana := b.signedIn()
	for name, planted := range map[string]*http.Cookie{
		"one that nobody has":   {Name: "gk", Value: "planted"},
		"one of the attacker's": attacker.cookie,
		"one that is no token":  {Name: "gk", Value: strings.Repeat("!", 50)},
	} {
		t.Run(name, func(t *testing.T) {
			victim := b.browser()
			victim.cookie = planted
			require.NoError(t, victim.signIn(anaMail, password, "192.0.2.7"))
			require.NotEqual(t, planted.Value, victim.cookie.Value)
			require.Equal(t, ana, victim.who(true))
			thief := b.browser()
			thief.cookie = planted
			require.Zero(t, thief.who(true), "the planted token is dead")
		})
	}
}

// S-02: the limits of an ordinary device, by the clock of the server.
func TestASessionEndsByItself(t *testing.T) {
	idle, absolute := auth.LimitsForTest()
	require.Equal(t, 15*time.Minute, idle)
	require.Equal(t, 12*time.Hour, absolute)

	t.Run("after 15 minutes without an act", func(t *testing.T) {
		b := newBox(t)
		br, id := b.signedIn()
		b.add(idle - time.Second)
		require.Equal(t, id, br.who(true))
		b.add(idle - time.Second)
		require.Equal(t, id, br.who(true), "an act keeps it awake")
		b.add(idle + time.Second)
		kept := br.cookie
		require.Zero(t, br.who(true))
		b.add(-time.Hour)
		br.cookie = kept
		require.Zero(t, br.who(true), "it stays ended, whatever the clock says")
	})
	t.Run("§0 trap 2: a poll does not keep it awake", func(t *testing.T) {
		b := newBox(t)
		br, id := b.signedIn()
		for range 29 {
			b.add(30 * time.Second)
			require.Equal(t, id, br.who(false))
		}
		b.add(45 * time.Second)
		require.Zero(t, br.who(false))
	})
	t.Run("after 12 hours whatever is done", func(t *testing.T) {
		b := newBox(t)
		br, id := b.signedIn()
		for range 72 {
			require.Equal(t, id, br.who(true))
			b.add(10 * time.Minute)
		}
		b.add(time.Minute) // scs counts from its own clock, a moment later
		require.Zero(t, br.who(true))
	})
	t.Run("ended rows are tombstones until their end, then they go", func(t *testing.T) {
		b := newBox(t)
		br, id := b.signedIn()
		br.visit(func(ctx context.Context) {
			require.NoError(t, b.auth.SignOut(ctx, from(""), auth.Identity{Account: id}))
		})
		require.NoError(t, b.auth.Sweep(t.Context(), b.now()))
		require.Equal(t, 1, b.count(`SELECT count(*) FROM credential WHERE ended_ms IS NOT NULL AND state IS NULL`))
		require.NoError(t, b.auth.Sweep(t.Context(), b.now().Add(absolute+time.Minute)))
		require.Zero(t, b.count(`SELECT count(*) FROM credential`))
	})
}

// §0 trap 1: a slow request in flight while another one signs out must not
// bring the session back, however much it changes in it.
func TestASlowRequestDoesNotReviveASession(t *testing.T) {
	ends := map[string]func(b *box, other *browser, id int64){
		"signing out": func(b *box, other *browser, id int64) {
			other.visit(func(ctx context.Context) {
				require.NoError(b, b.auth.SignOut(ctx, from(""), auth.Identity{Account: id}))
			})
		},
		"S-05: a new epoch of the account": func(b *box, _ *browser, _ int64) { b.sql(`UPDATE account SET epoch = epoch + 1`) },
		"S-05: disabling the account":      func(b *box, _ *browser, _ int64) { b.sql(`UPDATE account SET disabled_ms = 1`) },
		"the idle limit": func(b *box, other *browser, _ int64) {
			b.add(16 * time.Minute)
			require.Zero(b, other.who(true))
		},
	}
	slow := map[string]func(b *box, ctx context.Context){
		"only looks":        func(*box, context.Context) {},
		"leaves a notice":   func(b *box, ctx context.Context) { b.auth.Flash(ctx, "preferences.saved", "/preferences") },
		"commits by itself": func(b *box, ctx context.Context) { _, _, _ = b.auth.Sessions.Commit(ctx) },
	}
	for end, do := range ends {
		for act, change := range slow {
			t.Run(end+" while another request "+act, func(t *testing.T) {
				b := newBox(t)
				br, id := b.signedIn()
				other := &browser{box: b, cookie: br.cookie}
				kept := br.cookie
				inside, gate := make(chan struct{}), make(chan struct{})
				var wg sync.WaitGroup
				wg.Go(func() {
					br.visit(func(ctx context.Context) {
						_, ok, err := b.auth.Identify(ctx, true)
						if err != nil || !ok {
							t.Errorf("the slow request was let in: %v, %v", ok, err)
						}
						close(inside)
						<-gate
						change(b, ctx)
					})
				})
				<-inside
				do(b, other, id)
				close(gate)
				wg.Wait()
				for name, cookie := range map[string]*http.Cookie{"the old cookie": kept, "the slow answer's": br.cookie} {
					late := &browser{box: b, cookie: cookie}
					require.Zero(t, late.who(true), name)
				}
			})
		}
	}
}

// The same with many requests at once, for the race detector.
func TestSigningOutUnderLoad(t *testing.T) {
	b := newBox(t)
	br, id := b.signedIn()
	kept := br.cookie
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			r := &browser{box: b, cookie: kept}
			r.visit(func(ctx context.Context) {
				if i == 15 {
					_ = b.auth.SignOut(ctx, from(""), auth.Identity{Account: id})
					return
				}
				_, _, _ = b.auth.Identify(ctx, true)
				b.auth.Flash(ctx, "preferences.saved", "/preferences")
			})
		})
	}
	wg.Wait()
	require.Zero(t, (&browser{box: b, cookie: kept}).who(true))
}

// S-05: what ends every credential of an account ends every session of it and
// of nobody else.
func TestAnEpochEndsEverySession(t *testing.T) {
	for name, statement := range map[string]string{
		"a new epoch":          `UPDATE account SET epoch = epoch + 1 WHERE id = ?`,
		"a disabled account":   `UPDATE account SET disabled_ms = 1 WHERE id = ?`,
		"an account that went": `DELETE FROM account WHERE id = ?`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			phone, id := b.signedIn()
			tablet := b.browser()
			require.NoError(t, tablet.signIn(anaMail, password, "192.0.2.9"))
			_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password})
			require.NoError(t, err)
			ben := b.browser()
			require.NoError(t, ben.signIn("ben@box.test", password, "192.0.2.8"))
			b.sql(`PRAGMA foreign_keys = ON`)
			b.sql(statement, id)
			require.Zero(t, phone.who(true))
			require.Zero(t, tablet.who(true))
			require.NotZero(t, ben.who(true))
		})
	}
}

// L-01, L-02: without its line in the ledger a sign-in makes no session, not
// even by the commit at the end of the request.
func TestASignInThatCannotBeWrittenDownMakesNoSession(t *testing.T) {
	b := newBox(t)
	b.ana()
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	br := b.browser()
	require.Error(t, br.signIn(anaMail, password, "192.0.2.1"))
	require.Zero(t, b.count(`SELECT count(*) FROM credential`))
	b.sql(`DROP TRIGGER full`)
	require.Zero(t, br.who(true))
	require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"))
	require.NotZero(t, br.who(true))
}

// An act that cannot be written down does not happen.
func TestActsAndTheirLinesAreOne(t *testing.T) {
	b := newBox(t)
	br, id := b.signedIn()
	before := b.lines()
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	require.Error(t, b.auth.SetPreferences(t.Context(), auth.Identity{Account: id}, from(""), auth.Preferences{Lang: "de", Unit: "mmol/L", Clock: "24", Theme: "bedside"}))
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password})
	require.Error(t, err)
	br.visit(func(ctx context.Context) {
		require.Error(t, b.auth.SignOut(ctx, from(""), auth.Identity{Account: id}))
	})
	b.sql(`DROP TRIGGER full`)
	require.Equal(t, before, b.lines())
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE lang = ''`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM credential WHERE ended_ms IS NULL`))
}

// A notice is shown once, by the session and on the page that it was meant for,
// and not when its moment is over.
func TestFlash(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	other := b.browser()
	require.NoError(t, other.signIn(anaMail, password, "192.0.2.2"))
	flash := func(page string) {
		br.visit(func(ctx context.Context) { b.auth.Flash(ctx, "log.added", page) })
	}
	take := func(br *browser, page string) (key string) {
		br.visit(func(ctx context.Context) { key = b.auth.TakeFlash(ctx, page) })
		return key
	}
	flash("/people/a/log")
	require.Empty(t, take(other, "/people/a/log"))
	require.Empty(t, take(br, "/people/b/log"), "of another person")
	require.Empty(t, take(br, "/people/a/log/removed"))
	require.Equal(t, "log.added", take(br, "/people/a/log"))
	require.Empty(t, take(br, "/people/a/log"))

	flash("/people/a/log")
	flash("/people/b/log")
	require.Empty(t, take(br, "/people/a/log"), "one waits at a time")
	require.Equal(t, "log.added", take(br, "/people/b/log"))

	flash("/people/a/log")
	b.add(2 * time.Minute)
	require.Empty(t, take(br, "/people/b/log"), "what is old is forgotten, wherever it is asked for")
	b.add(-2 * time.Minute)
	require.Empty(t, take(br, "/people/a/log"))
}

// The store of sessions says plainly what it cannot keep.
func TestASessionWithoutAnAccountIsNotKept(t *testing.T) {
	b := newBox(t)
	b.visitAnonymous(func(ctx context.Context) { b.auth.Flash(ctx, "preferences.saved", "/preferences") })
	require.Zero(t, b.count(`SELECT count(*) FROM credential`))
	_, found, err := b.auth.Sessions.Store.Find("nothing")
	require.NoError(t, err)
	require.False(t, found)
	require.NoError(t, b.auth.Sessions.Store.Delete("nothing"))
	_, err = b.db.Credential(t.Context(), store.SessionCredential, "nothing", 0)
	require.ErrorIs(t, err, store.ErrNone)
}

func (b *box) visitAnonymous(do func(ctx context.Context)) { b.browser().visit(do) }

package auth_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// setUp tries to set up the box with a code.
func (br *browser) setUp(code string, n auth.NewAccount) (err error) {
	br.Helper()
	br.visit(func(ctx context.Context) { br.device, err = br.auth.SetUp(ctx, from("192.0.2.1"), code, n) })
	return err
}

func (b *box) code() string {
	b.Helper()
	code, err := b.auth.NewSetupCode(b.Context())
	require.NoError(b, err)
	return code
}

var owner = auth.NewAccount{Email: anaMail, Name: "Ana", Password: password}

// of fifty at once with the right code one wins, and exactly one of
// each thing exists.
func TestFiftySetUpsAtOnce(t *testing.T) {
	b := newBox(t)
	code := b.code()
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			n := owner
			n.Email = fmt.Sprintf("ana%d@box.test", i)
			err := b.browser().setUp(code, n)
			switch fault.KindOf(err) {
			case fault.Conflict, fault.TooMany, fault.Forbidden:
			default:
				if err != nil {
					t.Errorf("attempt %d: %v", i, err)
				}
			}
			if err == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, won.Load())
	for _, table := range []string{"account", "credential"} {
		require.Equal(t, 1, b.count(`SELECT count(*) FROM `+table), table)
	}
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE admin = 1`))
	require.Equal(t, []string{"account.added ok", "set-up ok", "sign-in ok"}, b.lines(), "L-01")
	n, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
}

func TestTheSetUpCode(t *testing.T) {
	wrong := func(t *testing.T, b *box, code, key string) {
		t.Helper()
		err := b.browser().setUp(code, owner)
		f, ok := err.(*fault.Error)
		require.True(t, ok, "%v", err)
		require.Equal(t, key, f.Key)
		require.Zero(t, b.count(`SELECT count(*) FROM account`))
		require.Zero(t, b.count(`SELECT count(*) FROM credential`))
	}
	t.Run("A-08: signs in whoever has it, and is then spent", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		needs, err := b.auth.NeedsSetup(t.Context())
		require.NoError(t, err)
		require.True(t, needs)
		br := b.browser()
		require.NoError(t, br.setUp(code, owner))
		require.NotZero(t, br.who(true))
		needs, err = b.auth.NeedsSetup(t.Context())
		require.NoError(t, err)
		require.False(t, needs)
		require.Zero(t, b.count(`SELECT count(*) FROM box WHERE name = 'setup-code'`))
		b.hashes.Count()
		n := owner
		n.Email = "mallory@box.test"
		require.Equal(t, fault.Conflict, fault.KindOf(b.browser().setUp(code, n)))
		require.Zero(t, b.hashes.Count(), "whoever comes too late costs no hash")
		b.sql(`DELETE FROM account`)
		require.Equal(t, fault.Forbidden, fault.KindOf(b.browser().setUp(code, n)), "not even when the account is gone")
	})
	t.Run("A-08: may be typed as people type", func(t *testing.T) {
		for _, spoil := range []func(string) string{strings.ToLower, func(s string) string { return strings.ReplaceAll(s, "-", "") },
			func(s string) string { return " " + strings.ReplaceAll(s, "-", " ") + " " },
			func(s string) string { return strings.NewReplacer("O", "0", "I", "1", "B", "8").Replace(s) }} {
			b := newBox(t)
			require.NoError(t, b.browser().setUp(spoil(b.code()), owner))
		}
	})
	t.Run("A-08: is needed", func(t *testing.T) {
		b := newBox(t)
		wrong(t, b, "", "setup.code-wrong")
		code := b.code()
		wrong(t, b, "", "setup.code-wrong")
		wrong(t, b, code[:len(code)-1], "setup.code-wrong")
		wrong(t, b, code+"A", "setup.code-wrong")
		require.NoError(t, b.browser().setUp(code, owner))
	})
	t.Run("A-08: is good for 60 minutes", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		b.add(60*time.Minute + time.Second)
		wrong(t, b, code, "setup.code-old")

		b = newBox(t)
		code = b.code()
		b.add(60*time.Minute - time.Second)
		require.NoError(t, b.browser().setUp(code, owner))
	})
	t.Run("A-08: is void once there is a new one", func(t *testing.T) {
		b := newBox(t)
		first, second := b.code(), b.code()
		require.NotEqual(t, first, second)
		wrong(t, b, first, "setup.code-wrong")
		require.NoError(t, b.browser().setUp(second, owner))
	})
	t.Run("A-08: cannot be guessed at will", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		for range 11 {
			wrong(t, b, "AAAA-AAAA-AAAA-AAAA", "setup.code-wrong")
		}
		b.hashes.Count()
		wrong(t, b, "AAAA-AAAA-AAAA-AAAA", "signin.wait-seconds")
		wrong(t, b, code, "signin.wait-seconds")
		require.Zero(t, b.hashes.Count())
		b.add(2 * time.Second)
		require.NoError(t, b.browser().setUp(code, owner))
		require.Zero(t, b.count(`SELECT count(*) FROM throttle`))
	})
	t.Run("is nowhere on disk", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		require.Zero(t, b.count(`SELECT count(*) FROM box WHERE value LIKE ?`, "%"+code+"%"))
		require.Zero(t, b.count(`SELECT count(*) FROM box WHERE value LIKE ?`, "%"+strings.ReplaceAll(code, "-", "")+"%"))
	})
	t.Run("an account that cannot be leaves the code unspent", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		n := owner
		n.Password = "short"
		require.Equal(t, fault.Invalid, fault.KindOf(b.browser().setUp(code, n)))
		require.NoError(t, b.browser().setUp(code, owner))
	})
	t.Run("L-01: a set-up that cannot be written down does not happen", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger WHEN NEW.action = 'set-up' BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
		require.Error(t, b.browser().setUp(code, owner))
		for _, table := range []string{"account", "credential", "ledger"} {
			require.Zero(t, b.count(`SELECT count(*) FROM `+table), table)
		}
		b.sql(`DROP TRIGGER full`)
		require.NoError(t, b.browser().setUp(code, owner))
	})
}

// The first step of the set-up on the pages: it names the box, for whoever
// knows the code, and leaves the code good for the account.
func TestBeginSetUp(t *testing.T) {
	named := auth.Box{Name: "  Haus Muster ", Zone: "Europe/Berlin", Unit: "mmol/L"}
	t.Run("A-08: names the box, and the code is still good", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		require.NoError(t, b.auth.BeginSetUp(t.Context(), from("192.0.2.1"), strings.ToLower(code), named, ""))
		box, step, err := b.auth.Box(t.Context())
		require.NoError(t, err)
		require.Equal(t, auth.Box{Name: "Haus Muster", Zone: "Europe/Berlin", Unit: "mmol/L"}, box)
		require.Empty(t, step, "there is no account yet")
		require.Equal(t, []string{"box.changed ok"}, b.lines())
		require.NoError(t, b.browser().setUp(code, owner))
		_, step, err = b.auth.Box(t.Context())
		require.NoError(t, err)
		require.Equal(t, auth.PersonStep, step)
		require.Equal(t, fault.Conflict, fault.KindOf(b.auth.BeginSetUp(t.Context(), from("192.0.2.1"), code, named, "")), "once there is an account it is too late")
	})
	t.Run("whoever saw another name overwrites nothing", func(t *testing.T) {
		b := newBox(t)
		code, other := b.code(), auth.Box{Name: "Other", Zone: "UTC", Unit: "mg/dL"}
		begin := func(n auth.Box, seen string) error {
			return b.auth.BeginSetUp(t.Context(), from("192.0.2.1"), code, n, seen)
		}
		require.NoError(t, begin(named, ""))
		require.ErrorIs(t, begin(other, ""), auth.ErrMeanwhile)
		require.ErrorIs(t, begin(other, other.Mark()), auth.ErrMeanwhile)
		box, _, err := b.auth.Box(t.Context())
		require.NoError(t, err)
		require.Equal(t, "Haus Muster", box.Name)
		require.Len(t, b.lines(), 1, "nothing happened")
		require.NoError(t, begin(named, ""), "who says the same again changes nothing")
		require.NoError(t, begin(other, box.Mark()), "who saw it may change it")
		for field, change := range map[string]func(*auth.Box){"name": func(x *auth.Box) { x.Name += "x" }, "zone": func(x *auth.Box) { x.Zone = "UTC" }, "unit": func(x *auth.Box) { x.Unit = "mg/dL" }} {
			n := box
			change(&n)
			require.NotEqual(t, box.Mark(), n.Mark(), field)
		}
		require.Empty(t, auth.Box{Zone: "UTC"}.Mark())
	})
	t.Run("A-08: not without the code, and guesses are counted with those of the account", func(t *testing.T) {
		b := newBox(t)
		code := b.code()
		for range 11 {
			require.Equal(t, fault.Forbidden, fault.KindOf(b.auth.BeginSetUp(t.Context(), from("192.0.2.1"), "AAAA-AAAA-AAAA-AAAA", named, "")))
		}
		require.Equal(t, fault.TooMany, fault.KindOf(b.auth.BeginSetUp(t.Context(), from("192.0.2.1"), code, named, "")))
		require.Equal(t, fault.TooMany, fault.KindOf(b.browser().setUp(code, owner)))
		require.Zero(t, b.count(`SELECT count(*) FROM box WHERE name NOT IN ('setup-code', 'ledger-mark')`))
	})
	t.Run("what is no name, zone or unit is refused before the code is looked at", func(t *testing.T) {
		b := newBox(t)
		for field, change := range map[string]func(*auth.Box){"name": func(x *auth.Box) { x.Name = " " }, "zone": func(x *auth.Box) { x.Zone = "../etc" }, "unit": func(x *auth.Box) { x.Unit = "mol" }} {
			n := named
			change(&n)
			require.Len(t, n.Check(), 1)
			require.Contains(t, n.Check(), field)
			require.Equal(t, fault.Invalid, fault.KindOf(b.auth.BeginSetUp(t.Context(), from("192.0.2.1"), b.code(), n, "")))
		}
		require.Empty(t, b.lines())
	})
}

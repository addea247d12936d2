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
	"glucokeep/app/share"
	"glucokeep/app/store"
)

// setUp tries to set up the box with a code.
func (br *browser) setUp(code string, n auth.NewAccount) (err error) {
	br.Helper()
	sh := share.New(br.db, br.ledger)
	br.visit(func(ctx context.Context) {
		br.device, err = br.auth.SetUp(ctx, from("192.0.2.1"), code, n, func(tx *store.Tx, account int64) error {
			_, err := sh.AddPersonIn(tx, br.now(), share.Viewer{Account: account, From: from("192.0.2.1")},
				share.NewPerson{Name: "Mila", Zone: "Europe/Berlin", Unit: "mg/dL", Owner: account})
			return err
		})
	})
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
	for _, table := range []string{"account", "person", "grant", "credential"} {
		require.Equal(t, 1, b.count(`SELECT count(*) FROM `+table), table)
	}
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE admin = 1`))
	require.Equal(t, []string{"account.added ok", "set-up ok", "person.added ok", "grant.added ok", "sign-in ok"}, b.lines(), "L-01")
	n, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 5, n)
}

func TestTheSetUpCode(t *testing.T) {
	wrong := func(t *testing.T, b *box, code, key string) {
		t.Helper()
		err := b.browser().setUp(code, owner)
		f, ok := err.(*fault.Error)
		require.True(t, ok, "%v", err)
		require.Equal(t, key, f.Key)
		require.Zero(t, b.count(`SELECT count(*) FROM account`))
		require.Zero(t, b.count(`SELECT count(*) FROM person`))
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
		require.Zero(t, b.count(`SELECT count(*) FROM box`))
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
		wrong(t, b, "AAAA-AAAA-AAAA-AAAA", "signin.wait")
		wrong(t, b, code, "signin.wait")
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
		b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger WHEN NEW.action = 'grant.added' BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
		require.Error(t, b.browser().setUp(code, owner))
		for _, table := range []string{"account", "person", "grant", "credential", "ledger"} {
			require.Zero(t, b.count(`SELECT count(*) FROM `+table), table)
		}
		b.sql(`DROP TRIGGER full`)
		require.NoError(t, b.browser().setUp(code, owner))
	})
}

package auth_test

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// the codes of RFC 6238, appendix B, of which an app shows the last six
// digits.
func TestTheCodesOfTheStandard(t *testing.T) {
	key := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
		2000000000: "279037", 20000000000: "353130"} {
		require.Equal(t, want, auth.CodeForTest(key, time.Unix(at, 0)), "%d", at)
	}
}

// another program makes the same codes of the key that we show.
func TestOathtoolAgrees(t *testing.T) {
	tool, err := exec.LookPath("oathtool")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("oathtool is missing: packaging/install.sh oathtool")
		}
		t.Skip("oathtool is missing: packaging/install.sh oathtool")
	}
	for range 20 {
		secret := make([]byte, 20)
		_, _ = rand.Read(secret)
		key := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
		at := time.Unix(1_700_000_000+int64(secret[0])*1_000_003, 0).UTC()
		out, err := exec.Command(tool, "--totp", "-b", "-N", at.Format("2006-01-02 15:04:05 UTC"), key).Output()
		require.NoError(t, err)
		require.Equal(t, strings.TrimSpace(string(out)), auth.CodeForTest(key, at), "%s at %s", key, at)
	}
}

// enrol adds an app to the account of a browser and gives its key and the
// recovery codes.
func (br *browser) enrol() (key string, codes []string) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		id, ok, err := br.auth.Identify(ctx, true)
		require.NoError(br, err)
		require.True(br, ok)
		factor, err := br.auth.AddApp(ctx, id, "Phone")
		require.NoError(br, err)
		e, err := br.auth.Enrolment(ctx, id, factor)
		require.NoError(br, err)
		key = e.Key
		require.Contains(br, e.Address+"&", "secret="+strings.ReplaceAll(key, " ", "")+"&")
		counts, err := br.auth.TestApp(ctx, id, from("192.0.2.1"), factor, auth.CodeForTest(key, br.now()))
		require.NoError(br, err)
		require.False(br, counts)
		c, err := br.auth.WaitingCodes(ctx, id)
		require.NoError(br, err)
		codes = c.Waiting
		added, err := br.auth.SaveCodes(ctx, id, from("192.0.2.1"))
		require.NoError(br, err)
		require.True(br, added)
	})
	return key, codes
}

// half comes to the door with the right password.
func (br *browser) half() (token string) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		in, err := br.auth.Enter(ctx, from("192.0.2.9"), auth.Way{Email: anaMail, Password: password})
		require.NoError(br, err)
		token = in.Half
	})
	require.NotEmpty(br, token)
	return token
}

// complete shows a second factor.
func (br *browser) complete(token string, s auth.Second) (err error) {
	br.Helper()
	br.visit(func(ctx context.Context) { _, err = br.auth.Complete(ctx, from("192.0.2.9"), token, s, false) })
	return err
}

// a clock may be off by one step in either direction, and no more; a
// code of an older step than the last that was taken is not taken.
func TestTheSkew(t *testing.T) {
	for off, want := range map[time.Duration]bool{-60 * time.Second: false, -30 * time.Second: true, 0: true, 30 * time.Second: true, 60 * time.Second: false} {
		t.Run(off.String(), func(t *testing.T) {
			b := newBox(t)
			br, _ := b.signedIn()
			key, _ := br.enrol()
			b.add(5 * time.Minute)
			err := b.browser().complete(b.browser().half(), auth.Second{Code: auth.CodeForTest(key, b.now().Add(off))})
			require.Equal(t, want, err == nil, "%v", err)
		})
	}
	b := newBox(t)
	br, _ := b.signedIn()
	key, _ := br.enrol()
	b.add(5 * time.Minute)
	require.NoError(t, b.browser().complete(b.browser().half(), auth.Second{Code: auth.CodeForTest(key, b.now().Add(30*time.Second))}))
	require.Error(t, b.browser().complete(b.browser().half(), auth.Second{Code: auth.CodeForTest(key, b.now())}), "of an older step")
	b.add(time.Minute)
	require.NoError(t, b.browser().complete(b.browser().half(), auth.Second{Code: auth.CodeForTest(key, b.now())}))
}

// five wrong codes in five minutes are all; after a rest one more is
// taken. A right one forgets those of its own sign-in and no others'.
func TestCodesAreThrottled(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	key, _ := br.enrol()
	b.add(10 * time.Minute)
	taken := 0
	half := b.browser().half()
	for range 60 { // one try every five seconds
		if err := b.browser().complete(half, auth.Second{Code: "x"}); !isTooMany(err) {
			taken++
		}
		b.add(5 * time.Second)
	}
	require.Equal(t, 5, taken)
	b.add(5 * time.Minute)
	half = b.browser().half()
	require.Error(t, b.browser().complete(half, auth.Second{Code: "x"}))
	b.add(6 * time.Minute)
	half = b.browser().half()
	b.add(5 * time.Minute)
	require.NoError(t, b.browser().complete(half, auth.Second{Code: auth.CodeForTest(key, b.now())}))
	require.Equal(t, 6, b.count(`SELECT sum(failures) FROM throttle WHERE bucket LIKE 'code %'`))
}

// of many who come with one recovery code, one gets it.
func TestOneRecoveryCodeOnce(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	_, codes := br.enrol()
	halves := []string{b.browser().half(), b.browser().half(), b.browser().half(), b.browser().half()}
	won := make(chan error, len(halves))
	for _, h := range halves {
		go func() { won <- b.browser().complete(h, auth.Second{Recovery: codes[3]}) }()
	}
	in := 0
	for range halves {
		if <-won == nil {
			in++
		}
	}
	require.Equal(t, 1, in)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM recovery_code WHERE used_ms IS NOT NULL`))
}

// C-02: whoever has the file has neither the secret of an app nor a
// recovery code, and a sealed secret opens in its own row alone.
func TestSecondFactorsAreNowhereOnDisk(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	key, codes := br.enrol()
	require.Len(t, codes, 10)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(key, " ", ""))
	require.NoError(t, err)
	require.Len(t, secret, 20, "160 bits")
	names := map[string]bool{}
	for _, c := range codes {
		require.Regexp(t, `^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$`, c, "80 bits")
		names[c] = true
	}
	require.Len(t, names, 10)
	require.NoError(t, b.db.Close())
	files, err := filepath.Glob(filepath.Join(b.dir, "glucokeep.db*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, hidden := range append([]string{string(secret), strings.ReplaceAll(key, " ", ""), key}, codes...) {
			require.NotContains(t, string(text), hidden, f)
			require.NotContains(t, string(text), strings.ReplaceAll(hidden, "-", ""), f)
		}
	}
	moved := newBox(t)
	br, _ = moved.signedIn()
	key, _ = br.enrol()
	moved.sql(`INSERT INTO factor (key, account, kind, name, created_ms, confirmed_ms) SELECT 'other', account, kind, name, created_ms, confirmed_ms FROM factor`)
	moved.sql(`UPDATE secret SET name = (SELECT 'totp ' || key || ' other' FROM account) WHERE name GLOB 'totp *'`)
	moved.sql(`DELETE FROM factor WHERE key <> 'other'`)
	moved.add(time.Minute)
	require.Error(t, moved.browser().complete(moved.browser().half(), auth.Second{Code: auth.CodeForTest(key, moved.now())}))
}

// C-03: apps and recovery codes outlive the key of the box.
func TestSecondFactorsOutliveTheKey(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	key, codes := br.enrol()
	require.NoError(t, b.ring.Turn())
	require.NoError(t, b.vault.Turn(t.Context(), b.now()))
	require.False(t, b.ring.Turning(), "the key of before is gone")
	b.add(time.Minute)
	require.NoError(t, b.browser().complete(b.browser().half(), auth.Second{Code: auth.CodeForTest(key, b.now())}))
	require.NoError(t, b.browser().complete(b.browser().half(), auth.Second{Recovery: codes[0]}))
}

// An enrolment that was left is over after an hour, and nothing of it stays.
func TestAnEnrolmentThatWasLeft(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	var factor, key string
	br.visit(func(ctx context.Context) {
		id, _, _ := br.auth.Identify(ctx, true)
		var err error
		factor, err = br.auth.AddApp(ctx, id, "Phone")
		require.NoError(t, err)
		e, err := br.auth.Enrolment(ctx, id, factor)
		require.NoError(t, err)
		key = e.Key
	})
	for range 6 { // the session stays awake
		b.add(11 * time.Minute)
		require.NotZero(t, br.who(true))
	}
	br.visit(func(ctx context.Context) {
		id, _, _ := br.auth.Identify(ctx, true)
		_, err := br.auth.TestApp(ctx, id, from("192.0.2.1"), factor, auth.CodeForTest(key, b.now()))
		require.Error(t, err)
	})
	require.NoError(t, b.auth.Sweep(t.Context(), b.now()))
	require.Zero(t, b.count(`SELECT count(*) FROM factor`)+b.count(`SELECT count(*) FROM secret WHERE name NOT GLOB 'phrase *'`))
}

// S-03: an account is signed in in twenty browsers at most; the oldest ends.
func TestTwentySessions(t *testing.T) {
	b := newBox(t)
	first, _ := b.signedIn()
	for range 20 {
		b.add(time.Second)
		require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	}
	require.Zero(t, first.who(true))
	require.Equal(t, 20, b.count(`SELECT count(*) FROM credential WHERE kind = 'session' AND ended_ms IS NULL`))
}

// S-03: sessions have an end that no use and no step-up moves.
func TestTheEndOfASession(t *testing.T) {
	b := newBox(t)
	br, _ := b.signedIn()
	for range 71 {
		b.add(10 * time.Minute)
		require.NotZero(t, br.who(true))
	}
	br.visit(func(ctx context.Context) {
		id, _, err := br.auth.Identify(ctx, true)
		require.NoError(t, err)
		require.False(t, id.Fresh(b.now()))
		require.NoError(t, br.auth.StepUp(ctx, id, from("192.0.2.1"), password, auth.Second{}))
	})
	br.visit(func(ctx context.Context) {
		id, ok, err := br.auth.Identify(ctx, true)
		require.NoError(t, err)
		require.True(t, ok && id.Fresh(b.now()))
	})
	b.add(11 * time.Minute)
	require.Zero(t, br.who(true), "twelve hours")
}

// S10: what an account has of what it needs before it lets others in.
func TestReadiness(t *testing.T) {
	b := newBox(t)
	br, id := b.signedIn()
	r, err := b.auth.Readiness(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, auth.Ready{}, r)
	br.enrol()
	b.sql(`UPDATE account SET confirmed_ms = 1`)
	r, err = b.auth.Readiness(t.Context(), id)
	require.NoError(t, err)
	require.True(t, r.All())
	b.sql(`UPDATE recovery_code SET used_ms = 1`)
	r, err = b.auth.Readiness(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, auth.Ready{Factor: true, Address: true}, r)
}

func isTooMany(err error) bool { return fault.KindOf(err) == fault.TooMany }

package auth_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// visitor is a browser at an address, which owes a second factor.
type visitor struct {
	*browser
	ip   string
	half string
}

// arrives comes to the door with a password.
func (br *browser) arrives(ip, pass string) (v visitor, err error) {
	br.Helper()
	v = visitor{browser: br, ip: ip}
	br.visit(func(ctx context.Context) {
		in, e := br.auth.Enter(ctx, from(ip), auth.Way{Email: anaMail, Password: pass, Device: br.device})
		v.half, err = in.Half, e
		if e == nil && in.Half == "" {
			br.device = in.Device
		}
	})
	return v, err
}

// owes is arrives for somebody who knows the password.
func (br *browser) owes(ip string) visitor {
	br.Helper()
	v, err := br.arrives(ip, password)
	for ; isTooMany(err); v, err = br.arrives(ip, password) { // too many that came to no end
		br.box.add(3 * time.Minute)
	}
	require.NoError(br, err)
	require.NotEmpty(br, v.half)
	return v
}

// shows a second factor.
func (v visitor) shows(s auth.Second) (err error) {
	v.Helper()
	v.visit(func(ctx context.Context) {
		done, e := v.auth.Complete(ctx, from(v.ip), v.half, s, false)
		if err = e; e == nil {
			v.device = done.Device
		}
	})
	return err
}

// confirms shows once more who somebody is who is signed in.
func (br *browser) confirms(pass string, s auth.Second) (err error) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		id, ok, e := br.auth.Identify(ctx, true)
		require.NoError(br, e)
		require.True(br, ok)
		err = br.auth.StepUp(ctx, id, from("192.0.2.1"), pass, s)
	})
	return err
}

func code(key string, b *box) auth.Second { return auth.Second{Code: auth.CodeForTest(key, b.now())} }

func wrong(err error) bool { return fault.KindOf(err) == fault.SignIn }

// guarded is a box whose owner has an app, is signed in, and has a device and a
// network that are known.
func guarded(t *testing.T) (b *box, home *browser, key string, codes []string) {
	b = newBox(t)
	home, _ = b.signedIn()
	key, codes = home.enrol()
	b.add(time.Minute)
	require.NoError(t, home.owes("192.0.2.1").shows(code(key, b)))
	b.add(time.Minute)
	return b, home, key, codes
}

// whoever knows the password and types wrong codes slows neither a
// session, nor a device that is known, nor a network from which the account
// was signed in; and all of them go on taking codes when strangers' are spent.
func TestAThiefWithThePasswordKeepsNobodyOut(t *testing.T) {
	b, home, key, codes := guarded(t)
	for range 10 {
		_ = b.browser().owes("203.0.113.9").shows(auth.Second{Recovery: "x"})
	}
	require.True(t, isTooMany(b.browser().owes("203.0.113.9").shows(auth.Second{Recovery: codes[1]})))
	require.NoError(t, b.browser().owes("198.51.100.1").shows(auth.Second{Recovery: codes[1]}), "by network")
	guesses := 0
	for n := range 200 {
		v := b.browser().owes(fmt.Sprintf("2001:db8:%x::1", n))
		if wrong(v.shows(auth.Second{Code: "000000"})) {
			guesses++
		}
		b.add(5 * time.Minute)
	}
	require.Equal(t, 20, guesses, "however many networks")
	v := b.browser().owes("2001:db8:ffff::1")
	err := v.shows(code(key, b))
	f, ok := err.(*fault.Error)
	require.True(t, ok, "%v", err)
	require.Equal(t, "signin.code-spent", f.Key, "not the advice for a password")
	require.NoError(t, v.shows(auth.Second{Recovery: codes[0]}), "a recovery code opens it all the same")

	again := &browser{box: b, device: home.device}
	require.NoError(t, again.owes("198.51.100.7").shows(code(key, b)), "the device, wherever it is")
	b.add(time.Minute)
	require.NoError(t, b.browser().owes("192.0.2.1").shows(code(key, b)), "another device at home")
	b.add(time.Minute)
	require.NoError(t, again.confirms(password, code(key, b)), "a session")
}

// a thief of a session slows that session and no other, whatever they type.
func TestAThiefOfASession(t *testing.T) {
	b, home, key, _ := guarded(t)
	other := b.browser()
	require.NoError(t, other.owes("192.0.2.1").shows(code(key, b)))
	for range 40 { // they do not know the password
		_ = home.confirms("a wrong password", auth.Second{Code: "000000"})
		b.add(14 * time.Minute)
		require.NotZero(t, other.who(true))
	}
	err := home.confirms(password, code(key, b))
	f, ok := err.(*fault.Error)
	require.True(t, ok, "%v", err)
	require.Equal(t, "stepup.spent", f.Key)
	require.Zero(t, b.count(`SELECT count(*) FROM throttle WHERE bucket GLOB 'codes * own'`), "no code was looked at")
	require.NoError(t, other.confirms(password, code(key, b)))

	b, home, key, codes := guarded(t)
	other = b.browser()
	require.NoError(t, other.owes("192.0.2.1").shows(code(key, b)))
	guesses := 0
	for range 40 { // they do
		if wrong(home.confirms(password, auth.Second{Code: "000000"})) {
			guesses++
		}
		b.add(14 * time.Minute)
		require.NotZero(t, other.who(true))
	}
	require.Equal(t, 10, guesses, "half of what sessions and devices have together")
	require.NoError(t, home.confirms(password, auth.Second{Recovery: codes[0]}), "not kept out by the codes of the app")
	require.NoError(t, other.confirms(password, code(key, b)))
}

// Wrong codes of whoever succeeds cost nothing, and those of others stay.
func TestASuccessTakesBackItsOwnSlips(t *testing.T) {
	b, home, key, _ := guarded(t)
	thief := b.browser().owes("203.0.113.1")
	require.True(t, wrong(thief.shows(auth.Second{Code: "000000"})))
	owner := b.browser().owes("198.51.100.1")
	for range 3 {
		require.True(t, wrong(owner.shows(auth.Second{Code: "000000"})))
	}
	level := func(kind string) int {
		return b.count(`SELECT coalesce(max(streak), 0) FROM throttle WHERE bucket GLOB 'codes * ` + kind + `'`)
	}
	require.Equal(t, 4, level("stranger"))
	require.NoError(t, owner.shows(code(key, b)))
	require.Equal(t, 1, level("stranger"))
	for range 2 {
		require.True(t, wrong(home.confirms(password, auth.Second{Code: "000000"})))
	}
	require.Equal(t, 2, level("own"))
	b.add(time.Minute)
	require.NoError(t, home.confirms(password, code(key, b)))
	require.Zero(t, level("own"))
}

// the arithmetic of lane.go: whoever guesses codes in every lane of every kind
// for two years has the tries that stand there, and more apps give fewer.
func TestGuessesOfAYear(t *testing.T) {
	for apps, most := range map[int]int{1: 96, 5: 96 / 5} {
		b := newBox(t)
		b.ana()
		guesses := [2]int{}
		for day := range 2 * 365 {
			for n := range 3 { // another lane of each kind each time: many sessions, cookies and networks
				for kind, lanes := range map[string]func() error{
					"own":      func() error { return b.auth.GuessForTest(t.Context(), anaMail, "own", fmt.Sprint(day, n), apps) },
					"home":     func() error { return b.auth.GuessForTest(t.Context(), anaMail, "home", fmt.Sprint(day, n), apps) },
					"stranger": func() error { return b.auth.GuessForTest(t.Context(), anaMail, "stranger", "stranger", apps) },
				} {
					if err := lanes(); err == nil {
						guesses[day/365]++
					} else {
						require.True(t, isTooMany(err), "%s: %v", kind, err)
					}
				}
			}
			b.add(24 * time.Hour)
		}
		require.LessOrEqual(t, guesses[0], most)
		require.LessOrEqual(t, guesses[1], 37/apps)
		require.Greater(t, guesses[0], most-4, "apps: %d", apps)
		chance := float64(guesses[0]*3*apps) / 1e6
		require.Less(t, chance, 1.0/3000)
	}
}

// Half sign-ins of one network end those of that network first.
func TestHalvesOfAThief(t *testing.T) {
	b, _, key, _ := guarded(t)
	owner := b.browser().owes("198.51.100.1")
	for i := range 28 {
		b.add(time.Second)
		b.browser().owes(fmt.Sprintf("203.0.113.%d", i%4))
	}
	require.Equal(t, 1+4*5, b.count(`SELECT count(*) FROM credential WHERE kind = 'half' AND ended_ms IS NULL`))
	for i := range 45 {
		b.browser().owes(fmt.Sprintf("2001:db8:%x::1", i))
	}
	require.Equal(t, 50, b.count(`SELECT count(*) FROM credential WHERE kind = 'half' AND ended_ms IS NULL`))
	require.NoError(t, owner.shows(code(key, b)))

	for range 21 {
		_, _ = b.browser().arrives("203.0.113.77", password)
	}
	_, err := b.browser().arrives("203.0.113.77", password)
	require.True(t, isTooMany(err), "nobody fills the ledger with a right password: %v", err)
}

// guesses from many networks do not keep an unknown device out where the
// account was signed in before; nor are they endless there.
func TestAnUnknownDeviceAtHome(t *testing.T) {
	b := newBox(t)
	home, id := b.signedIn()
	for i := range 5000 {
		if fault.KindOf(b.browser().signIn(anaMail, "a wrong password", fmt.Sprintf("10.%d.%d.1", i/200, i%200))) == fault.TooMany {
			b.add(time.Minute)
		}
	}
	require.True(t, isTooMany(b.browser().signIn(anaMail, password, "198.51.100.1")), "elsewhere it waits")
	fresh := b.browser()
	require.NoError(t, fresh.signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, id, fresh.who(true))

	tries := 0
	for range 300 {
		if wrong(b.browser().signIn(anaMail, "a wrong password", "192.0.2.1")) {
			tries++
		}
		b.add(25 * time.Hour)
	}
	require.Equal(t, 25+100, tries, "a quarter of what networks have, and then as a stranger")
	again := &browser{box: b, device: home.device}
	require.NoError(t, again.signIn(anaMail, password, "192.0.2.1"))

	b = newBox(t)
	b.ana()
	for n := range 8 { // many networks have no more together
		require.NoError(t, b.browser().signIn(anaMail, password, fmt.Sprintf("192.0.2.%d", n)))
	}
	tries = 0
	for n := range 8 * 40 {
		if wrong(b.browser().signIn(anaMail, "a wrong password", fmt.Sprintf("192.0.2.%d", n%8))) {
			tries++
		}
		b.add(5 * time.Hour)
	}
	require.Equal(t, 100+100, tries)

	b = newBox(t)
	b.signedIn()
	b.add(91 * 24 * time.Hour)
	require.NoError(t, b.auth.Sweep(t.Context(), b.now()))
	require.Zero(t, b.count(`SELECT count(*) FROM known_network`))
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM known_network`))
}

// a password that opens nothing any more keeps nobody from a recovery code.
func TestARecoveryCodeWhenThePasswordIsSpent(t *testing.T) {
	b, _, key, codes := guarded(t)
	for range 100 {
		require.True(t, wrong(b.browser().signIn(anaMail, "a wrong password", "203.0.113.1")))
		b.add(25 * time.Hour)
	}
	_, err := b.browser().arrives("198.51.100.1", password)
	f, ok := err.(*fault.Error)
	require.True(t, ok, "%v", err)
	require.Equal(t, "signin.spent", f.Key)
	br := b.browser()
	v := visitor{browser: br, ip: "198.51.100.1"}
	br.visit(func(ctx context.Context) {
		in, err := br.auth.Enter(ctx, from("198.51.100.1"), auth.Way{Email: anaMail, Recovery: codes[0]})
		require.NoError(t, err)
		v.half = in.Half
	})
	b.sql(`INSERT OR REPLACE INTO throttle SELECT 'codes ' || substr(bucket, 9) || ' stranger', 0, 20, ?, 0 FROM throttle WHERE bucket GLOB 'account *'`, b.now().UnixMilli())
	f, ok = v.shows(code(key, b)).(*fault.Error)
	require.True(t, ok)
	require.Equal(t, "signin.code-spent-forgot", f.Key, "a second recovery code would not do either")
	b.sql(`DELETE FROM throttle WHERE bucket GLOB 'codes *'`)
	require.NoError(t, v.shows(code(key, b)))
}

// The console's reset and another password really open the way again.
func TestAResetOpensTheWayAgain(t *testing.T) {
	spend := func(b *box) {
		for range 30 {
			_ = b.browser().owes("203.0.113.1").shows(auth.Second{Code: "000000"})
			_ = b.browser().owes("203.0.113.1").shows(auth.Second{Recovery: "x"})
			b.add(16 * time.Minute)
		}
		require.Positive(b, b.count(`SELECT count(*) FROM throttle WHERE bucket GLOB 'code*'`))
		require.Positive(b, b.count(`SELECT count(*) FROM throttle WHERE bucket GLOB 'recovery *'`))
	}
	left := `SELECT count(*) FROM throttle WHERE bucket NOT GLOB 'net *' AND bucket <> 'box'`
	t.Run("glucokeep account reset", func(t *testing.T) {
		b, _, _, _ := guarded(t)
		spend(b)
		path, err := b.auth.MakeReset(t.Context(), audit.Actor{Console: true}, anaMail)
		require.NoError(t, err)
		require.NoError(t, b.auth.UseReset(t.Context(), from("198.51.100.1"), path[len("/reset/"):], better))
		require.Zero(t, b.count(left))
	})
	t.Run("glucokeep account password", func(t *testing.T) {
		b, _, key, _ := guarded(t)
		spend(b)
		require.NoError(t, b.auth.ResetPassword(t.Context(), audit.Actor{Console: true}, audit.From{}, anaMail, better))
		require.Zero(t, b.count(left))
		v, err := b.browser().arrives("198.51.100.1", better)
		require.NoError(t, err)
		require.NoError(t, v.shows(code(key, b)))
	})
	t.Run("the owner's new password", func(t *testing.T) {
		b, home, key, _ := guarded(t)
		spend(b)
		home.signsIn(key)
		require.NoError(t, home.change(password, better))
		require.Zero(t, b.count(left))
	})
}

// signsIn is the whole sign-in of the owner at home.
func (br *browser) signsIn(key string) {
	br.Helper()
	br.box.add(time.Minute)
	require.NoError(br, br.owes("192.0.2.1").shows(code(key, br.box)))
}

// What nobody can count in any more is forgotten.
func TestOldBucketsAreSwept(t *testing.T) {
	b, home, _, _ := guarded(t)
	for range 3 {
		_ = b.browser().owes("203.0.113.1").shows(auth.Second{Code: "000000"})
		_ = b.browser().owes("203.0.113.1").shows(auth.Second{Recovery: "x"})
		_ = home.confirms(password, auth.Second{Code: "000000"})
		_ = home.confirms("wrong", auth.Second{})
	}
	b.add(500 * 24 * time.Hour)
	require.NoError(t, b.auth.Sweep(t.Context(), b.now()))
	require.Equal(t, 3, b.count(`SELECT count(*) FROM throttle`), "two ceilings and the own passwords, one row an account each")
}

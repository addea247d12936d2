package auth_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// whoever asks learns nothing: the fault is one and the same, and each
// failure costs one hash.
func TestEveryFailureIsTheSame(t *testing.T) {
	b := newBox(t)
	b.ana()
	add := func(email string) {
		_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: email, Name: "Ben", Password: password})
		require.NoError(t, err)
	}
	add("disabled@box.test")
	add("nopassword@box.test")
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE email = 'disabled@box.test'`)
	b.sql(`UPDATE account SET password = NULL WHERE email = 'nopassword@box.test'`)
	b.hashes.Count()
	for name, try := range map[string][2]string{
		"a wrong password":                       {anaMail, "seven quiet herons wad"},
		"no password":                            {anaMail, ""},
		"an unknown address":                     {"nobody@box.test", password},
		"no address":                             {"", password},
		"an address that is none":                {"' OR 1=1 --", password},
		"a disabled account, the right password": {"disabled@box.test", password},
		"a disabled account, a wrong password":   {"disabled@box.test", "something else entirely"},
		"an account without a password":          {"nopassword@box.test", password},
		"an account without a password, empty":   {"nopassword@box.test", ""},
		"the hash as password":                   {anaMail, "$argon2id$v=19$m=64,t=1,p=1$"},
	} {
		t.Run(name, func(t *testing.T) {
			br := b.browser()
			err := br.signIn(try[0], try[1], "192.0.2.1")
			f, ok := err.(*fault.Error)
			require.True(t, ok, "%v", err)
			require.Equal(t, fault.SignIn, f.Kind)
			require.Equal(t, "signin.refused", f.Key)
			require.Empty(t, f.Args)
			require.NoError(t, f.Err)
			require.Equal(t, 1, b.hashes.Count(), "one hash, as always")
			require.Nil(t, br.cookie)
			require.Zero(t, br.who(true))
			require.Equal(t, "sign-in failed", b.lines()[len(b.lines())-1], "L-01")
			b.sql(`DELETE FROM throttle`)
		})
	}
}

// waits double after five free failures; an unknown address is counted
// like a known one; the time to wait comes with the answer.
func TestFailuresMakeAddressesWait(t *testing.T) {
	for _, email := range []string{anaMail, "nobody@box.test"} {
		t.Run(email, func(t *testing.T) {
			b := newBox(t)
			b.ana()
			for range 5 {
				require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(email, "a wrong password", "192.0.2.1")))
			}
			wait := int64(2)
			for n := range 8 {
				require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(email, "a wrong password", fmt.Sprintf("192.0.2.%d", n+10))))
				b.hashes.Count()
				err := b.browser().signIn(strings.ToUpper(email), password, "198.51.100.1")
				f, ok := err.(*fault.Error)
				require.True(t, ok, "%v", err)
				require.Equal(t, fault.TooMany, f.Kind)
				require.Equal(t, []any{"seconds", wait + 1}, f.Args[2:])
				require.Zero(t, b.hashes.Count(), "a try that has to wait costs nothing")
				b.add(time.Duration(wait)*time.Second + time.Millisecond)
				wait *= 2
			}
		})
	}
}

// S6: ten wrong tries slow the eleventh by half a minute, by account and by
// network, on a device that is known too.
func TestTenFailuresSlowTheEleventh(t *testing.T) {
	slowed := func(t *testing.T, b *box, try func(i int) error) {
		for i := range 10 {
			for fault.KindOf(try(i)) == fault.TooMany {
				b.add(time.Second)
			}
		}
		began := b.now()
		for fault.KindOf(try(10)) == fault.TooMany {
			b.add(time.Second)
		}
		require.GreaterOrEqual(t, b.now().Sub(began), 30*time.Second)
	}
	t.Run("one account, many networks", func(t *testing.T) {
		b := newBox(t)
		b.ana()
		slowed(t, b, func(i int) error {
			return b.browser().signIn(anaMail, "a wrong password", fmt.Sprintf("192.0.2.%d", i))
		})
	})
	t.Run("one network, many accounts", func(t *testing.T) {
		b := newBox(t)
		b.ana()
		slowed(t, b, func(i int) error {
			return b.browser().signIn(fmt.Sprintf("%d@box.test", i), "a wrong password", "192.0.2.1")
		})
	})
	t.Run("a known device", func(t *testing.T) {
		b := newBox(t)
		b.ana()
		home := b.browser()
		require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"))
		slowed(t, b, func(int) error { return home.signIn(anaMail, "a wrong password", "192.0.2.1") })
	})
}

// the waiting never locks anybody out: it has a longest, and the right
// password ends it.
func TestTheWaitingHasAnEnd(t *testing.T) {
	b := newBox(t)
	id := b.ana()
	require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "192.0.2.1", 10_000))
	br := b.browser()
	require.Equal(t, fault.TooMany, fault.KindOf(br.signIn(anaMail, password, "192.0.2.1")))
	b.add(15*time.Minute + time.Second)
	require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"), "the longest wait is a quarter of an hour")
	require.Equal(t, id, br.who(true))
	require.Zero(t, b.count(`SELECT count(*) FROM throttle WHERE bucket LIKE 'account %'`), "a success forgets the account's failures")
	require.Equal(t, 2, b.count(`SELECT count(*) FROM throttle WHERE failures = 10000`), "and takes back its own try in those of everybody, no more")
}

// after a hundred failures in a row, over whatever time, the password
// alone opens nothing any more from where nobody is known. A device that is
// known opens, and so does a new password from the console; an address
// without an account is answered the same.
func TestAHundredFailuresInARow(t *testing.T) {
	for _, email := range []string{anaMail, "nobody@box.test"} {
		t.Run(email, func(t *testing.T) {
			b := newBox(t)
			b.ana()
			home := b.browser()
			require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"))
			tries := 0
			for range 100 {
				require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(email, "a wrong password", "192.0.2.9")))
				tries++
				b.add(25 * time.Hour) // a guesser who has time: every wait is long over
			}
			require.Equal(t, 100, tries)
			stranger := b.browser()
			err := stranger.signIn(email, password, "192.0.2.9")
			f, ok := err.(*fault.Error)
			require.True(t, ok, "%v", err)
			require.Equal(t, "signin.spent", f.Key)
			require.Equal(t, fault.TooMany, f.Kind)
			b = b.reopen()
			require.Equal(t, fault.TooMany, fault.KindOf(b.browser().signIn(email, password, "192.0.2.9")), "a restart does not forgive")
			if email != anaMail {
				return
			}
			again := &browser{box: b, device: home.device}
			require.NoError(t, again.signIn(anaMail, password, "192.0.2.1"), "the device at home")
			require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.9"), "which shows that the owner is there: the row ends")

			for range 100 {
				require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(email, "a wrong password", "192.0.2.8")))
				b.add(25 * time.Hour)
			}
			require.Equal(t, fault.TooMany, fault.KindOf(b.browser().signIn(email, password, "192.0.2.8")))
			require.NoError(t, b.auth.ResetPassword(t.Context(), audit.Actor{Console: true}, audit.From{}, anaMail, "copper violin drifts past barns"))
			require.NoError(t, b.browser().signIn(anaMail, "copper violin drifts past barns", "192.0.2.9"))
		})
	}
	t.Run("a device that is known", func(t *testing.T) {
		b := newBox(t)
		b.ana()
		home := b.browser()
		require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"))
		stolen := home.device
		for range 125 { // a quarter as a known device, then a hundred as a stranger
			require.Equal(t, fault.SignIn, fault.KindOf((&browser{box: b, device: stolen}).signIn(anaMail, "a wrong password", "192.0.2.9")))
			b.add(25 * time.Hour)
		}
		require.Equal(t, fault.TooMany, fault.KindOf((&browser{box: b, device: stolen}).signIn(anaMail, password, "192.0.2.9")))
	})
}

func TestABucketThatRestedForADayBeginsAnew(t *testing.T) {
	b := newBox(t)
	b.ana()
	require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "192.0.2.1", 10_000))
	b.add(24*time.Hour + time.Minute)
	require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(anaMail, "a wrong password", "192.0.2.1")))
	require.Equal(t, 3, b.count(`SELECT sum(failures) FROM throttle`), "one in each of three buckets")
}

// of many guesses at once no more are taken than one after the other.
func TestGuessesAtOnceAreCountedToo(t *testing.T) {
	b := newBox(t)
	b.ana()
	b.hashes.During = func([]byte) { time.Sleep(time.Millisecond) }
	var taken, refused atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			switch fault.KindOf(b.browser().signIn(anaMail, "a wrong password", "192.0.2.1")) {
			case fault.SignIn:
				taken.Add(1)
			case fault.TooMany:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 50, taken.Load()+refused.Load())
	require.EqualValues(t, 6, taken.Load(), "five free ones and the one that makes the wait")
	require.Equal(t, 6, b.hashes.Count())
}

// each of the three buckets alone is enough to wait.
func TestEachBucketWaits(t *testing.T) {
	b := newBox(t)
	b.ana()
	for i := range 10 {
		require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(fmt.Sprintf("%d@box.test", i), "a wrong password", "192.0.2.1")))
	}
	require.Equal(t, fault.TooMany, fault.KindOf(b.browser().signIn(anaMail, password, "192.0.2.1")), "the network")
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.2"), "another network goes on")

	b = newBox(t)
	b.ana()
	for i := range 201 {
		require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(fmt.Sprintf("%d@box.test", i), "a wrong password", fmt.Sprintf("10.0.%d.1", i))))
	}
	require.Equal(t, fault.TooMany, fault.KindOf(b.browser().signIn(anaMail, password, "192.0.2.2")), "the box")
}

// an attacker has the whole of a /64, and of IPv4 one address.
func TestNetworks(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.1":            "192.0.2.1/32",
		"::ffff:192.0.2.1":     "192.0.2.1/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::ffff":   "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"::1":                  "::/64",
		"":                     "",
		"@":                    "",
	} {
		require.Equal(t, want, auth.NetworkForTest(ip), ip)
	}
}

// the waiting is in the database, so a restart does not forgive.
func TestFailuresSurviveARestart(t *testing.T) {
	b := newBox(t)
	b.ana()
	for range 6 {
		require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(anaMail, "a wrong password", "192.0.2.1")))
	}
	b = b.reopen()
	require.Equal(t, fault.TooMany, fault.KindOf(b.browser().signIn(anaMail, password, "192.0.2.1")))
}

// a device that signed in before is known again by its cookie, so that
// 10,000 failures of strangers cannot keep its owner out; its own failures
// are counted apart.
func TestAKnownDeviceIsNotKeptOut(t *testing.T) {
	b := newBox(t)
	id := b.ana()
	home := b.browser()
	require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"))
	known := home.device
	flood := func() { require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "192.0.2.1", 10_000)) }
	flood()
	require.Equal(t, fault.TooMany, fault.KindOf(b.browser().signIn(anaMail, password, "192.0.2.1")), "strangers wait")
	for range 3 {
		again := &browser{box: b, device: known}
		require.NoError(t, again.signIn(anaMail, password, "192.0.2.1"))
		require.Equal(t, id, again.who(true))
		require.NotEqual(t, known, again.device, "each sign-in gives a new one")
	}
	require.Equal(t, 3, b.count(`SELECT count(*) FROM throttle`), "the strangers' failures stay")

	for range 6 {
		require.Equal(t, fault.SignIn, fault.KindOf((&browser{box: b, device: known}).signIn(anaMail, "a wrong password", "192.0.2.1")))
	}
	require.Equal(t, fault.TooMany, fault.KindOf((&browser{box: b, device: known}).signIn(anaMail, password, "192.0.2.1")), "a stolen cookie waits too")
}

// ten thousand guesses arrive, from many networks, at Ana's address and
// at others, while she signs in from home again and again.
func TestTheOwnerSignsInDuringAFlood(t *testing.T) {
	b := newBox(t)
	b.ana()
	home := b.browser()
	require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"))
	var failures, waits, wrong atomic.Int64
	var wg sync.WaitGroup
	const guessers, each = 20, 500
	for g := range guessers {
		wg.Go(func() {
			for i := range each {
				email := anaMail
				if i%4 == 0 {
					email = fmt.Sprintf("%d.%d@box.test", g, i)
				}
				switch fault.KindOf(b.browser().signIn(email, "a wrong password", fmt.Sprintf("2001:db8:%x:%x::1", g, i%50))) {
				case fault.SignIn:
					failures.Add(1)
				case fault.TooMany:
					waits.Add(1)
				default:
					wrong.Add(1)
				}
				if i%10 == 0 {
					b.add(time.Minute)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	times := 0
	for open := true; open; times++ {
		again := &browser{box: b, device: home.device}
		require.NoError(t, again.signIn(anaMail, password, "192.0.2.1"))
		select {
		case <-done:
			open = false
		default:
		}
	}
	require.EqualValues(t, guessers*each, failures.Load()+waits.Load())
	require.Zero(t, wrong.Load())
	require.Positive(t, failures.Load())
	require.Greater(t, times, 3)
	t.Logf("of 10,000 guesses %d were looked at, %d had to wait; the owner signed in %d times meanwhile", failures.Load(), waits.Load(), times)
}

// A device's cookie is worth nothing for another account or when changed.
func TestADeviceIsKnownToItsAccountAlone(t *testing.T) {
	b := newBox(t)
	b.ana()
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password})
	require.NoError(t, err)
	ben := b.browser()
	require.NoError(t, ben.signIn("ben@box.test", password, "192.0.2.3"))
	require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "192.0.2.1", 10_000))
	last := ben.device[len(ben.device)-1:]
	other := "0"
	if last == "0" {
		other = "1"
	}
	for name, device := range map[string]string{
		"Ben's":           ben.device,
		"a changed one":   ben.device[:len(ben.device)-1] + other,
		"an empty MAC":    strings.Repeat("0", 32) + ".",
		"no dot":          strings.Repeat("0", 64),
		"a dot":           ".",
		"a long one":      strings.Repeat("0", 1<<16),
		"a short nonce":   "00." + strings.Repeat("0", 64),
		"a dot too much":  ben.device + ".",
		"someone's guess": strings.Repeat("0", 32) + "." + strings.Repeat("0", 64),
	} {
		require.Equal(t, fault.TooMany, fault.KindOf((&browser{box: b, device: device}).signIn(anaMail, password, "192.0.2.1")), name)
	}
}

func FuzzDeviceCookie(f *testing.F) {
	f.Add("key", "00000000000000000000000000000000.00")
	a := auth.New(nil, nil, make([]byte, 32), false)
	f.Fuzz(func(t *testing.T, key, cookie string) {
		require.False(t, a.KnowsForTest(key, cookie), "nobody guesses a MAC")
	})
}

// A try that is free makes nobody wait, not even somebody whose request began
// a moment before it was counted.
func TestAFreeFailureMakesNobodyWait(t *testing.T) {
	b := newBox(t)
	b.ana()
	require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(anaMail, "a wrong password", "192.0.2.1")))
	b.add(-5 * time.Millisecond)
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
}

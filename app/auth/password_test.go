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

// what the product asks for is at least what OWASP lists.
func TestTheCostOfAHash(t *testing.T) {
	memory, passes, lanes := auth.StrongForTest()
	require.GreaterOrEqual(t, memory, uint32(19*1024))
	require.GreaterOrEqual(t, passes, uint32(2))
	require.Equal(t, uint8(1), lanes)
}

// a hash that was made with weaker parameters is made anew at sign-in.
func TestAWeakerHashIsMadeAnewAtSignIn(t *testing.T) {
	b := newBox(t)
	b.ana()
	b.auth.SetCostForTest(64, 3)
	b.hashes.Work()
	require.Error(t, b.browser().signIn(anaMail, password+"?", "192.0.2.1"))
	require.EqualValues(t, 3*64, b.hashes.Work(), "a wrong one costs as much as anybody's")
	require.Error(t, b.browser().signIn("nobody@box.test", password, "192.0.2.1"))
	require.EqualValues(t, 3*64, b.hashes.Work())
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE password LIKE '$argon2id$v=19$m=64,t=1,p=1$%'`), "not for a wrong password")
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE password LIKE '$argon2id$v=19$m=64,t=3,p=1$%'`))
	b.hashes.Count()
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, 1, b.hashes.Count(), "once is enough")
	b.auth.SetCostForTest(64, 2)
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE password LIKE '$argon2id$v=19$m=64,t=3,p=1$%'`), "a stronger one stays")
}

// what looks the same is the same password on every keyboard.
func TestPasswordsAreEqualAfterNFKC(t *testing.T) {
	const composed, decomposed = "schöne Gänse am Flüßchen", "scho\u0308ne Ga\u0308nse am Flu\u0308ßchen"
	b := newBox(t)
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: anaMail, Name: "Ana", Password: composed})
	require.NoError(t, err)
	require.NoError(t, b.browser().signIn(anaMail, decomposed, "192.0.2.1"))
	require.NoError(t, b.browser().signIn(anaMail, "ｓchöne Gänse am Flüßchen", "192.0.2.1"))
	require.Error(t, b.browser().signIn(anaMail, "schone Ganse am Flüßchen", "192.0.2.1"))
	require.Error(t, b.browser().signIn(anaMail, strings.ToUpper(composed), "192.0.2.1"), "but letters keep their case")
	require.Error(t, b.browser().signIn(anaMail, composed+" ", "192.0.2.1"), "and nothing is cut off")
}

// bytes over the limit never reach the hash, whose time would
// otherwise be the attacker's to choose; the answer costs the same.
func TestALongPasswordIsRefusedBeforeHashing(t *testing.T) {
	b := newBox(t)
	b.ana()
	longest := 0
	b.hashes.During = func(p []byte) { longest = max(longest, len(p)) }
	for _, n := range []int{1025, 1 << 20} {
		err := b.browser().signIn(anaMail, strings.Repeat("x", n), "192.0.2.1")
		require.Equal(t, fault.SignIn, fault.KindOf(err))
	}
	require.Zero(t, longest)
	require.Equal(t, 2, b.hashes.Count(), "one hash each, as for any other try")
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: strings.Repeat("xyzuvwab", 129)})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Zero(t, b.hashes.Count())
}

// whatever machine it is, a hash never costs less than the least cost,
// and the cost that was found stays over a restart. A hash made before is
// made anew at the next sign-in.
func TestCalibrate(t *testing.T) {
	for name, c := range map[string]struct {
		pass            time.Duration // how long the machine takes for one
		atLeast, atMost uint32
	}{
		"a slow machine":            {60 * time.Millisecond, 2, 2},
		"a machine as it should be": {20 * time.Millisecond, 6, 10},
		"a clock that stands still": {0, 200, 200},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.ana()
			known, err := b.auth.LoadCost(t.Context())
			require.NoError(t, err)
			require.False(t, known, "nobody measured yet")
			b.auth.MachineForTest(c.pass)
			cost, err := b.auth.Calibrate(t.Context(), audit.Actor{Console: true})
			require.NoError(t, err)
			require.Equal(t, 19, cost.MemoryMiB)
			require.GreaterOrEqual(t, cost.Passes, int(c.atLeast))
			require.LessOrEqual(t, cost.Passes, int(c.atMost))
			require.Equal(t, "box.changed ok", b.lines()[len(b.lines())-1], "L-01")
			b = b.reopen()
			known, err = b.auth.LoadCost(t.Context())
			require.NoError(t, err)
			require.True(t, known)
			memory, passes := b.auth.CostForTest()
			require.EqualValues(t, 19*1024, memory)
			require.EqualValues(t, cost.Passes, passes)
		})
	}
	b := newBox(t)
	for _, fact := range []string{"", "m=1,t=1,p=1", "m=19456,t=1,p=1", "m=8,t=900,p=1", "m=99999999,t=2,p=1", "nonsense", "m=19456,t=2,p=0"} {
		b.sql(`INSERT OR REPLACE INTO box (name, value) VALUES ('hash-cost', ?)`, fact)
		known, err := b.auth.LoadCost(t.Context())
		require.NoError(t, err)
		require.False(t, known, fact)
	}
}

// however many come at once, two hashes run.
func TestTwoHashesRunAtOnce(t *testing.T) {
	b := newBox(t)
	b.ana()
	b.hashes.During = func([]byte) { time.Sleep(5 * time.Millisecond) }
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			_, _ = b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: anaMail, Name: "Ana", Password: password})
		})
	}
	wg.Wait()
	require.Equal(t, 12, b.hashes.Count())
	require.Equal(t, 2, b.hashes.Peak())
}

// of strangers' guesses one hash runs at a time, and somebody who
// is known waits for none of those that wait.
func TestStrangersLeaveATurn(t *testing.T) {
	b := newBox(t)
	b.ana()
	home := b.browser()
	require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"))
	gate := make(chan struct{})
	var held atomic.Int64
	b.hashes.During = func(p []byte) {
		if string(p) == "a stranger's guess" {
			held.Add(1)
			<-gate
		}
	}
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			_ = b.browser().signIn(fmt.Sprintf("s%d@box.test", i), "a stranger's guess", fmt.Sprintf("198.51.100.%d", i))
		})
	}
	require.Eventually(t, func() bool { return held.Load() == 1 }, time.Minute, time.Millisecond)
	require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"), "while five strangers wait")
	require.EqualValues(t, 1, held.Load())
	close(gate)
	wg.Wait()
	require.EqualValues(t, 5, held.Load())
	require.LessOrEqual(t, b.hashes.Peak(), 2)
}

func TestADamagedHashLetsNobodyIn(t *testing.T) {
	b := newBox(t)
	b.ana()
	good := "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	require.NoError(t, auth.ParsePHCForTest(good))
	for name, phc := range map[string]string{
		"empty parts":        "$$$$$",
		"another algorithm":  strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":    strings.Replace(good, "v=19", "v=16", 1),
		"no passes":          strings.Replace(good, "t=1", "t=0", 1),
		"no lanes":           strings.Replace(good, "p=1", "p=0", 1),
		"all the memory":     strings.Replace(good, "m=64", "m=4294967295", 1),
		"a negative cost":    strings.Replace(good, "m=64", "m=-1", 1),
		"a cut hash":         good[:len(good)-1],
		"an empty hash":      good[:len(good)-43],
		"salt that is no 64": strings.Replace(good, "$AAAA", "$!!!!", 1),
		"plain text":         password,
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, auth.ParsePHCForTest(phc))
			b.sql(`UPDATE account SET password = ?`, phc)
			require.Error(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
			b.sql(`DELETE FROM throttle`)
		})
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=99999999999,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, phc string) { _ = auth.ParsePHCForTest(phc) })
}

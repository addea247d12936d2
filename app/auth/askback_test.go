package auth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

const anewOne = "copper violin drifts past eleven barns"

// member adds an account and gives who its session would say that it is.
func (b *box) member(email, name string) auth.Identity {
	b.Helper()
	id, err := b.auth.AddAccount(b.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: email, Name: name, Password: password})
	require.NoError(b, err)
	acc, err := b.db.AccountByID(b.Context(), id)
	require.NoError(b, err)
	return auth.Identity{Account: id, Key: acc.Key, Name: name, Email: email}
}

// age lets the box run: a step that sees what is new, and the time.
func (b *box) age(d time.Duration) {
	b.Helper()
	require.NoError(b, b.auth.AgeRecovery(b.Context(), 0))
	require.NoError(b, b.auth.AgeRecovery(b.Context(), d))
}

// key is what the partner of an owner has of them.
func (b *box) key(partner auth.Identity, owner auth.Identity) string {
	b.Helper()
	list, err := b.auth.TrustedBy(b.Context(), partner)
	require.NoError(b, err)
	for _, t := range list {
		if t.Name == owner.Name {
			return t.Key
		}
	}
	b.Fatal("nobody trusts them")
	return ""
}

// trusts has an owner trust others, long ago.
func (b *box) trusts(owner auth.Identity, partners ...auth.Identity) {
	b.Helper()
	for _, p := range partners {
		require.NoError(b, b.auth.NamePartner(b.Context(), owner, from("192.0.2.1"), p.Email))
		require.NoError(b, b.auth.Agree(b.Context(), p, from("192.0.2.2"), b.key(p, owner)))
	}
	b.age(72 * time.Hour)
}

func (b *box) asks(email string) (token, code string) {
	b.Helper()
	token, err := b.auth.Ask(b.Context(), from("192.0.2.7"), email)
	require.NoError(b, err)
	s, err := b.auth.FindAsked(b.Context(), token)
	require.NoError(b, err)
	return token, s.Code
}

func (b *box) vouches(p, owner auth.Identity, code string) error {
	b.Helper()
	return b.auth.Vouch(b.Context(), p, from("192.0.2.3"), b.key(p, owner), code)
}

// four are an owner and three others.
func (b *box) four() (owner, ben, cleo, dora auth.Identity) {
	b.Helper()
	return b.member(anaMail, "Ana"), b.member("ben@box.test", "Ben"), b.member("cleo@box.test", "Cleo"), b.member("dora@box.test", "Dora")
}

// S20: the whole way, and each step of it in the ledger: two of three, a day,
// the browser that asked. Password and second factor are new or gone.
func TestTwoOfThreeLetAnOwnerIn(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, dora := b.four()
	b.trusts(ana, ben, cleo, dora)
	token, code := b.asks(" ANA@box.test ")
	require.NoError(t, b.vouches(ben, ana, code[:4]+" "+code[5:]))
	require.Equal(t, fault.NotFound, fault.KindOf(b.vouches(ben, ana, code)), "nobody vouches twice")
	b.age(30 * time.Hour)
	s, err := b.auth.FindAsked(t.Context(), token)
	require.NoError(t, err)
	require.False(t, s.Vouched, "one is not enough, however long")
	require.NoError(t, b.vouches(dora, ana, code))
	s, err = b.auth.FindAsked(t.Context(), token)
	require.NoError(t, err)
	require.True(t, s.Vouched)
	require.Equal(t, 24*time.Hour, s.Wait.Round(time.Second), "it begins with the second")
	b.age(24*time.Hour - time.Second)
	require.Error(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne))
	b.add(30 * 24 * time.Hour)
	b.add(-30 * 24 * time.Hour)
	b.age(time.Second)
	require.Error(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token+"A", anewOne), "another browser")
	require.Equal(t, fault.Invalid, fault.KindOf(b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, "short")), "a password like any other")
	require.NoError(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne))
	require.Error(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne), "once")
	_, err = b.auth.SignIn(t.Context(), from("192.0.2.7"), anaMail, password, "")
	require.Error(t, err)
	marks, err := b.auth.Marks(t.Context(), ana)
	require.NoError(t, err)
	require.Len(t, marks, 1)
	require.Equal(t, audit.AccountRecovered, marks[0].Action)
	lines := b.lines()
	for _, want := range []string{"recovery.partner-named ok", "recovery.partner-agreed ok", "recovery.requested ok", "recovery.vouched ok", "account.recovered ok"} {
		require.Contains(t, lines, want)
	}
	_, err = b.ledger.Verify(t.Context())
	require.NoError(t, err)
}

// A clock that is set ahead, or one that was wrong, makes no wait shorter: what
// counts is how long the box ran.
func TestAClockMakesNoWaitShorter(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, _ := b.four()
	for _, p := range []auth.Identity{ben, cleo} {
		require.NoError(t, b.auth.NamePartner(t.Context(), ana, from("192.0.2.1"), p.Email))
		require.NoError(t, b.auth.Agree(t.Context(), p, from("192.0.2.2"), b.key(p, ana)))
	}
	b.add(365 * 24 * time.Hour)
	b.asks(anaMail)
	require.Equal(t, 0, b.count(`SELECT count(*) FROM recovery_request`), "nobody agreed long enough ago")
	b.age(72*time.Hour - time.Second)
	b.asks(anaMail)
	require.Equal(t, 0, b.count(`SELECT count(*) FROM recovery_request`))
	b.age(time.Second)
	token, code := b.asks(anaMail)
	require.NoError(t, b.vouches(ben, ana, code))
	require.NoError(t, b.vouches(cleo, ana, code))
	b.add(6 * 24 * time.Hour)
	require.Error(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne))
	b.age(24 * time.Hour)
	require.NoError(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne))
}

// Of many who come at once, one is let in; of many vouches at once one counts
// for each partner.
func TestRacesForARequest(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, _ := b.four()
	b.trusts(ana, ben, cleo)
	token, code := b.asks(anaMail)
	many := func(f func() error) (done int) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 8 {
			wg.Go(func() {
				if f() == nil {
					mu.Lock()
					done++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		return done
	}
	for _, p := range []auth.Identity{ben, cleo} {
		key := b.key(p, ana)
		require.LessOrEqual(t, many(func() error { return b.auth.Vouch(t.Context(), p, from("192.0.2.3"), key, code) }), 1)
		require.Equal(t, 1, b.count(`SELECT count(*) FROM recovery_vouch AS v JOIN recovery_partner AS p ON p.id = v.partner WHERE v.vouched_ms IS NOT NULL AND p.partner = ?`, p.Account))
	}
	b.age(24 * time.Hour)
	require.Equal(t, 1, many(func() error { return b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne) }))
	require.Equal(t, 2, b.count(`SELECT epoch FROM account WHERE id = ?`, ana.Account))
}

// Whoever is named by somebody with the owner's session counts only after
// three days, and a request that is open already is not theirs to vouch for.
func TestNewPartnersDoNotCount(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, dora := b.four()
	b.trusts(ana, ben, cleo)
	require.NoError(t, b.auth.NamePartner(t.Context(), ana, from("192.0.2.1"), dora.Email))
	require.NoError(t, b.auth.Agree(t.Context(), dora, from("192.0.2.2"), b.key(dora, ana)))
	_, code := b.asks(anaMail)
	b.age(73 * time.Hour)
	require.Equal(t, fault.NotFound, fault.KindOf(b.vouches(dora, ana, code)))
	require.NoError(t, b.vouches(ben, ana, code))
	key := b.key(cleo, ana)
	require.NoError(t, b.auth.EndPartner(t.Context(), cleo, from("192.0.2.2"), key, false))
	require.Equal(t, fault.NotFound, fault.KindOf(b.auth.Vouch(t.Context(), cleo, from("192.0.2.2"), key, code)), "who left has no word")
	require.Equal(t, fault.NotFound, fault.KindOf(b.auth.EndPartner(t.Context(), dora, from("192.0.2.2"), b.key(ben, ana), true)), "what is between others is not there")
	require.Equal(t, fault.Conflict, fault.KindOf(b.auth.NamePartner(t.Context(), ana, from("192.0.2.1"), ben.Email)))
	require.Equal(t, fault.Invalid, fault.KindOf(b.auth.NamePartner(t.Context(), ana, from("192.0.2.1"), ana.Email)))
}

// Who asks anew takes the place of before, until somebody vouched: then no
// stranger who asks keeps the owner out.
func TestWhoAsksLater(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, _ := b.four()
	b.trusts(ana, ben, cleo)
	_, old := b.asks(anaMail)
	token, code := b.asks(anaMail)
	require.Equal(t, fault.SignIn, fault.KindOf(b.vouches(ben, ana, old)))
	require.NoError(t, b.vouches(ben, ana, code))
	_, strange := b.asks(anaMail)
	require.Equal(t, fault.SignIn, fault.KindOf(b.vouches(cleo, ana, strange)))
	require.NoError(t, b.vouches(cleo, ana, code))
	b.age(24 * time.Hour)
	require.NoError(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne))
}

// Asking is slowed for each address, whether it has an account or not.
func TestAskingIsSlowed(t *testing.T) {
	for _, email := range []string{anaMail, "nobody@box.test"} {
		b := newBox(t)
		b.four()
		for range 4 {
			b.asks(email)
		}
		_, err := b.auth.Ask(t.Context(), from("198.51.100.9"), email)
		require.Equal(t, fault.TooMany, fault.KindOf(err))
	}
}

// Whoever has a wrong code is slowed, and nothing of it is kept in the open.
func TestGuessesOfTheCode(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, _ := b.four()
	b.trusts(ana, ben, cleo)
	_, code := b.asks(anaMail)
	for range 5 {
		require.Equal(t, fault.SignIn, fault.KindOf(b.vouches(ben, ana, "AAAA-AAAA")))
	}
	require.Equal(t, fault.TooMany, fault.KindOf(b.vouches(ben, ana, code)))
	require.NoError(t, b.vouches(cleo, ana, code), "another partner is not kept from it")
	b.add(6 * time.Minute)
	require.NoError(t, b.vouches(ben, ana, code))
	require.Equal(t, 0, b.count(`SELECT count(*) FROM recovery_request WHERE instr(code, ?) > 0`, code))
	require.Contains(t, b.lines(), "recovery.vouched failed")
}

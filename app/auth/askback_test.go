package auth_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// opened counts how often the law let somebody in.
var opened atomic.Int64

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
	marks, err := b.auth.Resets(t.Context(), ana)
	require.NoError(t, err)
	require.Len(t, marks, 1)
	require.True(t, marks[0].Trusted)
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

// person of the model: what is between the owner and somebody.
type agreement struct {
	key    string
	agreed bool
	aged   time.Duration // -1: not counted yet
}

type request struct {
	token, code string
	epoch       int
	until       time.Time
	may         map[string]bool          // keys of agreements
	vouched     map[string]time.Duration // the same
	ended       bool
}

// law is a box with an owner and four others, and what must be true of it,
// said once more in other words.
type law struct {
	*box
	owner    auth.Identity
	others   []auth.Identity
	with     map[int]*agreement
	closed   map[int]bool
	requests []*request
	epoch    int
}

func (l *law) counting(r *request) (n int, old int) {
	for i, a := range l.with {
		if aged, ok := r.vouched[a.key]; ok && !l.closed[i] {
			n++
			if aged >= 24*time.Hour {
				old++
			}
		}
	}
	return n, old
}

func (l *law) live(r *request) bool { return !r.ended && r.epoch == l.epoch && l.now().Before(r.until) }

func (l *law) open() *request {
	for _, r := range l.requests {
		if l.live(r) {
			return r
		}
	}
	return nil
}

func elapse(aged *time.Duration, by, enough time.Duration) {
	if *aged < 0 {
		*aged = 0
	} else if *aged < enough {
		*aged += by
	}
}

func (l *law) actions(t *rapid.T) map[string]func(*rapid.T) {
	ctx := context.Background()
	mostly := func(t *rapid.T) *request { // the one that is open, where there is one
		if now := l.open(); now != nil && rapid.IntRange(0, 3).Draw(t, "mostly") > 0 {
			return now
		}
		return rapid.SampledFrom(l.requests).Draw(t, "request")
	}
	other := func(t *rapid.T) int { return rapid.IntRange(0, len(l.others)-1).Draw(t, "who") }
	return map[string]func(*rapid.T){
		"name": func(t *rapid.T) {
			i := other(t)
			err := l.auth.NamePartner(ctx, l.owner, from("192.0.2.1"), l.others[i].Email)
			want := l.with[i] == nil && len(l.with) < auth.MostPartners
			require.Equal(t, want && !l.closed[i], err == nil && l.known(i), "%v", err)
			if err == nil && l.closed[i] { // an account that is closed is as unknown as none
				list, err := l.auth.Partners(ctx, l.owner)
				require.NoError(t, err)
				require.NoError(t, l.auth.EndPartner(ctx, l.owner, from("192.0.2.1"), list[len(list)-1].Key, true))
			} else if err == nil {
				l.with[i] = &agreement{key: l.key(l.others[i], l.owner), aged: -1}
			}
		},
		"agree": func(t *rapid.T) {
			if i := other(t); l.with[i] != nil {
				require.NoError(t, l.auth.Agree(ctx, l.others[i], from("192.0.2.2"), l.with[i].key))
				l.with[i].agreed = true
			}
		},
		"end": func(t *rapid.T) {
			if i := other(t); l.with[i] != nil {
				by, asOwner := l.others[i], rapid.Bool().Draw(t, "owner")
				if asOwner {
					by = l.owner
				}
				require.NoError(t, l.auth.EndPartner(ctx, by, from("192.0.2.2"), l.with[i].key, asOwner))
				delete(l.with, i)
			}
		},
		"close": func(t *rapid.T) {
			i := other(t)
			l.closed[i] = !l.closed[i]
			l.sql(`UPDATE account SET disabled_ms = CASE WHEN ? THEN 1 END WHERE id = ?`, l.closed[i], l.others[i].Account)
		},
		"run": func(t *rapid.T) {
			by := time.Duration(rapid.IntRange(1, 80).Draw(t, "hours")) * time.Hour
			require.NoError(t, l.auth.AgeRecovery(ctx, by))
			for _, a := range l.with {
				if a.agreed {
					elapse(&a.aged, by, 72*time.Hour)
				}
			}
			for _, r := range l.requests {
				for k, aged := range r.vouched {
					if !r.ended && l.now().Before(r.until) {
						elapse(&aged, by, 24*time.Hour)
						r.vouched[k] = aged
					}
				}
			}
		},
		"jump": func(t *rapid.T) { l.add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "hours")) * time.Hour) },
		"ask": func(t *rapid.T) {
			l.sql(`DELETE FROM throttle`)
			token, code := l.asks(l.owner.Email)
			r := &request{token: token, code: code, epoch: l.epoch, until: l.now().Add(7 * 24 * time.Hour), may: map[string]bool{}, vouched: map[string]time.Duration{}, ended: true}
			for i, a := range l.with {
				if a.agreed && a.aged >= 72*time.Hour && !l.closed[i] {
					r.may[a.key] = true
				}
			}
			n := 0
			if now := l.open(); now != nil {
				n, _ = l.counting(now)
			}
			if len(r.may) >= 2 && n == 0 {
				for _, old := range l.requests {
					old.ended = true
				}
				r.ended = false
			}
			l.requests = append(l.requests, r)
		},
		"vouch": func(t *rapid.T) {
			i := other(t)
			if l.with[i] == nil || len(l.requests) == 0 {
				return
			}
			l.sql(`DELETE FROM throttle`)
			shown := mostly(t)
			err := l.auth.Vouch(ctx, l.others[i], from("192.0.2.3"), l.with[i].key, shown.code)
			now := l.open()
			did := false
			if now != nil {
				_, did = now.vouched[l.with[i].key]
			}
			right := now == shown && now != nil && now.may[l.with[i].key] && !did && l.with[i].agreed
			require.Equal(t, right, err == nil, "%v", err)
			if right {
				now.vouched[l.with[i].key] = -1
			}
		},
		"stop": func(t *rapid.T) {
			err := l.auth.Stop(ctx, l.owner, from("192.0.2.1"))
			now := l.open()
			require.Equal(t, now != nil, err == nil, "%v", err)
			if now != nil {
				now.ended = true
			}
		},
		"epoch": func(*rapid.T) {
			l.sql(`UPDATE account SET epoch = epoch + 1 WHERE id = ?`, l.owner.Account)
			l.epoch++
		},
		"come": func(t *rapid.T) {
			if len(l.requests) == 0 {
				return
			}
			r := mostly(t)
			n, old := l.counting(r)
			err := l.auth.UseAsked(ctx, from("192.0.2.7"), r.token, anewOne)
			want := l.live(r) && n >= 2 && old >= 2
			require.Equal(t, want, err == nil, "%d vouched, %d long ago: %v", n, old, err)
			if err == nil {
				r.ended = true
				l.epoch++
				opened.Add(1)
			}
		},
	}
}

// known reports whether the owner's newest partner is the other i.
func (l *law) known(i int) bool {
	list, err := l.auth.TrustedBy(context.Background(), l.others[i])
	require.NoError(l, err)
	for _, t := range list {
		if t.Name == l.owner.Name {
			return true
		}
	}
	return false
}

// S20: whatever happens in whatever order, nobody is let in without two
// different partners who agreed long enough ago, whose accounts are open and
// who heard this browser's code, a day after the second, in that browser, once,
// and with neither a stop nor anything that ends sessions in between; and then
// they are.
func TestTheLawOfAskingBack(t *testing.T) {
	opened.Store(0)
	b := newBox(t)
	round := 0
	once := func(rt *rapid.T) {
		round++
		l := &law{box: b, with: map[int]*agreement{}, closed: map[int]bool{}, epoch: 1}
		b.sql(`UPDATE account SET disabled_ms = NULL`)
		l.owner = b.member(fmt.Sprintf("owner%d@box.test", round), fmt.Sprintf("Owner %d", round))
		for i := range 4 {
			l.others = append(l.others, b.member(fmt.Sprintf("other%d-%d@box.test", round, i), fmt.Sprintf("Other %d %d", round, i)))
		}
		b.sql(`DELETE FROM throttle`)
		begun := rapid.IntRange(0, 3).Draw(rt, "begun") // most random beginnings get nowhere
		if begun > 0 {
			for i := range 3 {
				b.trusts(l.owner, l.others[i])
				l.with[i] = &agreement{key: b.key(l.others[i], l.owner), agreed: true, aged: 72 * time.Hour}
			}
		}
		actions := l.actions(rt)
		b.sql(`DELETE FROM throttle`)
		for _, name := range []string{"ask", "vouch"}[:max(begun-1, 0)] {
			actions[name](rt)
		}
		each := map[string]func(*rapid.T){}
		for name, act := range actions {
			each[name] = func(t *rapid.T) {
				if name == "name" {
					b.sql(`DELETE FROM throttle`)
				}
				switch name {
				case "stop", "epoch", "close", "end", "jump": // or hardly anybody would get in
					if rapid.IntRange(0, 4).Draw(t, "rarely") > 0 {
						return
					}
				}
				act(t)
			}
		}
		for _, name := range []string{"vouch", "run", "come"} { // likelier than others
			each[name+" too"], each[name+" as well"] = each[name], each[name]
		}
		rt.Repeat(each)
	}
	for range 2 { // about one round in twelve gets that far
		rapid.Check(t, once)
	}
	require.Positive(t, opened.Load(), "some got in")
	require.NoError(t, b.auth.Sweep(t.Context(), b.now()))
}

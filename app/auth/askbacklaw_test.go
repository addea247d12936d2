package auth_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/auth"
)

// opened counts how often the law let somebody in.
var opened atomic.Int64

// agreement is what is between the owner and somebody, in the model.
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

package auth_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/auth/authtest"
	"glucokeep/app/fault"
)

const origin = "https://box.test"

// keyBox is a box at an address that passkeys can be for, with Ana signed in
// by her password.
func keyBox(t *testing.T) (*box, *browser) {
	t.Helper()
	b := newBox(t)
	b.serveAt(origin)
	b.ana()
	return b, b.in(anaMail)
}

func (b *box) serveAt(address string) {
	b.Helper()
	at, err := url.Parse(address)
	require.NoError(b, err)
	require.NoError(b, b.auth.UsePasskeys(b.Context(), at, false))
}

func (b *box) in(email string) *browser {
	b.Helper()
	br := b.browser()
	require.NoError(b, br.signIn(email, password, "192.0.2.1"))
	return br
}

// as runs do as whoever the browser is signed in as.
func (br *browser) as(do func(ctx context.Context, id auth.Identity)) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		id, ok, err := br.auth.Identify(ctx, true)
		require.NoError(br, err)
		require.True(br, ok)
		do(ctx, id)
	})
}

// add adds a passkey and, if there are none, saves recovery codes.
func (br *browser) add(k *authtest.Key) (codes []string) {
	br.Helper()
	var counts bool
	var err error
	br.as(func(ctx context.Context, id auth.Identity) { counts, err = br.tryAdd(ctx, id, k) })
	require.NoError(br, err)
	if counts {
		return nil
	}
	br.as(func(ctx context.Context, id auth.Identity) {
		c, err := br.auth.WaitingCodes(ctx, id)
		require.NoError(br, err)
		codes = c.Waiting
		added, err := br.auth.SaveCodes(ctx, id, from("192.0.2.1"))
		require.NoError(br, err)
		require.True(br, added)
	})
	return codes
}

func (br *browser) tryAdd(ctx context.Context, id auth.Identity, k *authtest.Key) (bool, error) {
	c, err := br.auth.AskNewPasskey(ctx, id, "My laptop")
	if err != nil {
		return false, err
	}
	return br.auth.AddPasskey(ctx, id, from("192.0.2.1"), c.ID, k.Create(c.Options))
}

// ask asks a browser for a passkey.
func (b *box) ask(browser string) auth.Challenge {
	b.Helper()
	c, err := b.auth.AskPasskey(from("192.0.2.7"), browser)
	require.NoError(b, err)
	return c
}

// enter answers a challenge at the door.
func (br *browser) enter(w auth.PasskeyWay) (done auth.Whole, err error) {
	br.Helper()
	br.visit(func(ctx context.Context) { done, err = br.auth.EnterByPasskey(ctx, from("192.0.2.7"), w) })
	return done, err
}

// shows signs in with a passkey in a browser of its own.
func (b *box) shows(k *authtest.Key) (*browser, error) {
	b.Helper()
	k.Count++
	br, c := b.browser(), b.ask("token of a browser")
	_, err := br.enter(auth.PasskeyWay{Asked: c.ID, Answer: k.Answer(c.Options), Browser: "token of a browser"})
	return br, err
}

func keyOf(err error) string {
	f, _ := err.(*fault.Error)
	if f == nil {
		return ""
	}
	return f.Key
}

// a passkey counts when the recovery codes are saved; then it
// signs in by itself, strongly, and says nothing of its account.
func TestAPasskeyIsBothFactors(t *testing.T) {
	b, br := keyBox(t)
	other := b.in(anaMail)
	k := authtest.New(origin)
	br.as(func(ctx context.Context, id auth.Identity) {
		counts, err := br.tryAdd(ctx, id, k)
		require.NoError(t, err)
		require.False(t, counts, "the codes must be saved first")
	})
	require.Len(t, k.Handle, 64)
	require.NotContains(t, string(k.Handle), "ana")
	_, err := b.shows(k)
	require.Equal(t, "passkey.refused", keyOf(err), "it does not count yet")
	require.NotZero(t, other.who(true))
	br.as(func(ctx context.Context, id auth.Identity) {
		added, err := br.auth.SaveCodes(ctx, id, from("192.0.2.1"))
		require.NoError(t, err)
		require.True(t, added)
	})
	require.Zero(t, other.who(true), "what began without it ends")
	door, err := b.shows(k)
	require.NoError(t, err)
	door.as(func(ctx context.Context, id auth.Identity) {
		require.True(t, id.Fresh(b.now()), "both factors were shown")
		r, err := b.auth.Readiness(ctx, id.Account)
		require.NoError(t, err)
		require.True(t, r.Factor && r.Codes)
		list, err := b.auth.Passkeys(ctx, id)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "My laptop", list[0].Name)
		require.EqualValues(t, 2, list[0].Count)
		require.False(t, list[0].Synced || list[0].May || list[0].Off || list[0].Used.IsZero())
		c, err := b.auth.AskNewPasskey(ctx, id, "Another")
		require.NoError(t, err)
		require.Len(t, authtest.Excluded(c.Options), 1, "its own are not wanted again")
		_, err = b.auth.AddPasskey(ctx, id, from("192.0.2.1"), c.ID, k.Create(c.Options))
		require.Equal(t, "passkey.known", keyOf(err))
		require.Equal(t, "internal", b.text(`SELECT transports FROM passkey`), "only ways that are known")
	})
	require.NotEmpty(t, b.half2(anaMail), "the password alone opens nothing any more")
	require.Contains(t, b.lines(), "factor.added ok")
}

// half2 comes to the door with the right password and gives the half sign-in.
func (b *box) half2(email string) (token string) {
	b.Helper()
	b.browser().visit(func(ctx context.Context) {
		in, err := b.auth.Enter(ctx, from("192.0.2.9"), auth.Way{Email: email, Password: password})
		require.NoError(b, err)
		token = in.Half
	})
	return token
}

func (b *box) text(q string) (s string) {
	b.Helper()
	raw := b.raw()
	defer raw.Close()
	require.NoError(b, raw.QueryRow(q).Scan(&s))
	return s
}

// a key that somebody else has cannot be added, whoever asks.
func TestAKeyIsOfOneAccount(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	br.add(k)
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password})
	require.NoError(t, err)
	copied := *k
	b.in("ben@box.test").as(func(ctx context.Context, id auth.Identity) {
		_, err := b.browser().tryAdd(ctx, id, &copied)
		require.Equal(t, "passkey.known", keyOf(err))
	})
	require.Equal(t, 2, b.count(`SELECT count(DISTINCT handle) FROM account`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM passkey`))
}

// whatever is wrong with an answer, nobody comes in.
func TestWrongAnswersOfPasskeys(t *testing.T) {
	type scene struct {
		*box
		ana, ben *authtest.Key
		c        auth.Challenge
		browser  string
		answer   string // "" is that of Ana's key, after the change
	}
	cases := map[string]func(s *scene){
		"from a page elsewhere":             func(s *scene) { s.ana.Origin = "https://box.test.evil.example" },
		"from another port":                 func(s *scene) { s.ana.Origin = "https://box.test:8443" },
		"from the clear":                    func(s *scene) { s.ana.Origin = "http://box.test" },
		"for another host":                  func(s *scene) { s.ana.RP = "evil.example" },
		"nobody verified":                   func(s *scene) { s.ana.Flags = authtest.Present },
		"nobody present":                    func(s *scene) { s.ana.Flags = authtest.Verified },
		"of a new passkey":                  func(s *scene) { s.ana.Type = "webauthn.create" },
		"a new passkey":                     func(s *scene) { s.answer = s.ana.Create(s.c.Options) },
		"it can be synced all at once":      func(s *scene) { s.ana.Flags |= authtest.Eligible },
		"synced, and cannot be":             func(s *scene) { s.ana.Flags |= authtest.Synced },
		"the account of another":            func(s *scene) { s.ana.Handle = s.ben.Handle },
		"the key of another":                func(s *scene) { s.ana.ID = s.ben.ID },
		"the account and key of another":    func(s *scene) { s.ana.ID, s.ana.Handle = s.ben.ID, s.ben.Handle },
		"no account":                        func(s *scene) { s.ana.Handle = nil },
		"a key that nobody knows":           func(s *scene) { s.ana = authtest.New(origin); s.ana.Handle = s.ben.Handle },
		"in another browser":                func(s *scene) { s.browser = "another" },
		"in a browser without the cookie":   func(s *scene) { s.browser = "" },
		"after five minutes":                func(s *scene) { s.add(5 * time.Minute) },
		"to no question":                    func(s *scene) { s.c.ID = strings.Repeat("0", 32) },
		"to another question":               func(s *scene) { s.answer = s.ana.Answer(s.ask("browser").Options) },
		"nothing":                           func(s *scene) { s.answer = "{}" },
		"no JSON":                           func(s *scene) { s.answer = "\x00" },
		"very much":                         func(s *scene) { s.answer = strings.Repeat("[", 1<<20) },
		"the account was closed":            func(s *scene) { s.sql(`UPDATE account SET disabled_ms = 1 WHERE name = 'Ana'`) },
		"the passkey was removed":           func(s *scene) { s.sql(`DELETE FROM factor`) },
		"the passkey was switched off":      func(s *scene) { s.sql(`UPDATE factor SET disabled_ms = 1`) },
		"the passkey is of an earlier host": func(s *scene) { s.sql(`UPDATE passkey SET rp = 'old.test'`) },
		"the passkey does not count yet":    func(s *scene) { s.sql(`UPDATE factor SET confirmed_ms = NULL`) },
		"the question was answered before": func(s *scene) {
			_, _ = s.box.browser().enter(auth.PasskeyWay{Asked: s.c.ID, Answer: "{}", Browser: s.browser})
		},
		"the answer was given before": func(s *scene) {
			s.answer = s.ana.Answer(s.c.Options)
			_, err := s.box.browser().enter(auth.PasskeyWay{Asked: s.c.ID, Answer: s.answer, Browser: s.browser})
			require.NoError(s, err)
		},
		"the question was whether it is still me": func(s *scene) { s.c = s.stepUpQuestion() },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			b, br := keyBox(t)
			_, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password})
			require.NoError(t, err)
			s := &scene{box: b, ana: authtest.New(origin), ben: authtest.New(origin), browser: "browser"}
			br.add(s.ana)
			ben := b.in("ben@box.test")
			ben.add(s.ben)
			s.ana.Count = 5
			s.c = b.ask("browser")
			change(s)
			if s.answer == "" {
				s.answer = s.ana.Answer(s.c.Options)
			}
			door := b.browser()
			_, err = door.enter(auth.PasskeyWay{Asked: s.c.ID, Answer: s.answer, Browser: s.browser})
			require.Equal(t, fault.SignIn, fault.KindOf(err), "%v", err)
			require.Contains(t, []string{"passkey.refused", "passkey.late"}, keyOf(err))
			require.Nil(t, door.cookie)
		})
	}
	t.Run("and with nothing wrong somebody does", func(t *testing.T) {
		b, br := keyBox(t)
		k := authtest.New(origin)
		br.add(k)
		_, err := b.shows(k)
		require.NoError(t, err)
	})
}

// stepUpQuestion is a challenge of the only session that there is.
func (b *box) stepUpQuestion() (c auth.Challenge) {
	b.Helper()
	id := auth.Identity{Account: int64(b.count(`SELECT id FROM account WHERE name = 'Ana'`))}
	c, err := b.auth.AskStepUp(b.Context(), id)
	require.NoError(b, err)
	return c
}

// a new passkey is made by who asked for it, in the session that
// asked, for this box.
func TestWrongNewPasskeys(t *testing.T) {
	cases := map[string]func(b *box, k *authtest.Key, c *auth.Challenge) (answer string){
		"nobody verified": func(_ *box, k *authtest.Key, c *auth.Challenge) string {
			k.Flags = authtest.Present
			return k.Create(c.Options)
		},
		"for another host": func(_ *box, k *authtest.Key, c *auth.Challenge) string {
			k.RP = "evil.example"
			return k.Create(c.Options)
		},
		"on a page elsewhere": func(_ *box, k *authtest.Key, c *auth.Challenge) string {
			k.Origin = "https://evil.example"
			return k.Create(c.Options)
		},
		"an answer of a sign-in": func(b *box, k *authtest.Key, c *auth.Challenge) string { return k.Answer(c.Options) },
		"to a question of the door": func(b *box, k *authtest.Key, c *auth.Challenge) string {
			*c = b.ask("browser")
			return k.Create(c.Options)
		},
		"after five minutes": func(b *box, k *authtest.Key, c *auth.Challenge) string {
			b.add(5 * time.Minute)
			return k.Create(c.Options)
		},
		"asked in another session": func(b *box, k *authtest.Key, c *auth.Challenge) string {
			b.in(anaMail).as(func(ctx context.Context, id auth.Identity) {
				var err error
				*c, err = b.auth.AskNewPasskey(ctx, id, "x")
				require.NoError(b, err)
			})
			return k.Create(c.Options)
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			b, br := keyBox(t)
			br.as(func(ctx context.Context, id auth.Identity) {
				c, err := b.auth.AskNewPasskey(ctx, id, "Mine")
				require.NoError(t, err)
				_, err = b.auth.AddPasskey(ctx, id, from("192.0.2.1"), c.ID, make(b, authtest.New(origin), &c))
				if name == "to a question of the door" || name == "asked in another session" {
					_, err = b.auth.AddPasskey(ctx, id, from("192.0.2.1"), c.ID, authtest.New(origin).Create(c.Options))
				}
				require.Contains(t, []string{"passkey.add-refused", "passkey.late"}, keyOf(err), "%v", err)
			})
			require.Zero(t, b.count(`SELECT count(*) FROM factor`))
		})
	}
}

// of many who come with one answer, one gets in.
func TestOneAnswerOnce(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	k.Flags |= authtest.Eligible | authtest.Synced // its counter says nothing
	br.add(k)
	c := b.ask("browser")
	way := auth.PasskeyWay{Asked: c.ID, Answer: k.Answer(c.Options), Browser: "browser"}
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for range 20 {
		wg.Go(func() {
			_, err := b.browser().enter(way)
			mu.Lock()
			defer mu.Unlock()
			got[keyOf(err)]++
		})
	}
	wg.Wait()
	require.Equal(t, map[string]int{"": 1, "passkey.late": 19}, got)
}

// a counter that goes back or stands still switches a passkey off that
// cannot be synced; its owner owes a second factor all the same.
func TestTheCounterOfAPasskey(t *testing.T) {
	for name, c := range map[string]struct {
		flags           byte
		before, counter uint32
		want            string
	}{
		"it goes on":                         {0, 7, 8, ""},
		"it leaps":                           {0, 7, 900, ""},
		"it never counted":                   {0, 0, 0, ""},
		"it stands still":                    {0, 7, 7, "passkey.off"},
		"it goes back":                       {0, 7, 3, "passkey.off"},
		"it begins anew":                     {0, 7, 0, "passkey.off"},
		"a synced one goes back":             {authtest.Eligible | authtest.Synced, 7, 3, ""},
		"one that can be synced begins anew": {authtest.Eligible, 7, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, br := keyBox(t)
			k := authtest.New(origin)
			k.Flags, k.Count = k.Flags|c.flags, c.before
			codes := br.add(k)
			k.Count = c.counter - 1
			_, err := b.shows(k)
			require.Equal(t, c.want, keyOf(err), "%v", err)
			if c.want == "" {
				require.EqualValues(t, c.counter, b.count(`SELECT count FROM passkey`))
				return
			}
			require.EqualValues(t, c.before, b.count(`SELECT count FROM passkey`))
			require.Equal(t, 1, b.count(`SELECT count(*) FROM factor WHERE disabled_ms IS NOT NULL`))
			require.Contains(t, b.lines(), "passkey.off ok")
			require.Contains(t, b.lines(), "sign-in failed")
			k.Count = 1000
			_, err = b.shows(k)
			require.Equal(t, "passkey.refused", keyOf(err), "neither of the two")
			half := b.half2(anaMail)
			require.NotEmpty(t, half, "the password alone opens nothing because of that")
			require.NoError(t, b.browser().complete(half, auth.Second{Recovery: codes[0]}))
			br.as(func(ctx context.Context, id auth.Identity) {
				r, err := b.auth.Readiness(ctx, id.Account)
				require.NoError(t, err)
				require.False(t, r.Factor)
			})
		})
	}
}

// whether a passkey is synced is kept as it last said.
func TestAPasskeyIsSyncedLater(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	k.Flags |= authtest.Eligible
	br.add(k)
	synced := func() (is bool) {
		br.as(func(ctx context.Context, id auth.Identity) {
			list, err := b.auth.Passkeys(ctx, id)
			require.NoError(t, err)
			require.True(t, list[0].May)
			is = list[0].Synced
		})
		return is
	}
	require.False(t, synced())
	k.Flags |= authtest.Synced
	_, err := b.shows(k)
	require.NoError(t, err)
	require.True(t, synced())
}

// S6, A-06: wrong passwords never keep a passkey out, and neither do wrong
// answers of passkeys, which leave only so many lines.
func TestNothingKeepsARightPasskeyOut(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	br.add(k)
	require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "192.0.2.7", 99))
	require.True(t, isTooMany(b.browser().signIn(anaMail, password, "192.0.2.7")))
	_, err := b.shows(k)
	require.NoError(t, err)
	stranger := authtest.New(origin)
	before, refused, waits := len(b.lines()), 0, 0
	for range 60 {
		_, err := b.shows(stranger)
		if isTooMany(err) {
			waits++
		} else {
			require.Equal(t, "passkey.refused", keyOf(err))
			refused++
		}
	}
	require.Equal(t, 21, refused)
	require.Equal(t, 39, waits)
	require.Len(t, b.lines(), before+21)
	_, err = b.shows(k)
	require.NoError(t, err)
}

// questions are bounded, and one network's do not push out another's.
func TestQuestionsAreBounded(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	br.add(k)
	mine := b.ask("browser")
	for range 5000 {
		_, err := b.auth.AskPasskey(from("198.51.100.1"), "flood")
		require.NoError(t, err)
	}
	require.LessOrEqual(t, b.auth.AskedForTest(), 40)
	k.Count++
	_, err := b.browser().enter(auth.PasskeyWay{Asked: mine.ID, Answer: k.Answer(mine.Options), Browser: "browser"})
	require.NoError(t, err)
	for i := range 6000 {
		_, err := b.auth.AskPasskey(from(fmt.Sprintf("10.0.%d.%d", i/250, i%250)), "flood")
		require.NoError(t, err)
	}
	require.Equal(t, 4096, b.auth.AskedForTest())
	b.add(5 * time.Minute)
	b.ask("browser")
	require.Equal(t, 1, b.auth.AskedForTest(), "what is over is forgotten")
}

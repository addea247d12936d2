package auth_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/app/seal"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/vault"
)

const (
	anaMail  = "ana@box.test"
	password = "seven quiet herons wade"
)

// clock is a clock that the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// box is a database with the sign-in side over it, cheap hashes and a clock.
type box struct {
	*testing.T
	*clock
	dir    string
	db     *store.DB
	ledger *audit.Ledger
	ring   *seal.Ring
	vault  *vault.Vault
	auth   *auth.Auth
	hashes *auth.Hashes
}

func newBox(t *testing.T) *box { return openBox(t, t.TempDir(), newClock(), false) }

func openBox(t *testing.T, dir string, c *clock, secure bool) *box {
	t.Helper()
	db, err := store.Open(t.Context(), dir, storetest.Schema(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	b := &box{T: t, clock: c, dir: dir, db: db, ledger: audit.New(db, make([]byte, 32))}
	b.auth = auth.New(db, b.ledger, []byte("device key of the test, 32 bytes"), secure)
	ring, err := seal.Open(dir, true)
	require.NoError(t, err)
	b.ring, b.vault = ring, vault.New(db, b.ledger, ring)
	b.auth.UseVault(b.vault)
	b.auth.SetClockForTest(c.now)
	b.hashes = b.auth.CheapForTest()
	return b
}

// reopen is the box after a restart of the program.
func (b *box) reopen() *box {
	b.Helper()
	require.NoError(b, b.db.Close())
	return openBox(b.T, b.dir, b.clock, false)
}

// sql runs a statement over a connection of its own, like somebody who has
// the file.
func (b *box) sql(q string, args ...any) {
	b.Helper()
	raw := b.raw()
	defer raw.Close()
	_, err := raw.Exec(q, args...)
	require.NoError(b, err)
}

func (b *box) raw() *sql.DB {
	b.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(b, err)
	return raw
}

func (b *box) count(q string, args ...any) (n int) {
	b.Helper()
	raw := b.raw()
	defer raw.Close()
	require.NoError(b, raw.QueryRow(q, args...).Scan(&n))
	return n
}

// lines are the ledger's lines as "action result".
func (b *box) lines() (out []string) {
	b.Helper()
	require.NoError(b, b.db.Ledger(b.Context(), 0, func(r store.LedgerRow) error {
		out = append(out, r.Action+" "+r.Result)
		return nil
	}))
	return out
}

// ana adds an account without a grant.
func (b *box) ana() int64 {
	b.Helper()
	id, err := b.auth.AddAccount(b.Context(), audit.Actor{Console: true}, audit.From{},
		auth.NewAccount{Email: anaMail, Name: "Ana", Password: password})
	require.NoError(b, err)
	b.hashes.Count()
	return id
}

// from is a request from an address.
func from(ip string) audit.From { return audit.From{IP: ip, Device: "Firefox on Linux"} }

// browser keeps a cookie over requests, each of which runs do inside the
// session.
type browser struct {
	*box
	cookie *http.Cookie
	device string
}

func (b *box) browser() *browser { return &browser{box: b} }

// visit runs do as the handler of one request.
func (br *browser) visit(do func(ctx context.Context)) *httptest.ResponseRecorder {
	br.Helper()
	return br.visitWith(br.cookie, do)
}

func (br *browser) visitWith(cookie *http.Cookie, do func(ctx context.Context)) *httptest.ResponseRecorder {
	br.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	ran := false
	br.auth.Sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ran = true
		do(r.Context())
		w.WriteHeader(http.StatusOK)
	})).ServeHTTP(w, r)
	if !ran {
		br.Errorf("the session could not be read: %s", w.Body)
	}
	for _, c := range w.Result().Cookies() {
		br.cookie = c
		if c.MaxAge < 0 {
			br.cookie = nil
		}
	}
	return w
}

// signIn tries a password.
func (br *browser) signIn(email, pass, ip string) (err error) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		var device string
		if device, err = br.auth.SignIn(ctx, from(ip), email, pass, br.device); err == nil {
			br.device = device
		}
	})
	return err
}

// who is who the browser is signed in as, 0 for nobody.
func (br *browser) who(acts bool) (account int64) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		id, ok, err := br.auth.Identify(ctx, acts)
		require.NoError(br, err)
		require.Equal(br, ok, id.Account != 0)
		account = id.Account
	})
	return account
}

func TestAddAccount(t *testing.T) {
	cases := map[string]struct {
		account auth.NewAccount
		want    string // catalogue key of the fault, "" none
	}{
		"a whole account":                         {auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password}, ""},
		"without an address":                      {auth.NewAccount{Name: "Ben", Password: password}, "account.email-invalid"},
		"with a name in the address":              {auth.NewAccount{Email: "Ben <ben@box.test>", Name: "Ben", Password: password}, "account.email-invalid"},
		"with two addresses":                      {auth.NewAccount{Email: "a@box.test, b@box.test", Name: "Ben", Password: password}, "account.email-invalid"},
		"with a header smuggled in":               {auth.NewAccount{Email: "a@box.test\r\nBcc: x@box.test", Name: "Ben", Password: password}, "account.email-invalid"},
		"with an address that is too long":        {auth.NewAccount{Email: strings.Repeat("a", 250) + "@box.test", Name: "Ben", Password: password}, "account.email-invalid"},
		"with a name of blanks":                   {auth.NewAccount{Email: "ben@box.test", Name: " \t ", Password: password}, "account.name-missing"},
		"with a line break in the name":           {auth.NewAccount{Email: "ben@box.test", Name: "Ben\nAna", Password: password}, "account.name-long"},
		"with a name of 101 characters":           {auth.NewAccount{Email: "ben@box.test", Name: strings.Repeat("ö", 101), Password: password}, "account.name-long"},
		"with a name of 100 characters":           {auth.NewAccount{Email: "ben@box.test", Name: strings.Repeat("ö", 100), Password: password}, ""},
		"with a short password":                   {auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: "fourteen chars"}, "password.short"},
		"with an address that is taken":           {auth.NewAccount{Email: anaMail, Name: "Ben", Password: password}, "account.email-taken"},
		"with one that is taken in capitals":      {auth.NewAccount{Email: "ANA@box.test", Name: "Ben", Password: password}, "account.email-taken"},
		"with one that is taken, blanks around":   {auth.NewAccount{Email: " ana@box.test ", Name: "Ben", Password: password}, "account.email-taken"},
		"with one that is taken in capital ASCII": {auth.NewAccount{Email: "Ana@Box.Test", Name: "Ben", Password: password}, "account.email-taken"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.ana()
			before := len(b.lines())
			_, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, c.account)
			if c.want == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"account.added ok"}, b.lines()[before:], "L-01")
				return
			}
			f, ok := err.(*fault.Error)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.want, f.Key)
			require.Len(t, b.lines(), before, "nothing happened")
			require.Equal(t, 1, b.count(`SELECT count(*) FROM account`))
		})
	}
}

// SQLite folds ASCII letters only, so an address with an umlaut in capitals
// must be folded before.
func TestAnAddressIsFoundHoweverItIsCapitalised(t *testing.T) {
	b := newBox(t)
	id, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: "Änne@box.test", Name: "Änne", Password: password})
	require.NoError(t, err)
	for _, written := range []string{"Änne@box.test", "änne@box.test", "ÄNNE@BOX.TEST", " Änne@box.test ", "A\u0308nne@box.test"} {
		br := b.browser()
		require.NoError(t, br.signIn(written, password, "192.0.2.1"), written)
		require.Equal(t, id, br.who(true), written)
		found, err := b.auth.AccountByEmail(t.Context(), written)
		require.NoError(t, err)
		require.Equal(t, id, found)
	}
	_, err = b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: "ÄNNE@box.test", Name: "Twin", Password: password})
	require.Equal(t, fault.Conflict, fault.KindOf(err))
}

// Z-08: an account that manages the box sees nobody by that.
func TestAnAccountHasNoGrantByItself(t *testing.T) {
	b := newBox(t)
	id := b.ana()
	scopes, err := share.New(b.db, b.ledger).Persons(t.Context(), share.Viewer{Account: id}, b.now())
	require.NoError(t, err)
	require.Empty(t, scopes)
}

package web_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/health"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/mail"
	"glucokeep/app/read"
	"glucokeep/app/seal"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/vault"
	"glucokeep/app/web"
)

const password = "seven quiet herons wade"

// logs keeps what the box logs, at every level.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// box is a whole box in a folder of its own, behind a real server.
type box struct {
	testing.TB
	dir     string
	db      *store.DB
	ledger  *audit.Ledger
	auth    *auth.Auth
	mail    *mail.Mails
	share   *share.Share
	ingest  *ingest.Ingest
	intake  *intake.Intake
	handler http.Handler
	url     *url.URL
	logs    *logs

	mu     sync.Mutex
	nonces map[string]bool
	ahead  time.Duration
}

// now is the clock of the pages; that of sign-in goes right.
func (b *box) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.ahead)
}

func newBox(t testing.TB, change ...func(*web.Config)) *box {
	return newBoxAt(t, "http", change...)
}

func newBoxAt(t testing.TB, scheme string, change ...func(*web.Config)) *box {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	b := handlerAt(t, &url.URL{Scheme: scheme, Host: srv.Listener.Addr().String()}, change...)
	srv.Config.Handler = b.handler
	srv.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug}), slog.LevelDebug)
	if scheme == "https" {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return b
}

// handlerAt is a box without a server around it.
func handlerAt(t testing.TB, at *url.URL, change ...func(*web.Config)) *box {
	t.Helper()
	scheme := at.Scheme
	b := &box{TB: t, dir: t.TempDir(), logs: &logs{}, nonces: map[string]bool{}}
	var err error
	b.db, err = store.Open(t.Context(), b.dir, storetest.Schema(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.db.Close() })
	keys, err := seal.Open(b.dir, true)
	require.NoError(t, err)
	incoming := filepath.Join(b.dir, "incoming")
	b.ledger = audit.New(b.db, keys.Key("ledger"))
	b.auth = auth.New(b.db, b.ledger, keys.Key("device cookie"), scheme == "https")
	kept := vault.New(b.db, b.ledger, keys)
	b.auth.UseVault(kept)
	b.mail = mail.New(b.db, b.ledger, kept)
	b.mail.Base = at.String()
	b.auth.UseMail(b.mail)
	b.share = share.New(b.db, b.ledger)
	in := ingest.New(b.db, b.ledger, intake.Reread(incoming))
	b.ingest = in
	b.intake, err = intake.New(in, incoming)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.intake.Close() })

	b.url = at
	c := web.Config{Auth: b.auth, Mail: b.mail, Share: b.share, Read: read.New(b.db, b.ledger), Ingest: in, Intake: b.intake,
		Log:  slog.New(slog.NewTextHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Base: b.url, Version: "test", Health: health.New(b.db, b.ledger, in, storetest.Schema(t)), Now: b.now}
	for _, f := range change {
		f(&c)
	}
	b.handler = web.New(c)
	return b
}

// sql runs a statement over a connection of its own.
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

// lines are the ledger's lines as "action object result"; keys in objects are
// left out.
func (b *box) lines() (out []string) {
	b.Helper()
	require.NoError(b, b.db.Ledger(context.Background(), 0, func(r store.LedgerRow) error {
		object, _, _ := strings.Cut(r.Object, ":")
		if object == "page" || object == "action" {
			object = r.Object
		}
		out = append(out, strings.TrimSpace(r.Action+" "+object)+" "+r.Result)
		return nil
	}))
	return out
}

// account adds somebody who can sign in; their address is NAME@box.test.
func (b *box) account(name string) int64 {
	b.Helper()
	id, err := b.auth.AddAccount(b.Context(), audit.Actor{Console: true}, audit.From{},
		auth.NewAccount{Email: strings.ToLower(name) + "@box.test", Name: name, Password: password})
	require.NoError(b, err)
	return id
}

// person adds somebody whose data owner holds.
func (b *box) person(name string, owner int64) store.Person {
	b.Helper()
	p, err := b.share.AddPerson(b.Context(), time.Now(), share.Viewer{Console: true},
		share.NewPerson{Name: name, Zone: "Europe/Berlin", Unit: "mg/dL", Owner: owner})
	require.NoError(b, err)
	return p
}

// browser keeps cookies over its requests and follows no redirect.
type browser struct {
	*box
	cookies map[string]string
	person  store.Person // whose pages it mostly opens

	appPage, appKey string   // of an enrolment, and what the app was told
	door            *browser // a browser with a half sign-in
	spent           int      // recovery codes that it gave
}

func (b *box) browser() *browser { return &browser{box: b, cookies: map[string]string{}} }

// owner is a browser of a new account that holds the data of a new person.
func (b *box) owner(name, of string) *browser {
	b.Helper()
	br := b.browser()
	br.person = b.person(of, b.account(name))
	br.signIn(name)
	return br
}

func (br *browser) signIn(name string) {
	br.Helper()
	a := br.post("/signin", "email", strings.ToLower(name)+"@box.test", "password", password)
	require.Equal(br, http.StatusSeeOther, a.status, a.body)
}

// copy is the same browser in a second window that shares no cookie later.
func (br *browser) copy() *browser {
	c := &browser{box: br.box, cookies: map[string]string{}, person: br.person}
	for k, v := range br.cookies {
		c.cookies[k] = v
	}
	return c
}

// at is an address of the browser's person.
func (br *browser) at(rest string) string { return "/people/" + br.person.Key + rest }

// answer is what came back.
type answer struct {
	status  int
	header  http.Header
	body    string
	cookies []*http.Cookie
}

func (a answer) location() string { return a.header.Get("Location") }

// cookie is a cookie that the answer sets, nil if it does not.
func (a answer) cookie(name string) *http.Cookie {
	for _, c := range a.cookies {
		if c.Name == name {
			return c
		}
	}
	return nil
}

var client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	Timeout:       2 * time.Minute,
}

// send sends a request; every answer of every test is checked for what all
// answers must have.
func (br *browser) send(r *http.Request) answer {
	br.Helper()
	for name, value := range br.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := client.Do(r)
	if err != nil {
		br.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		br.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	a := answer{status: res.StatusCode, header: res.Header, body: string(body), cookies: res.Cookies()}
	for _, c := range a.cookies {
		if c.MaxAge < 0 {
			delete(br.cookies, c.Name)
		} else {
			br.cookies[c.Name] = c.Value
		}
	}
	if problem := br.check(a); problem != "" {
		br.Errorf("%s %s: status %d: %s", r.Method, r.URL.Path, a.status, problem)
	}
	return a
}

func (br *browser) request(method, path string, body io.Reader) *http.Request {
	br.Helper()
	r, err := http.NewRequest(method, br.url.Scheme+"://"+br.url.Host+path, body)
	require.NoError(br, err)
	return r
}

func (br *browser) get(path string) answer {
	br.Helper()
	return br.send(br.request(http.MethodGet, path, nil))
}

// page is get for pages that must be there.
func (br *browser) page(path string) string {
	br.Helper()
	a := br.get(path)
	require.Equal(br, http.StatusOK, a.status, "%s: %s", path, a.body)
	return a.body
}

// form makes a form of names and values.
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func (br *browser) post(path string, pairs ...string) answer {
	br.Helper()
	r := br.request(http.MethodPost, path, strings.NewReader(form(pairs...).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return br.send(r)
}

// upload sends a file to the person's imports.
func (br *browser) upload(name string, content []byte) answer {
	br.Helper()
	body, kind := multi("file", name, content)
	r := br.request(http.MethodPost, br.at("/imports"), body)
	r.Header.Set("Content-Type", kind)
	return br.send(r)
}

func multi(field, name string, content []byte) (io.Reader, string) {
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename="%s"`, field, name))
	h.Set("Content-Type", "text/csv")
	w, _ := m.CreatePart(h)
	_, _ = w.Write(content)
	_ = m.Close()
	return &buf, m.FormDataContentType()
}

// wait uploads a file that will wait, and gives its address.
func (br *browser) wait(content string) string {
	br.Helper()
	a := br.upload("readings.csv", []byte(content))
	require.Equal(br, http.StatusSeeOther, a.status, a.body)
	return a.location()
}

// bring imports a file and gives the address of the import.
func (br *browser) bring(content string) string {
	br.Helper()
	a := br.post(br.wait(content), "do", "confirm", "seen", "yes")
	require.Equal(br, http.StatusSeeOther, a.status, a.body)
	return a.location()
}

// seen is what a form of the page at path says that it was drawn from.
func (br *browser) seen(path string) string {
	br.Helper()
	_, after, found := strings.Cut(br.page(path), `name="seen" value="`)
	require.True(br, found, "the form says what it was drawn from")
	mark, _, _ := strings.Cut(after, `"`)
	return mark
}

// simple is a file of n readings, five minutes apart, that begins at since.
func simple(since time.Time, n int) string {
	var s strings.Builder
	s.WriteString("time,mgdl,flag\n")
	for i := range n {
		fmt.Fprintf(&s, "%s,%d,\n", since.Add(time.Duration(i)*5*time.Minute).Format("2006-01-02T15:04:05"), 90+i*7%120)
	}
	return s.String()
}

var spring = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

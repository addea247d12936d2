package bench

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/ingest"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
	"glucokeep/app/web"
)

// clinic is a box with many people, of whom each has a day of readings up to a
// few minutes ago, and somebody who looks at all of them.
type clinic struct {
	db      *store.DB
	in      *ingest.Ingest
	people  []store.Person
	handler http.Handler
	server  *httptest.Server
	client  *http.Client
	cookie  string
	now     time.Time
}

func newClinic(t testing.TB, people int) *clinic {
	t.Helper()
	db := storetest.Open(t)
	ledger := audit.New(db, bytes.Repeat([]byte{1}, 32))
	who, sharing := auth.New(db, ledger, make([]byte, 32), false), share.New(db, ledger)
	c := &clinic{db: db, in: ingest.New(db, ledger, nil), now: time.Now().Truncate(time.Second), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	const password = "nine calm otters drift"
	account, err := who.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "a@box.test", Name: "A", Password: password})
	require.NoError(t, err)
	for i := range people {
		p, err := sharing.AddPerson(t.Context(), c.now, share.Viewer{Console: true}, share.NewPerson{Name: "Person " + string(rune('A'+i%26)) + time.Duration(i).String(), Zone: zoneName, Unit: "mg/dL", Owner: account})
		require.NoError(t, err)
		c.people = append(c.people, p)
		c.bring(t, p, c.day(i))
	}
	srv := httptest.NewUnstartedServer(nil)
	srv.Config.Handler = web.New(web.Config{Auth: who, Share: sharing, Read: read.New(db, ledger), Ingest: c.in, Log: slog.New(slog.DiscardHandler),
		Base: &url.URL{Scheme: "http", Host: srv.Listener.Addr().String()}, Now: func() time.Time { return c.now }})
	srv.Start()
	t.Cleanup(srv.Close)
	c.server, c.handler = srv, srv.Config.Handler
	res, err := c.client.Post(srv.URL+"/signin", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"email": {"a@box.test"}, "password": {password}}.Encode()))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	for _, k := range res.Cookies() {
		if k.Name == "gk" {
			c.cookie = k.Value
		}
	}
	require.NotEmpty(t, c.cookie)
	return c
}

// day is a day of made-up readings of person i.
func (c *clinic) day(i int) []record.Reading {
	rs := series(perDay)
	shift := record.At(c.now.Add(-time.Duration(1+i%4)*time.Minute)) - rs[len(rs)-1].At
	for k := range rs {
		rs[k].At += shift
		rs[k].Value = unit.MgDLValue(float64(60 + (int(rs[k].Value.Milli/1000)+37*i)%240))
	}
	return rs
}

func (c *clinic) bring(t testing.TB, p store.Person, rs []record.Reading) {
	t.Helper()
	_, err := c.in.Accept(context.Background(), c.now, ingest.Import{Person: p.ID, Format: "bench", Live: "phone " + p.Key}, batches("1", rs), nil)
	require.NoError(t, err)
}

// get asks the server for a page and gives its bytes.
func (c *clinic) get(t testing.TB, to string) []byte {
	r, err := http.NewRequest(http.MethodGet, to, nil)
	require.NoError(t, err)
	r.AddCookie(&http.Cookie{Name: "gk", Value: c.cookie})
	res, err := c.client.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	return body
}

// BenchmarkBoard500 is the board of 500 people with a day of readings each, of
// whom a new reading came for one, beside the plainest way to know what the
// board says of them: the newest reading and the share in range by SQL over
// plain rows.
func BenchmarkBoard500(b *testing.B) {
	c := newClinic(b, 500)
	db, _ := openRows(b)
	tx, err := db.BeginTx(b.Context(), nil)
	require.NoError(b, err)
	insert, err := tx.PrepareContext(b.Context(), `INSERT INTO reading VALUES (?, ?, ?, ?, ?)`)
	require.NoError(b, err)
	for i, p := range c.people {
		for _, r := range c.day(i) {
			_, err := insert.Exec(p.ID, int64(r.At), 1, int64(r.Value.Milli/1000), 0)
			require.NoError(b, err)
		}
	}
	require.NoError(b, tx.Commit())
	cold := timed(func() { c.get(b, c.server.URL+"/") }) // the looks of all are written once in a quarter of an hour
	b.Logf("the first time, with 500 lines in the ledger and nothing kept: %.0f ms", cold.wall)
	n := 0
	compare(b, "P8 board of 500 people / newest and in range by SQL over plain rows", atMost(0.5), func() (cost, cost) {
		var ours, base []cost
		for range 20 {
			n++
			c.bring(b, c.people[n%500], []record.Reading{{At: record.At(c.now.Add(time.Duration(n) * time.Second)), Value: unit.MgDLValue(100)}})
			ours = append(ours, timed(func() { require.NotEmpty(b, c.get(b, c.server.URL+"/")) }))
			base = append(base, timed(func() {
				rs, err := db.QueryContext(b.Context(), `SELECT person, max(at_ms), 100.0 * sum(value BETWEEN 70 AND 180) / count(*) FROM reading GROUP BY person`)
				require.NoError(b, err)
				defer rs.Close()
				people := 0
				for rs.Next() {
					var person, at int64
					var share float64
					require.NoError(b, rs.Scan(&person, &at, &share))
					people++
				}
				require.Equal(b, 500, people)
			}))
		}
		return halfOf(ours), halfOf(base)
	})
}

// BenchmarkBoardPage is P10: the board of 20 people over a connection, beside
// the same bytes from memory.
func BenchmarkBoardPage(b *testing.B) {
	c := newClinic(b, 20)
	body := c.get(b, c.server.URL+"/")
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body)
	}))
	defer plain.Close()
	compare(b, "P10 board of 20 people / the same bytes from memory", atMost(8), func() (cost, cost) {
		var ours, base []cost
		for range 100 {
			ours = append(ours, timed(func() { require.Len(b, c.get(b, c.server.URL+"/"), len(body)) }))
			base = append(base, timed(func() { require.Len(b, c.get(b, plain.URL+"/"), len(body)) }))
		}
		return halfOf(ours), halfOf(base)
	})
}

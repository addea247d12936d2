package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
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

// BenchmarkTriage500 is what a list of 500 people over 14 days reads, shares and
// means from the statistics rows that the store keeps, beside SQL over plain
// rows of the same 2 million readings. No page asks for it yet.
func BenchmarkTriage500(b *testing.B) {
	const people, days = 500, 14
	box := newBox(b)
	db, _ := openRows(b)
	tx, err := db.BeginTx(b.Context(), nil)
	require.NoError(b, err)
	insert, err := tx.PrepareContext(b.Context(), `INSERT INTO reading VALUES (?, ?, ?, ?, ?)`)
	require.NoError(b, err)
	rs := series(days * perDay)
	first := store.Day(rs[0].At)
	ids := []int64{box.person}
	for i := range people {
		if i > 0 {
			require.NoError(b, box.db.Write(b.Context(), func(tx *store.Tx) error {
				id, err := tx.AddPerson(store.Person{Key: store.NewKey(), Name: "Person", Zone: zoneName, Unit: "mg/dL", Ranges: "standard", Created: record.At(firstReading)})
				ids = append(ids, id)
				return err
			}))
		}
		box.person = ids[i]
		for k := range rs {
			rs[k].Value = unit.MgDLValue(float64(50 + (int(rs[k].Value.Milli/1000)+37*i)%250))
			_, err := insert.Exec(ids[i], int64(rs[k].At), 1, int64(rs[k].Value.Milli/1000), 0)
			require.NoError(b, err)
		}
		box.accept(b, batches(strconv.Itoa(i), rs))
	}
	require.NoError(b, tx.Commit())
	q := fmt.Sprintf(`SELECT person, sum(n), sum(very_low), sum(low), sum(target), sum(high), sum(very_high), sum(sum) / sum(n)
		FROM glucose_stat WHERE day BETWEEN %d AND %d GROUP BY person`, first, first+days)
	compare(b, "P8 14 days of 500 people from statistics rows / by SQL over plain rows", atMost(0.03), func() (cost, cost) {
		var ours, base int64 // readings in range, as a check that both say the same
		o := timed(func() {
			require.NoError(b, box.db.Select(b.Context(), q, func(_ []string, values []any) error {
				ours += values[4].(int64)
				return nil
			}))
		})
		z := timed(func() {
			rows, err := db.QueryContext(b.Context(), `SELECT person, count(*), sum(value < 54), sum(value BETWEEN 54 AND 69), sum(value BETWEEN 70 AND 180),
				sum(value BETWEEN 181 AND 250), sum(value > 250), avg(value) FROM reading GROUP BY person`)
			require.NoError(b, err)
			defer rows.Close()
			for rows.Next() {
				var person, n, veryLow, low, target, high, veryHigh int64
				var mean float64
				require.NoError(b, rows.Scan(&person, &n, &veryLow, &low, &target, &high, &veryHigh, &mean))
				base += target
			}
		})
		require.Equal(b, base, ours)
		require.Positive(b, ours)
		return o, z
	})
}

// BenchmarkBoardPage is P10: how many boards of 20 people are served over 16
// connections, beside the same bytes from memory: plain, and compressed as a
// browser asks for it, where the baseline has the compressed bytes ready.
func BenchmarkBoardPage(b *testing.B) {
	c := newClinic(b, 20)
	b.Run("alone", func(b *testing.B) { boardAlone(b, c) })
	for _, w := range []struct {
		name, accept string
		bar          float64
	}{{"plain", "identity", 7}, {"compressed", "gzip", 12}} {
		b.Run(w.name, func(b *testing.B) {
			asked := "GET / HTTP/1.1\r\nHost: " + c.server.Listener.Addr().String() + "\r\nAccept-Encoding: " + w.accept +
				"\r\nAccept-Language: en-GB,en;q=0.9\r\nCookie: gk=" + c.cookie + "\r\n\r\n"
			head, body := newCallers(b, 1, c.server.Listener.Addr()).once(b, asked)
			require.Equal(b, w.accept == "gzip", strings.Contains(head, "Content-Encoding: gzip"))
			plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Length", strconv.Itoa(len(body)))
				_, _ = w.Write(body)
			}))
			defer plain.Close()
			b.Logf("%d bytes", len(body))
			ours, base := newCallers(b, 16, c.server.Listener.Addr()), newCallers(b, 16, plain.Listener.Addr())
			compare(b, "P10 board of 20 people / the same bytes from memory, "+w.name, atMost(w.bar), func() (cost, cost) {
				return ours.call(b, asked), base.call(b, asked)
			})
		})
	}
}

// boardAlone is one browser that waits for each page, packed as it asks for it,
// beside the same bytes as they are.
func boardAlone(b *testing.B, c *clinic) {
	body := c.get(b, c.server.URL+"/")
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body)
	}))
	defer plain.Close()
	compare(b, "P10 board of 20 people / the same bytes from memory, one browser", atMost(6), func() (cost, cost) {
		var ours, base []cost
		for range 100 {
			ours = append(ours, timed(func() { require.Len(b, c.get(b, c.server.URL+"/"), len(body)) }))
			base = append(base, timed(func() { require.Len(b, c.get(b, plain.URL+"/"), len(body)) }))
		}
		return halfOf(ours), halfOf(base)
	})
}

package bench

import (
	"fmt"
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
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/unit"
	"glucokeep/app/web"
)

// explorer is the pages of a box with five years of one person, and somebody
// signed in.
type explorer struct {
	*box
	handler http.Handler
	cookies []*http.Cookie
	at      string // the explorer's address
}

func newExplorer(t testing.TB, rs []record.Reading) *explorer {
	t.Helper()
	b := newBox(t)
	e := &explorer{box: b}
	b.accept(t, batches("1", rs))
	key := make([]byte, 32)
	ledger := audit.New(b.db, key)
	a := auth.New(b.db, ledger, key, false)
	const password = "four slow otters swim"
	account, err := a.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "a@box.test", Name: "Ana", Password: password})
	require.NoError(t, err)
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.AddGrant(store.Grant{Key: store.NewKey(), Person: b.person, Account: account, Role: "owner", Created: record.At(now)})
		return err
	}))
	people, err := b.db.Persons(t.Context())
	require.NoError(t, err)
	e.at = "/people/" + people[0].Key + "/explore"
	e.handler = web.New(web.Config{Auth: a, Share: share.New(b.db, ledger), Read: read.New(b.db, ledger), Ingest: b.in, Intake: b.intake,
		Log: slog.New(slog.DiscardHandler), Base: &url.URL{Scheme: "http", Host: "box.test"}, Now: func() time.Time { return now }})
	form := url.Values{"email": {"a@box.test"}, "password": {password}}
	r := httptest.NewRequest(http.MethodPost, "http://box.test/signin", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	e.cookies = w.Result().Cookies()
	return e
}

func (e *explorer) get(t testing.TB, path string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://box.test"+path, nil)
	for _, c := range e.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	return w.Body.String()
}

// calm is series without a low: nothing for a search to find.
func calm() []record.Reading {
	rs := series(fiveYears)
	for i := range rs {
		rs[i].Value = unit.MgDLValue(max(rs[i].Value.Native(), 71))
	}
	return rs
}

// restless is calm but for one low reading in every day, which is no episode.
func restless() []record.Reading {
	rs := calm()
	for i := 100; i < len(rs); i += perDay {
		rs[i].Value = unit.MgDLValue(60)
	}
	return rs
}

// BenchmarkExplorer is P15: what somebody who looks through five years waits
// for, beside decoding the pages of those years once.
func BenchmarkExplorer(b *testing.B) {
	years := newExplorer(b, series(fiveYears))
	still, odd := newExplorer(b, calm()), newExplorer(b, restless())
	first, last := record.At(firstReading), record.At(firstReading)+fiveYears*cadence
	all := func() { require.NotEmpty(b, years.read(b, first, last)) }
	cases := []struct {
		name, query string
		of          *explorer
		most        float64 // ms
		limit       float64 // ratio
	}{
		{"first view, the last 90 days and the strip", "", years, 50, 1},
		{"view of all five years", "?days=1826", years, 50, 1},
		{"tile of years", "/data?from=2020-01-01&until=2024-12-31&width=1200", years, 15, 0.6},
		{"tile of weeks", "/data?from=2023-02-01&until=2023-03-20&width=1800", years, 15, 0.6},
		{"tile of days", "/data?from=2023-02-01&until=2023-02-08&width=1800", years, 15, 0.6},
		{"figures of a year", "/figures?from=2023-01-01&until=2023-12-31", years, 15, 0.6},
		{"find a low", "?find=low&after=2022-06-01", years, 20, 1},
		{"find a low where there is none", "?find=low&after=2020-01-01", still, 20, 1},
		{"find a low among single low readings", "?find=low&after=2020-01-01", odd, 100, 3},
		{"find a gap where there is none", "?find=gap&after=2020-01-01", still, 20, 1},
	}
	for _, c := range cases {
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			began := time.Now()
			c.of.get(b, c.of.at+c.query)
			cold := milliseconds(time.Since(began))
			compare(b, fmt.Sprintf("P15 %s (the first time %.3g ms, most %g) / five years decoded", c.name, cold, c.most), atMost(c.limit), func() (cost, cost) {
				var ours, base []cost
				for range 9 {
					ours = append(ours, timed(func() { c.of.get(b, c.of.at+c.query) }))
					base = append(base, timed(all))
				}
				return halfOf(ours), halfOf(base)
			})
		})
	}
}

package bench

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/demo"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/app/store/storetest"
	"glucokeep/app/web"
)

// site is a box with its pages and one person. On a closed loop the pump writes
// a basal rate every five minutes: the most that reports have to read.
type site struct {
	handler http.Handler
	reader  *read.Reader
	cookies []*http.Cookie
	at      string // address of the person
}

const sitePassword = "seven quiet herons wade"

func newSite(t testing.TB, archetype string, days int) *site {
	t.Helper()
	db := storetest.Open(t)
	ledger := audit.New(db, bytes.Repeat([]byte{1}, 32))
	incoming := filepath.Join(db.Dir(), "incoming")
	in := ingest.New(db, ledger, intake.Reread(incoming))
	files, err := intake.New(in, incoming)
	require.NoError(t, err)
	a := auth.New(db, ledger, bytes.Repeat([]byte{2}, 32), false)
	sh := share.New(db, ledger)
	account, err := a.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{},
		auth.NewAccount{Email: "ana@box.test", Name: "Ana", Password: sitePassword})
	require.NoError(t, err)
	p, err := sh.AddPerson(t.Context(), now, share.Viewer{Console: true}, share.NewPerson{Name: "Ana Sample", Zone: zoneName, Unit: "mg/dL", Owner: account})
	require.NoError(t, err)
	_, err = in.Accept(t.Context(), now, ingest.Import{Person: p.ID, Actor: audit.Actor{Console: true}, Zone: berlin(t), Format: demo.Format},
		func(yield func(record.Batch, error) bool) {
			for _, b := range demo.Generate(demo.Person{ID: "jonas", Archetype: archetype}, 1, berlin(t), now.AddDate(0, 0, -days), now) {
				if !yield(b, nil) {
					return
				}
			}
		}, nil)
	require.NoError(t, err)
	scope, err := sh.Scope(t.Context(), share.Viewer{Console: true}, share.View, p.Key, now)
	require.NoError(t, err)
	rd := read.New(db, ledger)
	s := &site{at: "/people/" + p.Key}
	s.reader, err = rd.Open(t.Context(), scope, "bench", now)
	require.NoError(t, err)
	s.handler = web.New(web.Config{Auth: a, Share: sh, Read: rd, Ingest: in, Intake: files, Log: slog.New(slog.DiscardHandler),
		Base: &url.URL{Scheme: "http", Host: "localhost"}, Version: "bench", Now: func() time.Time { return now }})
	form := url.Values{"email": {"ana@box.test"}, "password": {sitePassword}}
	w := s.send(http.MethodPost, "/signin", form.Encode())
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body)
	s.cookies = w.Result().Cookies()
	return s
}

func (s *site) send(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range s.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// gather is what every report of a period reads first.
func (s *site) gather(t testing.TB, days int) report.Data {
	until := record.At(now)
	d, err := report.Gather(context.Background(), s.reader, berlin(t), report.Period{From: until - record.Millis(days)*perDay*cadence, Until: until})
	require.NoError(t, err)
	require.NotEmpty(t, d.Readings)
	return d
}

// BenchmarkReports90Days is P12: the pages of 90 days, whole, with all that
// a request costs, beside the profile computed from readings in memory.
func BenchmarkReports90Days(b *testing.B) {
	loc := berlin(b)
	rs := newSite(b, "adult-aid", 91).gather(b, 90).Readings // every five minutes
	for _, who := range []string{"adult-mdi", "child-pump", "adult-aid"} {
		s := newSite(b, who, 200)
		for _, page := range []struct {
			name string
			most float64 // times the profile from memory
			ms   float64
		}{{"gather", 70, mostPage}, {"patterns", 100, mostPage}, {"overlay", 60, mostPage}, {"profile", 100, mostPage}, {"weeks", 130, mostPage},
			{"compare", 180, 2 * mostPage}} {
			b.Run(page.name+" of "+who, func(b *testing.B) {
				fastest := math.Inf(1)
				compare(b, "P12 "+page.name+", 90 days of "+who+" / profile from memory", atMost(page.most), func() (cost, cost) {
					ours := perCall(20, func() {
						took := timed(func() { s.open(b, page.name) })
						fastest = min(fastest, took.wall)
					})
					return ours, perCall(100, func() { metrics.Hourly(rs, loc).Smooth() })
				})
				b.ReportMetric(fastest, "fastest-ms")
				if fastest > page.ms && os.Getenv("GLUCOKEEP_BARS") == "1" {
					b.Errorf("%s never took less than %.1f ms", page.name, fastest)
				}
			})
		}
	}
}

// open opens a report of 90 days, or reads what it is made of.
func (s *site) open(t testing.TB, name string) {
	if name == "gather" {
		s.gather(t, 90)
		return
	}
	require.Equal(t, http.StatusOK, s.send(http.MethodGet, s.at+"/"+name+"?days=90", "").Code)
}

// perCall is what one of n calls costs, long enough together for the clock of
// the processor.
func perCall(n int, f func()) cost {
	all := timed(func() {
		for range n {
			f()
		}
	})
	return cost{wall: all.wall / float64(n), cpu: all.cpu / float64(n)}
}

package bench

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/demo"
	"glucokeep/app/ingest"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/web"
)

// reports is a box behind its handler, and somebody signed in who holds the
// data of one made-up person.
type reports struct {
	testing.TB
	handler http.Handler
	cookie  string
	at      string // address of the person
}

const passphrase = "seven quiet herons wade"

// newReports fills a box with days of an archetype of package demo.
func newReports(t testing.TB, archetype string, days int) *reports {
	t.Helper()
	b := newBox(t)
	ledger := audit.New(b.db, bytes.Repeat([]byte{1}, 32))
	accounts, sharing := auth.New(b.db, ledger, bytes.Repeat([]byte{2}, 32), false), share.New(b.db, ledger)
	id, err := accounts.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "a@b.test", Name: "Ana", Password: passphrase})
	require.NoError(t, err)
	person, err := sharing.AddPerson(t.Context(), time.Now(), share.Viewer{Console: true}, share.NewPerson{Name: "Mila", Zone: zoneName, Unit: "mg/dL", Owner: id})
	require.NoError(t, err)
	until := time.Now()
	list := demo.Generate(demo.Person{ID: "bench", Archetype: archetype}, 1, berlin(t), until.AddDate(0, 0, -days), until)
	list = append(list, weeklySettings(until, days/7))
	imp := ingest.Import{Person: person.ID, Actor: audit.Actor{Console: true}, Zone: berlin(t), Format: demo.Format}
	_, err = b.in.Accept(t.Context(), until, imp, func(yield func(record.Batch, error) bool) {
		for _, batch := range list {
			if !yield(batch, nil) {
				return
			}
		}
	}, nil)
	require.NoError(t, err)
	base := &url.URL{Scheme: "http", Host: "box.test"}
	p := &reports{TB: t, at: "/people/" + person.Key, handler: web.New(web.Config{Auth: accounts, Share: sharing, Read: read.New(b.db, ledger), Ingest: b.in, Intake: b.intake,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Base: base, Version: "bench", Now: time.Now})}
	w := p.send(http.MethodPost, "/signin", url.Values{"email": {"a@b.test"}, "password": {passphrase}}.Encode())
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	for _, c := range w.Result().Cookies() {
		if c.MaxAge >= 0 {
			p.cookie = strings.TrimPrefix(p.cookie+"; "+c.Name+"="+c.Value, "; ")
		}
	}
	return p
}

func (p *reports) send(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://box.test"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Cookie", p.cookie)
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w
}

// get opens a page, which must hold a sentence.
func (p *reports) get(path, holds string) {
	w := p.send(http.MethodGet, p.at+path, "")
	require.Equal(p, http.StatusOK, w.Code)
	require.Contains(p, w.Body.String(), holds)
}

// weeklySettings is a profile of 24 steps of each kind, told each week with one
// step changed, as an uploader does.
func weeklySettings(until time.Time, weeks int) record.Batch {
	b := record.Batch{Source: record.Source{Format: "tidepool-json", Device: "Bench pump"}}
	for week := range weeks {
		at := record.At(until.AddDate(0, 0, -7*week-1))
		for _, s := range [][2]string{{"basal", "U/h"}, {"carb-ratio", "g/U"}, {"sensitivity", "mg/dL/U"}, {"target.low", "mg/dL"}, {"target.high", "mg/dL"}} {
			for h := range 24 {
				value := 100 + h
				if h == week%24 {
					value = 99
				}
				b.Sparse = append(b.Sparse, &record.Setting{Common: record.Common{At: at}, Name: fmt.Sprintf("%s.%02d:00", s[0], h), Value: strconv.Itoa(value), Unit: s[1]})
			}
		}
	}
	return b
}

// mostPage is what a report of 90 days may take, in ms on the clock of a
// machine that has a core for it.
const mostPage = 15.0

// BenchmarkTherapyPages is P16: a report of 90 days, from the request to the
// last byte of the page, beside the glucose profile of the same days.
func BenchmarkTherapyPages(b *testing.B) {
	for _, who := range []string{"child-pump", "adult-aid"} {
		p := newReports(b, who, 365)
		for _, c := range []struct {
			name, path, holds string
			bar               float64
		}{
			{"insulin", "/insulin?days=90", "Week by week", 1.5},
			{"devices", "/devices?days=90", "Sensor by sensor", 1.5},
			{"settings", "/devices/settings", "Bench pump", 3}, // of a year: 6,240 of them
		} {
			b.Run(c.name+" of "+who, func(b *testing.B) {
				fastest := math.Inf(1)
				compare(b, "P16 "+c.name+", 90 days of "+who+" / glucose profile", atMost(c.bar), func() (cost, cost) {
					var ours, base []cost
					for range 11 {
						ours = append(ours, timed(func() { p.get(c.path, c.holds) }))
						base = append(base, timed(func() { p.get("/profile?days=90", "figures") }))
						fastest = min(fastest, ours[len(ours)-1].wall)
					}
					return halfOf(ours), halfOf(base)
				})
				b.ReportMetric(fastest, "fastest-ms")
				if fastest > mostPage && os.Getenv("GLUCOKEEP_BARS") == "1" {
					b.Errorf("%s never took less than %.1f ms", c.name, fastest)
				}
			})
		}
	}
}

package bench

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/seal"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/web"
)

// pages is a whole box behind its handler, with 90 days of a person with a
// closed loop, the one of whom most is known.
type pages struct {
	db      *store.DB
	handler http.Handler
	person  store.Person
	cookies []*http.Cookie
	now     time.Time
}

func newPages(t testing.TB) *pages {
	t.Helper()
	p := &pages{db: storetest.Open(t), now: time.Now()}
	keys, err := seal.Open(p.db.Dir(), true)
	require.NoError(t, err)
	ledger := audit.New(p.db, keys.Key("ledger"))
	accounts := auth.New(p.db, ledger, keys.Key("device cookie"), false)
	shares := share.New(p.db, ledger)
	incoming := filepath.Join(p.db.Dir(), "incoming")
	in := ingest.New(p.db, ledger, intake.Reread(incoming))
	files, err := intake.New(in, incoming)
	require.NoError(t, err)
	t.Cleanup(func() { _ = files.Close() })
	p.handler = web.New(web.Config{Auth: accounts, Share: shares, Read: read.New(p.db, ledger), Ingest: in, Intake: files,
		Log: slog.New(slog.DiscardHandler), Base: &url.URL{Scheme: "http", Host: "box.test"}, Version: "bench", Now: func() time.Time { return p.now }})

	const email, password = "ana@box.test", "seven quiet herons wade"
	account, err := accounts.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: email, Name: "Ana", Password: password})
	require.NoError(t, err)
	p.person, err = shares.AddPerson(t.Context(), p.now, share.Viewer{Console: true}, share.NewPerson{Name: "Jonas", Zone: zoneName, Unit: "mg/dL", Owner: account})
	require.NoError(t, err)
	made := func(yield func(record.Batch, error) bool) {
		for _, b := range demo.Generate(demo.Person{ID: "jonas", Archetype: "adult-aid"}, 1, berlin(t), p.now.AddDate(0, 0, -90), p.now) {
			if !yield(b, nil) {
				return
			}
		}
	}
	_, err = in.Accept(t.Context(), p.now, ingest.Import{Person: p.person.ID, Actor: audit.Actor{Console: true}, Zone: berlin(t), Format: demo.Format}, made, nil)
	require.NoError(t, err)

	form := strings.NewReader(url.Values{"email": {email}, "password": {password}}.Encode())
	r := httptest.NewRequest(http.MethodPost, "http://box.test/signin", form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusSeeOther, w.Code)
	p.cookies = w.Result().Cookies()
	return p
}

// get is a page of the person as it leaves the handler.
func (p *pages) get(t testing.TB, query string) []byte {
	r := httptest.NewRequest(http.MethodGet, "http://box.test/people/"+p.person.Key+query, nil)
	for _, c := range p.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.Bytes()
}

// BenchmarkPersonPage is the page of a person over 24 hours through the whole
// handler (session, permission, ledger, chart, lists, table), beside the
// plainest answer to the same question: the readings of that time as JSON.
func BenchmarkPersonPage(b *testing.B) {
	p := newPages(b)
	until := record.At(p.now)
	compare(b, "page of a person, 24 h / its readings as JSON", atMost(80), func() (cost, cost) {
		var ours, base []cost
		for range 20 {
			ours = append(ours, timed(func() { p.get(b, "?hours=24") }))
			base = append(base, timed(func() {
				series, err := p.db.Glucose(b.Context(), p.person.ID, until-24*3600_000, until)
				require.NoError(b, err)
				require.NoError(b, json.NewEncoder(io.Discard).Encode(series))
			}))
		}
		return halfOf(ours), halfOf(base)
	})
}

// The pages of a person are small on the way to a phone.
func TestPersonPageIsSmall(t *testing.T) {
	p := newPages(t)
	for query, most := range map[string]int{"?hours=3": 10_000, "?hours=6": 10_000, "?hours=12": 12_000, "?hours=24": 14_000} {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		page := p.get(t, query)
		_, err := z.Write(page)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		t.Logf("%s: %d bytes, %d packed", query, len(page), packed.Len())
		require.LessOrEqual(t, packed.Len(), most, query)
	}
}

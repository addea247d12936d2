package read_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/ingest"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// box has Ana, who holds Mila's data, and Ben, who holds Jon's.
type box struct {
	*testing.T
	dir       string
	db        *store.DB
	ledger    *audit.Ledger
	share     *share.Share
	read      *read.Read
	ana, ben  int64
	mila, jon store.Person
	uploads   map[string]string // person's key → upload's key
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, dir: t.TempDir(), uploads: map[string]string{}}
	b.db = storetest.OpenIn(t, b.dir)
	b.ledger = audit.New(b.db, make([]byte, 32))
	b.share, b.read = share.New(b.db, b.ledger), read.New(b.db, b.ledger)
	in := ingest.New(b.db, b.ledger, nil)
	for i, name := range []string{"ana", "ben"} {
		var id int64
		require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
			id, err = tx.AddAccount(store.Account{Key: store.NewKey(), Email: name + "@box.test", Name: name, Created: 1})
			return err
		}))
		p, err := b.share.AddPerson(t.Context(), now, share.Viewer{Account: id}, share.NewPerson{Name: []string{"Mila", "Jon"}[i], Zone: "UTC", Unit: "mg/dL", Owner: id})
		require.NoError(t, err)
		rep, err := in.Accept(t.Context(), now, ingest.Import{Person: p.ID, Actor: audit.Actor{Account: id}, Format: "test", Label: name + ".csv"},
			func(yield func(record.Batch, error) bool) {
				at := record.At(now.Add(-time.Hour))
				yield(record.Batch{Source: record.Source{Format: "test", Serial: name}, Clock: record.Instant,
					Glucose: []record.Reading{{At: at, Value: unit.MgDLValue(100 + float64(i))}},
					Sparse:  []record.Record{&record.Carbs{Common: record.Common{At: at}, Grams: unit.Grams(10 + i)}}}, nil)
			}, nil)
		require.NoError(t, err)
		b.uploads[p.Key] = rep.Upload
		if i == 0 {
			b.ana, b.mila = id, p
		} else {
			b.ben, b.jon = id, p
		}
	}
	return b
}

func (b *box) scope(account int64, a share.Action, key string) share.Scope {
	b.Helper()
	sc, err := b.share.Scope(b.Context(), share.Viewer{Account: account, From: audit.From{IP: "192.0.2.1"}}, a, key, now)
	require.NoError(b, err)
	return sc
}

func (b *box) sql(q string) {
	b.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(b, err)
	defer raw.Close()
	_, err = raw.Exec(q)
	require.NoError(b, err)
}

func (b *box) lines() (out []string) {
	b.Helper()
	require.NoError(b, b.db.Ledger(b.Context(), 0, func(r store.LedgerRow) error {
		out = append(out, r.Action+" "+r.Object)
		return nil
	}))
	return out
}

// Z-01: a scope that nobody gave opens nothing, and leaves no line.
func TestAScopeThatNobodyGave(t *testing.T) {
	b := newBox(t)
	before := len(b.lines())
	r, err := b.read.Open(t.Context(), share.Scope{}, "page:day", now)
	require.Nil(t, r)
	require.Equal(t, &fault.Error{Kind: fault.NotFound, Key: "person.unknown"}, err)
	require.Len(t, b.lines(), before)
}

// Z-01, Z-04: a reader gives the data of its own person and of no other.
func TestAReaderKnowsItsPersonAlone(t *testing.T) {
	b := newBox(t)
	for _, c := range []struct {
		account  int64
		own      store.Person
		other    store.Person
		readings int
		grams    float64
	}{{b.ana, b.mila, b.jon, 1, 10}, {b.ben, b.jon, b.mila, 1, 11}} {
		r, err := b.read.Open(t.Context(), b.scope(c.account, share.Import, c.own.Key), "page:imports", now)
		require.NoError(t, err)
		require.Equal(t, c.own, r.Person())

		series, err := r.Glucose(t.Context(), -1<<50, 1<<50)
		require.NoError(t, err)
		require.Len(t, series, 1)
		require.Len(t, series[0].Readings, c.readings)
		records, err := r.Records(t.Context(), record.KindCarbs, -1<<50, 1<<50)
		require.NoError(t, err)
		require.Len(t, records, 1)
		require.InDelta(t, c.grams, float64(records[0].Record.(*record.Carbs).Grams), 1e-9)
		sources, err := r.Sources(t.Context())
		require.NoError(t, err)
		require.Len(t, sources, 1)
		first, last, ok, err := r.Span(t.Context())
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, record.At(now.Add(-time.Hour)), first)
		require.Equal(t, first, last)

		list, err := r.Uploads(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, b.uploads[c.own.Key], list[0].Key)
		_, err = r.Upload(t.Context(), b.uploads[c.own.Key])
		require.NoError(t, err)
		_, err = r.Upload(t.Context(), b.uploads[c.other.Key])
		require.Equal(t, &fault.Error{Kind: fault.NotFound, Key: "import.unknown"}, err, "somebody else's")
		_, err = r.Upload(t.Context(), store.NewKey())
		require.Equal(t, &fault.Error{Kind: fault.NotFound, Key: "import.unknown"}, err, "nobody's")
	}
}

// Z-01: a scope for one action does not do for another.
func TestPastImportsNeedTheirOwnScope(t *testing.T) {
	b := newBox(t)
	for _, a := range []share.Action{share.View, share.Export} {
		r, err := b.read.Open(t.Context(), b.scope(b.ana, a, b.mila.Key), "page:day", now)
		require.NoError(t, err)
		_, err = r.Uploads(t.Context(), 10)
		require.Equal(t, fault.NotFound, fault.KindOf(err))
		_, err = r.Upload(t.Context(), b.uploads[b.mila.Key])
		require.Equal(t, fault.NotFound, fault.KindOf(err))
	}
}

// L-01, L-02: the line is there when the reader is; looks are counted in
// spans, and each file that is taken away has a line of its own.
func TestEveryReaderHasALine(t *testing.T) {
	b := newBox(t)
	before := len(b.lines())
	for range 3 {
		_, err := b.read.Open(t.Context(), b.scope(b.ana, share.View, b.mila.Key), "page:day", now)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"view.begin page:day"}, b.lines()[before:])
	for range 3 {
		_, err := b.read.Open(t.Context(), b.scope(b.ana, share.Export, b.mila.Key), "file:glucose", now)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"view.begin page:day", "export file:glucose", "export file:glucose", "export file:glucose"}, b.lines()[before:])
}

// L-02: what cannot be written down is not shown.
func TestNothingIsShownWithoutALine(t *testing.T) {
	b := newBox(t)
	scopes := map[share.Action]share.Scope{}
	for _, a := range []share.Action{share.View, share.Import, share.Export} {
		scopes[a] = b.scope(b.ana, a, b.mila.Key)
	}
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	for a, sc := range scopes {
		r, err := b.read.Open(t.Context(), sc, "page:"+string(a), now)
		require.Nil(t, r, a)
		require.Equal(t, fault.Unavailable, fault.KindOf(err), a)
	}
}

func TestAPersonWithoutData(t *testing.T) {
	b := newBox(t)
	p, err := b.share.AddPerson(t.Context(), now, share.Viewer{Account: b.ana}, share.NewPerson{Name: "Zoe", Zone: "UTC", Unit: "mg/dL", Owner: b.ana})
	require.NoError(t, err)
	r, err := b.read.Open(t.Context(), b.scope(b.ana, share.Import, p.Key), "page:day", now)
	require.NoError(t, err)
	_, _, ok, err := r.Span(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	_, _, ok, err = r.GlucoseSpan(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	_, ok, err = r.LastGlucoseBefore(t.Context(), record.At(now))
	require.NoError(t, err)
	require.False(t, ok)
	series, err := r.Glucose(t.Context(), -1<<50, 1<<50)
	require.NoError(t, err)
	require.Empty(t, series)
}

// since is a scope that begins later than any grant does yet.
func since(s share.Scope, at record.Millis) share.Scope {
	f := reflect.ValueOf(&s).Elem().FieldByName("from")
	reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().SetInt(int64(at))
	return s
}

// Whoever may see what is from an instant on learns nothing of what ended
// before it: not when it ended, and not by which device.
func TestNothingIsSaidOfWhatEndedBefore(t *testing.T) {
	b := newBox(t)
	last := record.At(now.Add(-time.Hour))
	whole := b.scope(b.ana, share.View, b.mila.Key)
	for _, c := range []struct {
		name  string
		from  record.Millis
		there bool
	}{{"from before it", last - 1000, true}, {"from its last instant", last, true}, {"from a moment later", last + 1, false}, {"from days later", last + 5*86_400_000, false}} {
		t.Run(c.name, func(t *testing.T) {
			r, err := b.read.Open(t.Context(), since(whole, c.from), "page:day", now)
			require.NoError(t, err)
			for name, span := range map[string]func(context.Context) (record.Millis, record.Millis, bool, error){"all": r.Span, "readings": r.GlucoseSpan} {
				first, end, ok, err := span(t.Context())
				require.NoError(t, err)
				require.Equal(t, c.there, ok, name)
				if ok {
					require.Equal(t, []record.Millis{last, last}, []record.Millis{max(first, last), end}, name)
				} else {
					require.Zero(t, first+end, name)
				}
			}
			if from, until, ok, err := r.Extent(t.Context()); ok {
				require.NoError(t, err)
				require.GreaterOrEqual(t, from, c.from)
				require.Greater(t, until, from)
			} else {
				require.Zero(t, from+until)
			}
			sources, err := r.Sources(t.Context())
			require.NoError(t, err)
			require.Equal(t, c.there, len(sources) > 0)
		})
	}
	r, err := b.read.Open(t.Context(), since(whole, last+5*86_400_000), "page:day", now)
	require.NoError(t, err)
	_, _, ok, err := r.Extent(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
}

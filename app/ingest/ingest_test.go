package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// row is one reading, dose or basal rate of a pretended file, wall clock in
// minutes.
type row struct {
	Minute     int
	Value      float64 // mg/dL; 0 makes it a dose
	Basal      record.BasalKind
	Rate       float64
	Percent    *float64
	Lasts      time.Duration
	Units      float64
	Programmed float64
	Serial     string
	Key        string
	Instant    bool
}

// file is a pretended file: its rows as JSON, so that it can be read again.
type file []row

func (f file) batches() ingest.Batches {
	return func(yield func(record.Batch, error) bool) {
		for _, r := range f {
			b := record.Batch{Source: record.Source{Format: "test", Serial: r.Serial, Interval: 5 * time.Minute}, Clock: record.Wall}
			if r.Instant {
				b.Clock = record.Instant
			}
			at := record.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Minute) * time.Minute))
			switch {
			case r.Basal != "":
				b.Sparse = []record.Record{&record.Basal{Common: record.Common{At: at, Key: r.Key}, Basal: r.Basal,
					Rate: unit.UnitsPerHour(r.Rate), Percent: r.Percent, Duration: r.Lasts}}
			case r.Value > 0:
				b.Glucose = []record.Reading{{At: at, Value: unit.MgDLValue(r.Value)}}
			default:
				b.Sparse = []record.Record{&record.Dose{Common: record.Common{At: at, Key: r.Key}, Delivery: record.Normal,
					Units: unit.Units(r.Units), Programmed: unit.Units(r.Programmed)}}
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// box is a database with one person and the door to it.
type box struct {
	*testing.T
	db     *store.DB
	ledger *audit.Ledger
	in     *ingest.Ingest
	person int64
}

func newBox(t *testing.T) *box {
	db := storetest.Open(t)
	ledger := audit.New(db, make([]byte, 32))
	b := &box{T: t, db: db, ledger: ledger}
	b.in = ingest.New(db, ledger, func(_ context.Context, _, _ string, original io.Reader) (ingest.Batches, func() error, error) {
		var f file
		err := json.NewDecoder(original).Decode(&f)
		return f.batches(), func() error { return nil }, err
	})
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) (err error) {
		b.person, err = tx.AddPerson(store.Person{Key: "p", Name: "Ana", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		return err
	}))
	return b
}

func (b *box) load(f file, zone string) ingest.Report {
	b.Helper()
	loc, err := time.LoadLocation(zone)
	require.NoError(b, err)
	original, err := json.Marshal(f)
	require.NoError(b, err)
	pr, pw := io.Pipe()
	go func() { _, err := pw.Write(original); pw.CloseWithError(err) }()
	now = now.Add(time.Minute)
	r, err := b.in.Accept(b.Context(), now, ingest.Import{Person: b.person, Zone: loc, Format: "test", Original: pr}, f.batches(), nil)
	require.NoError(b, err)
	return r
}

// holds lists all that the box has, as text.
func (b *box) holds() (out []string) {
	b.Helper()
	series, err := b.db.Glucose(b.Context(), b.person, 0, record.At(now.AddDate(9, 0, 0)))
	require.NoError(b, err)
	for _, s := range series {
		for _, r := range s.Readings {
			out = append(out, fmt.Sprintf("%s %s %g", r.At.Time().Format("01-02T15:04"), s.Source.Serial, r.Value.Native()))
		}
	}
	doses, err := b.db.Records(b.Context(), b.person, record.KindDose, 0, record.At(now.AddDate(9, 0, 0)), 1e6)
	require.NoError(b, err)
	for _, d := range doses {
		out = append(out, fmt.Sprintf("%s %gU", d.Base().At.Time().Format("01-02T15:04"), d.Record.(*record.Dose).Units))
	}
	slices.Sort(out)
	return out
}

func TestAccept(t *testing.T) {
	f := file{{Minute: 10, Value: 100}, {Minute: 15, Value: 110}, {Minute: 20, Value: 120}, {Minute: 17, Units: 2.5}}

	t.Run("twice is once", func(t *testing.T) {
		b := newBox(t)
		first := b.load(f, "Europe/Berlin")
		require.Equal(t, []int{4, 0, 0}, []int{first.New, first.Known, first.Replaced})
		before := b.holds()
		second := b.load(f, "Europe/Berlin")
		require.Equal(t, []int{0, 4, 0}, []int{second.New, second.Known, second.Replaced})
		require.Equal(t, before, b.holds())
		require.Equal(t, "02-28T23:10  100", before[0])
	})
	t.Run("a second import with another zone does not double", func(t *testing.T) {
		b := newBox(t)
		b.load(f, "Europe/Berlin")
		before := b.holds()
		r := b.load(f, "America/New_York")
		require.Equal(t, []int{0, 4, 4}, []int{r.New, r.Known, r.OtherZone})
		require.Equal(t, before, b.holds())
		r = b.load(append(f, row{Minute: 25, Value: 130}), "America/New_York")
		require.Equal(t, []int{1, 4, 4}, []int{r.New, r.Known, r.OtherZone})
		require.Len(t, b.holds(), 5)
	})
	t.Run("another value at the same moment replaces and keeps the old one", func(t *testing.T) {
		b := newBox(t)
		b.load(f, "UTC")
		g := slices.Clone(f)
		g[1].Value = 111
		r := b.load(g, "UTC")
		require.Equal(t, []int{0, 3, 1}, []int{r.New, r.Known, r.Replaced})
		require.Contains(t, b.holds(), "03-01T00:15  111")
		revisions, err := b.db.Revisions(t.Context(), b.person, 10)
		require.NoError(t, err)
		require.Len(t, revisions, 1)
		require.Contains(t, revisions[0].Original, "110000")
	})
	t.Run("a file that contradicts itself comes to the same end each time", func(t *testing.T) {
		b := newBox(t)
		g := file{{Minute: 10, Value: 100}, {Minute: 10, Value: 105}, {Minute: 15, Value: 90}}
		b.load(g, "UTC")
		before := b.holds()
		for range 3 {
			r := b.load(g, "UTC")
			require.Zero(t, r.New+r.Replaced)
			require.Equal(t, before, b.holds())
		}
	})
	t.Run("a preview says the same and keeps nothing", func(t *testing.T) {
		b := newBox(t)
		b.load(f[:2], "UTC")
		before := b.holds()
		r, err := b.in.Preview(t.Context(), now, ingest.Import{Person: b.person, Format: "test"}, f.batches())
		require.NoError(t, err)
		require.Equal(t, []int{2, 2}, []int{r.New, r.Known})
		require.Equal(t, before, b.holds())
		us, err := b.db.Uploads(t.Context(), b.person, 10)
		require.NoError(t, err)
		require.Len(t, us, 1)
	})
	t.Run("an error half-way leaves nothing behind", func(t *testing.T) {
		b := newBox(t)
		_, err := b.in.Accept(t.Context(), now, ingest.Import{Person: b.person, Format: "test"}, func(yield func(record.Batch, error) bool) {
			f.batches()(func(batch record.Batch, _ error) bool { return yield(batch, nil) })
			yield(record.Batch{}, errors.New("torn"))
		}, nil)
		require.EqualError(t, err, "torn")
		require.Empty(t, b.holds())
	})
	t.Run("the impossible is refused whoever brings it", func(t *testing.T) {
		b := newBox(t)
		r := b.load(file{{Minute: 10, Value: 5}, {Minute: 15, Value: 9999}, {Minute: 20, Units: 900}, {Minute: 60 * 24 * 3000, Value: 100}, {Minute: 25, Value: 100}}, "UTC")
		require.Equal(t, []int{1, 4}, []int{r.New, r.Rejected})
	})
	t.Run("of a bolus that its pump numbers the fuller telling stays, in any order", func(t *testing.T) {
		part := file{{Minute: 10, Units: 2, Key: "bolus 7 2026-03-01"}}
		whole := file{{Minute: 10, Units: 5, Programmed: 5, Key: "bolus 7 2026-03-01"}}
		for _, files := range [][]file{{part, whole}, {whole, part}, {part, whole, part, whole}} {
			b := newBox(t)
			for _, f := range files {
				b.load(f, "UTC")
			}
			require.Equal(t, []string{"03-01T00:10 5U"}, b.holds())
		}
	})
	t.Run("a number that a pump gives again is another bolus", func(t *testing.T) {
		first := row{Minute: 10, Units: 2, Programmed: 2, Key: "bolus 7 2026-03-01"}
		for name, again := range map[string]row{
			"another amount": {Minute: 30, Units: 5, Programmed: 5, Key: first.Key},
			"hours later":    {Minute: 300, Units: 2, Programmed: 2, Key: first.Key},
		} {
			t.Run(name, func(t *testing.T) {
				b := newBox(t)
				b.load(file{first}, "UTC")
				require.Equal(t, 1, b.load(file{again}, "UTC").New)
				require.Len(t, b.holds(), 2)
				for _, zone := range []string{"UTC", "Europe/Berlin", "America/New_York"} { // and neither a third
					for _, f := range []file{{again}, {first}} {
						r := b.load(f, zone)
						require.Equal(t, []int{0, 0, 1}, []int{r.New, r.Replaced, r.Known}, zone)
					}
				}
				require.Len(t, b.holds(), 2)
			})
		}
	})
	t.Run("a bolus told of anew by the row of its end keeps its beginning", func(t *testing.T) {
		b := newBox(t)
		b.load(file{{Minute: 10, Units: 1, Programmed: 5, Key: "bolus 7 2026-03-01"}}, "UTC")
		require.Equal(t, 1, b.load(file{{Minute: 12, Units: 5, Programmed: 5, Key: "bolus 7 2026-03-01"}}, "UTC").Replaced)
		require.Equal(t, []string{"03-01T00:10 5U"}, b.holds())
	})
	t.Run("a second id of the same record does not double it", func(t *testing.T) {
		b := newBox(t)
		b.load(file{{Minute: 10, Units: 2, Key: "_id", Instant: true}}, "UTC")
		r := b.load(file{{Minute: 10, Units: 2, Key: "identifier", Instant: true}, {Minute: 10, Units: 3, Key: "another", Instant: true}}, "UTC")
		require.Equal(t, []int{1, 1}, []int{r.New, r.Known})
		require.Equal(t, []string{"03-01T00:10 2U", "03-01T00:10 3U"}, b.holds())
	})
	t.Run("a file that says another value for a moment is told apart from one that repeats", func(t *testing.T) {
		b := newBox(t)
		r := b.load(file{{Minute: 10, Value: 100}, {Minute: 10, Value: 100}, {Minute: 10, Value: 104}}, "UTC")
		require.Equal(t, []int{1, 1, 1}, []int{r.New, r.Repeated, r.Clashing})
	})
	t.Run("millimoles under a heading that says milligrams are pointed out", func(t *testing.T) {
		b := newBox(t)
		var f file
		for m := range 30 {
			f = append(f, row{Minute: 5 * m, Value: 5 + float64(m%20)})
		}
		require.True(t, b.load(f, "UTC").UnitDoubt)
		for i := range f {
			f[i].Value = 60 + f[i].Value
		}
		require.False(t, newBox(t).load(f, "UTC").UnitDoubt)
	})
	t.Run("two devices at the same time are pointed out, and so is a device of another person", func(t *testing.T) {
		b := newBox(t)
		var g file
		for m := range 20 {
			g = append(g, row{Minute: 5 * m, Value: 100, Serial: "A"}, row{Minute: 5*m + 1, Value: 150, Serial: "B"})
		}
		require.True(t, b.load(g, "UTC").Overlap)
		require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
			b.person, err = tx.AddPerson(store.Person{Key: "q", Name: "Ben", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
			return err
		}))
		r := b.load(g, "UTC")
		require.True(t, r.Sources[0].Elsewhere)
		require.Len(t, b.holds(), 40)
	})
	t.Run("live readings of a day are one upload and one line of the ledger", func(t *testing.T) {
		b := newBox(t)
		for m := range 5 {
			f := file{{Minute: 5 * m, Value: 100, Instant: true}}
			_, err := b.in.Accept(t.Context(), now, ingest.Import{Person: b.person, Format: "test", Live: "phone"}, f.batches(), nil)
			require.NoError(t, err)
		}
		us, err := b.db.Uploads(t.Context(), b.person, 10)
		require.NoError(t, err)
		require.Len(t, us, 1)
		lines, err := b.ledger.Verify(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, lines)
	})
}

func TestUndo(t *testing.T) {
	undo := func(b *box, key string) error {
		return b.in.Undo(b.Context(), now, ingest.Import{Person: b.person}, key)
	}
	t.Run("takes back an import as a whole, and only once", func(t *testing.T) {
		b := newBox(t)
		r := b.load(file{{Minute: 10, Value: 100}, {Minute: 17, Units: 2}}, "UTC")
		require.NoError(t, undo(b, r.Upload))
		require.Empty(t, b.holds())
		require.Equal(t, fault.Conflict, fault.KindOf(undo(b, r.Upload)))
		require.Equal(t, fault.NotFound, fault.KindOf(undo(b, "nobody's")))
		_, err := b.db.Latest(t.Context(), b.person)
		require.ErrorIs(t, err, store.ErrNone)
	})
	t.Run("a corrected value goes back to what the older file said", func(t *testing.T) {
		b := newBox(t)
		b.load(file{{Minute: 10, Value: 100}, {Minute: 15, Value: 90}}, "UTC")
		r := b.load(file{{Minute: 10, Value: 101}}, "UTC")
		require.NoError(t, undo(b, r.Upload))
		require.Equal(t, []string{"03-01T00:10  100", "03-01T00:15  90"}, b.holds())
	})
}

// Files read in different zones: undoing one leaves every reading that another
// still gives, by its wall clock, once.
func TestUndoAcrossZones(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBox(t)
		var keys []string
		var files []file
		for range rapid.IntRange(2, 5).Draw(rt, "files") {
			var f file
			from := rapid.IntRange(0, 30).Draw(rt, "from")
			for m := from; m < from+rapid.IntRange(1, 20).Draw(rt, "n"); m++ {
				f = append(f, row{Minute: m * 5, Value: float64(80 + m)})
			}
			files = append(files, f)
			keys = append(keys, b.load(f, rapid.SampledFrom(zones).Draw(rt, "zone")).Upload)
		}
		gone := rapid.IntRange(0, len(files)-1).Draw(rt, "undone")
		before := len(b.holds())
		said := b.undo(keys[gone])
		require.Equal(t, before-len(b.holds()), said.Gone)
		want := map[float64]bool{} // each wall clock has a value of its own
		for i, f := range files {
			for _, r := range f {
				want[r.Value] = want[r.Value] || i != gone
			}
		}
		have := map[float64]int{}
		series, err := b.db.Glucose(t.Context(), b.person, 0, record.At(now.AddDate(9, 0, 0)))
		require.NoError(t, err)
		for _, s := range series {
			for _, r := range s.Readings {
				have[r.Value.Native()]++
			}
		}
		for v, still := range want {
			n := 0
			if still {
				n = 1
			}
			require.Equal(t, n, have[v], "reading of value %g", v)
		}
	})
}

// Whatever files come in, in whatever order, with whatever overlaps: undoing
// one leaves just what the others give by themselves, as far as they do not
// contradict each other.
func TestUndoIsAsIfItNeverWas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		value := func(minute int) float64 { return float64(80 + minute*7%120) } // files agree with each other
		files := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) file {
			var f file
			from := rapid.IntRange(0, 40).Draw(rt, "from")
			for m := from; m < from+rapid.IntRange(1, 30).Draw(rt, "n"); m++ {
				if rapid.IntRange(0, 3).Draw(rt, "what") == 0 {
					f = append(f, row{Minute: m * 60, Units: float64(m%7) + 0.5})
				} else {
					f = append(f, row{Minute: m * 60, Value: value(m)})
				}
			}
			return f
		}), 2, 5).Draw(rt, "files")
		gone := rapid.IntRange(0, len(files)-1).Draw(rt, "undone")

		with, without := newBox(t), newBox(t)
		var key string
		for i, f := range files {
			r := with.load(f, "UTC")
			if i == gone {
				key = r.Upload
			} else {
				without.load(f, "UTC")
			}
		}
		before := with.holds()
		said := with.undo(key)
		require.Equal(t, without.holds(), with.holds())
		require.Equal(t, ingest.Undone{Gone: len(before) - len(with.holds())}, said)
	})
}

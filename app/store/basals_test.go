package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

// rate draws any basal rate within a few days, at few instants so that some
// meet, and near midnight more often than elsewhere.
func rate(t *rapid.T) *record.Basal {
	b := &record.Basal{Basal: rapid.SampledFrom([]record.BasalKind{record.AutomatedBasal, record.ScheduledBasal, record.TempBasal, record.Suspended}).Draw(t, "kind"),
		Rate:     unit.UnitsPerHour(rapid.SampledFrom([]float64{0, 0.05, 0.85, 1.0 / 3, 0.8250000476837158, 50}).Draw(t, "rate")),
		Duration: time.Duration(rapid.SampledFrom([]int{0, 300_000, 299_987, 86_400_000}).Draw(t, "lasts")) * time.Millisecond}
	if rapid.Bool().Draw(t, "in percent") {
		p := rapid.SampledFrom([]float64{0, 50, 110.5, 100.0 / 3, -20}).Draw(t, "percent")
		b.Percent = &p
	}
	b.At = store.DayStart(day) + record.Millis(rapid.SampledFrom([]int{-86_400_001, -86_400_000, -1, 0, 1, 299_999, 300_000, 43_200_000, 86_399_999, 86_400_000, 200_000_000}).Draw(t, "at"))
	return b
}

func TestABasalPageKeepsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []record.Basal
		var list []*record.Basal
		for _, b := range rapid.SliceOfN(rapid.Custom(rate), 0, 40).Draw(t, "rates") {
			b.At = store.DayStart(day) + (b.At-store.DayStart(day)+2*86_400_000)%86_400_000
			list = append(list, b)
		}
		slices.SortStableFunc(list, func(a, b *record.Basal) int { return int(a.At - b.At) })
		for _, b := range list {
			want = append(want, *b)
		}
		back, err := store.DecodeBasals(day, store.EncodeBasals(day, list))
		require.NoError(t, err)
		require.Len(t, back, len(want))
		if len(want) > 0 {
			require.Equal(t, want, back)
		}
	})
}

func FuzzBasalPage(f *testing.F) {
	p := 50.0
	f.Add(store.EncodeBasals(day, []*record.Basal{{Basal: record.AutomatedBasal, Rate: 1.05, Duration: 5 * time.Minute}}))
	f.Add(store.EncodeBasals(day, []*record.Basal{{Basal: record.TempBasal, Percent: &p, Rate: 1.0 / 3}, {Basal: record.Suspended}}))
	f.Add([]byte{1, 255, 255, 3, 1, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, page []byte) {
		for _, p := range [][]byte{page, store.Checksummed(page)} {
			list, err := store.DecodeBasals(day, p)
			if err == nil {
				require.LessOrEqual(t, len(list), len(p))
			}
		}
	})
}

// basalBox is a database to which rates come, change and go.
type basalBox struct {
	*store.DB
	people  [2]int64
	source  [2]int64
	uploads [2][]int64
	next    int
}

func (b *basalBox) stored(who int, upload int64, r record.Record) store.Stored {
	if r.Base().Key == "" {
		b.next++
		r.Base().Key = fmt.Sprint(b.next)
	}
	return store.Stored{Record: r, Source: b.source[who], Upload: upload, Received: at, Modified: at}
}

// act does one of all that can happen to rates.
func (b *basalBox) act(t *rapid.T, tx *store.Tx) error {
	who := rapid.IntRange(0, 1).Draw(t, "who")
	person, uploads := b.people[who], b.uploads[who]
	upload := rapid.SampledFrom(uploads).Draw(t, "upload")
	what := rapid.SampledFrom([]string{"add", "add", "add many", "change", "remove", "undo", "sql", "dose"}).Draw(t, "what")
	var old *store.Stored
	if list, err := tx.RecordsForTest(person, record.KindBasal); err != nil {
		return err
	} else if len(list) > 0 {
		old = &list[rapid.IntRange(0, len(list)-1).Draw(t, "which")]
	}
	switch what {
	case "add many":
		for _, r := range rapid.SliceOfN(rapid.Custom(rate), 1, 8).Draw(t, "rates") {
			if _, _, err := tx.AddRecord(person, b.stored(who, upload, r)); err != nil {
				return err
			}
		}
	case "change":
		if old == nil {
			return nil
		}
		r := rate(t)
		r.Key = old.Base().Key
		return tx.ReplaceRecord(person, 0, *old, b.stored(who, upload, r))
	case "remove":
		if old == nil {
			return nil
		}
		return tx.RemoveRecord(person, 0, upload, *old, at)
	case "undo":
		_, err := tx.RemoveRecords(upload)
		return err
	case "sql": // no code does so now; the pages hold all the same
		if old == nil {
			return nil
		}
		return tx.ExecForTest(rapid.SampledFrom([]string{`UPDATE basal SET rate_u_h = 2.5 WHERE record = ?`, `UPDATE record SET at_ms = at_ms + 86400000 WHERE id = ?`,
			`DELETE FROM basal WHERE record = ?`, `DELETE FROM record WHERE id = ?`}).Draw(t, "statement"), old.ID)
	case "dose":
		_, _, err := tx.AddRecord(person, b.stored(who, upload, &record.Dose{Common: record.Common{At: store.DayStart(day)}, Delivery: record.Normal, Units: 4}))
		return err
	default:
		_, _, err := tx.AddRecord(person, b.stored(who, upload, rate(t)))
		return err
	}
	return nil
}

// Whatever comes, changes, goes and is undone, alone or in transactions that
// end well or not: the pages say what the records say.
func TestBasalPagesAreTheRecords(t *testing.T) {
	db := storetest.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		b := &basalBox{DB: db}
		for i := range b.people {
			var first int64
			b.people[i], b.source[i], first = household(t, db)
			b.uploads[i] = []int64{first}
			require.NoError(rt, db.Write(t.Context(), func(tx *store.Tx) error {
				id, err := tx.AddUpload(store.Upload{Key: store.NewKey(), Person: b.people[i], Format: "test", Options: "{}", Report: "{}", Created: at})
				b.uploads[i] = append(b.uploads[i], id)
				return err
			}))
		}
		taken := errors.New("taken back")
		for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			fails := rapid.Bool().Draw(rt, "fails")
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				for range rapid.IntRange(1, 4).Draw(rt, "acts") {
					if err := b.act(rt, tx); err != nil {
						return err
					}
				}
				if err := tx.Savepoint(func(tx *store.Tx) error { return errors.Join(b.act(rt, tx), taken) }); !errors.Is(err, taken) {
					return err
				}
				if fails {
					return taken
				}
				return nil
			})
			if fails {
				require.ErrorIs(rt, err, taken)
			} else {
				require.NoError(rt, err)
			}
			for _, person := range b.people {
				from := store.DayStart(day) + record.Millis(rapid.IntRange(-3*86_400_000, 3*86_400_000).Draw(rt, "from"))
				for _, p := range [][2]record.Millis{{-1 << 50, 1 << 50}, {from, from + 86_400_000}} {
					want, err := db.BasalRowsForTest(t.Context(), person, p[0], p[1])
					require.NoError(rt, err)
					got, err := db.Basals(t.Context(), person, p[0], p[1])
					require.NoError(rt, err)
					require.Len(rt, got, len(want))
					for i := range want {
						require.Equal(rt, *want[i], *got[i])
					}
				}
			}
			_, found, err := db.CheckBasals(t.Context())
			require.NoError(rt, err)
			require.Empty(rt, found)
		}
	})
}

func TestAWrongBasalPageIsFound(t *testing.T) {
	for _, c := range []struct{ name, break_ string }{
		{"other rates", `UPDATE basal_page SET page = (SELECT page FROM basal_page ORDER BY day DESC LIMIT 1)`},
		{"a page that is not there", `DELETE FROM basal_page WHERE day = (SELECT min(day) FROM basal_page)`},
		{"a page of a day without rates", `INSERT INTO basal_page SELECT person, 7, page FROM basal_page LIMIT 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := storetest.Open(t)
			person, source, upload := household(t, db)
			b := &basalBox{DB: db, source: [2]int64{source}}
			require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
				for i := range 3 {
					r := &record.Basal{Common: record.Common{At: store.DayStart(day + int64(i))}, Basal: record.AutomatedBasal, Rate: unit.UnitsPerHour(i)}
					if _, _, err := tx.AddRecord(person, b.stored(0, upload, r)); err != nil {
						return err
					}
				}
				return nil
			}))
			days, found, err := db.CheckBasals(t.Context())
			require.NoError(t, err)
			require.Equal(t, 3, days)
			require.Empty(t, found)
			require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return tx.ExecForTest(c.break_) }))
			_, found, err = db.CheckBasals(t.Context())
			require.NoError(t, err)
			require.NotEmpty(t, found)
			require.Equal(t, "basal-page", found[0].What)
		})
	}
}

// A day whose page is due cannot be seen after a commit; if it could, the
// records would be read.
func TestADueDayIsReadFromItsRecords(t *testing.T) {
	db := storetest.Open(t)
	person, source, upload := household(t, db)
	b := &basalBox{DB: db, source: [2]int64{source}}
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.AddRecord(person, b.stored(0, upload, &record.Basal{Common: record.Common{At: store.DayStart(day)}, Basal: record.AutomatedBasal, Rate: 1}))
		return err
	}))
	require.NoError(t, db.LeaveDueForTest(person, day))
	got, err := db.Basals(t.Context(), person, store.DayStart(day), store.DayStart(day+1))
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.InDelta(t, 2, float64(got[0].Rate), 0)
	_, found, err := db.CheckBasals(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, found)
}

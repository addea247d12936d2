package store_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

const day = 19_675

// entry draws any reading of the day with all its metadata.
func entry(t *rapid.T) store.Entry {
	received := record.Millis(rapid.Int64Range(0, 1<<42).Draw(t, "received"))
	return store.Entry{
		Reading: record.Reading{
			At: store.DayStart(day) + record.Millis(rapid.Int64Range(0, 24*3600*1000-1).Draw(t, "at")),
			Value: unit.Glucose{
				Milli: rapid.Int32Range(0, 1_000_000).Draw(t, "milli"),
				Unit:  unit.Concentration(rapid.IntRange(0, 1).Draw(t, "unit")),
			},
			Flags:   record.Flags(rapid.IntRange(0, 15).Draw(t, "flags")),
			Trend:   record.Trend(rapid.IntRange(0, 9).Draw(t, "trend")),
			Quality: record.Quality(rapid.IntRange(0, 3).Draw(t, "quality")),
			Offset:  rapid.Int16Range(-720, 840).Draw(t, "offset"),
		},
		Upload:   rapid.Int64Range(1, 1<<40).Draw(t, "upload"),
		Received: received,
		Modified: received + record.Millis(rapid.Int64Range(0, 1<<30).Draw(t, "later")),
		Deleted:  rapid.Bool().Draw(t, "deleted"),
	}
}

func TestPageKeepsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := rapid.SliceOfN(rapid.Custom(entry), 1, 60).Draw(t, "entries")
		store.SortEntries(es)
		page := store.EncodePage(day, es)
		back, err := store.DecodePage(day, page)
		require.NoError(t, err)
		require.Equal(t, es, back)

		var shown []record.Reading
		for _, e := range es {
			if !e.Deleted {
				e.Every = 5
				shown = append(shown, e.Reading)
			}
		}
		rs, err := store.AppendReadings(nil, day, page, 5)
		require.NoError(t, err)
		for i := range rs { // a full page has its own cadence
			rs[i].Every = 5
		}
		require.True(t, slices.Equal(shown, rs))
	})
}

func TestReadingsStandForTheCadenceOfTheirPage(t *testing.T) {
	every := func(gaps ...int64) uint8 {
		es := make([]store.Entry, 60)
		at := store.DayStart(day)
		for i := range es {
			es[i] = store.Entry{Reading: record.Reading{At: at, Value: unit.MgDLValue(120)}}
			at += record.Millis(gaps[i%len(gaps)] * 60_000)
		}
		rs, err := store.AppendReadings(nil, day, store.EncodePage(day, es), 3)
		require.NoError(t, err)
		require.Len(t, rs, 60)
		return rs[0].Every
	}
	require.Equal(t, uint8(1), every(1))
	require.Equal(t, uint8(5), every(5))
	require.Equal(t, uint8(3), every(3), "a cadence that a page does not know: that of the source")
	require.Equal(t, uint8(15), every(15))
	require.Equal(t, uint8(15), every(15, 15, 15, 30), "with gaps")
	require.Equal(t, uint8(3), every(3, 9, 18, 23), "none: that of the source")
}

func TestPageNoticesDamage(t *testing.T) {
	page := store.EncodePage(day, live(288))
	for i := range page {
		bad := slices.Clone(page)
		bad[i] ^= 0x10
		_, err := store.DecodePage(day, bad)
		require.Error(t, err)
		_, err = store.AppendReadings(nil, day, bad, 5)
		require.Error(t, err)
	}
	for n := range page {
		_, err := store.DecodePage(day, page[:n])
		require.Error(t, err)
	}
}

// live is a day of readings as a phone sends them, one by one.
func live(n int) []store.Entry {
	es := make([]store.Entry, n)
	v := int32(120)
	for i := range es {
		at := store.DayStart(day) + record.Millis(i*300_000+int(i*7919%800))
		v += int32(i*31%9) - 4
		r := at + 3000 + record.Millis(i*104729%900)
		es[i] = store.Entry{Reading: record.Reading{At: at, Value: unit.MgDLValue(float64(v)), Trend: record.Flat}, Upload: 7, Received: r, Modified: r}
	}
	return es
}

func TestPageIsSmall(t *testing.T) {
	perReading := func(es []store.Entry) float64 { return float64(len(store.EncodePage(day, es))) / float64(len(es)) }
	require.Less(t, perReading(live(288)), 7.0, "live, milliseconds")
	imported := live(288)
	for i := range imported {
		imported[i].At -= imported[i].At % 1000
		imported[i].Received, imported[i].Modified = store.DayStart(day+30), store.DayStart(day+30)
	}
	require.Less(t, perReading(imported), 2.6, "imported, whole seconds")
}

func FuzzPage(f *testing.F) {
	f.Add(store.EncodePage(day, live(3)))
	f.Add(store.EncodePage(day, live(288)))
	f.Fuzz(func(t *testing.T, page []byte) {
		// With a right checksum a mutated page reaches the decoder.
		for _, p := range [][]byte{page, store.Checksummed(page)} {
			es, err := store.DecodePage(day, p)
			rs, err2 := store.AppendReadings(nil, day, p, 5)
			if err == nil {
				require.NoError(t, err2)
				require.LessOrEqual(t, len(rs), len(es))
			}
		}
	})
}

func TestGlucosePagesInTheDatabase(t *testing.T) {
	db := storetest.Open(t)
	person, source, upload := household(t, db)
	es := live(288)
	es[10].Flags, es[11].Deleted, es[12].Flags = record.BelowRange, true, record.Scan
	for i := range es {
		es[i].Upload = upload
	}
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.SetPage(person, source, day, es); err != nil {
			return err
		}
		back, err := tx.Page(person, source, day)
		require.NoError(t, err)
		require.Equal(t, es, back)
		return tx.TouchLatest(person, source, es[287].At)
	}))

	series, err := db.Glucose(t.Context(), person, store.DayStart(day), store.DayStart(day+1))
	require.NoError(t, err)
	require.Len(t, series, 1)
	require.Len(t, series[0].Readings, 287)
	series, err = db.Glucose(t.Context(), person, es[20].At, es[30].At)
	require.NoError(t, err)
	require.Len(t, series[0].Readings, 10)

	stats, err := db.Stats(t.Context(), person, day, day)
	require.NoError(t, err)
	require.Equal(t, 286, stats[0].N)
	require.Equal(t, 286, stats[0].VeryLow+stats[0].Low+stats[0].Target+stats[0].High+stats[0].VeryHi)
	first, last, err := db.Span(t.Context(), person)
	require.NoError(t, err)
	require.Equal(t, []record.Millis{es[0].At, es[287].At}, []record.Millis{first, last})

	t.Run("people at a console see rows", func(t *testing.T) {
		var n, below, scans int
		var lowest float64
		err := db.Select(t.Context(), `SELECT count(*), sum(flag = 'below'), sum(scan), min(mg_dl) FROM glucose WHERE day = 19675`,
			func(_ []string, values []any) error {
				n, below, scans, lowest = int(values[0].(int64)), int(values[1].(int64)), int(values[2].(int64)), values[3].(float64)
				return nil
			})
		require.NoError(t, err)
		require.Equal(t, []int{287, 1, 1}, []int{n, below, scans})
		require.Positive(t, lowest)
	})
	t.Run("and cannot change anything there", func(t *testing.T) {
		for _, q := range []string{`DELETE FROM glucose_day`, `DROP TABLE glucose_page`, `PRAGMA user_version = 9`, `ATTACH 'x' AS y`} {
			_ = db.Select(t.Context(), q, func([]string, []any) error { return nil })
		}
		require.NoFileExists(t, "x")
		_, err := db.Glucose(t.Context(), person, store.DayStart(day), store.DayStart(day+1))
		require.NoError(t, err)
		stats, err := db.Stats(t.Context(), person, day, day)
		require.NoError(t, err)
		require.Len(t, stats, 1)
	})
	t.Run("no entries remove page and statistics", func(t *testing.T) {
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.SetPage(person, source, day, nil); err != nil {
				return err
			}
			return tx.FindLatest(person)
		}))
		_, err := db.Latest(t.Context(), person)
		require.ErrorIs(t, err, store.ErrNone)
	})
}

// filled is a box with a day of readings and a note.
func filled(t *testing.T) *store.DB {
	db := storetest.Open(t)
	person, source, upload := household(t, db)
	es := live(288)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.SetPage(person, source, day, es); err != nil {
			return err
		}
		note := &record.Note{Common: record.Common{At: es[0].At, Key: "n"}, Text: "x"}
		if _, _, err := tx.AddRecord(person, store.Stored{Record: note, Source: source, Upload: upload}); err != nil {
			return err
		}
		return tx.TouchLatest(person, source, es[287].At)
	}))
	return db
}

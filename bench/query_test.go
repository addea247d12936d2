package bench

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// ninetyDays is the period of the reading figures, near the end of five years.
func ninetyDays() (from, until record.Millis) {
	from = record.At(firstReading.AddDate(4, 6, 0))
	return from, from + 90*perDay*cadence
}

// BenchmarkRead90Days is P6: 90 days of readings through store.Glucose,
// beside plain rows through database/sql.
func BenchmarkRead90Days(b *testing.B) {
	rs := series(fiveYears)
	box := newBox(b)
	box.accept(b, batches("1", rs))
	db, _ := openRows(b)
	insertRows(b, db, rs)
	q, err := db.PrepareContext(b.Context(), selectRows)
	require.NoError(b, err)
	defer q.Close()
	from, until := ninetyDays()
	want := 0
	for _, r := range rs {
		if r.At >= from && r.At < until {
			want++
		}
	}
	rows := make([]record.Reading, 0, want)
	compare(b, "P6 read of 90 days / plain rows through database/sql", atMost(0.10), func() (cost, cost) {
		var ours, base []cost
		for range 20 {
			ours = append(ours, timed(func() {
				require.Len(b, box.read(b, from, until), want)
			}))
			base = append(base, timed(func() {
				got, err := readRows(b.Context(), q, from, until, rows[:0])
				require.NoError(b, err)
				require.Len(b, got, want)
			}))
		}
		return halfOf(ours), halfOf(base)
	})
}

// read gives the readings of the box's one source in a period.
func (b *box) read(t testing.TB, from, until record.Millis) []record.Reading {
	list, err := b.db.Glucose(t.Context(), b.person, from, until)
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0].Readings
}

// BenchmarkProfile90Days is P7: the smoothed hourly profile of 90 days, read
// and computed, beside computed from readings in memory.
func BenchmarkProfile90Days(b *testing.B) {
	box := newBox(b)
	box.accept(b, batches("1", series(fiveYears)))
	from, until := ninetyDays()
	loc := berlin(b)
	inMemory := slices.Clone(box.read(b, from, until))
	want := metrics.Hourly(inMemory, loc).Smooth()
	require.Greater(b, want[12].N, 1000)
	compare(b, "P7 profile of 90 days, read and computed / from memory", atMost(6), func() (cost, cost) {
		var ours, base []cost
		for range 20 {
			var got metrics.Hours
			ours = append(ours, timed(func() { got = metrics.Hourly(box.read(b, from, until), loc).Smooth() }))
			require.Equal(b, want, got)
			base = append(base, timed(func() { got = metrics.Hourly(inMemory, loc).Smooth() }))
			require.Equal(b, want, got)
		}
		return halfOf(ours), halfOf(base)
	})
}

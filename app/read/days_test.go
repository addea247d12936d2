package read_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/share"
)

func TestDaysOfComeNearestFirstAndOnce(t *testing.T) {
	b := newBox(t)
	b.sql(`INSERT INTO glucose_stat SELECT person, day + d.ahead, source, n, very_low, 1, target, high, very_high, sum, sum_sq, min, max, first_ms, last_ms, histogram
		FROM glucose_stat, (SELECT 1 AS ahead UNION SELECT 3 UNION SELECT 9) AS d WHERE person = ` + fmt.Sprint(b.mila.ID))
	r, err := b.read.Open(t.Context(), b.scope(b.ana, share.View, b.mila.Key), "page:explore", now)
	require.NoError(t, err)
	day := read.UTCDay(record.At(now))
	for _, c := range []struct {
		name    string
		at      int64
		forward bool
		limit   int
		want    []int64
	}{
		{"forward", day, true, 9, []int64{day + 1, day + 3, day + 9}}, {"no more than asked for", day, true, 2, []int64{day + 1, day + 3}},
		{"backward, its own day too", day + 3, false, 9, []int64{day + 3, day + 1}}, {"none after the last", day + 10, true, 9, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			days, err := r.DaysOf(t.Context(), read.ReachLow, read.UTCDayStart(c.at), c.forward, c.limit)
			require.NoError(t, err)
			require.Equal(t, c.want, days)
		})
	}
}

// The statistics are those of the reader's own person.
func TestStatisticsAreOfOnePerson(t *testing.T) {
	b := newBox(t)
	b.sql(`UPDATE glucose_stat SET low = 1`)
	for account, c := range map[int64]struct {
		key string
		top float64
	}{b.ana: {b.mila.Key, 100}, b.ben: {b.jon.Key, 101}} {
		r, err := b.read.Open(t.Context(), b.scope(account, share.View, c.key), "page:explore", now)
		require.NoError(t, err)
		rows, err := r.Days(t.Context(), -1<<50, 1<<50)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		days, err := r.DaysOf(t.Context(), read.ReachLow, record.At(now), false, 10)
		require.NoError(t, err)
		require.Len(t, days, 1)
		top, err := r.Highest(t.Context())
		require.NoError(t, err)
		require.InDelta(t, c.top, float64(top), 1e-9)
	}
}

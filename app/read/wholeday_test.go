package read

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/store"
)

func TestADaySeenInPartIsNotWhole(t *testing.T) {
	start := record.At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	day := store.Day(start)
	require.Equal(t, day, firstWhole(start), "all of the day may be seen")
	require.Equal(t, day+1, firstWhole(start+1), "all but its first millisecond")
	require.Equal(t, day+1, firstWhole(start+24*3600_000), "the days after it")
	require.Less(t, firstWhole(-1<<60), int64(-1e9), "everything")
}

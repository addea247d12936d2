package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store/storetest"
)

// playing makes a demonstration whose clock the test holds.
func playing(t testing.TB, clinic bool, days int, start time.Time) (p *play, goTo func(time.Time)) {
	b, _, done, err := temporary(t.Context(), storetest.Schema(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, done()) })
	now := start
	b.clock = func() time.Time { return now }
	p = &play{box: b, seed: 1, days: days, start: start}
	require.NoError(t, p.invent(t.Context(), clinic))
	return p, func(at time.Time) { now = at }
}

func BenchmarkClinicStarts(b *testing.B) {
	for b.Loop() {
		playing(b, true, 90, time.Now())
	}
}

func BenchmarkHouseholdStarts(b *testing.B) {
	for b.Loop() {
		playing(b, false, 90, time.Now())
	}
}

package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/metrics"
)

// start is a moment at which a demonstration could begin.
func start(t require.TestingT) time.Time { return time.Date(2026, 5, 20, 14, 3, 17, 0, berlin(t)) }

// everybody is the family, and the people of a clinic that have stories.
func everybody(t require.TestingT) []Person {
	var out []Person
	for _, m := range append(Household(start(t), berlin(t)), Clinic(start(t), berlin(t))[1:6]...) {
		out = append(out, m.Person)
	}
	return out
}

// However a life is fetched, all of it comes, once: this is what lets the
// running demonstration go on from its history.
func TestALifeInPortionsIsTheWhole(t *testing.T) {
	zone, all := berlin(t), everybody(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "person")
		seed := rapid.Uint64Range(1, 9).Draw(t, "seed")
		from := start(t).Add(-time.Duration(rapid.IntRange(1, 5*24*3600).Draw(t, "seconds before the start")) * time.Second)
		life := Begin(p, seed, zone, from)
		var portions []string
		until := from
		for _, seconds := range rapid.SliceOfN(rapid.IntRange(0, 20_000), 1, 40).Draw(t, "portions") {
			until = until.Add(time.Duration(seconds) * time.Second)
			batches := life.Next(until)
			portions = append(portions, lines(t, batches)...)
		}
		require.Empty(t, life.Next(from), "time does not run backwards")
		whole := lines(t, Generate(p, seed, zone, from, until))
		slices.Sort(whole)
		slices.Sort(portions)
		require.Equal(t, whole, portions)
	})
}

func TestALifeGoesOnOverTheBorderOfABlock(t *testing.T) {
	zone := berlin(t)
	border := metrics.Date{Year: 1970, Month: time.January, Day: 1}.Add(blockDays * 218).Start(zone).Time()
	for _, p := range cast() {
		life := Begin(p, 3, zone, border.Add(-2*time.Hour))
		var portions []string
		for at := border.Add(-2 * time.Hour); !at.After(border.Add(2 * time.Hour)); at = at.Add(5 * time.Minute) {
			portions = append(portions, lines(t, life.Next(at))...)
		}
		whole := lines(t, Generate(p, 3, zone, border.Add(-2*time.Hour), border.Add(2*time.Hour)))
		slices.Sort(whole)
		slices.Sort(portions)
		require.Equal(t, whole, portions)
		require.NotEmpty(t, whole)
	}
}

// What a clinic shows first and what is filled in behind it are one life.
func TestWhatIsFilledInLaterBelongsToWhatIsThere(t *testing.T) {
	zone, now := berlin(t), start(t)
	for _, m := range Clinic(now, zone)[1:8] {
		from := now.AddDate(0, 0, -20)
		whole := lines(t, Generate(m.Person, 4, zone, from, now))
		parts := append(lines(t, Generate(m.Person, 4, zone, from, Recent(now))), lines(t, Generate(m.Person, 4, zone, Recent(now), now))...)
		slices.Sort(whole)
		slices.Sort(parts)
		require.Equal(t, whole, parts)
	}
}

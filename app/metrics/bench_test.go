package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// ninetyDays is 25,920 readings of a 5-minute sensor in RAM.
func ninetyDays() []record.Reading {
	from := time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)
	rs := steady(from, from.AddDate(0, 0, 90), 5*time.Minute)
	for i := range rs {
		v := 150 + 60*math.Sin(float64(i)/40) + 30*math.Sin(float64(i)/7)
		rs[i].Value = unit.MgDLValue(math.Round(v))
	}
	return rs
}

func berlin(b *testing.B) *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(b, err)
	return loc
}

// BenchmarkProfile90Days is the smoothed hourly profile of 90 days from RAM.
func BenchmarkProfile90Days(b *testing.B) {
	rs, loc := ninetyDays(), berlin(b)
	b.ReportAllocs()
	for b.Loop() {
		Hourly(rs, loc).Smooth()
	}
}

// BenchmarkProfileSorted90Days is the same by sorting, as for mmol/L.
func BenchmarkProfileSorted90Days(b *testing.B) {
	rs, loc := ninetyDays(), berlin(b)
	for b.Loop() {
		hourlySorted(rs, cadenceOf(rs), loc).Smooth()
	}
}

func BenchmarkSummary90Days(b *testing.B) {
	rs := ninetyDays()
	for b.Loop() {
		Summarize(rs)
	}
}

func BenchmarkDaily90Days(b *testing.B) {
	rs, loc := ninetyDays(), berlin(b)
	for b.Loop() {
		Daily(rs, Standard(), loc)
	}
}

func BenchmarkEpisodes90Days(b *testing.B) {
	rs, loc := ninetyDays(), berlin(b)
	for b.Loop() {
		NewGrid(rs, loc).EpisodeReport()
	}
}

func BenchmarkMerge90Days(b *testing.B) {
	rs, loc := ninetyDays(), berlin(b)
	streams := []Stream{{Trust: FromDevice, Sensor: "A", Readings: rs}, {Trust: FromRelay, Readings: shifted(rs, 7*time.Second)}}
	for b.Loop() {
		Merge(streams, loc, MergeOptions{Thin: true})
	}
}

func BenchmarkPatterns90Days(b *testing.B) {
	rs, loc := ninetyDays(), berlin(b)
	for b.Loop() {
		FindPatterns(rs, nil, Standard(), loc)
	}
}

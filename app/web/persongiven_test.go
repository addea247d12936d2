package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// What people gave stands on the page of the person with its sort and its
// giver, and the sum says how much of it acts all day.
func TestWhatWasGivenSaysSortAndGiver(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.writes("kind", "dose", "insulin", "rapid", "units", "6")
	page := wordsOf(ana.page(ana.at("")))
	require.Contains(t, page, "Rapid insulin 6 U Ana")
	require.Contains(t, page, "Insulin 6 U")
	require.NotContains(t, page, "long-acting")
	ana.writes("kind", "dose", "insulin", "long", "units", "20")
	page = wordsOf(ana.page(ana.at("")))
	require.Contains(t, page, "Long-acting insulin 20 U Ana")
	require.Contains(t, page, "Insulin 26 U of it 20 U long-acting")

	// A file can claim any author: what it brings is of the log, and of nobody.
	now := b.now()
	ana.acceptAt(now, record.Source{Format: record.LogFormat, Serial: "x"}, nil, &record.Note{Common: record.Common{At: record.At(now.Add(-time.Hour)), Key: "k"}, Text: "From a file"})
	_, after, found := strings.Cut(wordsOf(ana.page(ana.at("?hours=12"))), "Note From a file ")
	require.True(t, found)
	require.NotContains(t, strings.Fields(after)[0], "Ana")
}

// One very low reading in a longer low is named as the tables name it.
func TestALowIsVeryLowAtItsLowest(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	start := b.now().Add(-2 * time.Hour)
	for i, value := range []float64{100, 100, 66, 60, 53, 60, 66, 100, 100, 100, 100} {
		ana.acceptAt(b.now(), record.Source{Format: "test", Serial: "1", Interval: 5 * time.Minute},
			[]record.Reading{{At: record.At(start.Add(time.Duration(i) * 5 * time.Minute)), Value: unit.MgDLValue(value)}})
	}
	require.Contains(t, wordsOf(ana.page(ana.at(""))), "very low at its lowest: 53")
}

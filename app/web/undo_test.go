package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The question before an undo says what really goes, whoever else brought it.
func TestAnUndoSaysWhatGoes(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	asks := func(address string) string {
		t.Helper()
		kept := b.count(`SELECT sum(n) FROM glucose_stat`)
		lines := b.count(`SELECT count(*) FROM ledger WHERE action = 'import.undone'`)
		words := wordsOf(ana.page(address + "/undo"))
		require.Equal(t, kept, b.count(`SELECT sum(n) FROM glucose_stat`), "asking keeps all")
		require.Equal(t, lines, b.count(`SELECT count(*) FROM ledger WHERE action = 'import.undone'`))
		return words
	}
	first := ana.bring(simple(spring, 100))
	second := ana.bring(simple(spring.Add(50*5*time.Minute), 50) + simple(spring.Add(100*5*time.Minute), 50)[len("time,mgdl,flag\n"):])
	require.Contains(t, asks(first), "50 records of Mila go")
	require.Equal(t, see, ana.post(first+"/undo").status)
	require.Contains(t, asks(second), "100 records of Mila go")

	again := ana.bring(simple(spring, 100))
	require.Contains(t, asks(again), "50 records of Mila go")
	require.Equal(t, see, ana.post(second+"/undo").status)
	require.Equal(t, 100, b.count(`SELECT sum(n) FROM glucose_stat`))

	copied := ana.bring(simple(spring, 100) + "\n")
	require.Contains(t, asks(again), "No record of Mila goes")
	require.Contains(t, asks(copied), "No record of Mila goes")
	require.NotContains(t, asks(copied), "back to")

	corrected := ana.bring("time,mgdl,flag\n2026-03-01T00:00:00,250,\n")
	words := asks(corrected)
	require.Contains(t, words, "No record of Mila goes")
	require.Contains(t, words, "1 record goes back to what another import says.")
}

// The list says of each import what it brought besides what was in the file.
func TestImportsSayWhatWasNew(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring(simple(spring, 100))
	ana.bring(simple(spring, 100) + "\n")
	ana.bring(simple(spring.Add(50*5*time.Minute), 50) + "2026-03-02T05:00:00,99,\n")
	words := wordsOf(ana.page(ana.at("/imports")))
	for _, said := range []string{"100 glucose readings 100 new, 0 already here", "100 glucose readings 0 new, 100 already here", "51 glucose readings"} {
		require.Contains(t, words, said)
	}
}

package ingest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/fault"
	"glucokeep/app/ingest"
)

// undo takes an import back and gives what the preview of it said, which
// must have kept nothing.
func (b *box) undo(key string) ingest.Undone {
	b.Helper()
	before := b.holds()
	said, err := b.in.PreviewUndo(b.Context(), now, b.person, key)
	require.NoError(b, err)
	require.Equal(b, before, b.holds(), "a preview keeps nothing")
	require.NoError(b, b.in.Undo(b.Context(), now, ingest.Import{Person: b.person}, key))
	return said
}

func TestPreviewOfAnUndo(t *testing.T) {
	days := func(from, until int) (f file) {
		for m := from; m < until; m++ {
			f = append(f, row{Minute: m * 5, Value: float64(80 + m)}, row{Minute: m*5 + 1, Units: 1 + float64(m%7)})
		}
		return f
	}
	for name, c := range map[string]struct {
		files []file
		undo  []int // in this order
		said  []ingest.Undone
	}{
		"what nobody else brought goes": {[]file{days(0, 100)}, []int{0}, []ingest.Undone{{Gone: 200}}},
		"what a later import brought too stays, and goes with that one": {[]file{days(0, 100), days(50, 150)}, []int{0, 1},
			[]ingest.Undone{{Gone: 100}, {Gone: 200}}},
		"what an earlier import brought too stays": {[]file{days(0, 100), days(50, 150)}, []int{1, 0}, []ingest.Undone{{Gone: 100}, {Gone: 200}}},
		"the same file twice":                      {[]file{days(0, 100), days(0, 100)}, []int{0, 1}, []ingest.Undone{{}, {Gone: 200}}},
		"the second of them kept nothing":          {[]file{days(0, 100), days(0, 100)}, []int{1, 0}, []ingest.Undone{{}, {Gone: 200}}},
		"a corrected reading and a corrected dose go back": {
			[]file{{{Minute: 10, Value: 100}, {Minute: 15, Value: 90}, {Minute: 20, Units: 2, Key: "a"}},
				{{Minute: 10, Value: 101}, {Minute: 20, Units: 3, Key: "a"}, {Minute: 30, Value: 95}}},
			[]int{1, 0}, []ingest.Undone{{Gone: 1, Changed: 2}, {Gone: 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			var keys []string
			for _, f := range c.files {
				keys = append(keys, b.load(f, "UTC").Upload)
			}
			for i, n := range c.undo {
				had := len(b.holds())
				said := b.undo(keys[n])
				require.Equal(t, c.said[i], said)
				require.Equal(t, had-said.Gone, len(b.holds()))
			}
			require.Empty(t, b.holds())
		})
	}
	t.Run("an import that is unknown or undone has none", func(t *testing.T) {
		b := newBox(t)
		key := b.load(days(0, 1), "UTC").Upload
		_, err := b.in.PreviewUndo(t.Context(), now, b.person, "nobody's")
		require.Equal(t, fault.NotFound, fault.KindOf(err))
		b.undo(key)
		_, err = b.in.PreviewUndo(t.Context(), now, b.person, key)
		require.Equal(t, fault.Conflict, fault.KindOf(err))
	})
}

// Files that contradict each other, undone one after the other in any order:
// what the preview says is what goes and what changes.
func TestPreviewOfAnUndoIsExact(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "UTC"}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBox(t)
		var keys []string
		for range rapid.IntRange(1, 4).Draw(rt, "files") {
			f := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) row {
				minute := rapid.IntRange(0, 12).Draw(rt, "minute") * 60
				if rapid.Bool().Draw(rt, "dose") {
					return row{Minute: minute, Units: float64(rapid.IntRange(1, 3).Draw(rt, "units"))}
				}
				return row{Minute: minute, Value: float64(100 + rapid.IntRange(0, 2).Draw(rt, "value"))}
			}), 1, 15).Draw(rt, "rows")
			keys = append(keys, b.load(f, rapid.SampledFrom(zones).Draw(rt, "zone")).Upload)
		}
		for _, key := range rapid.Permutation(keys).Draw(rt, "order") {
			before := b.holds()
			said := b.undo(key)
			after := b.holds()
			require.Equal(t, len(before)-len(after), said.Gone)
			was := map[string]bool{}
			for _, line := range before {
				was[line] = true
			}
			changed := 0
			for _, line := range after {
				if !was[line] {
					changed++
				}
			}
			require.LessOrEqual(t, changed, said.Changed, "no change is left unsaid")
		}
		require.Empty(t, b.holds())
	})
}

package ingest_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/ingest"
)

// Whoever listens hears of a change once it can be read, and of nothing that
// was not kept.
func TestTheDoorTellsOfWhatIsKept(t *testing.T) {
	b := newBox(t)
	hub := b.in.Live()
	s := hub.Subscribe(hub.Mark(), []int64{b.person})
	defer s.Close()
	s.Take()
	changes := func() int { return len(s.Take().Changes) }

	f := file{{Minute: 5, Value: 100}}
	imp := ingest.Import{Person: b.person, Format: "test"}
	_, err := b.in.Preview(t.Context(), now, imp, f.batches())
	require.NoError(t, err)
	require.Zero(t, changes(), "a preview")
	gone := errors.New("the file breaks off")
	_, err = b.in.Accept(t.Context(), now, imp, f.batches(), func(ingest.Report) error { return gone })
	require.ErrorIs(t, err, gone)
	require.Zero(t, changes(), "an import that was refused")

	before := hub.Changed(b.person)
	key := b.load(f, "UTC").Upload
	require.Equal(t, 1, changes(), "an import")
	require.Greater(t, hub.Changed(b.person), before)
	require.NoError(t, b.in.Undo(t.Context(), now, ingest.Import{Person: b.person}, key))
	require.Equal(t, 1, changes(), "its undoing")
	require.Error(t, b.in.Undo(t.Context(), now, ingest.Import{Person: b.person}, key))
	require.Zero(t, changes(), "an undoing that is not carried out")

	heard := make(chan []string, 1)
	go func() {
		<-s.Ready()
		heard <- b.holds()
	}()
	b.load(f, "UTC")
	require.Len(t, <-heard, 1, "what was published can be read")
}

package ingest_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"glucokeep/app/ingest"
	"glucokeep/app/store"
)

// noise is n bytes that do not compress, so that they make many pieces.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

func TestOriginal(t *testing.T) {
	f := file{{Minute: 10, Value: 100}, {Minute: 15, Value: 110}}
	accept := func(b *box, original io.Reader, confirm func(ingest.Report) error) error {
		_, err := b.in.Accept(t.Context(), now, ingest.Import{Person: b.person, Format: "test", Original: original}, f.batches(), confirm)
		return err
	}
	uploads := func(b *box) []store.Upload {
		us, err := b.db.Uploads(t.Context(), b.person, 10)
		require.NoError(t, err)
		return us
	}

	t.Run("of many pieces comes back byte for byte, with its size and hash", func(t *testing.T) {
		b := newBox(t)
		want := noise(9<<20 + 17)
		require.NoError(t, accept(b, bytes.NewReader(want), nil))
		us := uploads(b)
		require.Len(t, us, 1)
		sum := sha256.Sum256(want)
		require.EqualValues(t, len(want), us[0].Bytes)
		require.Equal(t, sum[:], us[0].SHA256)
		z, err := zstd.NewReader(b.db.Original(us[0].ID))
		require.NoError(t, err)
		defer z.Close()
		got, err := io.ReadAll(z)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
	})
	t.Run("that was read before is read from its start", func(t *testing.T) {
		b := newBox(t)
		r := bytes.NewReader(noise(1000))
		_, err := io.Copy(io.Discard, r)
		require.NoError(t, err)
		require.NoError(t, accept(b, r, nil))
		require.EqualValues(t, 1000, uploads(b)[0].Bytes)
	})
	t.Run("that is empty has the hash of nothing", func(t *testing.T) {
		b := newBox(t)
		require.NoError(t, accept(b, bytes.NewReader(nil), nil))
		sum := sha256.Sum256(nil)
		require.Equal(t, sum[:], uploads(b)[0].SHA256)
	})
	t.Run("that cannot be read undoes the import", func(t *testing.T) {
		b := newBox(t)
		broken := errors.New("disk")
		require.ErrorIs(t, accept(b, io.MultiReader(bytes.NewReader(noise(3<<20)), iotest.ErrReader(broken)), nil), broken)
		require.Empty(t, b.holds())
		require.Empty(t, uploads(b))
	})
	t.Run("of an import that came to nothing is packed no further", func(t *testing.T) {
		b := newBox(t)
		no := errors.New("no")
		before := runtime.NumGoroutine()
		for range 20 {
			endless := rand.NewChaCha8([32]byte{2})
			require.ErrorIs(t, accept(b, endless, func(ingest.Report) error { return no }), no)
		}
		require.Less(t, runtime.NumGoroutine(), before+10, "each left one behind") // the last may still be on its way out
		require.Empty(t, uploads(b))
	})
}

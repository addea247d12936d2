package audit_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/store"
)

func key(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

// with goes on with the same database under other keys.
func (b *box) with(current []byte, older ...[]byte) { b.ledger = audit.New(b.db, current, older...) }

func (b *box) times(n int) {
	b.Helper()
	for range n {
		b.append(b.event())
	}
}

// turned is the line that begins with another key.
func (b *box) turned() {
	b.Helper()
	e := b.event()
	e.Action = audit.KeyTurned
	b.append(e)
}

func (b *box) broken(seq int64, why string) {
	b.Helper()
	_, err := b.ledger.Verify(b.Context())
	require.Equal(b, &audit.BrokenError{Seq: seq}, err, why)
}

// C-03, L-04: after the keys turned, twice, the whole chain still verifies;
// what was done with a key that was given up is found.
func TestTheChainOfSeveralKeys(t *testing.T) {
	b := newBox(t)
	b.with(key(1))
	b.times(3)
	b.with(key(2), key(1))
	turned, err := b.ledger.Turned(t.Context())
	require.NoError(t, err)
	require.False(t, turned)
	b.turned()
	b.times(2)
	b.with(key(3), key(2), key(1))
	b.turned()
	b.times(1)
	n, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 8, n)
	for tail := range int64(9) {
		require.NoError(t, b.ledger.VerifyTail(t.Context(), tail+1))
	}
	turned, err = b.ledger.Turned(t.Context())
	require.NoError(t, err)
	require.True(t, turned)

	b.tamper(`UPDATE ledger SET object = 'x' WHERE seq = 2`)
	b.with(key(3), key(2), key(1))
	b.broken(2, "an old line edited")
	b.tamper(`UPDATE ledger SET object = 'upload:k' WHERE seq = 2`)
	b.with(key(3), key(2), key(1))
	_, err = b.ledger.Verify(t.Context())
	require.NoError(t, err)
	b.with(key(3), key(1))
	b.broken(4, "a key between is missing")
	b.with(key(3), key(1), key(2))
	b.broken(4, "keys in another order come back")

	// Whoever has the key that was given up writes another end.
	b.tamper(`DELETE FROM ledger WHERE seq > 3`)
	b.with(key(1))
	b.times(1)
	b.with(key(3), key(2), key(1))
	b.broken(5, "it does not end with the key of today") // and says itself that it was cut
	require.Error(t, b.ledger.VerifyTail(t.Context(), 2))
	b.tamper(`UPDATE ledger SET key = 'ffffffff' WHERE seq = 2`)
	b.with(key(1))
	b.broken(2, "a key that nobody knows")
}

// C-03: a ledger whose key is lost goes on under a new one, and what is done
// to its old lines from then on is found.
func TestAdopt(t *testing.T) {
	b := newBox(t)
	b.with(key(1))
	b.times(4)
	known, err := b.ledger.Knows(t.Context())
	require.NoError(t, err)
	require.True(t, known)
	_, err = b.ledger.Adopt(t.Context(), now)
	require.Error(t, err, "nothing is lost")

	adopt := func(k []byte, want int64) {
		t.Helper()
		b.with(k)
		known, err := b.ledger.Knows(t.Context())
		require.NoError(t, err)
		require.False(t, known)
		b.broken(1, "nothing verifies it yet")
		require.Error(t, b.ledger.VerifyTail(t.Context(), 3))
		n, err := b.ledger.Adopt(t.Context(), now)
		require.NoError(t, err)
		require.Equal(t, want, n)
		b.times(2)
		n, err = b.ledger.Verify(t.Context())
		require.NoError(t, err)
		require.Equal(t, want+3, n)
		for tail := range n {
			require.NoError(t, b.ledger.VerifyTail(t.Context(), tail+1))
		}
	}
	adopt(key(2), 4)
	adopt(key(3), 7) // and a second time

	for i, done := range []string{
		`UPDATE ledger SET object = 'x' WHERE seq = 2`, `UPDATE ledger SET hash = zeroblob(32) WHERE seq = 2`,
		`UPDATE ledger SET key = 'ffffffff' WHERE seq = 2`, `DELETE FROM ledger WHERE seq = 2`,
		`UPDATE ledger SET detail = '{}' WHERE action = 'key.lost'`, `UPDATE ledger SET action = 'sign-in' WHERE action = 'key.lost'`,
	} {
		t.Run(fmt.Sprint(i, " ", done), func(t *testing.T) {
			b := newBox(t)
			b.with(key(1))
			b.times(4)
			b.with(key(2))
			_, err := b.ledger.Adopt(t.Context(), now)
			require.NoError(t, err)
			b.tamper(done)
			b.with(key(2))
			_, err = b.ledger.Verify(t.Context())
			require.Error(t, err)
		})
	}
	// A line that takes lost lines over is written by whoever has the key, not
	// by whoever can write the database.
	b = newBox(t)
	b.with(key(1))
	b.times(2)
	b.with(key(9))
	_, err = b.ledger.Adopt(t.Context(), now)
	require.NoError(t, err)
	b.with(key(1))
	_, err = b.ledger.Verify(t.Context())
	require.Error(t, err)
	require.NoError(t, b.db.Ledger(t.Context(), 0, func(r store.LedgerRow) error {
		require.Len(t, r.Key, 8)
		return nil
	}))
}

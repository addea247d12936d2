package audit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

const theMark = `'ledger-mark'`

// cutOf verifies the ledger in both ways and gives what is missing; nil is
// nothing.
func (b *box) cutOf() *audit.CutError {
	b.Helper()
	_, whole := b.ledger.Verify(b.Context())
	require.Equal(b, whole, b.ledger.VerifyTail(b.Context(), 3))
	if whole == nil {
		return nil
	}
	cut, ok := whole.(*audit.CutError)
	require.True(b, ok, "%v", whole)
	return cut
}

// L-04: lines that are cut off the end are missed, by whoever looks, however
// it was done; the box itself notes it before its next line, so that what it
// writes from then on does not cover it up.
func TestTheEndOfTheLedgerCannotBeCutUnseen(t *testing.T) {
	cases := map[string]struct {
		statements  []string
		seq, until  int64
		emptyNoMark bool
	}{
		"the last line":                    {[]string{`DELETE FROM ledger WHERE seq = 10`}, 9, 10, false},
		"half of it":                       {[]string{`DELETE FROM ledger WHERE seq > 5`}, 5, 10, false},
		"all of it":                        {[]string{`DELETE FROM ledger`}, 0, 10, false},
		"the mark taken away":              {[]string{`DELETE FROM box WHERE name = ` + theMark}, 10, 0, false},
		"lines and mark":                   {[]string{`DELETE FROM ledger WHERE seq > 5`, `DELETE FROM box WHERE name = ` + theMark}, 5, 0, false},
		"all lines and the mark":           {[]string{`DELETE FROM ledger`, `DELETE FROM box WHERE name = ` + theMark}, 0, 0, true},
		"the number in the mark changed":   {[]string{`DELETE FROM ledger WHERE seq = 10`, `UPDATE box SET value = replace(value, '10 ', '9 ') WHERE name = ` + theMark}, 9, 0, false},
		"a mark that is no mark":           {[]string{`UPDATE box SET value = '10' WHERE name = ` + theMark}, 10, 0, false},
		"a mark of lines that never were":  {[]string{`UPDATE box SET value = replace(value, '10 ', '11 ') WHERE name = ` + theMark}, 10, 0, false},
		"the mark with another line's end": {[]string{`DELETE FROM ledger WHERE seq = 10`, `UPDATE box SET value = '9 ' || (SELECT key || ' ' || lower(hex(hash)) FROM ledger WHERE seq = 9) || substr(value, -65) WHERE name = ` + theMark}, 9, 0, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := filled(t)
			require.Nil(t, b.cutOf())
			b.tamper(c.statements...)
			want := &audit.CutError{Seq: c.seq, Until: c.until}
			if !c.emptyNoMark { // of which only the accounts tell
				require.Equal(t, want, b.cutOf())
			}
			cut, err := b.ledger.NoteCut(t.Context(), now)
			require.NoError(t, err)
			require.Equal(t, want, cut)
			for range 2 {
				b.append(b.event())
				require.Nil(t, b.cutOf(), "the chain is whole again, and says what it lacks")
				cuts, err := b.ledger.Cuts(t.Context())
				require.NoError(t, err)
				require.Equal(t, []audit.Cut{{Seq: c.seq + 1, At: now, Lines: max(c.until-c.seq, 0)}}, cuts, "once")
			}
			cut, err = b.ledger.NoteCut(t.Context(), now)
			require.NoError(t, err)
			require.Nil(t, cut)
		})
	}
	t.Run("nobody looks before the next line", func(t *testing.T) {
		b := filled(t)
		b.tamper(`DELETE FROM ledger WHERE seq > 7`)
		b.append(b.event())
		require.Equal(t, []string{"ledger.cut ledger {\"ended\":7,\"until\":10}", "import upload:k {\"new\":3}"}, b.lines()[7:])
		require.Nil(t, b.cutOf())
	})
	t.Run("the line about it is cut off too", func(t *testing.T) {
		b := filled(t)
		b.tamper(`DELETE FROM ledger WHERE seq > 7`)
		b.append(b.event())
		b.tamper(`DELETE FROM ledger WHERE seq > 7`)
		require.Equal(t, &audit.CutError{Seq: 7, Until: 9}, b.cutOf())
	})
}

// While the box runs it knows better than any mark that is put back.
func TestAMarkThatIsPutBackWhileTheBoxRuns(t *testing.T) {
	b := filled(t)
	mark := ""
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
		mark, err = tx.BoxFact("ledger-mark")
		return err
	}))
	b.append(b.event())
	for _, q := range []string{`DROP TRIGGER ledger_is_never_shortened`, `DELETE FROM ledger WHERE seq = 11`, `UPDATE box SET value = '` + mark + `' WHERE name = ` + theMark} {
		b.raw(q)
	}
	require.Nil(t, b.cutOf(), "by itself it is what it was")
	b.append(b.event())
	cuts, err := b.ledger.Cuts(t.Context())
	require.NoError(t, err)
	require.Equal(t, []audit.Cut{{Seq: 11, At: now, Lines: 1}}, cuts)
}

// A box that begins, an act that is undone, and a database that is put back
// as it was are no cuts.
func TestWhatIsNoCut(t *testing.T) {
	b := newBox(t)
	require.NoError(t, b.ledger.VerifyTail(t.Context(), 3))
	b.append(b.event())
	failed := fmt.Errorf("undone")
	for range 3 {
		require.ErrorIs(t, b.db.Write(t.Context(), func(tx *store.Tx) error {
			require.NoError(t, b.ledger.Append(tx, now, b.event()))
			return failed
		}), failed)
		require.Nil(t, b.cutOf())
		b.append(b.event())
	}
	require.Nil(t, b.cutOf())
	b.tamper() // closed and opened
	b.append(b.event())
	require.Nil(t, b.cutOf())
	cuts, err := b.ledger.Cuts(t.Context())
	require.NoError(t, err)
	require.Empty(t, cuts)
	require.Len(t, b.rows(), 5)
}

// C-03: a key that was given up writes no other end, nor does a new line
// cover it up.
func TestAKeyThatWasGivenUpWritesNoEnd(t *testing.T) {
	b := newBox(t)
	b.with(key(1))
	b.times(3)
	b.with(key(2), key(1))
	b.turned()
	b.times(3)
	b.tamper(`DELETE FROM ledger WHERE seq > 2`, `DELETE FROM box WHERE name = `+theMark)
	b.with(key(1))
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) error { return b.ledger.Append(tx, now, audit.Event{Action: audit.KeyLost}) }))
	b.with(key(2), key(1))
	cut, err := b.ledger.NoteCut(t.Context(), now)
	require.NoError(t, err)
	require.Equal(t, &audit.CutError{Seq: 3}, cut)
	b.times(1)
	cuts, err := b.ledger.Cuts(t.Context())
	require.NoError(t, err)
	require.Len(t, cuts, 1)
}

// BenchmarkAppend is a line of the ledger within a transaction.
func BenchmarkAppend(b *testing.B) {
	db, err := store.Open(b.Context(), b.TempDir(), storetest.Schema(b))
	require.NoError(b, err)
	defer db.Close()
	ledger := audit.New(db, key(1))
	require.NoError(b, db.Write(b.Context(), func(tx *store.Tx) error {
		for b.Loop() {
			if err := ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Console: true}, Action: audit.BoxQueried}); err != nil {
				return err
			}
		}
		return nil
	}))
}

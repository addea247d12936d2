package audit_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"glucokeep/app/audit"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// box is a database with a ledger over it, an account and a person.
type box struct {
	*testing.T
	dir             string
	db              *store.DB
	ledger          *audit.Ledger
	account, person int64
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, dir: t.TempDir()}
	b.open()
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
		if b.account, err = tx.AddAccount(store.Account{Key: "a", Email: "ana@box.test", Name: "Ana Canary", Created: 1}); err != nil {
			return err
		}
		b.person, err = tx.AddPerson(store.Person{Key: "p", Name: "Mila Canary", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		return err
	}))
	return b
}

func (b *box) open() {
	b.Helper()
	db, err := store.Open(b.Context(), b.dir, storetest.Schema(b))
	require.NoError(b, err)
	b.Cleanup(func() { _ = db.Close() })
	b.db, b.ledger = db, audit.New(db, []byte("key of the chain in this test .."))
}

// tamper closes the database, runs statements on the file without the
// triggers that guard the ledger, and opens it again.
func (b *box) tamper(statements ...string) {
	b.Helper()
	require.NoError(b, b.db.Close())
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName))
	require.NoError(b, err)
	raw.SetMaxOpenConns(1)
	for _, q := range append([]string{"DROP TRIGGER IF EXISTS ledger_is_never_changed", "DROP TRIGGER IF EXISTS ledger_is_never_shortened", "DROP TRIGGER IF EXISTS ledger_only_grows"}, statements...) {
		_, err := raw.Exec(q)
		require.NoError(b, err, q)
	}
	require.NoError(b, raw.Close())
	b.open()
}

func (b *box) raw(q string) {
	b.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(b, err)
	defer raw.Close()
	_, err = raw.Exec(q)
	require.NoError(b, err)
}

func (b *box) append(e audit.Event) {
	b.Helper()
	require.NoError(b, b.db.Write(b.Context(), func(tx *store.Tx) error { return b.ledger.Append(tx, now, e) }))
}

func (b *box) rows() (out []store.LedgerRow) {
	b.Helper()
	require.NoError(b, b.db.Ledger(b.Context(), 0, func(r store.LedgerRow) error {
		out = append(out, r)
		return nil
	}))
	return out
}

// lines are the rows as "action object detail".
func (b *box) lines() (out []string) {
	for _, r := range b.rows() {
		out = append(out, r.Action+" "+r.Object+" "+r.Detail)
	}
	return out
}

func (b *box) event() audit.Event {
	return audit.Event{Actor: audit.Actor{Account: b.account}, From: audit.From{IP: "192.0.2.55", Device: "Firefox on Linux", Request: "ABC"},
		Person: b.person, Action: audit.Imported, Object: "upload:k", Detail: map[string]any{"new": 3}}
}

// filled is a box with ten lines.
func filled(t *testing.T) *box {
	b := newBox(t)
	for i := range 10 {
		e := b.event()
		e.Object = fmt.Sprintf("upload:%d", i)
		b.append(e)
	}
	return b
}

// L-04: an edit, a removal, an insertion and a changed order are each found,
// with the number of the line.
func TestVerifyFindsWhatWasDone(t *testing.T) {
	const copied = `INSERT INTO ledger SELECT %d, at_ms, boot, actor, behalf, person, action, object, result, origin, request, detail, key, hash FROM ledger WHERE seq = %d`
	cases := map[string]struct {
		statements []string
		want       int64 // line, 0: nothing is wrong
	}{
		"nothing":                             {nil, 0},
		"another time":                        {[]string{`UPDATE ledger SET at_ms = at_ms + 1 WHERE seq = 4`}, 4},
		"another process":                     {[]string{`UPDATE ledger SET boot = '' WHERE seq = 4`}, 4},
		"another actor":                       {[]string{`UPDATE ledger SET actor = 'x' WHERE seq = 4`}, 4},
		"on behalf of somebody":               {[]string{`UPDATE ledger SET behalf = 'x' WHERE seq = 4`}, 4},
		"another person":                      {[]string{`UPDATE ledger SET person = 'x' WHERE seq = 4`}, 4},
		"another action":                      {[]string{`UPDATE ledger SET action = 'sign-out' WHERE seq = 4`}, 4},
		"another object":                      {[]string{`UPDATE ledger SET object = 'upload:9' WHERE seq = 4`}, 4},
		"another result":                      {[]string{`UPDATE ledger SET result = 'failed' WHERE seq = 4`}, 4},
		"another origin":                      {[]string{`UPDATE ledger SET origin = '' WHERE seq = 4`}, 4},
		"another request":                     {[]string{`UPDATE ledger SET request = 'DEF' WHERE seq = 4`}, 4},
		"another detail":                      {[]string{`UPDATE ledger SET detail = '{"new":4}' WHERE seq = 4`}, 4},
		"another hash":                        {[]string{`UPDATE ledger SET hash = zeroblob(32) WHERE seq = 4`}, 4},
		"the first line edited":               {[]string{`UPDATE ledger SET object = 'x' WHERE seq = 1`}, 1},
		"the last line edited":                {[]string{`UPDATE ledger SET object = 'x' WHERE seq = 10`}, 10},
		"text moved to the column beside":     {[]string{`UPDATE ledger SET action = action || 'u', object = substr(object, 2) WHERE seq = 4`}, 4},
		"a line removed":                      {[]string{`DELETE FROM ledger WHERE seq = 4`}, 4},
		"the first line removed":              {[]string{`DELETE FROM ledger WHERE seq = 1`}, 1},
		"a line removed, the rest renumbered": {[]string{`DELETE FROM ledger WHERE seq = 4`, `UPDATE ledger SET seq = seq - 1 WHERE seq > 4`}, 4},
		"two lines exchanged":                 {[]string{`UPDATE ledger SET seq = 100 WHERE seq = 4`, `UPDATE ledger SET seq = 4 WHERE seq = 5`, `UPDATE ledger SET seq = 5 WHERE seq = 100`}, 4},
		"a line moved to the end":             {[]string{`UPDATE ledger SET seq = 11 WHERE seq = 4`}, 4},
		"a line put in":                       {[]string{`UPDATE ledger SET seq = -seq - 1 WHERE seq > 4`, `UPDATE ledger SET seq = -seq WHERE seq < 0`, fmt.Sprintf(copied, 5, 4)}, 5},
		"a line put in at the end":            {[]string{fmt.Sprintf(copied, 11, 10)}, 11},
		"a line put in before the first":      {[]string{fmt.Sprintf(copied, 0, 1)}, 1},
		"a line with a number left out":       {[]string{fmt.Sprintf(copied, 12, 10)}, 11},
		"a later state of a line put back":    {[]string{`UPDATE ledger SET object = (SELECT object FROM ledger WHERE seq = 5) WHERE seq = 4`}, 4},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := filled(t)
			b.tamper(c.statements...)
			lines, err := b.ledger.Verify(t.Context())
			if c.want == 0 {
				require.NoError(t, err)
				require.EqualValues(t, 10, lines)
				return
			}
			broken, ok := errors.AsType[*audit.BrokenError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.want, broken.Seq)
			require.Contains(t, err.Error(), fmt.Sprint(c.want))
		})
	}
}

// L-04: whoever lacks the key cannot make a chain that holds.
func TestAnotherKeyMakesNoChain(t *testing.T) {
	b := filled(t)
	_, err := audit.New(b.db, []byte("another key of thirty-two bytes!")).Verify(t.Context())
	require.Equal(t, &audit.BrokenError{Seq: 1}, err)
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) error {
		return audit.New(b.db, []byte("another key of thirty-two bytes!")).Append(tx, now, b.event())
	}))
	lines, err := b.ledger.Verify(t.Context())
	require.Equal(t, &audit.BrokenError{Seq: 11}, err)
	require.EqualValues(t, 10, lines, "up to there it holds")
}

// L-04: the database itself refuses to change or shorten the ledger.
func TestTheLedgerIsAppendOnly(t *testing.T) {
	b := filled(t)
	for _, q := range []string{`UPDATE ledger SET object = ''`, `UPDATE ledger SET seq = 99 WHERE seq = 1`, `DELETE FROM ledger`, `DELETE FROM ledger WHERE seq = 10`} {
		raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
		require.NoError(t, err)
		_, err = raw.Exec(q)
		require.ErrorContains(t, err, "append-only", q)
		require.NoError(t, raw.Close())
	}
	lines, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 10, lines)
}

// The chain goes on over a restart and after an act that was undone.
func TestTheChainGoesOn(t *testing.T) {
	b := filled(t)
	boot := b.rows()[0].Boot
	require.NoError(t, b.db.Close())
	b.open()
	b.append(b.event())
	require.Error(t, b.db.Write(t.Context(), func(tx *store.Tx) error {
		if err := b.ledger.Append(tx, now, b.event()); err != nil {
			return err
		}
		return errors.New("the act failed")
	}))
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_ = b.db.Write(t.Context(), func(tx *store.Tx) error {
				if err := b.ledger.Append(tx, now, b.event()); err != nil || i%3 == 0 {
					return errors.Join(err, errors.New("undone"))
				}
				return nil
			})
		})
	}
	wg.Wait()
	lines, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 10+1+13, lines)
	require.NotEqual(t, boot, b.rows()[10].Boot, "L-03: each process has its own mark")
}

// L-03: the chain itself holds no name, address or device: only random ids
// whose meaning can be erased beside it.
func TestLinesNameNobody(t *testing.T) {
	b := newBox(t)
	b.append(b.event())
	b.append(audit.Event{Actor: audit.Actor{Console: true}, Action: audit.BoxChecked})
	b.append(audit.Event{Actor: audit.Actor{Box: true}, Action: audit.BoxChecked})
	b.append(audit.Event{From: audit.From{IP: "192.0.2.55"}, Action: audit.SignIn, Result: audit.Failed})
	for _, r := range b.rows() {
		text := strings.ToLower(fmt.Sprintf("%+v", r))
		for _, canary := range []string{"canary", "ana@", "192.0.2", "firefox"} {
			require.NotContains(t, text, canary)
		}
	}
	b.append(b.event())
	rows := b.rows()
	require.Equal(t, rows[0].Actor, rows[4].Actor, "the same account has the same id")
	require.Equal(t, rows[0].Origin, rows[4].Origin)
	require.Equal(t, rows[0].Person, rows[4].Person)
	actors := map[string]bool{}
	for _, r := range rows {
		actors[r.Actor] = true
	}
	require.Len(t, actors, 4, "account, console, box and nobody are told apart")
	require.Empty(t, rows[1].Origin, "the console has no address")
	require.Equal(t, "ok", rows[0].Result)
	require.Equal(t, "failed", rows[3].Result)

	b.raw(`UPDATE ledger_subject SET name = ''`)
	b.raw(`UPDATE ledger_origin SET ip = '', device = origin`)
	_, err := b.ledger.Verify(t.Context())
	require.NoError(t, err, "L-05: names can be erased and the chain holds")
}

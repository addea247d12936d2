package mail

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"glucokeep/app/audit"
	"glucokeep/app/record"
	"glucokeep/app/seal"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/vault"
)

var now = time.Date(2026, 3, 10, 21, 40, 0, 0, time.UTC)

// box is a database with an outbox over it, and one account.
type box struct {
	*testing.T
	*Mails
	dir     string
	db      *store.DB
	ring    *seal.Ring
	account int64
	sent    []letter
	answer  outcome
	gone    bool
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, dir: t.TempDir(), answer: outcome{answer: Sent}}
	b.open(true)
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
		b.account, err = tx.AddAccount(store.Account{Key: "a", Email: "ana@box.test", Name: "Ana Muster", Created: 1})
		return err
	}))
	return b
}

func (b *box) open(fresh bool) {
	b.Helper()
	var err error
	b.ring, err = seal.Open(b.dir, fresh)
	require.NoError(b, err)
	b.db, err = store.Open(b.Context(), b.dir, storetest.Schema(b))
	require.NoError(b, err)
	db := b.db
	b.Cleanup(func() { _ = db.Close() })
	ledger := audit.New(b.db, b.ring.Key("ledger"), b.ring.OlderLedgerKeys()...)
	b.Mails = New(b.db, ledger, vault.New(b.db, ledger, b.ring))
	b.Base = "http://localhost:8080"
	b.post = b
	b.Check = func(context.Context, int64) (Reader, bool, error) {
		return Reader{Name: "Ana Muster", Lang: "en", Phrase: "otter maple lantern kettle"}, !b.gone, nil
	}
}

// deliver is a postman that keeps what it got, unless it is to fail.
func (b *box) deliver(_ context.Context, _ Settings, _ []byte, l letter) outcome {
	if b.answer.answer == Sent {
		b.sent = append(b.sent, l)
	}
	return b.answer
}

func (b *box) server(s Settings, password string) {
	b.Helper()
	require.NoError(b, b.SetServer(b.Context(), now, audit.Actor{Console: true}, audit.From{}, s, []byte(password)))
}

// somewhere is a server that is never asked.
var somewhere = Settings{Host: "mail.box.test", Port: 587, TLS: StartTLS, Name: "box", Sender: "box@box.test"}

func (b *box) puts(n Notice) (ref string) {
	b.Helper()
	n.Account = b.account
	if n.Address == "" {
		n.Address = "ana@box.test"
	}
	if n.At.IsZero() {
		n.At = now
	}
	require.NoError(b, b.db.Write(b.Context(), func(tx *store.Tx) (err error) {
		ref, err = b.Enqueue(tx, now, n)
		return err
	}))
	return ref
}

func (b *box) step(at time.Time) {
	b.Helper()
	require.NoError(b, b.Step(b.Context(), at))
}

func (b *box) mail(ref string) store.Mail {
	b.Helper()
	m, ok, err := b.Find(b.Context(), b.account, ref)
	require.NoError(b, err)
	require.True(b, ok)
	return m
}

// sql runs a statement over a connection of its own.
func (b *box) sql(q string, args ...any) {
	b.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(b, err)
	defer raw.Close()
	_, err = raw.Exec(q, args...)
	require.NoError(b, err)
}

func after(d time.Duration) record.Millis { return record.At(now.Add(d)) }

func actorAna(b *box) audit.Actor { return audit.Actor{Account: b.account} }

var nobodyFrom audit.From

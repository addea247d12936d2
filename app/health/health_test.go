package health_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/health"
	"glucokeep/app/ingest"
	"glucokeep/app/seal"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

// box is a box with its health, in a folder of its own.
type box struct {
	*testing.T
	dir    string
	db     *store.DB
	ledger *audit.Ledger
	*health.Health
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, dir: t.TempDir()}
	var err error
	b.db, err = store.Open(t.Context(), b.dir, storetest.Schema(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.db.Close() })
	keys, err := seal.Open(b.dir, true)
	require.NoError(t, err)
	b.ledger = audit.New(b.db, keys.Key("ledger"))
	b.Health = health.New(b.db, b.ledger, ingest.New(b.db, b.ledger, nil), storetest.Schema(t))
	return b
}

// lines adds lines to the ledger.
func (b *box) lines(n int) {
	b.Helper()
	for range n {
		require.NoError(b, b.db.Write(b.Context(), func(tx *store.Tx) error {
			return b.ledger.Append(tx, time.Now(), audit.Event{Action: audit.BoxQueried})
		}))
	}
}

// sql runs a statement over a connection of its own.
func (b *box) sql(q string) {
	b.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(b, err)
	defer raw.Close()
	_, err = raw.Exec(q)
	require.NoError(b, err)
}

func (b *box) look() health.State {
	b.Helper()
	s, err := b.Look(b.Context(), time.Now(), time.Minute)
	require.NoError(b, err)
	return s
}

func TestLook(t *testing.T) {
	b := newBox(t)
	require.NoError(t, os.WriteFile(filepath.Join(b.dir, "note"), make([]byte, 12_345), 0o600))
	b.lines(3)
	s := b.look()
	require.Equal(t, b.dir, s.Folder)
	require.EqualValues(t, 3, s.Ledger)
	require.Zero(t, s.Broken)
	require.Nil(t, s.Checked)
	require.Positive(t, s.Database)
	require.GreaterOrEqual(t, s.Files, s.Database+12_345)
	require.Equal(t, store.Counts{}, s.Counts)
	if s.Disk > 0 {
		require.LessOrEqual(t, s.Free, s.Disk)
	}
	b.sql(`DROP TRIGGER ledger_is_never_changed; UPDATE ledger SET action = 'nothing' WHERE seq = 2`)
	require.EqualValues(t, 2, b.look().Broken, "a line that somebody changed is found by the way")
}

func TestShort(t *testing.T) {
	const giga = 1 << 30
	for name, c := range map[string]struct {
		disk, free int64
		want       bool
	}{
		"a roomy disk":                     {500 * giga, 400 * giga, false},
		"a tenth is enough":                {20 * giga, 2 * giga, false},
		"less than a tenth":                {500 * giga, 49 * giga, true},
		"less than a gigabyte":             {4 * giga, giga - 1, true},
		"a system that does not say":       {0, 0, false},
		"a full disk":                      {500 * giga, 0, true},
		"a small disk with room for years": {10 * giga, 5 * giga, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, health.State{Disk: c.disk, Free: c.free}.Short())
		})
	}
}

func TestCheckNow(t *testing.T) {
	b := newBox(t)
	b.lines(2)
	now := time.Now()
	out, err := b.CheckNow(t.Context(), now, audit.Actor{Console: true}, audit.From{})
	require.NoError(t, err)
	require.True(t, out.Sound, "%v", out.Findings)
	require.EqualValues(t, 2, out.Ledger)
	s := b.look()
	require.Equal(t, now.UnixMilli(), int64(s.Checked.At))
	require.Zero(t, s.Checked.Findings)
	require.EqualValues(t, 3, s.Ledger, "the check itself left its line")

	require.NoError(t, os.Chmod(filepath.Join(b.dir, store.FileName), 0o644))
	out, err = b.CheckNow(t.Context(), now, audit.Actor{Console: true}, audit.From{})
	require.NoError(t, err)
	require.False(t, out.Sound)
	require.Equal(t, []health.Finding{{What: "mode", Where: store.FileName}}, out.Findings)
	require.Equal(t, 1, b.look().Checked.Findings)

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = b.CheckNow(gone, now, audit.Actor{Console: true}, audit.From{})
	require.ErrorIs(t, err, context.Canceled, "nobody waits any more")
	require.NotEqual(t, fault.Unavailable, fault.KindOf(err))
}

// Nobody waits for ever, and not two at once.
func TestCheckNowIsBounded(t *testing.T) {
	b := newBox(t)
	b.SetPatience(time.Nanosecond)
	_, err := b.CheckNow(t.Context(), time.Now(), audit.Actor{Console: true}, audit.From{})
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
	require.Nil(t, b.look().Checked, "what was given up found nothing")
	require.Zero(t, b.look().Ledger)
	b.SetPatience(time.Minute)
	b.Busy() <- struct{}{}
	_, err = b.CheckNow(t.Context(), time.Now(), audit.Actor{Console: true}, audit.From{})
	require.Equal(t, fault.Conflict, fault.KindOf(err))
	<-b.Busy()
	_, err = b.CheckNow(t.Context(), time.Now(), audit.Actor{Console: true}, audit.From{})
	require.NoError(t, err, "and the next may")
}

// What is written while a check runs is no fault of the box.
func TestCheckWhileTheBoxWorks(t *testing.T) {
	b := newBox(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = b.db.Write(ctx, func(tx *store.Tx) error {
				return b.ledger.Append(tx, time.Now(), audit.Event{Action: audit.BoxQueried})
			})
		}
	}()
	for range 20 {
		out, err := b.Check(t.Context())
		require.NoError(t, err)
		require.True(t, out.Sound, "%v", out.Findings)
	}
	stop()
	<-done
}

package main

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/seal"
	"glucokeep/app/store"
	"glucokeep/app/vault"
)

// opened is the database of a box with its keys, for looking into it.
func opened(t *testing.T, dir string, do func(*seal.Ring, *store.DB, *vault.Vault)) {
	t.Helper()
	ring, err := seal.Open(dir, false)
	require.NoError(t, err)
	db, err := store.Open(t.Context(), dir, schema)
	require.NoError(t, err)
	do(ring, db, vault.New(db, audit.New(db, ring.Key("ledger"), ring.OlderLedgerKeys()...), ring))
	require.NoError(t, db.Close())
}

const canary = "passwordcanary of the mail server"

// withSecret is a box that keeps the password of a mail server.
func withSecret(t *testing.T) (dir string) {
	dir = newBox(t)
	opened(t, dir, func(_ *seal.Ring, db *store.DB, v *vault.Vault) {
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return v.Put(tx, "mail", 0, []byte(canary)) }))
	})
	return dir
}

func secretIs(t *testing.T, dir, want string) {
	t.Helper()
	opened(t, dir, func(_ *seal.Ring, _ *store.DB, v *vault.Vault) {
		got, err := v.Get(t.Context(), "mail")
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	})
}

func sound(t *testing.T, dir string) {
	t.Helper()
	require.Contains(t, done(t, "", "check", "--data", dir, "--json"), `"sound": true`)
}

// C-02: nobody who has the database alone has a secret of it.
func TestACopiedDatabaseGivesNoSecret(t *testing.T) {
	dir := withSecret(t)
	copied := t.TempDir()
	for _, name := range []string{store.FileName, store.FileName + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		require.NotContains(t, string(raw), canary)
		require.NotContains(t, string(raw), "passwordcanary")
		require.NoError(t, os.WriteFile(filepath.Join(copied, name), raw, 0o600))
	}
	_, err := seal.Open(copied, true)
	require.NoError(t, err)
	opened(t, copied, func(_ *seal.Ring, _ *store.DB, v *vault.Vault) {
		got, err := v.Get(t.Context(), "mail")
		require.Error(t, err)
		require.Empty(t, got)
		lost, err := v.Lost(t.Context())
		require.NoError(t, err)
		require.Len(t, lost, 2)
		require.Equal(t, "mail", lost[0])
		require.Regexp(t, "^phrase ", lost[1])
	})
	_, stderr, code := glucokeep(t, "", "person", "list", "--data", copied)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "not the one that this box was last used with")
}

// C-03: a new key opens everything, the old one nothing any more, and the
// ledger verifies over both; also when the power fails at any step.
func TestKeyRotate(t *testing.T) {
	dir := withSecret(t)
	before, err := os.ReadFile(filepath.Join(dir, seal.FileName))
	require.NoError(t, err)
	require.Contains(t, done(t, "", "key", "rotate", "--data", dir), "new key")
	secretIs(t, dir, canary)
	sound(t, dir)
	require.Equal(t, "1\n", done(t, "", "sql", "--data", dir, "SELECT count(*) AS n FROM ledger WHERE action = 'key.turned' AND detail = '{\"lost\":0,\"sealed\":2}'")[2:])
	after, err := os.ReadFile(filepath.Join(dir, seal.FileName))
	require.NoError(t, err)
	require.NotContains(t, string(after), strings.Fields(string(before))[1], "the old key is kept nowhere")
	other := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, seal.FileName), before, 0o600))
	old, err := seal.Open(other, false)
	require.NoError(t, err)
	opened(t, dir, func(_ *seal.Ring, db *store.DB, _ *vault.Vault) {
		_, err := vault.New(db, nil, old).Get(t.Context(), "mail")
		require.Error(t, err)
	})
	done(t, "", "key", "rotate", "--data", dir)
	secretIs(t, dir, canary)
	sound(t, dir)

	t.Run("cut off after the key file was written", func(t *testing.T) {
		dir := withSecret(t)
		opened(t, dir, func(r *seal.Ring, _ *store.DB, _ *vault.Vault) { require.NoError(t, r.Turn()) })
		sound(t, dir) // and so goes on
		opened(t, dir, func(r *seal.Ring, db *store.DB, _ *vault.Vault) { require.False(t, r.Turning()) })
		secretIs(t, dir, canary)
	})
	t.Run("cut off after everything was sealed", func(t *testing.T) {
		dir := withSecret(t)
		opened(t, dir, func(r *seal.Ring, db *store.DB, v *vault.Vault) {
			require.NoError(t, r.Turn())
			both, err := os.ReadFile(filepath.Join(dir, seal.FileName))
			require.NoError(t, err)
			require.NoError(t, vault.New(db, audit.New(db, r.Key("ledger"), r.OlderLedgerKeys()...), r).Turn(t.Context(), time.Now()))
			require.NoError(t, os.WriteFile(filepath.Join(dir, seal.FileName), both, 0o600))
		})
		sound(t, dir)
		secretIs(t, dir, canary)
		require.Contains(t, done(t, "", "sql", "--data", dir, "SELECT count(*) AS n FROM ledger WHERE action = 'key.turned'"), "1\n", "one line, not two")
	})
	t.Run("a key that systemd hands in", func(t *testing.T) {
		dir, credentials := withSecret(t), t.TempDir()
		key, source := filepath.Join(credentials, seal.FileName), filepath.Join(t.TempDir(), "mine.key")
		require.NoError(t, os.Rename(filepath.Join(dir, seal.FileName), key))
		t.Setenv("CREDENTIALS_DIRECTORY", credentials)
		sound(t, dir)
		_, stderr, code := glucokeep(t, "", "key", "rotate", "--data", dir)
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "--key-file")
		sound(t, dir)
		t.Setenv("CREDENTIALS_DIRECTORY", "")
		require.NoError(t, os.Rename(key, source))
		_, _, code = glucokeep(t, "", "person", "list", "--data", dir)
		require.Equal(t, 1, code)
		done(t, "", "key", "rotate", "--data", dir, "--key-file", source)
		require.NoFileExists(t, filepath.Join(dir, seal.FileName))
		done(t, "", "person", "list", "--data", dir, "--key-file", source)
		t.Setenv("GLUCOKEEP_KEY_FILE", source)
		done(t, "", "person", "list", "--data", dir)
		sound(t, dir)
	})
}

// C-03: without its key a box says what to do, and goes on when it is told
// to: no data is lost, and it says what must be entered again.
func TestKeyLost(t *testing.T) {
	dir := withSecret(t)
	_, stderr, code := glucokeep(t, "", "key", "lost", "--data", dir)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "nothing to replace")

	people := done(t, "", "person", "list", "--data", dir)
	require.NoError(t, os.Remove(filepath.Join(dir, seal.FileName)))
	_, stderr, code = glucokeep(t, "", "person", "list", "--data", dir)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "glucokeep key lost")
	require.NoFileExists(t, filepath.Join(dir, seal.FileName), "never by itself")
	out, stderr, code := glucokeep(t, "", "key", "lost", "--data", dir)
	require.Zero(t, code, stderr)
	require.Contains(t, out, "Nothing of its data is lost")
	require.Contains(t, stderr, "The password of the mail server cannot be opened any more")
	require.Contains(t, stderr, "The phrase in somebody’s mails")
	require.Equal(t, people, done(t, "", "person", "list", "--data", dir))
	sound(t, dir)

	// A key of another box: refused, put aside, and the box goes on.
	other := newBox(t)
	key, err := os.ReadFile(filepath.Join(other, seal.FileName))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, seal.FileName), key, 0o600))
	_, stderr, code = glucokeep(t, "", "person", "list", "--data", dir)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "not the one")
	done(t, "", "key", "lost", "--data", dir)
	sound(t, dir)
	kept, err := filepath.Glob(filepath.Join(dir, seal.FileName+".*"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	aside, err := os.ReadFile(kept[0])
	require.NoError(t, err)
	require.Equal(t, string(key), string(aside), "it may be another box's")

	_, _, code = glucokeep(t, "", "key", "lost", "--data", t.TempDir())
	require.Equal(t, 1, code)
}

// C-03, X: a rotation that is killed at any moment leaves a box that opens with
// everything in it, and the next one goes on.
func TestKeyRotateKilled(t *testing.T) {
	if dir := os.Getenv("GLUCOKEEP_ROTATE_CHILD"); dir != "" {
		os.Exit(run(context.Background(), []string{"key", "rotate", "--data", dir}, strings.NewReader(""), io.Discard, os.Stderr))
	}
	dir := withSecret(t)
	rounds, cut := 25, 0
	for range rounds {
		child := exec.Command(os.Args[0], "-test.run=^TestKeyRotateKilled$")
		child.Env = append(os.Environ(), "GLUCOKEEP_ROTATE_CHILD="+dir)
		require.NoError(t, child.Start())
		time.Sleep(time.Duration(30+rand.IntN(90)) * time.Millisecond)
		_ = child.Process.Kill()
		if child.Wait() != nil {
			cut++
		}
		secretIs(t, dir, canary) // as it was left, before anything mends it
	}
	sound(t, dir)
	secretIs(t, dir, canary)
	left, err := filepath.Glob(filepath.Join(dir, seal.FileName+"*"))
	require.NoError(t, err)
	require.Len(t, left, 1, "no key lies about")
	t.Logf("%d of %d were cut off", cut, rounds)
}

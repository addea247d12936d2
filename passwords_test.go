package main

import (
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A-03, S52: what the console does with passwords: the same checks as on the
// pages, and lists that say what is in use.
func TestPasswordsAtTheConsole(t *testing.T) {
	const own = "a long enough passphrase"
	write := func(t *testing.T, text string) string {
		path := filepath.Join(t.TempDir(), "list.txt")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	set := func(t *testing.T, dir, password string, want int) (said string) {
		_, stderr, code := glucokeep(t, password+"\n", "account", "password", "--data", dir, "--email", "ana@example.org", "--password-stdin")
		require.Equal(t, want, code, stderr)
		return stderr
	}
	t.Run("a new password is checked with what is known of the family", func(t *testing.T) {
		dir := newBox(t)
		require.Contains(t, set(t, dir, "Medtronic780G!2026", 1), "contains a pump model")
		require.Contains(t, set(t, dir, "seven herons for mia", 1), "name of a person")
		require.Contains(t, set(t, dir, "seven herons at example", 1), "e-mail address")
		require.Contains(t, set(t, dir, "1q2w3e4r5t6y7u8i", 1), "leaked")
		set(t, dir, "copper violin drifts past eleven barns", 0)
		_, stderr, code := glucokeep(t, "Summer2026!!!!!\n", "account", "add", "--data", dir, "--email", "ben@example.org", "--name", "Ben", "--password-stdin")
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "well-known word", "S52: a partner too")
	})
	t.Run("lists are brought in, listed, and used at once", func(t *testing.T) {
		dir := newBox(t)
		plain := write(t, "copper violin drifts past eleven barns\nshort\n")
		breached := fmt.Sprintf("%X:2\n%X:900\n", sha1.Sum([]byte("silver cello rests beside nine ponds")), sha1.Sum([]byte("golden flute sleeps under six hills")))
		require.Contains(t, done(t, "", "passwords", "update", plain, "--data", dir), "1 password now")
		require.Contains(t, set(t, dir, "copper violin drifts past eleven barns", 1), "leaked")
		set(t, dir, "silver cello rests beside nine ponds", 0)
		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(done(t, breached, "passwords", "update", "-", "--data", dir, "--seen", "100", "--json")), &got))
		require.EqualValues(t, 1, got["count"])
		require.EqualValues(t, 1, got["seldom"])
		require.Contains(t, set(t, dir, "golden flute sleeps under six hills", 1), "leaked")
		out := done(t, "", "passwords", "list", "--data", dir)
		for _, word := range []string{"plain", "breached", "in the program", "list.txt", "standard input", "15496"} {
			require.Contains(t, out, word)
		}
		var lists []map[string]any
		require.NoError(t, json.Unmarshal([]byte(done(t, "", "passwords", "list", "--data", dir, "--json")), &lists))
		require.Len(t, lists, 3)
		require.Contains(t, done(t, "", "check", "--data", dir), "sound")
	})
	t.Run("what cannot be used says so", func(t *testing.T) {
		dir := newBox(t)
		for name, args := range map[string][]string{
			"no such file": {"passwords", "update", "nowhere.txt", "--data", dir},
			"an empty one": {"passwords", "update", write(t, "\n"), "--data", dir},
			"a broken one": {"passwords", "update", write(t, fmt.Sprintf("%040d:1\nwhat\n", 1)), "--data", dir},
			"no box there": {"passwords", "update", write(t, own), "--data", filepath.Join(dir, "not", "there")},
		} {
			_, stderr, code := glucokeep(t, "", args...)
			require.Equal(t, 1, code, name)
			require.Greater(t, len(stderr), 30, name)
			require.NotContains(t, stderr, "[", name)
		}
		require.Equal(t, 2, strings.Count(done(t, "", "passwords", "list", "--data", dir), "\n"), "a heading and the list in the program")
	})
	t.Run("the hash is measured, and a password from before still opens", func(t *testing.T) {
		dir := newBox(t)
		require.Regexp(t, `19 MiB of memory, \d+ passes`, done(t, "", "passwords", "calibrate", "--data", dir))
		require.Regexp(t, `m=19456,t=\d+,p=1`, done(t, "", "sql", "--data", dir, "SELECT value FROM box WHERE name = 'hash-cost'"))
	})
}

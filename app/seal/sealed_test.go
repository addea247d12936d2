package seal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/fault"
	"glucokeep/app/seal"
)

func ring(t testing.TB) *seal.Ring {
	t.Helper()
	r, err := seal.Open(t.TempDir(), true)
	require.NoError(t, err)
	return r
}

var place = seal.Place{Table: "secret", Column: "sealed", Row: "mail.password"}

// C-02: what was sealed comes back at its place, under its key, unchanged, and
// nowhere else.
func TestSealed(t *testing.T) {
	r, other := ring(t), ring(t)
	const secret = "canary of seven herons"
	sealed := r.Seal(place, []byte(secret))
	require.NotContains(t, sealed, "canary")
	require.NotEqual(t, sealed, r.Seal(place, []byte(secret)), "the nonce is random")
	got, err := r.Unseal(place, sealed)
	require.NoError(t, err)
	require.Equal(t, secret, string(got))

	for name, at := range map[string]seal.Place{
		"another row":     {Table: "secret", Column: "sealed", Row: "mail.passworc"},
		"another column":  {Table: "secret", Column: "name", Row: "mail.password"},
		"another table":   {Table: "mail", Column: "sealed", Row: "mail.password"},
		"parts run over":  {Table: "secret", Column: "sealedmail", Row: ".password"},
		"nothing at all":  {},
		"an empty column": {Table: "secretsealed", Row: "mail.password"},
	} {
		_, err := r.Unseal(at, sealed)
		require.ErrorIs(t, err, seal.ErrTampered, name)
	}
	_, err = other.Unseal(place, sealed)
	require.ErrorIs(t, err, seal.ErrLost, "another box's key")
	for i := range sealed { // every bit of it counts
		for _, c := range []byte{'A', 'f', '.', 0} {
			if sealed[i] == c {
				continue
			}
			bad := sealed[:i] + string(c) + sealed[i+1:]
			_, err := r.Unseal(place, bad)
			require.Error(t, err, "%d %q", i, bad)
		}
		_, err := r.Unseal(place, sealed[:i])
		require.Error(t, err)
	}
}

// C-02: any text comes back, at any place.
func TestSealedLaw(t *testing.T) {
	r := ring(t)
	rapid.Check(t, func(t *rapid.T) {
		at := seal.Place{Table: rapid.String().Draw(t, "table"), Column: rapid.String().Draw(t, "column"), Row: rapid.String().Draw(t, "row")}
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		got, err := r.Unseal(at, r.Seal(at, text))
		require.NoError(t, err)
		require.True(t, bytes.Equal(text, got))
	})
}

// C-03: while the keys turn both open, afterwards the new one alone; what
// verifies the ledger stays; and each step is in the file.
func TestTurn(t *testing.T) {
	dir := t.TempDir()
	r, err := seal.Open(dir, true)
	require.NoError(t, err)
	ledger, cookie := r.Key("ledger"), r.Key("device cookie")
	sealed := r.Seal(place, []byte("secret"))
	again := func() *seal.Ring {
		t.Helper()
		r, err := seal.Open(dir, false)
		require.NoError(t, err)
		info, err := os.Stat(path(dir))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		names, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, names, 1, "nothing is left lying about")
		return r
	}
	require.False(t, r.Turning())
	require.NoError(t, r.Turn())
	for _, r := range []*seal.Ring{r, again()} {
		require.True(t, r.Turning())
		require.False(t, r.Current(sealed))
		require.NotEqual(t, ledger, r.Key("ledger"))
		require.Equal(t, [][]byte{ledger}, r.OlderLedgerKeys())
		got, err := r.Unseal(place, sealed)
		require.NoError(t, err)
		require.Equal(t, "secret", string(got))
		require.True(t, r.Current(r.Seal(place, got)))
	}
	now := r.Key("ledger")
	r = again()
	require.NoError(t, r.Turn(), "one that was cut off goes on")
	require.Equal(t, now, r.Key("ledger"), "with the key that it began with")
	require.NoError(t, r.Finish())
	require.NoError(t, r.Finish(), "there is nothing more to finish")
	for _, r := range []*seal.Ring{r, again()} {
		require.False(t, r.Turning())
		_, err := r.Unseal(place, sealed)
		require.ErrorIs(t, err, seal.ErrLost, "the old key is gone")
		require.Equal(t, [][]byte{ledger}, r.OlderLedgerKeys())
		require.NotEqual(t, cookie, r.Key("device cookie"))
	}
	require.NoError(t, r.Turn())
	require.NoError(t, r.Finish())
	require.Equal(t, [][]byte{now, ledger}, again().OlderLedgerKeys(), "newest first")
}

// A key file that cannot be written leaves everything as it was, and a link
// stays a link.
func TestTurnWhereItLies(t *testing.T) {
	dir, secrets := t.TempDir(), t.TempDir()
	_, err := seal.Open(secrets, true)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(path(secrets), path(dir)))
	r, err := seal.Open(dir, false)
	require.NoError(t, err)
	require.NoError(t, r.Turn())
	info, err := os.Lstat(path(dir))
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	text, err := os.ReadFile(path(secrets))
	require.NoError(t, err)
	require.Contains(t, string(text), "glucokeep-old-1")

	t.Setenv("CREDENTIALS_DIRECTORY", secrets)
	require.Equal(t, path(secrets), seal.Find(dir, ""))
	r, err = seal.OpenFile(seal.Find(dir, ""), false)
	require.NoError(t, err)
	before := r.Key("ledger")
	err = r.Finish()
	f, ok := err.(*fault.Error)
	require.True(t, ok, "%v", err)
	require.Equal(t, "seal.key-handed-in", f.Key)
	require.True(t, r.Turning())
	require.Equal(t, before, r.Key("ledger"))
}

// C-02: where the key comes from, and who may read it.
func TestFind(t *testing.T) {
	dir, credentials := t.TempDir(), t.TempDir()
	require.Equal(t, path(dir), seal.Find(dir, ""))
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	require.Equal(t, path(dir), seal.Find(dir, ""), "systemd handed in other things alone")
	made, err := seal.OpenFile(path(credentials), true)
	require.NoError(t, err)
	require.Equal(t, path(credentials), seal.Find(dir, ""))
	require.Equal(t, "/etc/x.key", seal.Find(dir, "/etc/x.key"), "what is named comes first")

	require.NoError(t, os.Chmod(path(credentials), 0o444)) // guarded by its folder
	r, err := seal.OpenFile(path(credentials), false)
	require.NoError(t, err)
	require.Equal(t, made.Key("ledger"), r.Key("ledger"))
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	for mode, fine := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o444: false, 0o640: false, 0o604: false, 0o620: false, 0o610: false} {
		require.NoError(t, os.Chmod(path(credentials), mode))
		_, err := seal.OpenFile(path(credentials), false)
		if fine {
			require.NoError(t, err, mode)
			continue
		}
		f, ok := err.(*fault.Error)
		require.True(t, ok, "%v: %v", mode, err)
		require.Equal(t, "seal.key-open", f.Key)
	}
	_, err = seal.OpenFile(filepath.Join(dir, "nowhere", "x.key"), true)
	require.Error(t, err)
}

func FuzzUnseal(f *testing.F) {
	r := ring(f)
	f.Add(r.Seal(place, []byte("secret")))
	f.Add("gk1." + strings.Repeat("0", 8) + ".AAAA")
	f.Add("gk1..")
	other := seal.Place{Table: "x"}
	f.Fuzz(func(t *testing.T, sealed string) {
		if _, err := r.Unseal(other, sealed); err == nil {
			t.Fatal("opened what was never sealed there")
		}
	})
}

package seal_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/fault"
	"glucokeep/app/seal"
)

func path(dir string) string { return filepath.Join(dir, seal.FileName) }

// C-02: the key file is made once, for its owner alone, and read again.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	made, err := seal.Open(dir, true)
	require.NoError(t, err)
	info, err := os.Stat(path(dir))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	for _, fresh := range []bool{true, false} {
		again, err := seal.Open(dir, fresh)
		require.NoError(t, err)
		require.Equal(t, made.Key("ledger"), again.Key("ledger"))
	}
	other, err := seal.Open(t.TempDir(), true)
	require.NoError(t, err)
	require.NotEqual(t, made.Key("ledger"), other.Key("ledger"), "each box has its own")
}

// C-02: keys of two purposes tell nothing of each other.
func TestPurposes(t *testing.T) {
	r, err := seal.Open(t.TempDir(), true)
	require.NoError(t, err)
	seen := map[string]string{}
	for _, purpose := range []string{"ledger", "device cookie", "ledger ", "Ledger", "", "x"} {
		k := r.Key(purpose)
		require.Len(t, k, 32)
		require.Empty(t, seen[string(k)], "%q and %q", purpose, seen[string(k)])
		seen[string(k)] = purpose + "!"
		require.Equal(t, k, r.Key(purpose))
	}
}

// An old box without its key is refused: a new key could not verify the
// ledger, and whoever took the file away would have hidden what they did.
func TestAKeyThatIsGone(t *testing.T) {
	dir := t.TempDir()
	_, err := seal.Open(dir, false)
	f, ok := err.(*fault.Error)
	require.True(t, ok, "%v", err)
	require.Equal(t, "seal.key-missing", f.Key)
	require.NoFileExists(t, path(dir))
}

func TestADamagedKey(t *testing.T) {
	whole := "glucokeep-key-1 " + base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, text := range map[string]string{
		"empty":             "",
		"cut":               whole[:len(whole)-5],
		"of another kind":   strings.Replace(whole, "key-1", "key-2", 1),
		"too short":         "glucokeep-key-1 " + base64.StdEncoding.EncodeToString(make([]byte, 31)),
		"too long":          "glucokeep-key-1 " + base64.StdEncoding.EncodeToString(make([]byte, 33)),
		"not base64":        strings.Replace(whole, "AAAA", "!!!!", 1),
		"without its name":  strings.TrimPrefix(whole, "glucokeep-key-1 "),
		"binary":            "\x00\x01\x02",
		"two lines of keys": whole + "\n" + whole,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(path(dir), []byte(text), 0o600))
			for _, fresh := range []bool{true, false} {
				_, err := seal.Open(dir, fresh)
				f, ok := err.(*fault.Error)
				require.True(t, ok, "%v", err)
				require.Equal(t, "seal.key-damaged", f.Key)
				kept, err := os.ReadFile(path(dir))
				require.NoError(t, err)
				require.Equal(t, text, string(kept), "a damaged key is never written over")
				require.NotContains(t, f.Error(), "AAAA", "and never repeated")
			}
		})
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(path(dir), []byte(" "+whole+"\r\n"), 0o600))
	_, err := seal.Open(dir, false)
	require.NoError(t, err, "what an editor adds does no harm")
}

// Of several that make the key at once, one does, and none writes over it.
func TestOneKeyIsMade(t *testing.T) {
	dir := t.TempDir()
	rings := make([]*seal.Ring, 20)
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() { rings[i], _ = seal.Open(dir, true) })
	}
	wg.Wait()
	kept, err := seal.Open(dir, false)
	require.NoError(t, err)
	for _, r := range rings {
		if r != nil {
			require.Equal(t, kept.Key("ledger"), r.Key("ledger"))
		}
	}
}

// The key file may be a link to where the system keeps secrets, or be a
// folder by mistake: the one works, the other is an error.
func TestWhereTheKeyLies(t *testing.T) {
	dir, secrets := t.TempDir(), t.TempDir()
	made, err := seal.Open(secrets, true)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(path(secrets), path(dir)))
	linked, err := seal.Open(dir, false)
	require.NoError(t, err)
	require.Equal(t, made.Key("ledger"), linked.Key("ledger"))

	dir = t.TempDir()
	require.NoError(t, os.Mkdir(path(dir), 0o700))
	_, err = seal.Open(dir, true)
	require.Error(t, err)
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("glucokeep-key-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))
	f.Add([]byte("glucokeep-key-1 "))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(path(dir), text, 0o600))
		if _, err := seal.Open(dir, false); err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
		}
	})
}

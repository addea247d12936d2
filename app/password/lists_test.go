package password_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/fault"
	"glucokeep/app/password"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func update(t testing.TB, l password.Lists, lines string) (password.Update, error) {
	t.Helper()
	return l.Update(t.Context(), password.Source{Reader: strings.NewReader(lines), Name: "file.txt"}, noon)
}

func sha(p string) string { return fmt.Sprintf("%X", sha1.Sum([]byte(p))) }

func has(t testing.TB, l password.Lists, p string) bool {
	t.Helper()
	found, err := l.Listed(p)
	require.NoError(t, err)
	return found
}

// a plain list: what is long enough is found whatever its case, what is
// too short was left out, and the list says how much there is.
func TestUpdateFromAPlainList(t *testing.T) {
	l := password.InFolder(t.TempDir())
	u, err := update(t, l, "\ufeffviolin barns at dawn\r\n\r\nshort\nviolin barns at dawn\nVIOLIN barns at dusk\nsieben Gänse am Fluß\nfourteen chars\nno end of line here")
	require.NoError(t, err)
	require.Equal(t, password.Plain, u.Kind)
	require.EqualValues(t, 7, u.Lines)
	require.EqualValues(t, 5, u.Count)
	require.EqualValues(t, 1, u.Short)
	require.EqualValues(t, 1, u.Again)
	for _, p := range []string{"violin barns at dawn", "Violin Barns At Dawn", "violin barns at dusk", "Sieben GA\u0308NSE am Fluß", "fourteen chars", "no end of line here"} {
		require.True(t, has(t, l, p), p)
	}
	for _, p := range []string{"violin barns at daw", "violin barns at dawn ", "short", "", "\ufeffviolin barns at dawn"} {
		require.False(t, has(t, l, p), p)
	}
	require.Equal(t, "password.listed", faultKey(l.Check("violin barns at dawn", password.About{})))
	require.NoError(t, l.Check("violin barns at noon", password.About{}))
	in, err := l.InUse()
	require.NoError(t, err)
	require.Len(t, in, 2)
	require.Equal(t, "file.txt", in[1].From)
	require.True(t, noon.Equal(in[1].Made))
	info, err := os.Stat(in[1].File)
	require.NoError(t, err)
	require.Zero(t, info.Mode().Perm()&0o077, "a list is nobody else's")
}

// the public download of breached passwords, also one that is not
// sorted, with what was seen seldom left out on wish.
func TestUpdateFromBreachedHashes(t *testing.T) {
	l := password.InFolder(t.TempDir())
	const mixed = "Violin Barns At Dawn"
	lines := sha("violin barns at dusk") + ":12\n" + strings.ToLower(sha(mixed)) + ":1\r\n" + sha("x") + "\n"
	u, err := update(t, l, lines)
	require.NoError(t, err)
	require.Equal(t, password.Breached, u.Kind)
	require.EqualValues(t, 3, u.Count)
	require.True(t, has(t, l, mixed))
	require.True(t, has(t, l, "violin barns at dusk"))
	require.True(t, has(t, l, "VIOLIN barns at dusk"), "a capital more makes no other of it")
	require.False(t, has(t, l, "violin barns at dawn"), "but small letters are none of a list that has capitals")
	before, err := l.Mark()
	require.NoError(t, err)

	u, err = l.Update(t.Context(), password.Source{Reader: strings.NewReader(lines), Seen: 10}, noon.Add(time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, u.Count)
	require.EqualValues(t, 2, u.Few)
	require.False(t, has(t, l, mixed), "the new list took the place of the old")
	require.True(t, has(t, l, "violin barns at dusk"))
	after, err := l.Mark()
	require.NoError(t, err)
	require.NotEqual(t, before, after)

	_, err = update(t, l, "a plain list beside it\n")
	require.NoError(t, err)
	require.True(t, has(t, l, "a plain list beside it") && has(t, l, "violin barns at dusk"), "each kind has its place")
}

// What cannot be used changes nothing and leaves nothing behind.
func TestUpdatesThatFail(t *testing.T) {
	dir := t.TempDir()
	l := password.InFolder(dir)
	_, err := update(t, l, "violin barns at dawn\n")
	require.NoError(t, err)
	_, err = update(t, l, sha("violin barns at dusk")+":2\n")
	require.NoError(t, err)
	mark, err := l.Mark()
	require.NoError(t, err)
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		src  io.Reader
		ctx  context.Context
		want string
	}{
		"an empty file":                   {strings.NewReader(""), t.Context(), "passwords.empty"},
		"empty lines":                     {strings.NewReader("\n\r\n\n"), t.Context(), "passwords.empty"},
		"a hash list with something else": {strings.NewReader(sha("a") + ":1\nnothing of the kind\n"), t.Context(), "passwords.not-a-hash"},
		"a hash list with a broken count": {strings.NewReader(sha("a") + ":1\n" + sha("b") + ":x\n"), t.Context(), "passwords.not-a-hash"},
		"a hash list with a broken hash":  {strings.NewReader(sha("a") + ":1\n" + sha("b")[:39] + "g:1\n"), t.Context(), "passwords.not-a-hash"},
		"a disk that breaks":              {io.MultiReader(strings.NewReader("violin barns at noon\n"), broken{}), t.Context(), ""},
		"somebody who stops it":           {strings.NewReader("violin barns at noon\n"), ended, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.Update(c.ctx, password.Source{Reader: c.src}, noon.Add(time.Hour))
			require.Error(t, err)
			if c.want != "" {
				require.Equal(t, c.want, faultKey(err))
			}
			now, err := l.Mark()
			require.NoError(t, err)
			require.Equal(t, mark, now)
			files, err := os.ReadDir(filepath.Join(dir, password.Folder))
			require.NoError(t, err)
			require.Len(t, files, 2)
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("disk broke") }

func faultKey(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key
	}
	return fmt.Sprint(err)
}

// A list that was cut or overwritten is an error and not an answer.
func TestDamagedLists(t *testing.T) {
	dir := t.TempDir()
	l := password.InFolder(dir)
	_, err := update(t, l, "violin barns at dawn\n")
	require.NoError(t, err)
	file := filepath.Join(dir, password.Folder, "plain.list")
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"empty": {}, "no head": bytes.Repeat([]byte{'x'}, 900), "cut": whole[:len(whole)-1], "longer": append(bytes.Clone(whole), 0),
		"another format": bytes.Replace(whole, []byte(`passwords":1`), []byte(`passwords":2`), 1),
		"another kind":   bytes.Replace(whole, []byte(`"plain"`), []byte(`"pl4in"`), 1),
		"a wide entry":   bytes.Replace(whole, []byte(`"width":8`), []byte(`"width":9`), 1),
		"a count":        bytes.Replace(whole, []byte(`"count":1`), []byte(`"count":-`), 1),
	} {
		require.NoError(t, os.WriteFile(file, content, 0o600))
		_, err := l.Listed("a password that is nowhere")
		require.Error(t, err, name)
		_, err = l.Mark()
		require.Error(t, err, name)
		require.True(t, has(t, l, "passwordpassword"), "the list in the program goes on")
	}
}

// generated is a download of n hashes in an order of their own, far more than
// are held in memory, written as it is read.
func generated(n int, sorted bool) io.Reader {
	r, w := io.Pipe()
	go func() {
		b := bufio.NewWriterSize(w, 1<<16)
		for i := range n {
			k := uint64(i) * 1_000_003
			if !sorted {
				k = uint64(i) * 0x9E3779B97F4A7C15
			}
			fmt.Fprintf(b, "%016X%024X:%d\n", k, i, i%50+1)
		}
		_ = b.Flush()
		_ = w.Close()
	}()
	return r
}

// a file of any size is read in bounded memory: three million hashes,
// twice what is held at once, sorted and not.
func TestAnUpdateTakesLittleMemory(t *testing.T) {
	n := 3_000_000
	if testing.Short() {
		n = 1_200_000
	}
	for name, sorted := range map[string]bool{"sorted": true, "not sorted": false} {
		t.Run(name, func(t *testing.T) {
			l := password.InFolder(t.TempDir())
			runtime.GC()
			var before, m runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			u, err := l.Update(t.Context(), password.Source{Reader: generated(n, sorted), Name: "download"}, noon)
			require.NoError(t, err)
			runtime.ReadMemStats(&m)
			require.EqualValues(t, n, u.Count)
			file := filepath.Join(filepath.Dir(mustFile(t, l)), "breached.list")
			info, err := os.Stat(file)
			require.NoError(t, err)
			require.EqualValues(t, 512+8*n, info.Size())
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			for i := 520; i < len(content); i += 8 {
				if bytes.Compare(content[i-8:i], content[i:i+8]) >= 0 {
					t.Fatalf("entry %d is not in order", i)
				}
			}
			grown := int64(m.HeapSys) - int64(before.HeapSys) // #nosec G115 -- memory of this machine
			t.Logf("%d hashes in %s, %.0f MB of heap from the system", n, time.Since(began).Round(time.Millisecond), float64(grown)/1e6)
			require.Less(t, grown, int64(64<<20))
		})
	}
}

func mustFile(t testing.TB, l password.Lists) string {
	t.Helper()
	in, err := l.InUse()
	require.NoError(t, err)
	return in[len(in)-1].File
}

// While lists are replaced, everybody who asks gets the one or the other.
func TestAListIsReplacedAtOnce(t *testing.T) {
	l := password.InFolder(t.TempDir())
	_, err := update(t, l, "violin barns at dawn\nviolin barns number 0\n")
	require.NoError(t, err)
	stop := make(chan struct{})
	errs := make(chan error, 1)
	go func() {
		defer close(errs)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if found, err := l.Listed("violin barns at dawn"); err != nil || !found {
				errs <- fmt.Errorf("found %v: %w", found, err)
				return
			}
		}
	}()
	for i := range 50 {
		_, err := update(t, l, fmt.Sprintf("violin barns at dawn\nviolin barns number %d\n", i))
		require.NoError(t, err)
	}
	close(stop)
	require.NoError(t, <-errs)
}

func FuzzUpdate(f *testing.F) {
	f.Add("violin barns at dawn\nshort\n")
	f.Add(sha("x") + ":3\n")
	f.Add("\ufeff\r\n\x00\xff" + strings.Repeat("y", 70_000))
	f.Fuzz(func(t *testing.T, lines string) {
		l := password.InFolder(t.TempDir())
		u, err := l.Update(t.Context(), password.Source{Reader: strings.NewReader(lines)}, noon)
		if err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			return
		}
		require.Equal(t, u.Lines, u.Count+u.Short+u.Again+u.Few)
		_, err = l.Mark()
		require.NoError(t, err)
	})
}

package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/format"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// box has a way in for one person.
type box struct {
	*testing.T
	dir    string // of waiting files
	db     *store.DB
	in     *ingest.Ingest
	intake *intake.Intake
	person int64
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, dir: filepath.Join(t.TempDir(), "incoming")}
	b.db = storetest.Open(t)
	b.in = ingest.New(b.db, audit.New(b.db, make([]byte, 32)), intake.Reread(b.dir))
	var err error
	b.intake, err = intake.New(b.in, b.dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.intake.Close() })
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
		b.person, err = tx.AddPerson(store.Person{Key: "p", Name: "Mila", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		return err
	}))
	return b
}

func (b *box) imp() ingest.Import { return ingest.Import{Person: b.person, Zone: time.UTC} }

func (b *box) readings() (n int) {
	b.Helper()
	series, err := b.db.Glucose(b.Context(), b.person, -1<<50, 1<<50)
	require.NoError(b, err)
	for _, s := range series {
		n += len(s.Readings)
	}
	return n
}

func (b *box) uploads() int {
	b.Helper()
	list, err := b.db.Uploads(b.Context(), b.person, 100)
	require.NoError(b, err)
	return len(list)
}

func (b *box) stage(account int64, text string) *intake.Waiting {
	b.Helper()
	w, err := b.intake.Stage(now, b.person, account, "file.csv", strings.NewReader(text))
	require.NoError(b, err)
	return w
}

// simple is a file of n readings, five minutes apart.
func simple(n int) string {
	var s strings.Builder
	s.WriteString("time,mgdl,flag\n")
	for i := range n {
		fmt.Fprintf(&s, "%s,%d,\n", time.Date(2026, 5, 1, 0, 5*i, 0, 0, time.UTC).Format("2006-01-02T15:04:05"), 90+i%50)
	}
	return s.String()
}

func faultKey(t *testing.T, err error) string {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	return f.Key
}

// V-05: a preview keeps nothing and tells what an import would do.
func TestPreviewAndImport(t *testing.T) {
	b := newBox(t)
	w := b.stage(1, simple(20))
	seen, err := b.intake.Preview(t.Context(), now, b.imp(), w.File)
	require.NoError(t, err)
	require.Equal(t, 20, seen.New)
	require.Zero(t, b.readings())
	require.Zero(t, b.uploads())
	done, err := b.intake.Import(t.Context(), now, b.imp(), w.File, nil)
	require.NoError(t, err)
	require.Equal(t, 20, done.New)
	require.Equal(t, 20, b.readings())
	require.Equal(t, 1, b.uploads())

	again, err := b.intake.Preview(t.Context(), now, b.imp(), w.File)
	require.NoError(t, err)
	require.Zero(t, again.New)
	require.Equal(t, 20, again.Known)
}

// V-05: whoever objects keeps nothing.
func TestAnObjectionKeepsNothing(t *testing.T) {
	b := newBox(t)
	w := b.stage(1, simple(20))
	objection := errors.New("no")
	_, err := b.intake.Import(t.Context(), now, b.imp(), w.File, func(f intake.Found) error {
		require.Equal(t, 20, f.New)
		return objection
	})
	require.ErrorIs(t, err, objection)
	require.Zero(t, b.readings())
	require.Zero(t, b.uploads())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = b.intake.Import(ctx, now, b.imp(), w.File, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, b.readings())
}

// Z-04: a waiting file is its sender's, for the person it was sent for.
func TestAWaitingFileIsItsSenders(t *testing.T) {
	b := newBox(t)
	w := b.stage(1, simple(3))
	_, err := b.intake.Waiting(w.Key, b.person, 1)
	require.NoError(t, err)
	for name, ask := range map[string]struct {
		key             string
		person, account int64
	}{
		"another account":     {w.Key, b.person, 2},
		"another person":      {w.Key, b.person + 1, 1},
		"another key":         {w.Key + "A", b.person, 1},
		"no key":              {"", b.person, 1},
		"a key in lower case": {strings.ToLower(w.Key), b.person, 1},
		"nobody":              {w.Key, 0, 0},
	} {
		got, err := b.intake.Waiting(ask.key, ask.person, ask.account)
		require.Nil(t, got, name)
		require.Equal(t, &fault.Error{Kind: fault.NotFound, Key: "import.not-waiting"}, err, name)
	}
}

// What somebody changes in their copy counts only once it is an answer.
func TestAnswers(t *testing.T) {
	b := newBox(t)
	w := b.stage(1, simple(3))
	mine, err := b.intake.Waiting(w.Key, b.person, 1)
	require.NoError(t, err)
	mine.Zone, mine.Options.Unit = "Asia/Tokyo", "mmol/L"
	other, err := b.intake.Waiting(w.Key, b.person, 1)
	require.NoError(t, err)
	require.Empty(t, other.Zone)
	require.Empty(t, other.Options.Unit)
	b.intake.Answer(mine)
	other, err = b.intake.Waiting(w.Key, b.person, 1)
	require.NoError(t, err)
	require.Equal(t, "Asia/Tokyo", other.Zone)
	require.Equal(t, "mmol/L", other.Options.Unit)
}

// Of an account's files the newest five wait; others' are left alone.
func TestFewFilesWait(t *testing.T) {
	b := newBox(t)
	others := b.stage(2, simple(1))
	var mine []*intake.Waiting
	for i := range 7 {
		w, err := b.intake.Stage(now.Add(time.Duration(i)*time.Minute), b.person, 1, "f", strings.NewReader(simple(1)))
		require.NoError(t, err)
		mine = append(mine, w)
	}
	for i, w := range mine {
		_, err := b.intake.Waiting(w.Key, b.person, 1)
		require.Equal(t, i >= 2, err == nil, "file %d", i)
	}
	_, err := b.intake.Waiting(others.Key, b.person, 2)
	require.NoError(t, err)
}

// A file waits for a day, and no restart keeps it.
func TestFilesDoNotWaitForEver(t *testing.T) {
	b := newBox(t)
	w := b.stage(1, simple(1))
	require.NoError(t, b.intake.Step(now.Add(24*time.Hour)))
	_, err := b.intake.Waiting(w.Key, b.person, 1)
	require.NoError(t, err)
	require.NoError(t, b.intake.Step(now.Add(24*time.Hour+time.Second)))
	_, err = b.intake.Waiting(w.Key, b.person, 1)
	require.Error(t, err)
	_, err = w.Detect()
	require.Error(t, err, "its bytes are gone")
	require.NoError(t, b.intake.Drop(w), "twice is no mistake")

	w = b.stage(1, simple(1))
	require.NoError(t, os.WriteFile(filepath.Join(b.dir, "left"), []byte("over"), 0o600))
	again, err := intake.New(b.in, b.dir)
	require.NoError(t, err)
	_, err = again.Waiting(w.Key, b.person, 1)
	require.Error(t, err)
	entries, err := os.ReadDir(b.dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	info, err := os.Stat(b.dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestCloseForgetsAll(t *testing.T) {
	b := newBox(t)
	w := b.stage(1, simple(1))
	require.NoError(t, b.intake.Close())
	_, err := b.intake.Waiting(w.Key, b.person, 1)
	require.Error(t, err)
}

// zeros is n bytes without any memory.
func zeros(n int64) io.Reader { return io.LimitReader(endless{}, n) }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// V-04: over 64 MiB nothing waits and nothing lies on disk.
func TestTooLarge(t *testing.T) {
	b := newBox(t)
	w, err := b.intake.Stage(now, b.person, 1, "f", zeros(intake.MaxUpload))
	require.NoError(t, err)
	require.EqualValues(t, intake.MaxUpload, w.Size)
	require.NoError(t, b.intake.Drop(w))
	_, err = b.intake.Stage(now, b.person, 1, "f", zeros(intake.MaxUpload+1))
	require.Equal(t, fault.TooLarge, fault.KindOf(err))
	broken := errors.New("cable pulled")
	_, err = b.intake.Stage(now, b.person, 1, "f", io.MultiReader(zeros(1<<20), errorReader{broken}))
	require.ErrorIs(t, err, broken)
	entries, err := os.ReadDir(b.dir)
	require.NoError(t, err)
	require.Empty(t, entries, "the names of files go as soon as they are open")
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }

// zipped packs files, name then content.
func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		require.NoError(t, err)
		_, err = io.WriteString(w, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return buf.Bytes()
}

// V-04: archives that unpack to too much, hold too much or climb out.
func TestArchives(t *testing.T) {
	many := []string{}
	for i := range 1100 {
		many = append(many, fmt.Sprintf("%d.csv", i), "x")
	}
	cases := map[string]struct {
		bytes []byte
		kind  fault.Kind
	}{
		"a bomb":              {zipped(t, "a.csv", "time,mgdl,flag\n"+strings.Repeat("0", 80<<20)), fault.TooLarge},
		"a thousand files":    {zipped(t, many...), fault.TooLarge},
		"an archive in one":   {zipped(t, "inner.zip", string(zipped(t, "a.csv", simple(3)))), fault.Invalid},
		"an empty archive":    {zipped(t), fault.Invalid},
		"half an archive":     {zipped(t, "a.csv", simple(300))[:200], fault.Invalid},
		"a gzip of nothing":   {[]byte("\x1f\x8b\x08\x00"), fault.Invalid},
		"an empty file":       {nil, fault.Invalid},
		"a picture":           {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), fault.Invalid},
		"a PDF":               {[]byte("%PDF-1.7\n%âãÏÓ\n"), fault.Invalid},
		"a page of the web":   {[]byte("<!DOCTYPE html><html><body>Sign in</body></html>"), fault.Invalid},
		"a line without end":  {[]byte("time,mgdl,flag\n" + strings.Repeat("9", 3<<20)), fault.TooLarge},
		"a field without end": {[]byte("time,mgdl,flag\n\"" + strings.Repeat("9", 3<<20)), fault.TooLarge},
		"NUL bytes":           {make([]byte, 1<<20), fault.Invalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			w, err := b.intake.Stage(now, b.person, 1, "f", bytes.NewReader(c.bytes))
			require.NoError(t, err)
			found, err := b.intake.Preview(t.Context(), now, b.imp(), w.File)
			if err == nil { // an unusable row is no unusable file
				require.Positive(t, found.Rejected)
				require.Zero(t, found.New)
				return
			}
			require.Equal(t, c.kind, fault.KindOf(err), "%v", err)
			require.NotContains(t, fmt.Sprint(err), "9999")
		})
	}
	t.Run("names that climb out are read and never used as paths", func(t *testing.T) {
		b := newBox(t)
		for _, name := range []string{"../../../../tmp/gk-climbed.csv", "/tmp/gk-climbed.csv", `..\..\gk-climbed.csv`, "C:\\gk-climbed.csv"} {
			w, err := b.intake.Stage(now, b.person, 1, "f", bytes.NewReader(zipped(t, name, simple(3))))
			require.NoError(t, err)
			found, err := b.intake.Preview(t.Context(), now, b.imp(), w.File)
			require.NoError(t, err, name)
			require.Equal(t, 3, found.New, name)
			require.NoFileExists(t, "/tmp/gk-climbed.csv")
		}
		entries, err := os.ReadDir(b.dir)
		require.NoError(t, err)
		require.Empty(t, entries)
	})
}

// A file that is confirmed twice at once, by two clicks, is kept once.
func TestConfirmedTwice(t *testing.T) {
	b := newBox(t)
	key := b.stage(1, simple(2000)).Key
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			w, err := b.intake.Take(key, b.person, 1)
			if err == nil {
				_, err = b.intake.Import(t.Context(), now, b.imp(), w.File, nil)
				err = errors.Join(err, b.intake.Drop(w))
			}
			errs[i] = err
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.Contains(t, []string{"import.not-waiting", "import.being-read"}, faultKey(t, err))
	}
	require.Equal(t, 1, won)
	require.Equal(t, 1, b.uploads())
	require.Equal(t, 2000, b.readings())
}

func TestATakenFileIsLeftAlone(t *testing.T) {
	b := newBox(t)
	w, err := b.intake.Take(b.stage(1, simple(3)).Key, b.person, 1)
	require.NoError(t, err)
	_, err = b.intake.Take(w.Key, b.person, 1)
	require.Equal(t, "import.being-read", faultKey(t, err))
	require.NoError(t, b.intake.Step(now.Add(48*time.Hour)), "it does not go while it is read")
	for range 6 {
		b.stage(1, simple(1))
	}
	_, err = b.intake.Preview(t.Context(), now, b.imp(), w.File)
	require.NoError(t, err)
	b.intake.GiveBack(w)
	again, err := b.intake.Take(w.Key, b.person, 1)
	require.NoError(t, err)
	require.NoError(t, b.intake.Drop(again))
}

// The console names files of every kind.
func TestOpen(t *testing.T) {
	b := newBox(t)
	dir := t.TempDir()
	plain := filepath.Join(dir, "readings.csv")
	require.NoError(t, os.WriteFile(plain, []byte(simple(4)), 0o600))
	open := func(path string, stdin io.Reader) (int, string, error) {
		f, err := b.intake.Open(path, stdin, format.Options{})
		if err != nil {
			return 0, "", err
		}
		defer f.Close()
		found, err := b.intake.Preview(t.Context(), now, b.imp(), f)
		return found.New, f.Label, err
	}
	n, label, err := open(plain, nil)
	require.NoError(t, err)
	require.Equal(t, 4, n)
	require.Equal(t, "readings.csv", label, "without its folder")
	n, label, err = open("-", strings.NewReader(simple(5)))
	require.NoError(t, err)
	require.Equal(t, 5, n)
	require.Equal(t, "-", label)
	_, _, err = open(filepath.Join(dir, "none"), nil)
	require.Equal(t, "import.no-such-file", faultKey(t, err))
	_, _, err = open(dir, nil)
	require.Equal(t, "import.is-a-folder", faultKey(t, err))
}

// An undo reads originals again, with the answers of then.
func TestUndoReadsAgain(t *testing.T) {
	b := newBox(t)
	first, err := b.intake.Import(t.Context(), now, b.imp(), b.stage(1, simple(10)).File, nil)
	require.NoError(t, err)
	second, err := b.intake.Import(t.Context(), now, b.imp(), b.stage(1, simple(20)).File, nil)
	require.NoError(t, err)
	require.Equal(t, 20, b.readings())
	require.NoError(t, b.in.Undo(t.Context(), now, b.imp(), first.Upload))
	require.Equal(t, 20, b.readings(), "the second had given them too")
	require.NoError(t, b.in.Undo(t.Context(), now, b.imp(), second.Upload))
	require.Zero(t, b.readings())
}

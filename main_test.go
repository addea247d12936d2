package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// glucokeep carries out a command line in this process and gives what it
// printed.
func glucokeep(t testing.TB, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(stdin), &out, &err)
	return out.String(), err.String(), code
}

// done carries out a command line that must go well.
func done(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	stdout, stderr, code := glucokeep(t, stdin, args...)
	require.Zero(t, code, "%v: %s", args, stderr)
	return stdout
}

// newBox makes a box with one account and one person and gives its folder.
func newBox(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "box")
	done(t, "a long enough passphrase\n", "account", "add", "--data", dir, "--email", "ana@example.org", "--name", "Ana", "--password-stdin")
	done(t, "", "person", "add", "--data", dir, "--name", "Mia", "--zone", "Europe/Berlin", "--owner", "ana@example.org")
	return dir
}

// importJSON is as much as the tests need of what import prints.
type importJSON struct {
	Format      string
	Kept        bool
	Counts      map[string]int
	First, Last string
	New, Known  int
	Replaced    int
	Rejected    []struct {
		Line           int
		Column, Reason string
	}
	RejectedCount int `json:"rejected_count"`
	Warnings      []string
}

func imported(t testing.TB, stdout string) (r importJSON) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(stdout), &r), stdout)
	return r
}

// week writes a made-up Clarity export of some days, with one row that has no
// glucose, and gives its path.
func week(t testing.TB, days int, bad bool) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Index,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Event Subtype,Patient Info,Device Info,Source Device ID," +
		"Glucose Value (mg/dL),Insulin Value (u),Carb Value (grams),Duration (hh:mm:ss),Glucose Rate of Change (mg/dL/min)," +
		"Transmitter Time (Long Integer),Transmitter ID\n")
	at := time.Date(2026, 3, 1, 0, 2, 0, 0, time.UTC)
	for i := range days * 288 {
		value := fmt.Sprint(120 + (i*37)%61 - (i*13)%41)
		if i%500 == 250 {
			value = "Low"
		}
		if bad && i == 77 {
			value = "9999"
		}
		fmt.Fprintf(&b, "%d,%s,EGV,,,,phone,%s,,,,,%d,ABC123\n", i+1, at.Format("2006-01-02T15:04:05"), value, 1000+i*300)
		at = at.Add(5 * time.Minute)
	}
	path := filepath.Join(t.TempDir(), "clarity.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

func TestCommandLine(t *testing.T) {
	t.Run("help names every command", func(t *testing.T) {
		out := done(t, "", "--help")
		for _, c := range []string{"serve", "import", "stats", "account", "person", "passwords", "check", "dump", "demo", "version"} {
			require.Contains(t, out, "\n  "+c, c)
		}
		out, _, _ = glucokeep(t, "")
		require.Contains(t, out, "glucokeep demo")
	})
	t.Run("what is not understood says so", func(t *testing.T) {
		_, stderr, code := glucokeep(t, "", "improt")
		require.Equal(t, 2, code)
		require.Contains(t, stderr, "improt")
	})
	t.Run("a file goes in once, however often it is brought", func(t *testing.T) {
		dir, file := newBox(t), week(t, 15, false)
		first := imported(t, done(t, "", "import", "--data", dir, "--json", file))
		require.True(t, first.Kept)
		require.Equal(t, 15*288, first.New)
		second := imported(t, done(t, "", "import", "--data", dir, "--json", file, "--zone", "Asia/Tokyo"))
		require.Equal(t, []int{0, 15 * 288}, []int{second.New, second.Known})
		require.NotEmpty(t, second.Warnings, "it was read in another zone before")
		require.Contains(t, done(t, "", "check", "--data", dir), "sound")
	})
	t.Run("rows that cannot be used are shown before anything is kept", func(t *testing.T) {
		dir, file := newBox(t), week(t, 2, true)
		out, _, code := glucokeep(t, "", "import", "--data", dir, "--json", file)
		require.Equal(t, 3, code)
		r := imported(t, out)
		require.Equal(t, 79, r.Rejected[0].Line)
		require.Equal(t, "Glucose Value (mg/dL)", r.Rejected[0].Column)
		require.NotContains(t, r.Rejected[0].Reason, "9999", "no content of the file in a reason")
		require.Contains(t, done(t, "", "stats", "--data", dir, "--person", "Mia", "--json"), `"readings": 0`)
		require.Equal(t, 2*288-1, imported(t, done(t, "", "import", "--data", dir, "--json", "--accept-rejected", file)).New)
	})
	t.Run("a dry run keeps nothing and needs no box", func(t *testing.T) {
		r := imported(t, done(t, "", "import", "--dry-run", "--json", week(t, 1, true)))
		require.False(t, r.Kept)
		require.Equal(t, 287, r.Counts["glucose"])
		require.Equal(t, 1, r.RejectedCount)
	})
	t.Run("figures of a file are those of the box that it went into", func(t *testing.T) {
		dir, file := newBox(t), week(t, 20, false)
		done(t, "", "import", "--data", dir, file)
		ofBox := done(t, "", "stats", "--data", dir, "--person", "mia", "--json")
		require.JSONEq(t, ofBox, done(t, "", "stats", "--file", file, "--zone", "Europe/Berlin", "--json"))
		text := done(t, "", "stats", "--data", dir, "--person", "Mia", "--from", "2026-03-02", "--to", "2026-03-16")
		require.Contains(t, text, "GMI")
		out := done(t, "", "stats", "--data", dir, "--person", "Mia", "--from", "2026-03-02", "--to", "2026-03-03", "--json")
		require.Contains(t, out, `"readings": 576`)
	})
	t.Run("a dump goes back in to the record", func(t *testing.T) {
		from, to := newBox(t), newBox(t)
		done(t, "", "import", "--data", from, week(t, 16, false))
		zip := filepath.Join(t.TempDir(), "all.zip")
		stdout, stderr, code := glucokeep(t, "", "dump", "--data", from, "--person", "Mia", "--out", zip)
		require.Zero(t, code, stderr)
		require.Empty(t, stdout, "that is for data")
		require.Equal(t, "Written: 4608 glucose readings, 0 other records.\n", stderr)
		piped, stderr, code := glucokeep(t, "", "dump", "--data", from, "--person", "Mia", "--out", "-")
		require.Zero(t, code, stderr)
		require.True(t, strings.HasPrefix(piped, "PK"), "nothing stands before the archive")
		require.Equal(t, 16*288, imported(t, done(t, "", "import", "--data", to, "--json", zip)).New)
		require.JSONEq(t, done(t, "", "stats", "--data", from, "--person", "Mia", "--json"), done(t, "", "stats", "--data", to, "--person", "Mia", "--json"))
		again := imported(t, done(t, "", "import", "--data", from, "--json", zip))
		require.Zero(t, again.New+again.Replaced)
		_, _, code = glucokeep(t, "", "dump", "--data", from, "--person", "Mia", "--out", zip)
		require.Equal(t, 1, code, "never over a file that is there")
		require.FileExists(t, zip)
		nobody := filepath.Join(t.TempDir(), "nobody.zip")
		_, _, code = glucokeep(t, "", "dump", "--data", from, "--person", "Nobody", "--out", nobody)
		require.Equal(t, 1, code)
		require.NoFileExists(t, nobody)
	})
	t.Run("standard input is a file too", func(t *testing.T) {
		text, err := os.ReadFile(week(t, 3, false))
		require.NoError(t, err)
		r := imported(t, done(t, string(text), "import", "--dry-run", "--json", "-"))
		require.Equal(t, 3*288, r.New)
	})
	t.Run("bad input gets a sentence and changes nothing", func(t *testing.T) {
		dir := newBox(t)
		for name, args := range map[string][]string{
			"no such file":     {"import", "--data", dir, "nowhere.csv"},
			"a folder":         {"import", "--data", dir, t.TempDir()},
			"no such zone":     {"import", "--data", dir, "--zone", "Mars/Olympus", week(t, 1, false)},
			"no such person":   {"stats", "--data", dir, "--person", "Nobody"},
			"no such day":      {"stats", "--data", dir, "--person", "Mia", "--from", "2026-02-30"},
			"days backwards":   {"stats", "--data", dir, "--person", "Mia", "--from", "2026-03-02", "--to", "2026-03-01"},
			"person's zone":    {"person", "add", "--data", dir, "--name", "X", "--zone", "Nowhere", "--owner", "ana@example.org"},
			"owner unknown":    {"person", "add", "--data", dir, "--name", "X", "--zone", "UTC", "--owner", "x@example.org"},
			"address in use":   {"account", "add", "--data", dir, "--email", "ANA@example.org", "--name", "B", "--password-stdin"},
			"others can reach": {"serve", "--data", dir, "--listen", "0.0.0.0:0"},
			"demo for others":  {"demo", "--listen", "0.0.0.0:0"},
			"demo too fast":    {"demo", "--listen", "127.0.0.1:0", "--speed", "61"},
			"demo stands":      {"demo", "--listen", "127.0.0.1:0", "--speed", "0"},
			"demo of no day":   {"demo", "--listen", "127.0.0.1:0", "--days", "0"},
			"demo too long":    {"demo", "--listen", "127.0.0.1:0", "--days", "1831"},
			"no box there":     {"check", "--data", filepath.Join(dir, "not", "there")},
		} {
			stdout, stderr, code := glucokeep(t, "a long enough passphrase\n", args...)
			require.Equal(t, 1, code, "%s: %s", name, stdout)
			require.Greater(t, len(stderr), 30, name)
			require.NotContains(t, stderr, "[", "%s: a sentence is missing in the catalogue: %s", name, stderr)
			require.NotContains(t, stderr, "goroutine", name)
		}
		_, stderr, code := glucokeep(t, "short\n", "account", "add", "--data", dir, "--email", "b@example.org", "--name", "B", "--password-stdin")
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "15")
	})
	t.Run("the console speaks German", func(t *testing.T) {
		t.Setenv("LC_ALL", "de_DE.UTF-8")
		require.Contains(t, done(t, "", "stats", "--file", week(t, 15, false)), "Im Zielbereich")
	})
	t.Run("SQL sees readings as rows and changes nothing", func(t *testing.T) {
		dir := newBox(t)
		done(t, "", "import", "--data", dir, week(t, 1, false))
		require.Equal(t, "n\n288\n", done(t, "", "sql", "--data", dir, "SELECT count(*) AS n FROM glucose"))
		_, _, code := glucokeep(t, "", "sql", "--data", dir, "DELETE FROM glucose_day")
		require.Equal(t, 1, code)
	})
}

// The box answers, and stops in order when it is told to.
func TestServe(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var out, errs lockedBuffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, strings.NewReader(""), &out, &errs)
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "http://localhost:") }, 10*time.Second, 10*time.Millisecond)
	stop()
	require.Zero(t, <-ended, errs.String())
}

// A demo answers with all its people, says on every page what it is, and
// goes on: at 60 times the speed a reading comes every five seconds.
func TestDemo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var out, errs lockedBuffer
	code, ended := -1, make(chan struct{})
	go func() {
		defer close(ended)
		code = run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--days", "3", "--speed", "60"}, strings.NewReader(""), &out, &errs)
	}()
	t.Cleanup(func() { stop(); <-ended }) // so that its folder goes away however the test ends
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "Everyone in it") }, 20*time.Second, 10*time.Millisecond, "%s", &errs)
	said := regexp.MustCompile(`(?m)^The demo is at (\S+)\nSign in with (\S+) and (\S+)\nOr as one of them, with (\S+) and (\S+)$`).FindStringSubmatch(out.String())
	require.Len(t, said, 6, out.String())
	base := said[1]

	alex, walter := signedIn(t, base, said[2], said[3]), signedIn(t, base, said[4], said[5])
	board := got(t, alex, base+"/")
	for _, name := range []string{"Mia Sample", "Jonas Sample", "Walter Sample", "Demo data"} {
		require.Contains(t, board, name)
	}
	require.NotContains(t, got(t, walter, base+"/"), "Mia Sample")
	require.Contains(t, got(t, http.DefaultClient, base+"/signin"), "Demo data")
	newest := func(page string) (last time.Time) {
		for _, m := range regexp.MustCompile(`datetime="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			at, err := time.Parse(time.RFC3339, m[1])
			require.NoError(t, err)
			if at.After(last) {
				last = at
			}
		}
		return last
	}
	require.Eventually(t, func() bool { return newest(got(t, alex, base+"/")).Sub(newest(board)) >= 9*time.Minute },
		30*time.Second, 500*time.Millisecond, "readings of the next ten minutes show")
	stop()
	<-ended
	require.Zero(t, code, errs.String())
	require.Empty(t, errs.String())
}

// signedIn is a browser that has signed in.
func signedIn(t *testing.T, base, email, password string) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	form := url.Values{"email": {email}, "password": {password}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/signin", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", base)
	resp, err := c.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NotContains(t, resp.Request.URL.Path, "signin")
	return c
}

func got(t *testing.T, c *http.Client, address string) string {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	resp, err := c.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}

func TestEveryFlagCanStandInTheEnvironment(t *testing.T) {
	dir := newBox(t)
	t.Setenv("GLUCOKEEP_DATA", dir)
	t.Setenv("GLUCOKEEP_PERSON", "Mia")
	t.Setenv("GLUCOKEEP_JSON", "true")
	require.Equal(t, 288, imported(t, done(t, "", "import", week(t, 1, false))).New)
	require.Contains(t, done(t, "", "stats"), `"readings": 288`)
}

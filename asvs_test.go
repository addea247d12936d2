package main

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/asvs.csv says which test proves which requirement of security. A row
// whose test is gone, or no longer says that it proves it, fails.
func TestEveryRequirementHasItsTest(t *testing.T) {
	f, err := os.Open("docs/asvs.csv")
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"id", "status", "test"}, rows[0])
	tests := map[string]map[string]string{} // folder → name → what is written above it and in it
	seen, status := map[string]bool{}, map[string]string{}
	for _, row := range rows[1:] {
		id, test := row[0], row[2]
		require.Regexp(t, `^[A-Z]+-?\d+$`, id)
		require.Contains(t, []string{"met", "partly", "open"}, row[1], id)
		if before := status[id]; before != "" {
			require.Equal(t, before, row[1], "%s has one status", id)
		}
		status[id] = row[1]
		require.False(t, seen[id+" "+test], "%s %s stands there twice", id, test)
		seen[id+" "+test] = true
		if row[1] == "open" {
			require.Empty(t, test, id)
			continue
		}
		dot := strings.LastIndex(test, ".")
		require.Positive(t, dot, "%s: %q is no FOLDER.TestName", id, test)
		folder, name := test[:dot], test[dot+1:]
		if folder == "glucokeep" {
			folder = "."
		}
		if tests[folder] == nil {
			tests[folder] = testsOf(t, folder)
		}
		text, there := tests[folder][name]
		require.True(t, there, "%s: there is no test %s in %s", id, name, folder)
		require.True(t, proves(text, id), "%s: %s does not say that it proves it", id, test)
	}
	later := comeLater(t)
	for _, id := range wanted() {
		require.False(t, status[id] == "" && later[id] == "", "%s stands neither in docs/asvs.csv nor in docs/asvs-later.csv", id)
		require.False(t, status[id] != "" && later[id] != "", "%s is proven: take it out of docs/asvs-later.csv", id)
		delete(later, id)
	}
	require.Empty(t, later, "requirements that nobody knows")
}

// wanted are the requirements on signing in, sessions, permission, HTTP, input,
// keys, and the process.
func wanted() (all []string) {
	for _, section := range []struct {
		letter      string
		first, last int
	}{{"A", 1, 17}, {"A", 20, 25}, {"S", 1, 6}, {"Z", 1, 11}, {"I", 1, 7}, {"H", 1, 13}, {"V", 1, 12}, {"C", 1, 5}, {"R", 1, 5}} {
		for n := section.first; n <= section.last; n++ {
			all = append(all, fmt.Sprintf("%s-%02d", section.letter, n))
		}
	}
	return all
}

// comeLater is what does not apply to what is built yet, or what no test here
// can prove, each with why.
func comeLater(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("docs/asvs-later.csv")
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"id", "why"}, rows[0])
	out := map[string]string{}
	for _, row := range rows[1:] {
		require.Empty(t, out[row[0]], "%s stands there twice", row[0])
		require.NotEmpty(t, row[1], row[0])
		out[row[0]] = row[1]
	}
	return out
}

var ranges = regexp.MustCompile(`([A-Z]+-)(\d\d) to [A-Z]+-(\d\d)`)

// proves reports whether text names id, by itself or within "A-01 to A-03".
func proves(text, id string) bool {
	for _, r := range ranges.FindAllStringSubmatch(text, -1) {
		if number, ok := strings.CutPrefix(id, r[1]); ok && r[2] <= number && number <= r[3] {
			return true
		}
	}
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(id) + `\b`).MatchString(text)
}

// testsOf gives the tests of a folder, each with its comment and its text.
func testsOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, source, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Test") {
				from := fn.Pos()
				if fn.Doc != nil {
					from = fn.Doc.Pos()
				}
				out[fn.Name.Name] = string(source[set.Position(from).Offset:set.Position(fn.End()).Offset])
			}
		}
	}
	return out
}

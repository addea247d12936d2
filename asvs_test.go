package main

import (
	"encoding/csv"
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
	for _, id := range []string{"A-01", "A-02", "A-03", "A-04", "A-05", "A-06", "A-07", "A-11", "A-12", "A-13", "A-14", "A-15", "A-16", "A-17", "A-20", "A-21", "A-22", "A-24", "A-25", "S-01", "S-02", "S-03"} {
		require.NotEmpty(t, status[id], id)
	}
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

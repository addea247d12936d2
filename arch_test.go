package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// arrows is what each package may import of ours; the table of
// ARCHITECTURE.md, which explains it. A package that is not here fails.
var arrows = map[string]string{
	"app/unit":        "",
	"app/fault":       "",
	"app/password":    "app/fault",
	"app/name":        "",
	"app/text":        "",
	"static":          "",
	"app/record":      "app/unit",
	"app/chart":       "app/unit",
	"app/seal":        "app/fault",
	"app/cert":        "app/fault",
	"app/metrics":     "app/record app/unit",
	"app/demo":        "app/record app/unit app/metrics",
	"hardware":        "app/record app/unit app/fault",
	"app/format":      "app/record app/unit app/fault",
	"app/store":       "app/record app/unit app/fault app/metrics",
	"app/audit":       "app/store app/record app/fault",
	"app/vault":       "app/seal app/store app/audit app/fault",
	"app/mail":        "app/vault app/seal app/store app/audit app/text app/record app/fault",
	"app/live":        "",
	"app/ingest":      "app/live app/store app/audit app/record app/unit app/fault",
	"app/carelog":     "app/name app/ingest app/share app/store app/record app/unit app/fault",
	"app/intake":      "app/name app/ingest app/format app/fault",
	"app/health":      "app/store app/audit app/ingest app/record app/fault",
	"app/auth":        "app/mail app/password app/name app/vault app/store app/audit app/record app/seal app/fault",
	"app/share":       "app/name app/store app/audit app/record app/fault",
	"app/read":        "app/share app/audit app/store app/record app/unit app/fault",
	"app/report":      "app/read app/metrics app/format app/chart app/text app/record app/unit app/fault",
	"views/figure":    "app/unit app/chart app/text static",
	"views/component": "views/figure app/unit app/chart app/text static",
	"views/chart":     "views/figure views/component app/unit app/chart app/text static",
	"views/layout":    "views/figure views/component app/unit app/chart app/text static",
	"views/guide":     "views/figure views/component views/chart app/unit app/chart app/text static",
	"views/page":      "views/figure views/component views/chart views/layout views/guide app/unit app/chart app/text static",
	"app/web": "app/name app/chart app/demo app/cert app/auth app/mail app/password app/health app/share app/read app/report app/ingest app/intake app/carelog app/format app/metrics app/audit app/live app/record app/unit " +
		"app/fault app/text static views/figure views/component views/chart views/layout views/guide views/page",
	"app/store/storetest": "app/store",
	"app/auth/authtest":   "",
	"app":                 "*",
	".":                   "app",
	"bench":               "",

	"packaging/passwordlist": "app/password",
}

// tests may use these beside what their package may.
var testArrows = "app/store/storetest app/auth/authtest"

// alsoInTests is what the tests of some packages need to build what they
// test: a whole box behind the pages, a ledger to look into.
var alsoInTests = map[string]string{
	"app/web": "*", "bench": "*", ".": "*", "app/read": "*", "app/intake": "*", "app/auth": "*", "app/share": "*", "app/audit": "*", "app/health": "*",
	"app/report": "*", "app/mail": "*", "app/vault": "*", "app/ingest": "app/text app/metrics", "app/carelog": "*",
}

func TestArrows(t *testing.T) {
	for _, f := range goFiles(t) {
		dir := path.Dir(f)
		allowed, known := arrows[dir]
		require.True(t, known, "%s: its package is not in the table of arrows", f)
		if strings.HasSuffix(f, "_test.go") {
			allowed += " " + testArrows + " " + alsoInTests[dir] + " " + dir
		}
		for _, imp := range parse(t, f, parser.ImportsOnly).Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			require.NoError(t, err)
			ours, ok := strings.CutPrefix(name, "glucokeep/")
			if !ok {
				continue
			}
			list := strings.Fields(allowed)
			require.True(t, slices.Contains(list, ours) || slices.Contains(list, "*"), "%s may not import %s", f, ours)
		}
	}
}

// The shape that no compiler looks at.
func TestShape(t *testing.T) {
	for _, f := range goFiles(t) {
		test := strings.HasSuffix(f, "_test.go")
		for _, part := range strings.Split(path.Dir(f), "/") {
			require.NotContains(t, []string{"util", "utils", "common", "helpers", "models", "types", "services", "handlers", "internal", "pkg"}, part, f)
		}
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		if !strings.HasSuffix(f, "_templ.go") {
			require.LessOrEqual(t, strings.Count(string(text), "\n"), 500, "%s is too long: split it", f)
		}
		file := parse(t, f, 0)
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			require.False(t, ok && fn.Recv == nil && fn.Name.Name == "init", "%s has an init function", f)
		}
		if test {
			continue
		}
		for _, imp := range file.Imports {
			if imp.Path.Value == `"database/sql"` || strings.Contains(imp.Path.Value, "modernc.org/sqlite") {
				require.Equal(t, "app/store", path.Dir(f), "%s: SQL belongs in app/store", f)
			}
		}
		if !strings.HasPrefix(f, "views/") && !strings.HasPrefix(f, "app/web/") && f != "app/serve.go" {
			continue
		}
		require.NotContains(t, string(text), "templ.Raw(", f)
	}
}

// Goroutines are made in app alone (and by the servers and libraries it
// starts), so that whoever stops the program knows all of them. The one in
// app/ingest/original.go ends before the call that made it returns.
func TestGoroutines(t *testing.T) {
	for _, f := range goFiles(t) {
		if strings.HasSuffix(f, "_test.go") || path.Dir(f) == "app" {
			continue
		}
		ast.Inspect(parse(t, f, 0), func(n ast.Node) bool {
			_, ok := n.(*ast.GoStmt)
			require.False(t, ok, "%s starts a goroutine", f)
			if call, ok := n.(*ast.CallExpr); ok && f != "app/ingest/original.go" {
				method, ok := call.Fun.(*ast.SelectorExpr)
				require.False(t, ok && method.Sel.Name == "Go", "%s starts a goroutine", f)
			}
			return true
		})
	}
}

// Templates to copy have an underscore that keeps them out of the build; they
// must still be Go.
func TestTemplatesParse(t *testing.T) {
	found := 0
	for _, dir := range []string{"app/format", "hardware"} {
		matches, err := filepath.Glob(dir + "/_*.go")
		require.NoError(t, err)
		for _, f := range matches {
			parse(t, f, 0)
			found++
		}
	}
	require.Positive(t, found)
}

// Every handler and page is spelled through the catalogue; main stays small.
func TestMainIsSmall(t *testing.T) {
	text, err := os.ReadFile("main.go")
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(string(text), "\n"), 60)
}

func parse(t *testing.T, file string, mode parser.Mode) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, mode)
	require.NoError(t, err)
	return f
}

// goFiles lists the Go files of this module that are built.
func goFiles(t *testing.T) (out []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		name := d.Name()
		if d.IsDir() && p != "." {
			if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules" {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil {
				return filepath.SkipDir // a module of its own
			}
		}
		if !d.IsDir() && strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, "_") {
			out = append(out, filepath.ToSlash(p))
		}
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return out
}

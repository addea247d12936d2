package guide

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

var english = text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}

func render(t *testing.T, l text.Locale, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Render(text.With(t.Context(), l), &b))
	return b.String()
}

// TestGolden holds every part in every state. Run it with -update after a
// change that was meant, and look at the pictures.
func TestGolden(t *testing.T) {
	var names []string
	for _, g := range Groups(english) {
		for _, p := range g.Parts {
			names = append(names, p.Name+".html")
			t.Run(p.Name, func(t *testing.T) {
				path := filepath.Join("testdata", p.Name+".html")
				got := strings.ReplaceAll(render(t, english, p.Show), "><", ">\n<") + "\n"
				if *update {
					require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err, "run it with -update")
				require.Equal(t, string(want), got)
			})
		}
	}
	slices.Sort(names)
	require.Equal(t, slices.Compact(slices.Clone(names)), names, "a name stands for one part")
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	var kept []string
	for _, f := range files {
		kept = append(kept, f.Name())
	}
	slices.Sort(kept)
	require.Equal(t, names, kept, "a golden file for each part and no others")
}

// An id stands once on the page, whoever reads it.
func TestIdsAreUnique(t *testing.T) {
	id := regexp.MustCompile(`\sid="([^"]*)"`)
	for _, l := range []text.Locale{english, {Lang: "de", Unit: "mmol/L", Clock24: true}, {Lang: "en", Unit: "mg/dL"}} {
		seen := map[string]string{}
		for _, g := range Groups(l) {
			for _, p := range g.Parts {
				for _, m := range id.FindAllStringSubmatch(render(t, l, p.Show), -1) {
					require.Empty(t, seen[m[1]], "%s has the id %s too", p.Name, m[1])
					seen[m[1]] = p.Name
				}
			}
		}
	}
}

// A component or chart that no part shows would never be looked at.
func TestEverythingIsInTheGuide(t *testing.T) {
	shown := map[string]bool{}
	for _, file := range sources(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				shown[s.Sel.Name] = true
			}
			return true
		})
	}
	for _, folder := range []string{"../component", "../chart"} {
		for _, file := range sources(t, folder) {
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Recv != nil || !f.Name.IsExported() || !drawn(f) {
					continue
				}
				require.True(t, shown[f.Name.Name] || slices.Contains(within, f.Name.Name), "%s of %s is in no part", f.Name.Name, folder)
			}
		}
	}
}

// within are parts that stand only inside another that is shown, or that a
// script fills: Live is an empty line, whose words are parts of their own, and hidden fields
// show nothing.
var within = []string{"Mark", "Live", "HiddenFields"}

// drawn reports whether a function gives a component.
func drawn(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	s, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Component"
}

func sources(t *testing.T, folder string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, f)
	}
	return files
}

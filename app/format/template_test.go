package format

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheTemplateCompiles checks _template.go, which the build leaves out,
// against the package as it is.
func TestTheTemplateCompiles(t *testing.T) {
	set := token.NewFileSet()
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	var files []*ast.File
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			f, err := parser.ParseFile(set, e.Name(), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files = append(files, f)
		}
	}
	conf := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
	_, err = conf.Check("glucokeep/app/format", set, files, nil)
	require.NoError(t, err)
}

package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the folder of the repository.
const root = "../.."

// usage is the keys that the source asks for, each with a place that does,
// and every string literal there is.
type usage struct {
	asked    map[string]string
	given    []call
	literals map[string]bool
	prefixes map[string]string // "web.kind." + name: the last part is known at run time only
}

// call is one use of a key with the names of the places that it fills.
type call struct {
	key, at string
	names   []string
}

// readUsage parses all Go files but tests. Generated files of templates are
// among them, so the .templ files need not be understood; they are searched
// by pattern as well, in case one was not generated again.
func readUsage(t *testing.T) usage {
	t.Helper()
	inTempl := regexp.MustCompile(`(?:text\.T\(\s*ctx\s*,|\.T\()\s*"([^"]+)"`)
	u := &usage{asked: map[string]string{}, literals: map[string]bool{}, prefixes: map[string]string{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() != ".." && strings.HasPrefix(d.Name(), ".") && path != root:
			return filepath.SkipDir
		case strings.HasSuffix(path, ".templ"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range inTempl.FindAllStringSubmatch(string(source), -1) {
				u.asked[m[1]] = path
			}
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			return u.readGo(path)
		}
		return nil
	})
	require.NoError(t, err)
	return *u
}

func (u *usage) readGo(path string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if s, ok := literal(n); ok {
				u.literals[s] = true
				if reasons.MatchString(s) {
					u.asked[s] = files.Position(n.Pos()).String()
				}
			}
		case *ast.CallExpr:
			key, rest, whole, ok := keyOf(n)
			at := files.Position(n.Pos()).String()
			if ok && !whole {
				u.prefixes[key] = at
			} else if ok {
				u.asked[key] = at
				if names, ok := namesOf(rest); ok && !n.Ellipsis.IsValid() {
					u.given = append(u.given, call{key, at, names})
				}
			}
		}
		return true
	})
	return nil
}

// keyOf finds the catalogue key in a call: text.T(ctx, key), l.T(key),
// fault.New(kind, key), fault.Wrap(err, kind, key), sink.Reject(line, column,
// key). Of a sum only the first part is known: whole is then false. A key that
// is no literal at all cannot be checked here.
func keyOf(call *ast.CallExpr) (key string, rest []ast.Expr, whole, ok bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", nil, false, false
	}
	pack, _ := f.X.(*ast.Ident)
	at := -1
	switch {
	case f.Sel.Name == "T" && pack != nil && pack.Name == "text":
		at = 1
	case slices.Contains([]string{"T", "t", "say", "warn"}, f.Sel.Name): // a Locale's own, and the short forms of web and console
		at = 0
	case f.Sel.Name == "New" && pack != nil && pack.Name == "fault":
		at = 1
	case f.Sel.Name == "Wrap" && pack != nil && pack.Name == "fault":
		at = 2
	case f.Sel.Name == "Reject":
		at = 2
	case f.Sel.Name == "refuse", f.Sel.Name == "Flash": // of the handlers: kind or context, key
		at = 1
	}
	if at < 0 || at >= len(call.Args) {
		return "", nil, false, false
	}
	arg, rest := call.Args[at], call.Args[at+1:]
	if sum, ok := arg.(*ast.BinaryExpr); ok {
		key, ok = literal(sum.X)
		return key, rest, false, ok
	}
	key, ok = literal(arg)
	return key, rest, true, ok
}

// namesOf are the names in name, value, name, value.
func namesOf(args []ast.Expr) ([]string, bool) {
	var names []string
	for i := 0; i < len(args); i += 2 {
		s, ok := literal(args[i])
		if !ok {
			return nil, false
		}
		names = append(names, s)
	}
	return names, true
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// reasons are the areas whose keys travel as constants, fields and arguments
// before they become words, so every string of that shape is one.
var reasons = regexp.MustCompile(`^(format|reject|stats|class)\.[a-z0-9.-]+$`)

func TestEveryKeyThatIsAskedForIsThere(t *testing.T) {
	u := readUsage(t)
	require.Greater(t, len(u.asked), 100, "the source was read")
	for _, lang := range Languages() {
		for _, key := range slices.Sorted(maps.Keys(u.asked)) {
			if _, ok := messages(lang)[key]; !ok {
				t.Errorf("%s: %q is not in the catalogue (%s)", lang, key, u.asked[key])
			}
		}
		for prefix, at := range u.prefixes {
			begins := func(key string) bool { return strings.HasPrefix(key, prefix) }
			if !slices.ContainsFunc(slices.Collect(maps.Keys(messages(lang))), begins) {
				t.Errorf("%s: no key begins with %q (%s)", lang, prefix, at)
			}
		}
	}
}

// filledLater are places that the page's script fills, or that a value with
// more parts gives afterwards.
var filledLater = []string{"value.ago", "value.stale"}

func TestEveryPlaceIsGivenAValue(t *testing.T) {
	for _, c := range readUsage(t).given {
		for _, p := range places(messages("en")[c.key]) {
			if !slices.Contains(c.names, p) && !slices.Contains(filledLater, c.key) {
				t.Errorf("%s: %q leaves {%s} open", c.at, c.key, p)
			}
		}
	}
}

func TestEveryKeyIsUsed(t *testing.T) {
	u := readUsage(t)
	for _, key := range slices.Sorted(maps.Keys(messages("en"))) {
		begins := func(prefix string) bool { return strings.HasPrefix(key, prefix) }
		if u.asked[key] == "" && !u.literals[key] && !slices.ContainsFunc(slices.Collect(maps.Keys(u.prefixes)), begins) {
			t.Errorf("nobody uses %q", key)
		}
	}
}

var place = regexp.MustCompile(`\{([^}]*)\}`)

func places(m message) []string {
	set := map[string]bool{}
	for _, s := range m {
		for _, p := range place.FindAllStringSubmatch(s, -1) {
			set[p[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestLanguagesHaveTheSameKeysAndPlaces(t *testing.T) {
	name := regexp.MustCompile(`^[a-z_]+$`)
	for _, lang := range Languages() {
		require.ElementsMatch(t, slices.Collect(maps.Keys(messages("en"))), slices.Collect(maps.Keys(messages(lang))))
		for key, m := range messages(lang) {
			require.Equal(t, places(messages("en")[key]), places(m), "%s: places of %s", lang, key)
			for _, p := range places(m) {
				require.Regexp(t, name, p, "%s: %s", lang, key)
			}
		}
	}
}

// English and German know the forms one and other, and the form is chosen by
// the place count.
func TestPluralFormsAreComplete(t *testing.T) {
	for _, lang := range Languages() {
		for key, m := range messages(lang) {
			require.NotEmpty(t, m["other"], "%s: %s", lang, key)
			if len(m) > 1 {
				require.Len(t, m, 2, "%s: %s", lang, key)
				require.NotEmpty(t, m["one"], "%s: %s", lang, key)
				require.Contains(t, places(m), "count", "%s: %s", lang, key)
			}
		}
	}
}

// The voice: no exclamation marks, no judgement.
func TestVoice(t *testing.T) {
	banned := regexp.MustCompile(`(?i)!|\bbad\b|\bpatient\b|\buser\b|\boops\b|\bschlecht|\bleider\b`)
	german := regexp.MustCompile(`\b(du|dein|deine|deinen|dir|dich)\b`)
	for _, lang := range Languages() {
		for key, m := range messages(lang) {
			for _, s := range m {
				require.NotRegexp(t, banned, s, "%s: %s", lang, key)
				require.Equal(t, strings.TrimSpace(s), s, "%s: %s", lang, key)
				if lang == "de" {
					require.NotRegexp(t, german, s, "%s: German says Sie", key)
				}
			}
		}
	}
}

func TestFilesAreSorted(t *testing.T) {
	entries, err := os.ReadDir("catalogue")
	require.NoError(t, err)
	line := regexp.MustCompile(`(?m)^\t"([^"]+)":`)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join("catalogue", e.Name()))
		require.NoError(t, err)
		var keys []string
		for _, m := range line.FindAllStringSubmatch(string(data), -1) {
			keys = append(keys, m[1])
		}
		require.True(t, slices.IsSorted(keys), e.Name())
		require.Len(t, slices.Compact(slices.Clone(keys)), len(keys), "%s holds a key twice", e.Name())
	}
}

// A heading that cannot break makes a phone of 320 px scroll sideways: no part
// of a German one is longer than sixteen characters.
func TestHeadingsBreakOnAPhone(t *testing.T) {
	parts := regexp.MustCompile(`[\s\x{00ad}\-–/]`)
	for key, m := range messages("de") {
		if !strings.HasSuffix(key, ".title") {
			continue
		}
		for _, part := range parts.Split(m["other"], -1) {
			require.LessOrEqual(t, len([]rune(part)), 16, "%s: %s", key, part)
		}
	}
}

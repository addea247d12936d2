package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

// queries is every parameter that some page reads, and what must not break
// any of them. A parameter that a page does not know is one more oddity.
var (
	parameters = []string{"after", "all", "at", "auto", "before", "date", "day", "days", "ended", "find", "from", "from2", "hours", "kind", "late", "make", "next", "page", "show", "theme", "unsaved", "until", "until2", "use", "width"}
	oddities   = []string{"", "0", "-1", "99999999999999999999", "1e309", "NaN", "9999-12-31", "0001-01-01", "2026-02-30", "2999-01-01", "1900-01-01", "2006-01-01T00:00:00Z",
		"2026-03-29T02:30", "%00", "low", "<script>alert(1)</script>", "\u202egnp.exe\u202c", strings.Repeat("9", 10_000), strings.Repeat("ä", 5_000), "../../etc/passwd", "' OR 1=1 --"}
)

// reads finds the parameters that handlers read by name.
var reads = regexp.MustCompile(`\b(?:q|Query\(\))\.(?:Get|Has)\((?:"([^"]+)"|(autoQuery))\)`)

func TestEveryParameterIsTried(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, m := range reads.FindAllStringSubmatch(string(text), -1) {
			if m[2] != "" {
				m[1] = "auto"
			}
			found[m[1]] = true
		}
	}
	require.Equal(t, slices.Sorted(maps.Keys(found)), parameters)
}

// Nothing that stands in an address breaks a page: it is the right page, or
// says what is wrong with 404 or 422, and gives nothing back as markup.
func TestNoQueryBreaksAPage(t *testing.T) {
	b := newBox(t, func(c *web.Config) { c.Demo = true })
	ana := b.owner("Ana", "Mila")
	ana.bring(simple(spring, 600))
	try := func(t *testing.T, address string, q url.Values) {
		a := ana.get(address + "?" + q.Encode())
		require.Contains(t, []int{ok, see, http.StatusNotFound, unusable}, a.status, "%.200s", q.Encode())
		require.NotContains(t, a.body, "<script>alert", "%.200s", q.Encode())
	}
	for pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if method != http.MethodGet || path == "/live" || strings.Contains(path, "{file}") {
			continue
		}
		address := fill(ana, path)
		t.Run(path, func(t *testing.T) {
			for i, odd := range oddities { // all at once, and each alone in turn
				q := url.Values{}
				for _, name := range parameters {
					q.Set(name, odd)
				}
				try(t, address, q)
				step := 5
				if raced {
					step = 50
				}
				for k := i % step; k < len(parameters); k += step {
					try(t, address, url.Values{parameters[k]: {odd}})
				}
				for _, until := range []string{"9999-12-31", "2026-03-01"} {
					try(t, address, url.Values{"from": {odd}, "until": {until}})
				}
			}
		})
	}
}

package web_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

// every address that takes what lets somebody in stands in the list of
// ways in, and none else.
func TestWaysInAreListed(t *testing.T) {
	text, err := os.ReadFile("../../docs/accounts.md")
	require.NoError(t, err)
	_, list, found := strings.Cut(string(text), "Every way in, what it takes")
	require.True(t, found)
	var listed, ways []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(POST [^`]+)` \\|").FindAllStringSubmatch(list, -1) {
		listed = append(listed, strings.ReplaceAll(m[1], "TOKEN", "{token}"))
	}
	for pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		opens := strings.HasPrefix(path, "/signin") || strings.HasPrefix(path, "/security/confirm") || strings.HasPrefix(path, "/reset/")
		if method == "POST" && opens && !strings.HasSuffix(path, "/ask") {
			ways = append(ways, pattern)
		}
	}
	slices.Sort(listed)
	slices.Sort(ways)
	require.Equal(t, ways, listed)
}

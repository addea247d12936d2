package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever tells a check tool to look away says why, in the same line, and of
// which finding.
func TestEveryExceptionHasItsReason(t *testing.T) {
	said := regexp.MustCompile(`(#nosec G\d{3}(, ?G\d{3})* -- |lint:ignore [A-Z]+\d{4} |nolint:[a-z]+ // )\S.{15}`)
	quiet := regexp.MustCompile(`#` + `nosec|lint:` + `ignore|//` + `nolint`)
	found := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() && (e.Name() == ".git" || e.Name() == "node_modules") {
			return err
		}
		if !strings.HasSuffix(path, ".go") || path == "exception_test.go" {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, line := range strings.Split(string(text), "\n") {
			if quiet.MatchString(line) {
				found++
				require.Regexp(t, said, line, path)
			}
		}
		return err
	}))
	require.Positive(t, found)
	script, err := os.ReadFile(".ci/nightly")
	require.NoError(t, err)
	excluded := regexp.MustCompile(`-exclude=(\S+)`).FindStringSubmatch(string(script))
	require.NotNil(t, excluded)
	for _, rule := range strings.Split(excluded[1], ",") {
		require.Regexp(t, `(?m)^# .*\b`+rule+` |^`+rule, string(script), "%s is left out without a reason", rule)
	}
}

package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// the console makes a link to let somebody in again, and no password.
// What becomes of it is tested where the pages are.
func TestResetAtTheConsole(t *testing.T) {
	dir := newBox(t)
	out := done(t, "", "account", "reset", "--data", dir, "--email", "ANA@example.org", "--base-url", "https://box.test/")
	require.Regexp(t, `(?m)^https://box\.test/reset/[\w-]{43}$`, out)
	require.Contains(t, out, "security page")
	var got map[string]string
	require.NoError(t, json.Unmarshal([]byte(done(t, "", "account", "reset", "--data", dir, "--email", "ana@example.org", "--json")), &got))
	require.Regexp(t, `^http://127\.0\.0\.1:8080/reset/[\w-]{43}$`, got["link"])
	require.NotContains(t, out, got["link"], "another one each time")
	_, stderr, code := glucokeep(t, "", "account", "reset", "--data", dir, "--email", "nobody@example.org")
	require.Equal(t, 1, code)
	require.NotEmpty(t, stderr)
	require.Contains(t, done(t, "", "check", "--data", dir), "sound")
}

package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// What was just done is said on the page that it led to, and on no other: not
// on that of another person, and not to the script that fetches a page.
func TestANoticeStandsOnItsOwnPage(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	tom := b.person("Tom", b.id("Ana"))
	const notice = "Written down."
	a := ana.post(ana.at("/log"), "kind", "note", "text", "well")
	require.Equal(t, ana.at("/log"), a.location())
	for _, path := range []string{"/people/" + tom.Key + "/log", "/people/" + tom.Key, "/?all=1", ana.at(""), ana.at("/log/removed"), "/preferences"} {
		require.NotContains(t, ana.page(path), notice, path)
	}
	auto := ana.request(http.MethodGet, ana.at("/log"), nil)
	auto.Header.Set("Gk-Auto", "1")
	require.NotContains(t, ana.send(auto).body, notice, "nobody looks")
	require.NotContains(t, ana.page(ana.at("/log")+"?auto=1"), notice)
	require.NotContains(t, ana.post(ana.at("/log"), "kind", "dose").body, notice, "nothing was written down now")
	require.Contains(t, ana.page(ana.at("/log")+"?days=7"), notice)
	require.NotContains(t, ana.page(ana.at("/log")), notice, "once")
}

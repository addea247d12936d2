package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

// No page of a demo can be taken for somebody's data, be it an error; no page
// of a box says that its data is made up.
func TestEveryPageOfADemoSaysSo(t *testing.T) {
	for name, demo := range map[string]bool{"a demo": true, "a box": false} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t, func(c *web.Config) { c.Demo = demo })
			ana := b.owner("ana", "Mia")
			pages := []string{ana.at("?day=2020-01-01"), "/nothing-here"}
			for pattern := range web.Patterns() {
				if method, path, _ := strings.Cut(pattern, " "); method == http.MethodGet && path != "/healthz" {
					pages = append(pages, strings.NewReplacer("{person}", ana.person.Key, "{$}", "?all=1", "{file}", "0", "{import}", "0").Replace(path))
				}
			}
			for _, who := range []*browser{ana, b.browser()} {
				html := 0
				for _, path := range pages {
					a := who.get(path)
					if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.location() != "" {
						continue
					}
					html++
					require.Equal(t, demo, strings.Contains(a.body, "Demo data"), path)
				}
				require.Positive(t, html)
			}
		})
	}
}

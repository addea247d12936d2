package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

func TestStyleGuideIsOfTheDemoAlone(t *testing.T) {
	own := newBox(t)
	require.Equal(t, unknown, own.owner("Ana", "Mila").get("/styleguide").status)

	demo := newBox(t, func(c *web.Config) { c.Demo = true })
	ana := demo.owner("Ana", "Mila")
	for query, theme := range map[string]string{"": "", "?theme=dark": `data-theme="dark"`, "?theme=light": `data-theme="light"`, "?theme=<i>": ""} {
		a := ana.get("/styleguide" + query)
		require.Equal(t, ok, a.status)
		require.Contains(t, a.body, "value-live-urgent")
		if theme == "" {
			require.NotContains(t, a.body, `class="guide" data-theme`)
		} else {
			require.Contains(t, a.body, `class="guide" `+theme)
		}
	}
	require.Equal(t, see, demo.browser().get("/styleguide").status)
}

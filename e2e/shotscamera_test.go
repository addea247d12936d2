//go:build shots

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// camera takes pictures of the page as it stands into shots/: a narrow phone,
// a phone and a desk, light and dark, and paper:
// LANGUAGE-NAME-WIDTH-THEME.png.
type camera struct {
	*tab
	language string
	taken    map[string]int
}

func newCamera(p *tab, language string) camera { return camera{p, language, map[string]int{}} }

func (c camera) take(name string) {
	c.t.Helper()
	c.size(320, 640)
	c.scheme("light")
	c.keep(name, "320-light")
	for _, window := range [][2]int64{{390, 844}, {1280, 900}} {
		c.size(window[0], window[1])
		for _, theme := range []string{"light", "dark"} {
			c.scheme(theme)
			c.keep(name, fmt.Sprintf("%d-%s", window[0], theme))
		}
	}
	c.size(paper, 1000)
	c.prints(true)
	c.keep(name, "paper")
	c.prints(false)
	c.size(1280, 900)
	c.scheme("light")
}

func (c camera) keep(name, look string) {
	c.t.Helper()
	require.NoError(c.t, os.MkdirAll("shots", 0o755))
	if c.count(".explore") > 0 {
		c.do(chromedp.Sleep(500 * time.Millisecond)) // it draws itself anew for the width
	}
	picture, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
	require.NoError(c.t, err)
	require.NoError(c.t, os.WriteFile(filepath.Join("shots", c.language+"-"+name+"-"+look+".png"), picture, 0o644))
}

// takeWhere takes the page under a name made of its address.
func (c camera) takeWhere(prefix string) {
	c.t.Helper()
	name := keyInPath.ReplaceAllString(strings.Split(c.where(), "?")[0], "x")
	name = prefix + strings.Trim(strings.NewReplacer("/people/x", "person", "/", "_", ".", "").Replace(name), "_")
	c.taken[name]++
	if n := c.taken[name]; n > 1 {
		name += fmt.Sprint(n)
	}
	c.take(name)
}

// TestShots takes pictures of every page for a look: make shots.
func TestShots(t *testing.T) {
	for _, language := range []string{"en", "de"} {
		t.Run(language, func(t *testing.T) {
			t.Run("set-up", func(t *testing.T) { shotsOfSetUp(t, language) })
			t.Run("imports", func(t *testing.T) { shotsOfImports(t, language) })
			t.Run("demo", func(t *testing.T) { shotsOfDemo(t, language) })
			t.Run("every page", func(t *testing.T) { shotsOfEveryPage(t, language) })
			t.Run("ages", func(t *testing.T) { shotsOfAges(t, language) })
			t.Run("account", func(t *testing.T) { shotsOfAccount(t, language) })
			t.Run("conflicts", func(t *testing.T) { shotsOfConflicts(t, language) })
			t.Run("trust", func(t *testing.T) { shotsOfTrust(t, language) })
		})
	}
}

//go:build pictures

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestPictures takes the pictures of the README from the demo: make pictures.
// They are of made-up people and the same each time but for the hour.
func TestPictures(t *testing.T) {
	folder, err := filepath.Abs("../docs/pictures")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(folder, 0o755))
	b, mail, secret := demo(t, 90)
	p := b.open(t)
	p.visit("/signin")
	p.write("email", mail)
	p.write("password", secret)
	p.follow(chromedp.Click(chromedp.CSS(".button-main")))
	p.visit("/?all=1")
	person := ask[string](p, `[...document.querySelectorAll("a[href^='/people/']")].map((a) => a.pathname.split("/").slice(0, 3).join("/"))[0]`)
	for _, one := range []struct {
		name, path, theme string
		width, height     int64
	}{
		{"people", "/?all=1", "light", 1180, 720},
		{"person", person + "?hours=6", "light", 1180, 900},
		{"person-phone", person + "?hours=3", "dark", 390, 1040},
		{"profile", person + "/profile", "light", 1180, 1150},
	} {
		p.size(one.width, one.height)
		p.scheme(one.theme)
		p.visit(one.path)
		picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, one.name+".png"), picture, 0o644))
	}
}

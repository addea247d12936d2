//go:build lighthouse

package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// leastScore is what each page must reach in performance, accessibility and
// best practices.
const leastScore = 0.95

// TestLighthouse rates the pages of the demo as a phone of the middle price
// would load them, once signed in: .ci/nightly, which installs Lighthouse.
func TestLighthouse(t *testing.T) {
	program, err := filepath.Abs("../packaging/lighthouse/node_modules/.bin/lighthouse")
	require.NoError(t, err)
	require.FileExists(t, program, "npm ci --ignore-scripts --prefix packaging/lighthouse")
	browser, err := browserPath()
	require.NoError(t, err)
	b, mail, secret := demo(t, 90)
	p := b.open(t)
	p.visit("/signin")
	rate(t, program, browser, b.Address+p.where(), "")
	p.write("email", mail)
	p.write("password", secret)
	p.follow(chromedp.Click(chromedp.CSS(".button-main")))
	cookies, err := chromedp.Call(p.ctx, network.GetCookies, network.GetCookiesParams{})
	require.NoError(t, err)
	var pairs []string
	for _, c := range cookies.Cookies {
		pairs = append(pairs, (&http.Cookie{Name: c.Name, Value: c.Value}).String())
	}
	cookie := strings.Join(pairs, "; ")
	person := ask[string](p, `[...document.querySelectorAll("a[href^='/people/']")].map((a) => a.pathname.split("/").slice(0, 3).join("/"))[0] ?? location.pathname`)
	p.visit(person + "/reports")
	reports := ask[[]string](p, `[...document.querySelectorAll(".ways a")].map((a) => a.pathname)`)
	require.NotEmpty(t, reports)
	for _, path := range append([]string{"/?all=1", person, person + "/reports", person + "/imports"}, reports...) {
		rate(t, program, browser, b.Address+path, cookie)
	}
}

// rate runs Lighthouse on an address and wants its scores.
func rate(t *testing.T, program, browser, address, cookie string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "report.json")
	args := []string{address, "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage", "--quiet",
		"--only-categories=performance,accessibility,best-practices", "--output=json", "--output-path=" + out}
	if cookie != "" {
		headers := filepath.Join(t.TempDir(), "headers.json")
		content, err := json.Marshal(map[string]string{"Cookie": cookie})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(headers, content, 0o600))
		args = append(args, "--extra-headers="+headers)
	}
	said, err := []byte(nil), error(nil)
	for try := 1; try == 1 || (err != nil && try <= 3 && strings.Contains(string(said), "Please run Lighthouse again")); try++ {
		c := exec.Command(program, args...)
		c.Env = append(os.Environ(), "CHROME_PATH="+browser)
		said, err = c.CombinedOutput()
	}
	require.NoError(t, err, "%s", said)
	content, err := os.ReadFile(out)
	require.NoError(t, err)
	var report struct {
		FinalDisplayedURL string
		Categories        map[string]struct{ Score float64 }
		Audits            map[string]struct {
			Score        *float64
			DisplayValue string
		}
	}
	require.NoError(t, json.Unmarshal(content, &report))
	require.Equal(t, address, report.FinalDisplayedURL, "the page itself was rated, not the sign-in")
	require.Len(t, report.Categories, 3)
	for name, c := range report.Categories {
		t.Logf("%s: %s %.2f", strings.TrimPrefix(address, "http://"), name, c.Score)
		if c.Score >= leastScore {
			continue
		}
		for id, a := range report.Audits {
			if a.Score != nil && *a.Score < 0.9 {
				t.Logf("  %s %.2f %s", id, *a.Score, a.DisplayValue)
			}
		}
		t.Errorf("%s: %s is %.2f", address, name, c.Score)
	}
}

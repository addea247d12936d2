package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// trustingChrome starts a browser of its own that trusts the authority in a
// file, as a person's does who went through the steps, and finds every name
// on this machine. Without a file it trusts nobody's.
func trustingChrome(t *testing.T, authorityFile string) context.Context {
	t.Helper()
	path, err := browserPath()
	require.NoError(t, err)
	home := t.TempDir()
	if authorityFile != "" {
		certutil, err := exec.LookPath("certutil")
		if err != nil && os.Getenv("CI") != "true" {
			t.Skip("no certutil here; to have it: sudo apt-get install libnss3-tools")
		}
		require.NoError(t, err)
		for _, dir := range []string{filepath.Join(home, ".pki", "nssdb"), filepath.Join(home, ".local", "share", "pki", "nssdb")} { // older and newer Chromium
			require.NoError(t, os.MkdirAll(dir, 0o700))
			for _, args := range [][]string{{"-N", "--empty-password"}, {"-A", "-n", "glucokeep", "-t", "C,,", "-i", authorityFile}} {
				out, err := exec.Command(certutil, append([]string{"-d", "sql:" + dir}, args...)...).CombinedOutput()
				require.NoError(t, err, "%s", out)
			}
		}
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("lang", "en-US"), chromedp.Env("HOME="+home, "XDG_DATA_HOME="),
		chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1"))
	if os.Geteuid() == 0 { // Chromium has no sandbox for root
		opts = append(opts, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}

// S8, A-17: at home, from the page in the clear to signing in over https.
func TestTrustingABoxAtHome(t *testing.T) {
	t.Parallel()
	b, port := settled(t, "mg/dL"), freePort(t)
	b.start("fingerprint of its own", "serve", "--data", b.dir, "--listen", "127.0.0.1:"+port, "--base-url", "https://box.lan:"+port, "--tls", "local", "--log", "warn")
	require.Equal(t, "https://box.lan:"+port, b.Address)

	p := &tab{t: t, b: b, loaded: make(chan struct{}, 100)}
	p.begin(trustingChrome(t, filepath.Join(b.dir, "tls", "authority.pem")))
	b.Address = "http://box.lan:" + port
	for _, path := range []string{"/", "/signin", "/people/x"} {
		p.visit(path)
		require.Equal(t, "/trust", p.where())
		p.title("Trust this box on your device")
		p.sees("not encrypted")
		require.Zero(t, p.count("form"))
		require.Zero(t, p.count("input"))
	}
	require.Positive(t, p.count(".qr"))
	for _, width := range []int64{320, 1280} {
		p.size(width, 900)
		require.LessOrEqual(t, ask[int64](p, `document.documentElement.scrollWidth`), width)
		p.accessible()
	}
	shown := strings.Join(strings.Fields(ask[string](p, `document.querySelector(".fingerprint").innerText`)), ":")
	require.Regexp(t, `^([0-9A-F]{2}:){31}[0-9A-F]{2}$`, shown)
	require.Equal(t, b.lastWord(), shown, "the console says the same")
	cookies, err := chromedp.Call(p.ctx, network.GetCookies, network.GetCookiesParams{})
	require.NoError(t, err)
	require.Empty(t, cookies.Cookies)

	p.follow(chromedp.Click(chromedp.CSS(`.button-main`)))
	p.title("Sign in")
	require.Equal(t, "https:", ask[string](p, `location.protocol`))
	require.True(t, ask[bool](p, `isSecureContext`))
	require.Equal(t, "h2", ask[string](p, `performance.getEntriesByType("navigation")[0].nextHopProtocol`))
	b.Address = "https://box.lan:" + port
	p.signIn()
	cookies, err = chromedp.Call(p.ctx, network.GetCookies, network.GetCookiesParams{})
	require.NoError(t, err)
	names := map[string]bool{}
	for _, c := range cookies.Cookies {
		require.True(t, c.Secure, c.Name)
		names[c.Name] = true
	}
	require.True(t, names["__Host-gk"])
	p.bring("fortnight.csv", fortnight())
	p.visit("/box")
	p.sees("over an encrypted connection", "Trust the box on another device")
	p.visit("/trust")
	p.lacks("not encrypted")
	b.Address = "http://box.lan:" + port
	p.visit("/")
	require.Equal(t, "/trust", p.where(), "signed in, and still nothing in the clear")
	p.lacks(person)

	stranger := &tab{t: t, b: b, loaded: make(chan struct{}, 100)}
	stranger.begin(trustingChrome(t, ""))
	b.Address = "https://box.lan:" + port
	require.ErrorContains(t, chromedp.Do(stranger.ctx, chromedp.Navigate("https://box.lan:"+port+"/signin")), "ERR_CERT_AUTHORITY_INVALID")
}

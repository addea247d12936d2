package e2e

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// demo starts the demo with days of data, and gives what it says to sign in
// with.
func demo(t *testing.T, days int) (b *box, mail, secret string) {
	t.Helper()
	b = &box{t: t, dir: t.TempDir()}
	b.start("everyone in it", "demo", "--listen", "127.0.0.1:0", "--days", strconv.Itoa(days))
	said := regexp.MustCompile(`^Sign in with (\S+@\S+) and (\S+)$`).FindStringSubmatch(b.Said[1])
	require.Len(t, said, 3, "%q", b.Said)
	return b, said[1], said[2]
}

func TestDemo(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 20)
	p := b.open(t)
	p.visit("/")
	p.title("Sign in")
	p.write("email", mail)
	p.write("password", secret)
	p.follow(chromedp.Click(chromedp.CSS(".button-main")))
	p.sees("Demo data", "Mia Sample", "Jonas Sample", "Walter Sample", "min ago", "mg/dL")
	p.click("Jonas Sample")
	p.sees("Demo data", "Last 6 hours")
	p.report("profile")
	p.sees("Enough to judge the period.", "Total insulin")
}

package e2e

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// demo starts the demo with days of data, and gives what it says to sign in
// with.
func demo(t *testing.T, days int, flags ...string) (b *box, mail, secret string) {
	t.Helper()
	b = &box{t: t, dir: t.TempDir()}
	b.start("everyone in it", append([]string{"demo", "--listen", "127.0.0.1:0", "--days", strconv.Itoa(days)}, flags...)...)
	said := regexp.MustCompile(`^Sign in with (\S+@\S+) and (\S+)$`).FindStringSubmatch(b.Said[1])
	require.Len(t, said, 3, "%q", b.Said)
	return b, said[1], said[2]
}

func TestDemo(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 20)
	p := b.open(t)
	p.signsInAs(mail, secret)
	p.sees("Demo data", "Mia Sample", "Jonas Sample", "Walter Sample", "min ago", "mg/dL")
	p.click("Jonas Sample")
	p.sees("Demo data", "Last 6 hours")
	p.report("profile")
	p.sees("Enough to judge the period.", "Total insulin")
}

func (p *tab) signsInAs(mail, secret string) {
	p.t.Helper()
	p.visit("/")
	p.title("Sign in")
	p.write("email", mail)
	p.write("password", secret)
	p.follow(chromedp.Click(chromedp.CSS(".button-main")))
}

// Where the demo's time runs faster than the browser's, an age grows until
// there is something newer; it never shrinks by itself.
func TestAgesDoNotRunBackwards(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 2, "--speed", "60")
	p := b.open(t)
	p.signsInAs(mail, secret)
	const watch = `(() => {
		window.shrunk = [];
		window.seen = 0;
		const last = new Map();
		const minutes = (text) => {
			const m = /^(?:(\d+)\sh)?\s?(?:(\d+)\smin)?$/.exec(text.trim());
			return m && m[0] ? 60 * Number(m[1] ?? 0) + Number(m[2] ?? 0) : null;
		};
		setInterval(() => {
			for (const t of document.querySelectorAll("[data-given]:not([hidden]) time")) {
				const now = minutes(t.textContent), who = t.closest("[data-person]").dataset.person, was = last.get(who);
				if (now === null) continue;
				window.seen++;
				if (was && was.since === t.dataset.since && now < was.now) window.shrunk.push(was.now + " to " + now);
				last.set(who, { since: t.dataset.since, now });
			}
		}, 20);
	})()`
	ask[any](p, watch)
	time.Sleep(40 * time.Second) // two beats, and ages brought up to date more often
	require.Positive(t, ask[int](p, `window.seen`))
	require.Equal(t, "", ask[string](p, `window.shrunk.join(", ")`))
}

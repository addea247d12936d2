package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A page that lies open must not show an old value as if it were the present
// one, whatever else happens.
func TestAValueGrowsStaleWhileThePageLiesOpen(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	berlin, err := time.LoadLocation(zone)
	require.NoError(t, err)
	last := time.Now().In(berlin).Add(-2 * time.Minute)
	p.bring("now.csv", simple(last.Add(-3*time.Hour), last.Add(time.Second)))
	p.visit(p.personPath())
	p.sees("2 min ago", "In range", "since the reading before", "Last 6 hours")
	p.lacks("Old value")
	require.Equal(t, 1, p.count(".value-live"))

	p.do(chromedp.Focus(chromedp.CSS("[data-chart]"))) // under somebody's hands the page does not fetch a newer value
	later := func(minutes string) {
		ask[any](p, `(() => { const now = Date.now(); Date.now = () => now + `+minutes+` * 60000; document.dispatchEvent(new Event("visibilitychange")) })()`)
	}
	later("6")
	p.sees("8 min ago", "In range")
	require.Equal(t, 1, p.count(".value-late"))
	later("8")
	p.sees("Old value", "No reading for 16 min. Last")
	p.lacks("since the reading before")
	require.NotContains(t, ask[string](p, `document.querySelector(".value-age").innerText`), "min ago")
	p.sees("Brought in by file 14 min ago.")
	require.Equal(t, 1, p.count(".value-stale"))
	require.Contains(t, ask[string](p, `getComputedStyle(document.querySelector(".value-number")).textDecorationLine`), "line-through")
	require.False(t, p.visible(".value-trend"), "an old value has no direction")
}

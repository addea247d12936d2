package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestGlucoseProfile(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	base := p.personPath()
	p.visit(base + "/profile")
	p.sees("No readings in")

	p.bring("fortnight.csv", fortnight())
	p.title("4608 records of Mara Muster were kept.")
	p.click("See the profile")
	p.sees("Glucose profile report (ambulatory glucose profile)", "5–18 March 2025", "14 of 14 days with readings, 100.0% of the time",
		"Enough to judge the period.", "Time in ranges", "Average glucose 135 mg/dL", "goal <154 mg/dL", "6.5%", "20.0%", "4032")
	require.Positive(t, p.count(".profile-curve svg path"), "the curve is drawn")
	require.Equal(t, 14, p.count(".thumb[href]"), "each day is a way to that day")

	p.click("7 days")
	p.sees("12–18 March 2025", "7 of 7 days with readings", "too few to judge the period")
	p.follow(chromedp.Click(chromedp.CSS(`.thumb[href$="2025-03-15"]`)))
	p.sees("Saturday, 15 March 2025", "288 readings")
	p.follow(chromedp.Click(chromedp.CSS(`.turns a[rel="next"]`)))
	p.sees("Sunday, 16 March 2025")

	p.visit(base + "/profile?from=2025-03-03&until=2025-03-04")
	p.sees("3–4 March 2025", "The curve is hidden", "too few readings")
	p.visit(base + "/profile?from=2025-03-09&until=2025-03-03")
	p.sees("The last day must not be before the first.")
	p.visit(base + "/profile?from=2024-01-01&until=2024-01-09")
	p.sees("No readings in 1–9 January 2024.")
	p.click("5–18 March 2025")
	p.sees("Enough to judge the period.")
}

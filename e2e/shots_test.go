//go:build shots

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func shotsOfSetUp(t *testing.T, language string) {
	c := newCamera(newBox(t).open(t), language)
	c.speaks(language)
	c.visit("/setup")
	c.take("setup")
	c.follow(chromedp.Evaluate[chromedp.Void](`document.querySelector("form").submit()`))
	c.take("setup-problems")
	c.write("code", "RHMH-AERE-NZ5M-CGIB")
	c.take("setup-code")
	c.visit("/setup/account")
	c.take("setup-account")
}

// reads sets how the account reads: German with mmol/L, English with mg/dL.
func (c camera) reads() {
	c.visit("/preferences")
	c.tick("language", c.language)
	if c.language == "de" {
		c.tick("unit", "mmol/L")
		c.tick("clock", "24")
	} else {
		c.tick("unit", "mg/dL")
		c.tick("clock", "12")
	}
	c.follow(chromedp.Click(chromedp.CSS(".button-main")))
}

var mainButton = chromedp.CSS(".button-main")

func shotsOfImports(t *testing.T, language string) {
	b := settledBox(t, "mg/dL")
	c := newCamera(b.open(t), language)
	c.speaks(language)
	c.visit("/signin")
	c.take("signin")
	c.write("email", email)
	c.write("password", "not the right one")
	c.follow(chromedp.Click(mainButton))
	c.take("signin-refused")
	c.signIn()
	base := c.personPath()
	c.reads()
	c.take("preferences")
	c.visit(base + "/settings")
	c.take("settings")
	c.visit("/box")
	c.take("box")
	c.visit(base)
	c.take("person-empty")
	c.visit(base + "/profile")
	c.take("profile-empty")
	c.visit(base + "/imports")
	c.take("imports-empty")
	c.upload("photo.png", "\x89PNG\r\n\x1a\n")
	c.do(chromedp.Click(chromedp.CSS("summary")))
	c.take("imports-problem")
	c.visit(base + "/imports")
	c.upload("doubt.csv", "time,mgdl\n03/04/2025 10:00,101\n03/04/2025 10:05,104\n")
	c.take("preview-question")
	file, _ := careDay()
	c.visit(base + "/imports")
	c.upload("CareLink_Export_2025-03-10.csv", file)
	c.take("preview")
	c.follow(chromedp.Click(confirmButton))
	c.take("preview-unseen")
	c.tick("seen", "yes")
	c.follow(chromedp.Click(confirmButton))
	c.take("done")
	c.visit(base + "?day=2025-03-10")
	c.do(chromedp.Click(chromedp.CSS("summary")))
	c.take("day-pump-table")
	c.visit(base + "?day=2025-03-11")
	c.take("day-empty")
	c.visit(base + "/imports")
	c.upload("again.csv", file)
	c.take("preview-nothing-new")
	c.bring("german.csv", careMmol())
	c.bring("fortnight.csv", fortnight())
	c.visit(base + "/imports")
	c.take("imports")
	c.follow(chromedp.Click(chromedp.CSS(`.past li:first-child a.button`)))
	c.take("undo")
	c.follow(chromedp.Click(chromedp.CSS(`.button-danger`)))
	c.take("imports-undone")
	c.visit(base + "/profile")
	c.take("profile-few")
	c.visit(base + "/profile?from=2025-03-09&until=2025-03-03")
	c.take("profile-dates-problem")
	c.visit("/nothing-here")
	c.take("error")
}

func shotsOfDemo(t *testing.T, language string) {
	b, mail, secret := demo(t, 60)
	c := newCamera(b.open(t), language)
	c.visit("/signin")
	c.write("email", mail)
	c.write("password", secret)
	c.follow(chromedp.Click(mainButton))
	c.reads()
	c.visit("/")
	c.take("people-family")
	c.click("Mia Sample")
	base := c.personPath()
	c.take("person-live")
	c.do(chromedp.Focus(chromedp.CSS("[data-chart]")), chromedp.KeyEvent("h"))
	c.take("person-readout")
	c.visit(base + "?day=" + time.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	c.take("day-full")
	c.visit(base + "/profile")
	c.take("profile")
	c.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details:not(.custom)").forEach((d) => d.open = true)`))
	c.take("profile-tables")
	c.visit(base + "/explore")
	c.take("explore")
	c.visit(base + "/explore?from=2025-03-16&until=2025-03-18")
	c.take("explore-readings")
	c.visit("/?all=1")
	c.take("people-one")
}

// shotsOfAges shows a board of people whose newest readings differ in class
// and age.
func shotsOfAges(t *testing.T, language string) {
	b := settledBox(t, "mg/dL", "Noor", "Luca", "Emil", "Maximiliane-Friederike von Hohenstein", "Jo")
	c := newCamera(b.open(t), language)
	c.signIn()
	c.reads()
	berlin, err := time.LoadLocation(zone)
	require.NoError(t, err)
	for _, one := range []struct {
		name   string
		age    time.Duration
		values []float64 // the last ones, oldest first
	}{
		{person, 2 * time.Minute, []float64{110, 113, 117, 121}},
		{"Noor", 3 * time.Minute, []float64{88, 76, 62, 51}},
		{"Luca", 9 * time.Minute, []float64{190, 205, 222, 238}},
		{"Emil", 47 * time.Minute, []float64{120, 120, 119, 118}},
		{"Maximiliane-Friederike von Hohenstein", time.Minute, []float64{290, 300, 310, 401}},
	} {
		c.visit("/")
		c.follow(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".person-card a[href]")].find((a) => a.innerText.trim() === ` + quote(one.name) + `).click()`))
		file := "time,mgdl,flag\n"
		last := time.Now().In(berlin).Add(-one.age)
		for i := 70; i >= 0; i-- {
			at := last.Add(-time.Duration(i) * 5 * time.Minute)
			value, flag := wave(at), ""
			if i < len(one.values) {
				value = one.values[len(one.values)-1-i]
			}
			if value > 400 {
				flag = "high"
			}
			file += fmt.Sprintf("%s,%.0f,%s\n", at.Format("2006-01-02T15:04:05"), value, flag)
		}
		c.bring("now.csv", file)
		c.visit(c.personPath())
		switch one.name {
		case "Noor":
			c.take("person-very-low")
		case "Luca":
			c.take("person-late")
		case "Emil":
			c.take("person-stale")
		case "Maximiliane-Friederike von Hohenstein":
			c.take("person-above-sensor")
		}
	}
	c.visit("/")
	c.take("people")
}

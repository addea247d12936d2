//go:build shots

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// shotsOfEveryPage takes each page of the demo that links lead to, and what
// belongs to the bed as it is there.
func shotsOfEveryPage(t *testing.T, language string) {
	b, mail, secret := demo(t, 90)
	c := newCamera(b.open(t), language)
	c.enter(mail, secret, language)
	c.everyPage("/?all=1", func() {
		c.takeWhere("page-")
		c.size(1280, 900)
	})
	c.visit("/")
	people := ask[[]string](c.tab, `[...document.querySelectorAll(".person-card h2 a, .person-card a[href]")].map((a) => a.pathname)`)
	c.visit("/preferences")
	c.tick("theme", "bedside")
	c.follow(chromedp.Click(mainButton))
	for name, path := range map[string]string{"people": "/", "person": people[0], "profile": people[0] + "/profile", "preferences": "/preferences", "log": people[0] + "/log"} {
		c.visit(path)
		for _, width := range []int64{390, 1280} {
			c.size(width, 844)
			c.keep("bedside-"+name, fmt.Sprintf("%d-bedside", width))
		}
	}
}

// shotsOfAccount takes what belongs to signing in and to the security of an
// account.
func shotsOfAccount(t *testing.T, language string) {
	b := settledBox(t, "mg/dL")
	c := newCamera(b.open(t), language)
	c.speaks(language)
	c.visit("/signin/recover")
	c.take("signin-recover")
	c.signIn()
	c.reads()
	c.visit("/security")
	c.take("security-first")
	c.visit("/security/password")
	c.take("security-password")
	c.write("current", password)
	c.write("new", "password1234567")
	c.write("again", "password1234567")
	c.follow(chromedp.Click(submits))
	c.take("security-password-refused")
	c.visit("/security")
	c.write("name", "My phone")
	c.follow(chromedp.Click(chromedp.CSS(`form[action="/security/app"] button`)))
	c.take("security-app")
	key := strings.ReplaceAll(ask[string](c.tab, `document.querySelector(".secret code").textContent`), " ", "")
	c.write("code", "000000")
	c.follow(chromedp.Click(submits))
	c.take("security-app-wrong")
	c.write("code", b.code(key))
	c.follow(chromedp.Click(submits))
	c.take("security-codes")
	c.tick("saved", "yes")
	c.follow(chromedp.Click(submits))
	c.take("security-after")
	c.visit("/preferences/address")
	c.take("address")
	c.visit("/preferences/phrase")
	c.take("phrase")
	c.visit("/mail-check")
	c.take("mail-check")
	c.visit("/box/mail")
	c.take("box-mail")
	c.visit("/box/links")
	c.take("box-links")
	c.visit("/preferences/address")
	c.write("email", "ana.new@example.org")
	if c.count(`[name="password"]`) > 0 {
		c.write("password", password)
	}
	c.follow(chromedp.Click(chromedp.CSS(`main form[action="/preferences/address"] .button-main`)))
	c.take("address-after")
	c.do(chromedp.Evaluate[chromedp.Void](`document.querySelector(".foot form")?.submit()`))

	other := newCamera(b.open(t), language)
	other.speaks(language)
	other.visit("/signin")
	other.write("email", email)
	other.write("password", password)
	other.tick("use", "own")
	other.follow(chromedp.Click(submits))
	other.take("signin-code")
	other.write("code", "000000")
	other.follow(chromedp.Click(submits))
	other.take("signin-code-wrong")
	other.write("code", b.code(key))
	other.follow(chromedp.Click(submits))
	b.sql(fmt.Sprintf(`UPDATE credential SET state = CAST(json_set(state, '$.strong_ms', %d) AS BLOB) WHERE kind = 'session'`, time.Now().Add(-11*time.Minute).UnixMilli()))
	other.visit("/security/password")
	other.take("stepup")
	reset := newCamera(b.open(t), language)
	reset.speaks(language)
	reset.visit("/reset/nothing")
	reset.take("reset-over")
	other.visit("/security")
	other.take("security-full")
}

// shotsOfConflicts takes the pages that say that something else came first.
func shotsOfConflicts(t *testing.T, language string) {
	b := settledBox(t, "mg/dL")
	c := newCamera(b.open(t), language)
	c.signIn()
	c.reads()
	c.visit("/")
	base := c.personPath()
	c.visit("/box")
	other := c.another()
	other.visit("/box")
	other.write("name", "The box of somebody else with a long name")
	other.follow(chromedp.Click(mainButton))
	c.write("name", "Mine")
	c.follow(chromedp.Click(mainButton))
	c.take("conflict-box")

	c.visit(base + "/log")
	c.writesDose("4")
	c.take("log-written")
	c.writesDose("3")
	c.take("conflict-second-dose")
	c.visit(base + "/log")
	entry := ask[string](c.tab, `document.querySelector('a[href*="/log/entries/"]').pathname`)
	c.visit(entry)
	c.take("log-entry")
	other.visit(entry)
	other.write("units", "7")
	other.follow(chromedp.Click(writeButton))
	c.write("units", "9")
	c.follow(chromedp.Click(writeButton))
	c.take("conflict-entry")

	c.visit(base + "/settings")
	other.visit(base + "/settings")
	other.write("name", "Mara Changed")
	other.follow(chromedp.Click(mainButton))
	c.write("name", "Mara Otherwise")
	c.follow(chromedp.Click(mainButton))
	c.take("conflict-settings")

	c.bring("fortnight.csv", fortnight())
	undo := ask[string](c.tab, `document.querySelector('a[href$="/undo"]').pathname`)
	c.visit(undo)
	other.visit(undo)
	other.follow(chromedp.Click(chromedp.CSS(`.button-danger`)))
	c.follow(chromedp.Click(chromedp.CSS(`.button-danger`)))
	c.take("conflict-undo")
}

// shotsOfTrust takes the page in the clear of a box that has an authority of
// its own.
func shotsOfTrust(t *testing.T, language string) {
	b, port := settled(t, "mg/dL"), freePort(t)
	b.start("fingerprint of its own", "serve", "--data", b.dir, "--listen", "127.0.0.1:"+port, "--base-url", "https://box.lan:"+port, "--tls", "local", "--log", "warn")
	p := &tab{t: t, b: b, loaded: make(chan struct{}, 100)}
	p.begin(trustingChrome(t, filepath.Join(b.dir, "tls", "authority.pem")))
	b.Address = "http://box.lan:" + port
	c := newCamera(p, language)
	c.speaks(language)
	c.visit("/")
	c.take("trust")
}

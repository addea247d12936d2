package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// signedIn opens a tab with somebody signed in, at the person's page.
func (b *box) signedIn(t *testing.T) *tab {
	t.Helper()
	p := b.open(t)
	p.signIn()
	return p
}

func (p *tab) signIn() {
	p.t.Helper()
	p.visit("/signin")
	p.write("email", email)
	p.write("password", password)
	p.follow(chromedp.Click(chromedp.CSS(`form[action="/signin"] .button-main`)))
	require.NotContains(p.t, p.where(), "/signin")
}

// personPath is the address of the person whose page is open.
func (p *tab) personPath() string {
	p.t.Helper()
	parts := strings.Split(strings.SplitN(p.where(), "?", 2)[0], "/")
	require.True(p.t, len(parts) >= 3 && parts[1] == "people", "not on a person's page: %s", p.where())
	return "/people/" + parts[2]
}

// report goes to a report of the person by way of the list of reports.
func (p *tab) report(path string) {
	p.t.Helper()
	p.click("Reports")
	p.follow(chromedp.Click(chromedp.CSS(`.ways a[href$="/` + path + `"]`)))
}

// upload chooses a file with the given contents on the import page, which
// must be open, and sends it.
func (p *tab) upload(name, contents string) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	require.NoError(p.t, os.WriteFile(path, []byte(contents), 0o600))
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{path}))
	p.follow(chromedp.Click(chromedp.CSS(`form[enctype] .button-main`)))
}

// bring imports a file without a bad row, from the person's page to the page
// that says what came.
func (p *tab) bring(name, contents string) {
	p.t.Helper()
	p.visit(p.personPath() + "/imports")
	p.upload(name, contents)
	p.follow(chromedp.Click(chromedp.CSS(`button[value="confirm"]`)))
	require.Contains(p.t, p.where(), "/imports/")
	require.NotContains(p.t, p.where(), "waiting")
}

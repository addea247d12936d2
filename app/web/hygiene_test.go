package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
	"glucokeep/static"
)

// What a page could ask its person for (S50), and what the pages need of it,
// with the call by which a script of ours does. Passkeys need no script yet.
var (
	askable = []string{"accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "clipboard-read", "clipboard-write", "compute-pressure",
		"display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
		"keyboard-map", "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture",
		"publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "sync-xhr", "usb",
		"window-management", "xr-spatial-tracking"}
	needed = map[string]string{"clipboard-write": "clipboard.writeText", "screen-wake-lock": "wakeLock.request",
		"publickey-credentials-create": "", "publickey-credentials-get": ""}
	feature = regexp.MustCompile(`^([a-z-]+)=(\(\)|\(self\))$`)
)

// badPermissions finds what is wrong with a Permissions-Policy: a feature that
// is not named is left to every page by the browser.
func badPermissions(policies []string) string {
	if len(policies) != 1 {
		return fmt.Sprintf("%d Permissions-Policies", len(policies))
	}
	var named []string
	for _, part := range strings.Split(policies[0], ", ") {
		m := feature.FindStringSubmatch(part)
		if m == nil {
			return "Permissions-Policy says " + part
		}
		if _, ok := needed[m[1]]; ok != (m[2] == "(self)") {
			return "Permissions-Policy says " + part
		}
		named = append(named, m[1])
	}
	slices.Sort(named)
	if !slices.Equal(named, askable) {
		return fmt.Sprint("Permissions-Policy names ", named)
	}
	return ""
}

// H-02, S50: what the pages leave open is what their scripts use, and they use
// nothing that is closed.
func TestWhatScriptsMayAskFor(t *testing.T) {
	all := ""
	for _, name := range static.Names() {
		if strings.HasSuffix(name, ".js") {
			source, err := os.ReadFile(filepath.Join("../../static", name))
			require.NoError(t, err)
			all += string(source)
		}
	}
	for name, call := range needed {
		require.Contains(t, all, call, "%s is open for nothing", name)
	}
	require.NotRegexp(t, `getUserMedia|getDisplayMedia|geolocation|requestMIDIAccess|navigator\.(usb|hid|serial|bluetooth|xr|getBattery|getGamepads)|`+
		`requestFullscreen|clipboard\.read|PaymentRequest|IdleDetector|queryLocalFonts|requestStorageAccess|RequestDevice|Accelerometer|Gyroscope`, all)
	require.NotEmpty(t, badPermissions(nil))
	require.NotEmpty(t, badPermissions([]string{"camera=()"}))
	require.NotEmpty(t, badPermissions([]string{"camera=(self)"}))
	require.NotEmpty(t, badPermissions([]string{"camera=*"}))
}

var inputs = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)

// askedFor gives the names of what a page asks for; must are those that may not
// be left empty.
func askedFor(page string) (all, must []string) {
	for _, in := range inputs.FindAllString(page, -1) {
		name := regexp.MustCompile(` name="([^"]*)"`).FindStringSubmatch(in)
		if name == nil || strings.Contains(in, `type="hidden"`) {
			continue
		}
		if !slices.Contains(all, name[1]) {
			all = append(all, name[1])
		}
		if strings.Contains(in, " required") && !slices.Contains(must, name[1]) {
			must = append(must, name[1])
		}
	}
	return all, must
}

// S5: whoever gets an account says a name, an address and a password. That is
// all that is asked, and all that is kept.
func TestSettingUpAsksForLittle(t *testing.T) {
	b := newBox(t)
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	br := b.browser()
	require.Equal(t, see, br.get("/setup").status)
	page := br.page("/setup/box")
	require.Equal(t, see, br.post("/setup/box", "code", code, "name", "Home", "zone", "Europe/Madrid", "unit", "mg/dL", "seen", seenMark(t, page)).status)
	all, must := askedFor(br.page("/setup/account"))
	require.ElementsMatch(t, []string{"name", "email", "password"}, must)
	for _, name := range all {
		require.Contains(t, []string{"name", "email", "password", "show", "code"}, name)
	}
	a := br.post("/setup/account", "name", "Ana", "email", "ana@box.test", "password", password)
	require.Equal(t, see, a.status, a.body)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE name = 'Ana' AND email = 'ana@box.test' AND lang = '' AND unit = ''`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM secret WHERE name LIKE 'phrase %'`), "the box makes the phrase itself")
	_, must = askedFor(br.page("/setup/person"))
	require.Subset(t, []string{"name", "person", "zone", "unit"}, must, "of a person a name is enough: no birthday, no number, no address")
	for _, column := range []string{"birth", "street", "phone", "number", "gender", "sex"} {
		require.Zero(t, b.count(`SELECT count(*) FROM pragma_table_info('account') WHERE name LIKE ?`, "%"+column+"%"))
	}
}

func seenMark(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`name="seen" value="([^"]*)"`).FindStringSubmatch(page)
	require.NotNil(t, m)
	return m[1]
}

// S51: the version page says how old the program is, and that the box asks
// nobody about it.
func TestAbout(t *testing.T) {
	for name, c := range map[string]struct {
		age     time.Duration
		unknown bool
		say     []string
		not     []string
	}{
		"of today":             {time.Hour, false, []string{"0 days"}, []string{"more than a year", "clock"}},
		"of a week":            {7 * 24 * time.Hour, false, []string{"7 days"}, []string{"more than a year"}},
		"of three months":      {91 * 24 * time.Hour, false, []string{"3 months"}, []string{"more than a year"}},
		"of a year all but":    {364 * 24 * time.Hour, false, []string{"12 months"}, []string{"more than a year"}},
		"of a year and a day":  {366 * 24 * time.Hour, false, []string{"12 months", "more than a year old"}, []string{"!"}},
		"of three years":       {3 * 366 * 24 * time.Hour, false, []string{"3 years", "more than a year old"}, nil},
		"of tomorrow":          {-48 * time.Hour, false, []string{"Does the clock go right?"}, []string{"days", "more than a year"}},
		"of a day not known":   {0, true, []string{"not known"}, []string{"Age", "more than a year"}},
		"a clock that is slow": {-time.Hour, false, []string{"0 days"}, []string{"clock go right"}},
	} {
		t.Run(name, func(t *testing.T) {
			built := time.Now().Add(-c.age)
			b := newBox(t, func(c *web.Config) { c.Built = built })
			if c.unknown {
				b = newBox(t)
			}
			ana := b.owner("Ana", "Mila")
			a := ana.get("/about")
			require.Equal(t, ok, a.status)
			text := words(a.body)
			text = text[strings.Index(text, "About this version"):]
			for _, want := range append(c.say, "Glucokeep test", "Checked for updates never (off)", "Safari 17.5") {
				require.Contains(t, text, want)
			}
			for _, not := range c.not {
				require.NotContains(t, text, not)
			}
			if !c.unknown {
				require.Contains(t, text, built.UTC().Format("2 January 2006"))
			}
		})
	}
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Contains(t, ana.page("/preferences"), `<a href="/about">About this version</a>`)
	require.Contains(t, ana.page(ana.at("")), `<a href="/about">Glucokeep test</a>`)
	require.NotContains(t, words(b.browser().page("/signin")), "Glucokeep test", "strangers learn no version")
}

// S51: what browsers too old for the pages are told needs neither script nor
// style sheet.
func TestTooOld(t *testing.T) {
	b := newBox(t)
	b.account("Ana")
	page := b.browser().page("/signin")
	require.Contains(t, page, `<p class="too-old">This browser is too old`)
	sheet := b.browser().get(static.URL("css/app.css")).body
	require.Equal(t, 1, strings.Count(sheet, ".too-old"))
	require.Contains(t, sheet, "@supports (color: light-dark(canvas, canvas)) { .too-old { display: none; } }", "only those who can hide it do")
}

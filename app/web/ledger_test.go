package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
	"glucokeep/app/web"
)

// L-01: what each route leaves in the ledger, done by its owner.
func TestEveryRouteLeavesItsLine(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	ben := b.owner("Ben", "Jon")
	key := b.newKey()
	cleo := b.browser() // asks as Ana
	b.account("Eve")
	b.trusts("Ana", "Eve")
	past := ana.bring(simple(spring, 5))
	undone := ana.bring(simple(spring.AddDate(0, 0, 7), 5))
	cancelled, waiting := ana.wait(simple(spring.AddDate(0, 1, 0), 5)), ana.wait(simple(spring.AddDate(0, 2, 0), 5))
	entry := ana.at("/log/entries/" + ana.writes("kind", "note", "text", "fine"))
	require.NoError(t, b.ledger.Close(t.Context(), time.Now())) // every look below begins a span of its own

	acts := []struct {
		route string
		by    *browser
		act   func() answer
		want  []string
	}{
		{"GET /healthz", ana, func() answer { return ana.get("/healthz") }, nil},
		{"GET /setup", ana, func() answer { return ana.get("/setup") }, nil},
		{"GET /setup/box", ana, func() answer { return ana.get("/setup/box") }, nil},
		{"POST /setup/box", ana, func() answer { return ana.post("/setup/box") }, nil}, // TestSetUp has the lines of a first set-up
		{"GET /setup/account", ana, func() answer { return ana.get("/setup/account") }, nil},
		{"POST /setup/account", ana, func() answer { return ana.post("/setup/account") }, nil},
		{"GET /setup/person", ana, func() answer { return ana.get("/setup/person") }, nil},
		{"POST /setup/person", ana, func() answer { return ana.post("/setup/person", "person", "Zoe", "zone", "UTC", "unit", "mg/dL") },
			[]string{"person.added ok", "grant.added ok"}},
		{"GET /setup/data", ana, func() answer { return ana.get("/setup/data") }, nil}, // names alone
		{"POST /setup/data", ana, func() answer { return ana.post("/setup/data") }, nil},
		{"GET /box", ana, func() answer { return ana.get("/box") }, nil}, // nobody's data
		{"POST /box", ana, func() answer {
			return ana.post("/box", "seen", ana.seen("/box"), "name", "Haus Muster", "zone", "UTC", "unit", "mg/dL")
		}, []string{"box.changed ok"}},
		{"POST /box/check", ana, func() answer { return ana.post("/box/check") }, []string{"box.checked ok"}},
		{"GET /box/mail", ana, func() answer { return ana.get("/box/mail") }, nil}, // nobody's data
		{"POST /box/mail", ana, func() answer { return ana.post("/box/mail", mailForm("host", "bad host")...) }, nil},
		{"POST /box/mail", ana, func() answer { return ana.post("/box/mail", mailForm("port", "1")...) }, []string{"mail.changed ok"}},
		{"POST /box/mail/test", ana, func() answer { return ana.post("/box/mail/test") }, []string{"mail.tested ok"}},
		{"POST /box/mail", ana, func() answer { return ana.post("/box/mail", "do", "forget") }, []string{"mail.changed none ok"}},
		{"GET /box/links", ana, func() answer { return ana.get("/box/links") }, nil},
		{"POST /box/links", ana, func() answer { return ana.post("/box/links", "account", "nobody") }, nil},
		{"POST /box/links", ana, func() answer { return ana.post("/box/links", "account", b.key("Ben")) }, []string{"address.link account ok"}},
		{"GET /preferences/phrase", ana, func() answer { return ana.get("/preferences/phrase") }, nil},
		{"POST /preferences/phrase", ana, func() answer { return ana.post("/preferences/phrase", "phrase", "seven quiet herons") }, []string{"account.phrase ok"}},
		{"GET /preferences/address", ana, func() answer { return ana.get("/preferences/address") }, nil},
		{"POST /preferences/address", ana, func() answer {
			return ana.post("/preferences/address", "email", "new@box.test")
		}, []string{"address.asked account ok"}},
		{"POST /preferences/address/confirm", ben, func() answer { return ben.post("/preferences/address/confirm") }, []string{"address.asked account ok"}},
		{"GET /links/{token}", ben, func() answer { return b.browser().get(ana.hands("Ben", "")) }, []string{"address.link account ok"}}, // of the making alone
		{"POST /links/{token}", ben, func() answer { return b.browser().post(ana.hands("Ben", "")) }, []string{"address.link account ok", "address.proven account ok"}},
		{"POST /links/{token}", ana, func() answer { return b.browser().post(ana.hands("Ana", "")) }, []string{"address.link account ok", "address.changed account ok"}},
		{"GET /about", ana, func() answer { return ana.get("/about") }, nil},
		{"GET /mail-check", ana, func() answer { return ana.get("/mail-check") }, nil},
		{"POST /mail-check", ana, func() answer { return ana.post("/mail-check", "ref", "AAAA-AAAA-AAAA") }, nil}, // asks about no data
		{"POST /links/{token}", ana, func() answer {
			a := b.browser().post(ana.hands("Ana", "yes"))
			ana.signIn("Ana")
			return a
		}, []string{"address.link account ok", "address.undone account ok", "sign-in ok"}},
		{"GET /security/people", ana, func() answer { return ana.get("/security/people") }, nil},
		{"GET /security/people/new", ana, func() answer { return ana.get("/security/people/new") }, nil},
		{"POST /security/people/new", ana, func() answer { return ana.post("/security/people/new", "email", "nobody@box.test") }, []string{"recovery.partner-named account ok"}},
		{"POST /security/people/{partner}/remove", ana, func() answer { return ana.post(ana.partner("Ana", "") + "/remove") }, []string{"recovery.partner-ended account ok"}},
		{"POST /security/people/new", ana, func() answer { return ana.post("/security/people/new", "email", "ben@box.test") }, []string{"recovery.partner-named account ok"}},
		{"POST /security/people/{partner}/agree", ben, func() answer { return ben.post(ben.partner("Ana", "Ben") + "/agree") }, []string{"recovery.partner-agreed account ok"}},
		{"POST /signin/ask", ana, func() answer { return b.browser().post("/signin/ask", "email", "nobody@box.test") }, []string{"recovery.requested failed"}},
		{"GET /signin/ask", ana, func() answer { return b.browser().get("/signin/ask") }, nil},
		{"POST /signin/ask", ana, func() answer { return b.asks("Ana", cleo) }, []string{"recovery.requested account ok"}},
		{"GET /security/people/{partner}/vouch", ben, func() answer { return ben.get(ben.partner("Ana", "Ben") + "/vouch") }, nil},
		{"POST /security/people/{partner}/vouch", ben, func() answer { return ben.post(ben.partner("Ana", "Ben")+"/vouch", "code", "AAAA-AAAA") }, []string{"recovery.vouched account failed"}},
		{"POST /security/people/{partner}/vouch", ben, func() answer { return ben.post(ben.partner("Ana", "Ben")+"/vouch", "code", cleo.askCode()) }, []string{"recovery.vouched account ok"}},
		{"POST /signin/ask/password", ana, func() answer { return cleo.post("/signin/ask/password") }, nil}, // one is not enough
		{"POST /security/stop", ana, func() answer { return ana.post("/security/stop") }, []string{"recovery.stopped account ok"}},
		{"POST /security/current", ana, func() answer { return ana.post("/security/current") }, []string{"recovery.current account ok"}},
		{"GET /stop/{token}", ana, func() answer { return b.browser().get("/stop/" + strings.Repeat("a", 64)) }, nil}, // TestAskingBack has a link that stops
		{"POST /stop/{token}", ana, func() answer { return b.browser().post("/stop/" + strings.Repeat("a", 64)) }, nil},
		{"POST /security/people/{partner}/leave", ben, func() answer { return ben.post(ben.partner("Ana", "Ben") + "/leave") }, []string{"recovery.partner-ended account ok"}},
		{"GET /session", ana, func() answer { return ana.get("/session") }, nil},
		{"POST /session", ana, func() answer { return ana.post("/session") }, nil}, // no more than a click
		{"GET /security", ana, func() answer { return ana.get("/security") }, nil},
		{"GET /security/confirm", ana, func() answer { return ana.get("/security/confirm") }, nil},
		{"POST /security/confirm", ana, func() answer { return ana.post("/security/confirm", "password", "wrong") }, []string{"step-up failed"}},
		{"POST /security/confirm", ana, func() answer { return ana.post("/security/confirm", "password", password) }, []string{"step-up ok"}},
		{"POST /security/app", ana, func() answer { return ana.post("/security/app", "name", "") }, nil},
		{"GET /security/app/{factor}", ana, func() answer { return ana.get(ana.newApp()) }, nil}, // nothing counts yet
		{"POST /security/app/{factor}", ana, func() answer { return ana.post(ana.appPage, "code", ana.code()) }, []string{"recovery.made account ok"}},
		{"GET /security/codes", ana, func() answer { return ana.get("/security/codes") }, nil},
		{"GET /security/codes.txt", ana, func() answer { return ana.get("/security/codes.txt") }, nil},
		{"POST /security/codes/saved", ana, func() answer { return ana.post("/security/codes/saved", "saved", "yes") },
			[]string{"factor.added account ok", "recovery.saved account ok", "sign-in ok"}},
		{"POST /security/codes", ana, func() answer { return ana.post("/security/codes") }, []string{"recovery.made account ok"}},
		{"POST /signin", ana, func() answer { return ana.half(b.browser()) }, []string{"sign-in.half ok"}},
		{"GET /signin/code", ana, func() answer { return ana.door.get("/signin/code") }, nil},
		{"POST /signin/code", ana, func() answer { return ana.door.post("/signin/code", "code", "000000") }, []string{"sign-in failed"}},
		{"POST /signin/code", ana, func() answer { return ana.door.post("/signin/code", "code", ana.code(), "remember", "yes") },
			[]string{"device.remembered account ok", "sign-in ok"}},
		{"POST /signin/code", ana, func() answer {
			ana.half(b.browser())
			return ana.door.post("/signin/code", "recovery", ana.recovery())
		}, []string{"sign-in.half ok", "recovery.used account ok", "sign-in ok"}},
		{"GET /signin/recover", ana, func() answer { return b.browser().get("/signin/recover") }, nil},
		{"POST /signin/recover", ana, func() answer {
			return b.browser().post("/signin/recover", "email", "ana@box.test", "recovery", "AAAA-AAAA-AAAA-AAAA")
		}, []string{"sign-in failed"}},
		{"POST /signin/recover", ana, func() answer {
			return b.browser().post("/signin/recover", "email", "ana@box.test", "recovery", ana.recovery())
		}, []string{"recovery.used account ok", "sign-in.half ok"}},
		{"POST /security/sessions", ana, func() answer { return ana.post("/security/sessions", "session", "others") }, []string{"session.others-ended account ok"}},
		{"POST /security/sharing", ana, func() answer {
			b.sql(`INSERT INTO shared_password (account, first, second, raised_ms) SELECT id, 'a', 'b', 1 FROM account WHERE name = 'Ana'`)
			return ana.post("/security/sharing")
		}, []string{"account.shared-dismissed account ok"}},
		{"POST /security/not-me", ana, func() answer { return ana.post("/security/not-me") }, []string{"session.not-me account ok"}},
		{"GET /security/passkeys/new", ana, func() answer { return ana.get("/security/passkeys/new") }, nil},
		{"POST /security/passkeys/new/ask", ana, func() answer { return ana.post("/security/passkeys/new/ask", "name", "My laptop") }, nil},
		{"POST /security/passkeys", ana, func() answer {
			ana.post("/security/codes/saved", "saved", "yes")
			return ana.adds(key)
		}, []string{"recovery.saved account ok", "factor.added account ok", "sign-in ok"}},
		{"GET /security/passkeys/key/{factor}", ana, func() answer { return ana.get(ana.passkeyPage()) }, nil},
		{"POST /security/passkeys/key/{factor}", ana, func() answer { return ana.post(ana.passkeyPage(), "name", "Laptop") }, []string{"factor.renamed account ok"}},
		{"POST /signin/passkey/ask", ana, func() answer { return b.browser().post("/signin/passkey/ask") }, nil},
		{"POST /signin/passkey", ana, func() answer { return b.browser().shows(b.newKey()) }, []string{"sign-in failed"}},
		{"POST /signin/passkey", ana, func() answer { return b.browser().shows(key) }, []string{"sign-in ok"}},
		{"POST /security/confirm/passkey/ask", ana, func() answer { return ana.post("/security/confirm/passkey/ask") }, nil},
		{"POST /security/confirm/passkey", ana, func() answer { return ana.confirms(key) }, []string{"step-up ok"}},
		{"POST /security/passkeys/key/{factor}/remove", ana, func() answer { return ana.post(ana.passkeyPage() + "/remove") },
			[]string{"factor.removed account ok", "sign-in ok"}},
		{"POST /security/app/{factor}/remove", ana, func() answer { return ana.post(ana.appPage + "/remove") },
			[]string{"factor.removed account ok", "sign-in ok"}},
		{"POST /box/factor", ana, func() answer { return ana.post("/box/factor") }, []string{"box.changed box ok"}},
		{"GET /reset/{token}", ben, func() answer { return b.browser().get(ben.resetLink("Ben")) }, []string{"account.reset-link account ok"}}, // of the making alone
		{"POST /reset/{token}", ben, func() answer {
			a := b.browser().post(ben.resetLink("Ben"), "new", password, "again", password)
			ben.signIn("Ben")
			return a
		}, []string{"account.reset-link account ok", "account.reset account ok", "sign-in ok"}},
		{"GET /box/accounts", ana, func() answer { return ana.get("/box/accounts") }, nil}, // nobody's data, nor the next two
		{"GET /box/accounts/new", ana, func() answer { return ana.get("/box/accounts/new") }, nil},
		{"GET /box/accounts/{account}", ana, func() answer { return ana.get(b.of("Ben")) }, nil},
		{"POST /box/accounts/new", ana, func() answer { return ana.post("/box/accounts/new", "name", "Cleo", "email", "x") }, nil},
		{"POST /box/accounts/new", ana, func() answer {
			return ana.post("/box/accounts/new", "name", "Cleo", "email", "cleo@box.test")
		}, []string{"account.added account ok", "account.welcome-link account ok"}},
		{"GET /welcome/{token}", ana, func() answer { return b.browser().get(welcomeLink.FindString(ana.post(b.of("Cleo") + "/link").body)) },
			[]string{"account.welcome-link account ok"}}, // of the making alone
		{"POST /box/accounts/{account}/link", ana, func() answer { return ana.post(b.of("Cleo") + "/link") }, []string{"account.welcome-link account ok"}},
		{"POST /welcome/{token}", ana, func() answer {
			return b.browser().post(welcomeLink.FindString(ana.post(b.of("Cleo")+"/link").body), "new", password, "again", password)
		}, []string{"account.welcome-link account ok", "account.welcomed account ok"}},
		{"POST /box/accounts/{account}/reset", ana, func() answer { return ana.post(b.of("Ben") + "/reset") }, []string{"account.renew-link account ok"}},
		{"POST /security/renewal/stop", ben, func() answer { return ben.post("/security/renewal/stop") }, []string{"account.renew-stopped account ok"}},
		{"POST /box/accounts/{account}/admin", ana, func() answer { return ana.post(b.of("Cleo")+"/admin", "admin", "yes") }, []string{"account.admin-given account ok"}},
		{"POST /box/accounts/{account}/admin", ana, func() answer { return ana.post(b.of("Cleo")+"/admin", "admin", "no") }, []string{"account.admin-taken account ok"}},
		{"POST /box/accounts/{account}/disable", ana, func() answer { return ana.post(b.of("Cleo") + "/disable") }, []string{"account.disabled account ok"}},
		{"POST /box/accounts/{account}/enable", ana, func() answer { return ana.post(b.of("Cleo") + "/enable") }, []string{"account.enabled account ok"}},
		{"GET /security/checkup", ana, func() answer { return ana.get("/security/checkup") }, nil},
		{"POST /security/checkup", ana, func() answer { return ana.post("/security/checkup", "item", "access", "answer", "right") }, nil}, // the end alone
		{"POST /security/checkup", ana, func() answer {
			for _, item := range []string{"browsers", "address", "factor"} {
				ana.post("/security/checkup", "item", item, "answer", "open")
			}
			return ana.post("/security/checkup", "item", "codes", "answer", "open")
		}, []string{"account.check-up account ok"}},
		{"GET /trust", ana, func() answer { return ana.get("/trust") }, nil}, // nobody's data, nor the following
		{"GET /trust/glucokeep.crt", ana, func() answer { return ana.get("/trust/glucokeep.crt") }, nil},
		{"GET /trust/glucokeep.mobileconfig", ana, func() answer { return ana.get("/trust/glucokeep.mobileconfig") }, nil},
		{"GET /signin", ana, func() answer { return b.browser().get("/signin") }, nil},
		{"POST /signin", ana, func() answer { return b.browser().post("/signin", "email", "ana@box.test", "password", "wrong") }, []string{"sign-in failed"}},
		{"POST /signin", ana, func() answer { return b.browser().post("/signin", "email", "xyz@box.test", "password", "wrong") }, []string{"sign-in failed"}},
		{"POST /signin", ana, func() answer { return b.browser().post("/signin", "email", "ana@box.test", "password", password) }, []string{"sign-in ok"}},
		{"GET /styleguide", ana, func() answer { return ana.get("/styleguide") }, nil},
		{"GET /preferences", ana, func() answer { return ana.get("/preferences") }, nil},
		{"POST /preferences", ana, func() answer {
			return ana.post("/preferences", "language", "en", "unit", "mg/dL", "clock", "24", "theme", "system")
		}, []string{"account.preferences ok"}},
		{"GET /.well-known/change-password", ana, func() answer { return ana.get("/.well-known/change-password") }, nil},
		{"GET /security/password", ana, func() answer { return ana.get("/security/password?make=words") }, nil},
		{"POST /security/password", ana, func() answer {
			return ana.post("/security/password", "current", password, "new", "short", "again", "short")
		}, nil}, // not changed
		{"POST /security/password", ana, func() answer {
			return ana.post("/security/password", "current", "wrong", "new", better, "again", better)
		}, []string{"account.password-own account failed"}},
		{"POST /security/password", ben, func() answer {
			return ben.post("/security/password", "current", password, "new", better, "again", better)
		}, []string{"account.password-own account ok", "sign-in ok"}},
		{"GET /{$}", ana, func() answer { return ana.get("/?all=1") }, []string{"view.begin page:people ok", "view.begin page:people ok"}}, // of Mila and Zoe
		{"GET /live", ana, func() answer { return ana.stream("").close() }, []string{"view.begin stream ok", "view.begin stream ok"}},      // of Mila and Zoe
		{"GET /live", ana, func() answer { return ana.stream("").close() }, nil},                                                           // counted in the span
		{"GET /people/{person}", ana, func() answer { return ana.get(ana.at("")) }, []string{"view.begin page:day ok"}},
		{"GET /people/{person}", ana, func() answer { return ana.get(ana.at("?day=2026-03-01")) }, nil}, // counted in the span
		{"GET /people/{person}", ben, func() answer { return ben.get(ana.at("")) }, []string{"refused action:view refused"}},
		{"GET /people/{person}/more", ana, func() answer { return ana.get(ana.at("/more")) }, nil}, // links alone
		{"GET /people/{person}/reports", ana, func() answer { return ana.get(ana.at("/reports")) }, nil},
		{"GET /people/{person}/profile", ana, func() answer { return ana.get(ana.at("/profile")) }, []string{"view.begin page:profile ok"}},
		{"GET /people/{person}/patterns", ana, func() answer { return ana.get(ana.at("/patterns")) }, []string{"view.begin page:patterns ok"}},
		{"GET /people/{person}/overlay", ana, func() answer { return ana.get(ana.at("/overlay")) }, []string{"view.begin page:overlay ok"}},
		{"GET /people/{person}/weeks", ana, func() answer { return ana.get(ana.at("/weeks")) }, []string{"view.begin page:weeks ok"}},
		{"GET /people/{person}/compare", ana, func() answer { return ana.get(ana.at("/compare")) }, []string{"view.begin page:compare ok"}},
		{"GET /people/{person}/profile", ben, func() answer { return ben.get("/people/" + store.NewKey() + "/profile") }, []string{"refused action:view refused"}},
		{"GET /people/{person}/insulin", ana, func() answer { return ana.get(ana.at("/insulin")) }, []string{"view.begin page:insulin ok"}},
		{"GET /people/{person}/devices", ana, func() answer { return ana.get(ana.at("/devices")) }, []string{"view.begin page:devices ok"}},
		{"GET /people/{person}/devices/settings", ana, func() answer { return ana.get(ana.at("/devices/settings")) }, []string{"view.begin page:device-settings ok"}},
		{"GET /people/{person}/log", ana, func() answer { return ana.get(ana.at("/log")) }, []string{"view.begin page:log ok"}},
		{"POST /people/{person}/log", ana, func() answer { return ana.post(ana.at("/log"), "kind", "note", "text", "well") }, []string{"log.added log ok"}},
		{"POST /people/{person}/log", ana, func() answer {
			return ana.post(ana.at("/log"), "kind", "carbs", "grams", "45", "key", strings.Repeat("a", 32))
		}, []string{"log.added log ok"}}, // a line of its own each
		{"POST /people/{person}/log", ana, func() answer {
			return ana.post(ana.at("/log"), "kind", "carbs", "grams", "45", "key", strings.Repeat("a", 32))
		}, nil}, // the same form again
		{"POST /people/{person}/log", ana, func() answer { return ana.post(ana.at("/log"), "kind", "dose") }, nil}, // not written
		{"POST /people/{person}/log", ben, func() answer { return ben.post(ana.at("/log"), "kind", "note", "text", "x") }, []string{"refused action:write refused"}},
		{"GET /people/{person}/log/removed", ana, func() answer { return ana.get(ana.at("/log/removed")) }, nil}, // the same span
		{"GET /people/{person}/log/entries/{entry}", ana, func() answer { return ana.get(entry) }, nil},
		{"POST /people/{person}/log/entries/{entry}", ana, func() answer {
			return ana.change(entry, "text", "better")
		}, []string{"log.changed log ok"}},
		{"POST /people/{person}/log/entries/{entry}/remove", ana, func() answer { return ana.post(entry + "/remove") }, []string{"log.removed log ok"}},
		{"POST /people/{person}/log/entries/{entry}/restore", ana, func() answer { return ana.post(entry + "/restore") }, []string{"log.restored log ok"}},
		{"GET /people/{person}/settings", ana, func() answer { return ana.get(ana.at("/settings")) }, nil}, // what the owner wrote, no data
		{"GET /people/{person}/settings", ben, func() answer { return ben.get(ana.at("/settings")) }, []string{"refused action:manage refused"}},
		{"POST /people/{person}/settings", ana, func() answer { return ana.post(ana.at("/settings"), settingsForm("ranges", "older")...) }, []string{"person.changed ok"}},
		{"POST /people/{person}/settings", ben, func() answer { return ben.post(ana.at("/settings"), settingsForm()...) }, []string{"refused action:manage refused"}},
		{"GET /people/{person}/explore", ana, func() answer { return ana.get(ana.at("/explore")) }, []string{"view.begin page:explore ok"}},
		{"GET /people/{person}/explore/data", ana, func() answer { return ana.get(ana.at("/explore/data?from=2026-03-01&until=2026-03-02")) }, nil}, // the same span
		{"GET /people/{person}/explore/figures", ana, func() answer { return ana.get(ana.at("/explore/figures?from=2026-03-01&until=2026-03-02")) }, nil},
		{"GET /people/{person}/explore/data", ben, func() answer { return ben.get(ana.at("/explore/data")) }, []string{"refused action:view refused"}},
		{"GET /people/{person}/imports", ana, func() answer { return ana.get(ana.at("/imports")) }, []string{"view.begin page:imports ok"}},
		{"GET /people/{person}/imports/{import}", ana, func() answer { return ana.get(past) }, nil}, // the same span
		{"GET /people/{person}/imports/{import}/undo", ana, func() answer { return ana.get(past + "/undo") }, nil},
		{"POST /people/{person}/imports/{import}/undo", ana, func() answer { return ana.post(undone + "/undo") }, []string{"import.undone upload ok"}},
		{"POST /people/{person}/imports/{import}/undo", ben, func() answer { return ben.post(past + "/undo") }, []string{"refused action:import refused"}},
		{"POST /people/{person}/imports", ana, func() answer { return ana.upload("a.csv", []byte(simple(spring, 3))) }, nil}, // nothing is kept yet
		{"GET /people/{person}/incoming/{file}", ana, func() answer { return ana.get(waiting) }, []string{"view.begin page:import-preview ok"}},
		{"POST /people/{person}/incoming/{file}/cancel", ana, func() answer { return ana.post(cancelled + "/cancel") }, nil},
		{"POST /people/{person}/incoming/{file}", ana, func() answer { return ana.post(waiting, "do", "confirm") }, []string{"import upload ok"}},
		{"POST /signout", ana, func() answer { return ana.post("/signout") }, []string{"sign-out ok"}},
	}
	met := map[string]bool{}
	for _, c := range acts {
		met[c.route] = true
		before := len(b.lines())
		a := c.act()
		require.Less(t, a.status, 500, c.route)
		require.Equal(t, strings.Join(c.want, "\n"), strings.Join(b.lines()[before:], "\n"), "%s: %d", c.route, a.status)
	}
	for route := range web.Patterns() {
		require.True(t, met[route], "%s: say above what it leaves in the ledger", route)
	}
	_, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
}

// L-01, L-02: looks of a quarter of an hour are one span with their number.
func TestViewsAreCounted(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	before := len(b.lines())
	for range 5 {
		ana.page(ana.at(""))
	}
	require.Equal(t, []string{"view.begin page:day ok"}, b.lines()[before:])
	require.NoError(t, b.ledger.Step(t.Context(), time.Now().Add(16*time.Minute)))
	require.Equal(t, []string{"view.begin page:day ok", "view.end page:day ok"}, b.lines()[before:])
	require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action = 'view.end' AND detail = '{"looks":5}'`))
}

// L-02: when the ledger cannot be written, pages with health data say so with
// 503 and show none of it; the others go on.
func TestWithoutALedgerNothingIsShown(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	past := ana.bring(simple(spring, 300))
	waiting := ana.wait(simple(spring.AddDate(0, 1, 0), 5))
	entry := ana.writes("kind", "dose", "insulin", "rapid", "units", "4")
	require.NoError(t, b.ledger.Close(t.Context(), time.Now()))
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	uploads := b.count(`SELECT count(*) FROM upload`)
	for _, path := range []string{ana.at(""), ana.at("?day=2026-03-01"), ana.at("/profile"), ana.at("/patterns"), ana.at("/overlay"), ana.at("/weeks"), ana.at("/compare"), ana.at("/insulin"), ana.at("/devices"), ana.at("/devices/settings"), ana.at("/imports"), past, past + "/undo", waiting, "/?all=1",
		ana.at("/log"), ana.at("/log/removed"), ana.at("/log/entries/" + entry)} {
		for range 2 {
			a := ana.get(path)
			require.Equal(t, http.StatusServiceUnavailable, a.status, path)
			require.NotContains(t, a.body, "disk full", "H-11")
			require.NotContains(t, a.body, "mg/dL")
			require.NotContains(t, a.body, "readings.csv")
		}
	}
	for _, form := range []struct {
		path  string
		pairs []string
	}{{ana.at("/log"), []string{"kind", "note", "text", "fine"}}, {ana.at("/log/entries/" + entry + "/remove"), nil}, {waiting, []string{"do", "confirm"}}, {past + "/undo", nil}, {"/preferences", []string{"language", "de", "unit", "mg/dL", "clock", "24", "theme", "system"}}} {
		a := ana.post(form.path, form.pairs...)
		require.GreaterOrEqual(t, a.status, 500, form.path)
		require.NotContains(t, a.body, "disk full")
	}
	require.Zero(t, b.count(`SELECT count(*) FROM note`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM dose`))
	require.Equal(t, uploads, b.count(`SELECT count(*) FROM upload WHERE undone_ms IS NULL`), "nothing was done either")
	require.Zero(t, b.count(`SELECT count(*) FROM account WHERE lang = 'de'`))
	br := b.browser()
	require.Equal(t, 500, br.post("/signin", "email", "ana@box.test", "password", password).status)
	require.Equal(t, see, br.get("/preferences").status, "nobody is signed in without a line")
	require.Equal(t, ok, ana.get("/healthz").status)
	require.Equal(t, ok, ana.get("/preferences").status)

	b.sql(`DROP TRIGGER full`)
	require.Equal(t, ok, ana.get(ana.at("")).status)
	require.Equal(t, see, ana.post(waiting, "do", "confirm").status, "what could not be done can be done now")
}

// L-03: no name, address, device, file name or value stands in the chain.
func TestTheLedgerNamesNobody(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Anacanary", "Milacanary")
	file := "time,mgdl,flag\n2026-03-01T00:00:00,217,\n2026-03-01T00:05:00,219,\nnonsense,999,\n"
	a := ana.upload("filecanary.csv", []byte(file))
	require.Equal(t, see, a.status)
	require.Equal(t, see, ana.post(a.location(), "do", "confirm", "seen", "yes").status)
	ana.page(ana.at("?day=2026-03-01"))
	ana.page(ana.at("/profile"))
	entry := ana.at("/log/entries/" + ana.writes("kind", "fingerstick", "glucose", "217", "unit", "mg/dL", "text", "textcanary"))
	ana.post(ana.at("/log"), "kind", "note", "text", strings.Repeat("longcanary", 2000))
	require.Equal(t, see, ana.change(entry, "glucose", "219").status)
	require.Equal(t, see, ana.post(entry+"/remove").status)
	require.Equal(t, see, ana.post(entry+"/restore").status)
	ana.post("/signin", "email", "anacanary@box.test", "password", "passwordcanary")
	link := ana.makes("Guestcanary")
	require.Equal(t, ok, b.browser().post(link, "new", password, "again", password).status)
	ana.renews("Guestcanary")
	for _, act := range []string{"/admin", "/disable", "/enable"} {
		require.Equal(t, see, ana.post(b.of("Guestcanary")+act, "admin", "yes").status)
	}
	require.NoError(t, b.ledger.Close(t.Context(), time.Now()))
	n := 0
	require.NoError(t, b.db.Ledger(context.Background(), 0, func(r store.LedgerRow) error {
		n++
		text := strings.ToLower(strings.Join([]string{r.Action, r.Object, r.Result, r.Detail, r.Request}, " "))
		for _, canary := range []string{"canary", "127.0.0.1", "go-http", "box.test"} {
			require.NotContains(t, text, canary)
		}
		require.NotRegexp(t, `\b(217|219)\b`, text) // as a number of its own: keys are full of digits
		for _, id := range []string{r.Actor, r.Person, r.Origin} {
			require.Regexp(t, `^([0-9a-f]{32})?$`, id)
		}
		return nil
	}))
	require.Greater(t, n, 6, fmt.Sprint(b.lines()))
}

// Package web serves the pages. It knows permission and no SQL: a handler
// reads a form, has its scope from the route table, calls one service, and
// shows a view.
package web

import (
	"crypto/x509"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/cert"
	"glucokeep/app/fault"
	"glucokeep/app/health"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/live"
	"glucokeep/app/mail"
	"glucokeep/app/read"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/static"
)

// Config is what the pages need.
type Config struct {
	Auth    *auth.Auth
	Mail    *mail.Mails
	Share   *share.Share
	Read    *read.Read
	Ingest  *ingest.Ingest
	Intake  *intake.Intake
	Health  *health.Health
	Log     *slog.Logger
	Base    *url.URL // address under which people reach the box
	Hosts   []string // further Host headers that are ours
	Version string
	Built   time.Time // of the source that the program was built from; zero is not known
	Demo    bool      // all data is made up, and every page says so

	Proxies []netip.Prefix  // whose X-Forwarded-For and -Proto are believed; none by default
	Trust   *cert.Authority // the box's own authority; nil unless it has one
	// Certificate is what browsers are shown, nil while there is none; a nil
	// function is a box without TLS of its own.
	Certificate func() *x509.Certificate
	HSTS        func(now time.Time) (on bool) // asked when a request under Base came over our own TLS; nil is never

	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// server is the pages of one box.
type server struct {
	Config
	hosts   map[string]bool
	months  *report.Months // figures of the explorer
	board   board
	names   alphabet
	seats   live.Seats
	unsaved unsaved // forms of sessions that ended
	found   found   // what checks of the box found
}

// New makes the handler of all addresses of the box.
func New(c Config) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &server{Config: c, months: report.NewMonths(), hosts: map[string]bool{c.Base.Host: true}}
	for _, h := range c.Hosts {
		s.hosts[h] = true
	}
	// What scs cannot do is said like everything else that went wrong.
	c.Auth.Sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		v := &visit{Request: r, now: s.Now()}
		v.setLocale()
		s.fail(w, v, err)
	}
	return s.wrap(s.mux())
}

// who says who may use an address. The zero value is nobody, so that an
// address that forgets to say is closed.
type who uint8

const (
	nobody    who = iota
	anybody       // before sign-in; the short list
	changing      // whoever is signed in, also when their password was published and must be changed first
	enrolling     // whoever is signed in, also when they must add a second factor first
	account       // whoever is signed in
	admin         // who manages the box; that alone shows nobody's data
	person        // whoever has the right to do the route's action on the person in the address
)

// route is one address: who may use it, what they may do there, the page.
type route struct {
	pattern string
	who     who
	action  share.Action
	page    func(s *server, w http.ResponseWriter, v *visit) error
}

// routes is every address of the box but the static files.
var routes = []route{
	{"GET /healthz", anybody, "", (*server).health},
	{"GET /setup", anybody, "", (*server).setupStart},
	{"GET /setup/box", anybody, "", (*server).setupBoxForm},
	{"POST /setup/box", anybody, "", (*server).setupBox},
	{"GET /setup/account", anybody, "", (*server).setupAccountForm},
	{"POST /setup/account", anybody, "", (*server).setupAccount},
	{"GET /.well-known/change-password", anybody, "", (*server).toPassword}, // where password managers look
	{"GET /signin", anybody, "", (*server).signInForm},
	{"POST /signin", anybody, "", (*server).signIn},
	{"GET /signin/code", anybody, "", (*server).codeForm},
	{"POST /signin/code", anybody, "", (*server).enterCode},
	{"GET /signin/recover", anybody, "", (*server).recoverForm},
	{"POST /signin/recover", anybody, "", (*server).recoverSignIn},
	{"POST /signin/passkey/ask", anybody, "", (*server).askPasskey},
	{"POST /signin/passkey", anybody, "", (*server).passkeySignIn},
	{"GET /signin/ask", anybody, "", (*server).askForm},
	{"POST /signin/ask", anybody, "", (*server).askBack},
	{"POST /signin/ask/password", anybody, "", (*server).askedPassword},
	{"GET /stop/{token}", anybody, "", (*server).stopForm},
	{"POST /stop/{token}", anybody, "", (*server).stopByLink},
	{"GET /reset/{token}", anybody, "", (*server).resetForm},
	{"POST /reset/{token}", anybody, "", (*server).reset},
	{"GET /welcome/{token}", anybody, "", (*server).welcomeForm},
	{"POST /welcome/{token}", anybody, "", (*server).welcome},
	{"GET /session", anybody, "", (*server).left}, // of nobody's session nothing is left
	{"GET /links/{token}", anybody, "", (*server).linkForm},
	{"POST /links/{token}", anybody, "", (*server).useLink},

	{"POST /signout", changing, "", (*server).signOut},
	{"GET /security/password", changing, "", (*server).passwordForm},
	{"POST /security/password", changing, "", (*server).changePassword},
	{"POST /session", changing, "", (*server).stay},
	{"GET /security/confirm", changing, "", (*server).stepUpForm},
	{"POST /security/confirm", changing, "", (*server).stepUp},
	{"POST /security/confirm/passkey/ask", changing, "", (*server).askStepUp},
	{"POST /security/confirm/passkey", changing, "", (*server).passkeyStepUp},

	{"GET /security", enrolling, "", (*server).security},
	{"POST /security/app", enrolling, "", (*server).addApp},
	{"GET /security/app/{factor}", enrolling, "", (*server).appForm},
	{"POST /security/app/{factor}", enrolling, "", (*server).testApp},
	{"POST /security/app/{factor}/remove", enrolling, "", (*server).removeFactor},
	{"GET /security/passkeys/new", enrolling, "", (*server).newPasskeyForm},
	{"POST /security/passkeys/new/ask", enrolling, "", (*server).askNewPasskey},
	{"POST /security/passkeys", enrolling, "", (*server).addPasskey},
	{"GET /security/passkeys/key/{factor}", enrolling, "", (*server).onePasskey},
	{"POST /security/passkeys/key/{factor}", enrolling, "", (*server).renamePasskey},
	{"POST /security/passkeys/key/{factor}/remove", enrolling, "", (*server).removeFactor},
	{"GET /security/codes", enrolling, "", (*server).codes},
	{"GET /security/codes.txt", enrolling, "", (*server).codesFile},
	{"POST /security/codes", enrolling, "", (*server).newCodes},
	{"POST /security/codes/saved", enrolling, "", (*server).saveCodes},
	{"POST /security/sessions", enrolling, "", (*server).endSession},
	{"POST /security/not-me", enrolling, "", (*server).notMe},
	{"POST /security/renewal/stop", changing, "", (*server).stopRenewal},
	{"GET /security/checkup", account, "", (*server).checkup},
	{"POST /security/checkup", account, "", (*server).answerCheckup},
	{"POST /security/current", enrolling, "", (*server).allCurrent},
	{"POST /security/stop", changing, "", (*server).stopAsked},
	{"GET /security/people", enrolling, "", (*server).partners},
	{"GET /security/people/new", enrolling, "", (*server).newPartnerForm},
	{"POST /security/people/new", enrolling, "", (*server).newPartner},
	{"POST /security/people/{partner}/remove", enrolling, "", (*server).removePartner},
	{"POST /security/people/{partner}/leave", enrolling, "", (*server).leavePartner},
	{"POST /security/people/{partner}/agree", enrolling, "", (*server).agreePartner},
	{"GET /security/people/{partner}/vouch", enrolling, "", (*server).vouchForm},
	{"POST /security/people/{partner}/vouch", enrolling, "", (*server).vouch},
	{"POST /security/sharing", enrolling, "", (*server).dismissSharing},
	{"GET /trust", anybody, "", (*server).trust}, // of a box with an authority of its own alone, as the next two
	{"GET /trust/glucokeep.crt", anybody, "", (*server).trustCertificate},
	{"GET /trust/glucokeep.mobileconfig", anybody, "", (*server).trustProfile},

	{"GET /{$}", account, "", (*server).people},
	{"GET /styleguide", account, "", (*server).styleGuide}, // in the demo alone
	{"GET /live", account, "", (*server).live},
	{"GET /preferences", account, "", (*server).preferencesForm},
	{"POST /preferences", account, "", (*server).setPreferences},
	{"GET /preferences/phrase", account, "", (*server).phraseForm},
	{"POST /preferences/phrase", account, "", (*server).setPhrase},
	{"GET /preferences/address", account, "", (*server).addressForm},
	{"POST /preferences/address", account, "", (*server).askAddress},
	{"POST /preferences/address/confirm", account, "", (*server).askConfirm},
	{"GET /about", account, "", (*server).about},
	{"GET /mail-check", account, "", (*server).mailCheckForm},
	{"POST /mail-check", account, "", (*server).mailCheck},

	{"GET /box", admin, "", (*server).box},
	{"POST /box", admin, "", (*server).nameBox},
	{"POST /box/check", admin, "", (*server).checkBox},
	{"POST /box/factor", admin, "", (*server).demandFactor},
	{"GET /box/mail", admin, "", (*server).mailServer},
	{"POST /box/mail", admin, "", (*server).setMailServer},
	{"POST /box/mail/test", admin, "", (*server).testMail},
	{"GET /box/links", admin, "", (*server).handovers},
	{"POST /box/links", admin, "", (*server).handOver},
	{"GET /box/accounts", admin, "", (*server).accounts},
	{"GET /box/accounts/new", admin, "", (*server).newAccountForm},
	{"POST /box/accounts/new", admin, "", (*server).newAccount},
	{"GET /box/accounts/{account}", admin, "", (*server).account},
	{"POST /box/accounts/{account}/link", admin, "", (*server).welcomeAgain},
	{"POST /box/accounts/{account}/reset", admin, "", (*server).renew},
	{"POST /box/accounts/{account}/disable", admin, "", (*server).disable},
	{"POST /box/accounts/{account}/enable", admin, "", (*server).enable},
	{"POST /box/accounts/{account}/admin", admin, "", (*server).setAdmin},
	{"GET /setup/person", admin, "", (*server).newPersonForm},
	{"POST /setup/person", admin, "", (*server).newPerson},
	{"GET /setup/data", admin, "", (*server).setupDataForm},
	{"POST /setup/data", admin, "", (*server).setupData},

	{"GET /people/{person}", person, share.View, (*server).person},
	{"GET /people/{person}/more", person, share.View, (*server).more},
	{"GET /people/{person}/reports", person, share.View, (*server).reportList},
	{"GET /people/{person}/profile", person, share.View, (*server).profile},
	{"GET /people/{person}/patterns", person, share.View, (*server).patterns},
	{"GET /people/{person}/overlay", person, share.View, (*server).overlay},
	{"GET /people/{person}/weeks", person, share.View, (*server).weeks},
	{"GET /people/{person}/compare", person, share.View, (*server).compare},
	{"GET /people/{person}/insulin", person, share.View, (*server).insulin},
	{"GET /people/{person}/devices", person, share.View, (*server).devices},
	{"GET /people/{person}/devices/settings", person, share.View, (*server).deviceSettings},
	{"GET /people/{person}/log", person, share.View, (*server).careLog},
	{"POST /people/{person}/log", person, share.Write, (*server).addLog},
	{"GET /people/{person}/log/removed", person, share.Write, (*server).removedLog},
	{"GET /people/{person}/log/entries/{entry}", person, share.Write, (*server).logEntry},
	{"POST /people/{person}/log/entries/{entry}", person, share.Write, (*server).changeLog},
	{"POST /people/{person}/log/entries/{entry}/remove", person, share.Write, (*server).removeLog},
	{"POST /people/{person}/log/entries/{entry}/restore", person, share.Write, (*server).restoreLog},
	{"GET /people/{person}/settings", person, share.Manage, (*server).settingsForm},
	{"POST /people/{person}/settings", person, share.Manage, (*server).setSettings},
	{"GET /people/{person}/explore", person, share.View, (*server).explore},
	{"GET /people/{person}/explore/data", person, share.View, (*server).exploreTile},
	{"GET /people/{person}/explore/figures", person, share.View, (*server).exploreFigures},
	{"GET /people/{person}/imports", person, share.Import, (*server).imports},
	{"POST /people/{person}/imports", person, share.Import, (*server).upload},
	{"GET /people/{person}/incoming/{file}", person, share.Import, (*server).preview},
	{"POST /people/{person}/incoming/{file}", person, share.Import, (*server).confirm},
	{"POST /people/{person}/incoming/{file}/cancel", person, share.Import, (*server).cancel},
	{"GET /people/{person}/imports/{import}", person, share.Import, (*server).imported},
	{"GET /people/{person}/imports/{import}/undo", person, share.Import, (*server).undoForm},
	{"POST /people/{person}/imports/{import}/undo", person, share.Import, (*server).undo},
}

func (s *server) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static.Handler())
	for _, r := range routes {
		mux.Handle(r.pattern, s.show(r))
	}
	mux.Handle("/", s.show(route{who: anybody, page: func(_ *server, w http.ResponseWriter, v *visit) error {
		if allow := allowed(mux, v.Request); len(allow) > 0 {
			return wrongMethod(w, allow)
		}
		return fault.New(fault.NotFound, "web.no-such-page")
	}}))
	return mux
}

// allowed lists the methods that the address of r knows. The mux itself would
// say so only if it had no page for what does not exist.
func allowed(mux *http.ServeMux, r *http.Request) (methods []string) {
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		other := &http.Request{Method: m, URL: r.URL, Host: r.Host}
		if _, pattern := mux.Handler(other); pattern != "/" {
			methods = append(methods, m)
		}
	}
	return methods
}

// errWrongMethod is a fault that no kind stands for: it has a status of HTTP.
var errWrongMethod = fault.New(fault.Invalid, "web.wrong-method")

func wrongMethod(w http.ResponseWriter, allow []string) error {
	w.Header().Set("Allow", strings.Join(allow, ", "))
	return errWrongMethod
}

// Patterns lists every address with whether it is open before sign-in, for
// the test that walks them all.
func Patterns() map[string]bool {
	out := map[string]bool{}
	for _, r := range routes {
		out[r.pattern] = r.who == anybody
	}
	return out
}

func (s *server) health(w http.ResponseWriter, _ *visit) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("ok\n"))
	return err
}

package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"glucokeep/app/auth"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

const stepUpPage = "/security/confirm"

// stepped are the addresses by which an account could be taken over: they ask
// for password and second factor again when those were not shown just now
// (security.md A-25). The value is the page to come back to; "" is the address
// itself.
var stepped = map[string]string{
	"GET /security/password":                      "",
	"POST /security/password":                     passwordPage,
	"GET /preferences/address":                    "",
	"POST /preferences/address":                   "/preferences/address",
	"POST /security/app":                          securityPage,
	"GET /security/app/{factor}":                  "",
	"POST /security/app/{factor}":                 "",
	"POST /security/app/{factor}/remove":          securityPage,
	"GET /security/codes":                         "",
	"GET /security/codes.txt":                     codesPage,
	"POST /security/codes":                        codesPage,
	"POST /security/codes/saved":                  codesPage,
	"GET /security/passkeys/new":                  "",
	"POST /security/passkeys":                     newPasskeyPage,
	"POST /security/passkeys/new/ask":             newPasskeyPage,
	"POST /security/passkeys/key/{factor}/remove": securityPage,
	"POST /security/sessions":                     securityPage,
	"POST /box/links":                             "/box/links",
	"POST /box/factor":                            "/box",
	"POST /box":                                   "/box",
	"POST /box/mail":                              "/box/mail",
	"POST /preferences/phrase":                    "/preferences/phrase",
	"GET /box/accounts/new":                       "",
	"POST /box/accounts/new":                      newAccountPage,
	"GET /box/accounts/{account}":                 "", // so that its buttons are pressed once
	"POST /box/accounts/{account}/link":           accountsPage,
	"POST /box/accounts/{account}/reset":          accountsPage,
	"POST /box/accounts/{account}/disable":        accountsPage,
	"POST /box/accounts/{account}/enable":         accountsPage,
	"POST /box/accounts/{account}/admin":          accountsPage,
	"GET /security/people/new":                    "",
	"POST /security/people/new":                   partnersPage + "/new",
	"POST /security/people/{partner}/remove":      partnersPage,
	"POST /security/people/{partner}/agree":       partnersPage,
	"GET /security/people/{partner}/vouch":        "",
	"POST /security/people/{partner}/vouch":       "",
}

// SteppedUp lists the routes that ask again, for the test that walks them.
func SteppedUp() []string { return slices.Collect(maps.Keys(stepped)) }

// errStepUp says that somebody must show once more who they are.
type errStepUp struct{ back string }

func (errStepUp) Error() string { return "step-up needed" }

// mustStepUp reports whether the visit must first show who it is.
func (s *server) mustStepUp(v *visit, rt route) error {
	back, is := stepped[rt.pattern]
	if !is || v.id.Fresh(s.Auth.Now()) || v.id.Forgot { // who forgot can show nothing more, and nothing else opens
		return nil
	}
	if back == "" {
		back = v.URL.Path
		if v.Method == http.MethodGet {
			back = v.URL.RequestURI()
		}
	}
	return errStepUp{back}
}

// toStepUp asks; what was typed stands in its form again afterwards.
func (s *server) toStepUp(w http.ResponseWriter, v *visit, e errStepUp) {
	if v.Method == http.MethodPost {
		s.keepTyped(w, v, unsavedForm{account: v.id.Account, path: e.back, said: "stepup.again"})
	}
	http.Redirect(w, v.Request, stepUpPage+"?"+url.Values{"next": {e.back}}.Encode(), http.StatusSeeOther)
}

func (s *server) stepUpForm(w http.ResponseWriter, v *visit) error {
	return s.showStepUp(w, v, http.StatusOK, page.StepUp{Next: local(v.URL.Query().Get("next")), Recovery: v.URL.Query().Get("use") == "recovery"})
}

func (s *server) showStepUp(w http.ResponseWriter, v *visit, status int, p page.StepUp) error {
	has, err := s.Auth.HasFactor(v.Context(), v.id)
	if err != nil {
		return err
	}
	ways, err := s.Auth.Ways(v.Context(), v.id)
	if err != nil {
		return err
	}
	p.Action, p.Email, p.Factor, p.BackURL = stepUpPage, v.id.Email, has, "/"
	p.App, p.Recovery = ways.App, has && (p.Recovery || ways == auth.Ways{})
	if ways.Passkey {
		f := s.passkeyForm(v, stepUpPage+"/passkey", "passkey.use")
		f.Fields, f.Main = []component.HiddenField{{Name: "next", Value: p.Next}}, !ways.App
		p.Passkey = &f
	}
	q := url.Values{"next": {p.Next}}
	if !p.Recovery {
		q.Set("use", "recovery")
	}
	if ways != (auth.Ways{}) {
		p.OtherURL = stepUpPage + "?" + q.Encode()
	}
	return render(w, v, status, page.StepUpPage(s.frame(v, v.t("stepup.title")), p))
}

func (s *server) stepUp(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	second, field := v.second()
	p := page.StepUp{Next: local(v.PostFormValue("next")), Recovery: field == "recovery", Problems: map[string]string{}}
	err := s.Auth.StepUp(v.Context(), v.id, v.from, v.PostFormValue("password"), second)
	if err == nil {
		if second.Recovery != "" {
			page, _ := url.Parse(p.Next) // local let it through
			return s.done(w, v, "recovery.used", page.RequestURI())
		}
		return see(w, v, p.Next)
	}
	status, err := v.refused(w, p.Problems, "password", err)
	if err != nil {
		return err
	}
	return s.showStepUp(w, v, status, p)
}

// left tells the script how many seconds the session lives if nobody acts, and
// the words to say so. To ask is no act.
func (s *server) left(w http.ResponseWriter, v *visit) error {
	left, err := s.Auth.Left(v.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(w).Encode(map[string]any{"left": int(left.Seconds()), "warning": v.t("idle.warning"), "stay": v.t("idle.stay")})
}

// stay keeps the session awake for somebody who pressed the button for it.
func (s *server) stay(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.Stay(v.Context(), v.id); err != nil {
		return err
	}
	return s.left(w, v)
}

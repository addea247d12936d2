package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/app/password"
	"glucokeep/views/page"
)

// The set-up is four steps, each at an address of its own: the box, the first
// account, a person, readings. What was done is kept by the box, so it goes on
// after a closed browser or a restart. The first two are for whoever has the
// code that the box printed; the others for the account that was made.

// The cookies that carry somebody from step to step before there is an
// account: the code, so that it is typed once, and what was typed into the
// second step when they turned back from it. Both are gone with the first
// account, and the code is checked anew each time.
const (
	codeCookie  = "gks"
	draftCookie = "gksd"
)

func (s *server) setSetupCookie(w http.ResponseWriter, name, value string) {
	age, end := int(time.Hour.Seconds()), time.Time{}
	if value == "" {
		age, end = -1, time.Unix(1, 0) // said twice, for whoever knows one of them
	}
	// #nosec G124 -- Secure as soon as the box is reached over TLS; without, it listens on loopback alone
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/setup", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: s.Base.Scheme == "https", MaxAge: age, Expires: end})
}

// setupStart leads to the step that is open.
func (s *server) setupStart(w http.ResponseWriter, v *visit) error {
	needs, err := s.Auth.NeedsSetup(v.Context())
	if err != nil {
		return err
	}
	box, _, err := s.Auth.Box(v.Context())
	switch {
	case err != nil:
		return err
	case needs && box.Name == "":
		return see(w, v, "/setup/box")
	case needs:
		return see(w, v, "/setup/account")
	case !v.id.Admin:
		return see(w, v, "/signin")
	}
	step, err := s.openStep(v)
	if err != nil {
		return err
	}
	if step == "" {
		return see(w, v, "/box")
	}
	return see(w, v, "/setup/"+string(step))
}

// openStep is the step after the account that the set-up stands at: what was
// done meanwhile in another way needs no step any more.
func (s *server) openStep(v *visit) (auth.Step, error) {
	_, step, err := s.Auth.Box(v.Context())
	if err != nil || step == "" {
		return "", err
	}
	has, err := s.Health.Counts(v.Context())
	switch {
	case err != nil:
		return "", err
	case has.Brought > 0:
		return "", nil
	case step == auth.PersonStep && has.Persons > 0:
		return auth.DataStep, nil
	}
	return step, nil
}

// steps is the line of steps above a page of the set-up.
func (v *visit) steps(current int) page.Steps {
	return page.Steps{Current: current, Names: []string{v.t("setup.step.box"), v.t("setup.step.you"), v.t("setup.step.person"), v.t("setup.step.data")}}
}

// beforeAccount runs a page of the first two steps while the box has no
// account, and leads on when it has.
func (s *server) beforeAccount(w http.ResponseWriter, v *visit, show func() error) error {
	needs, err := s.Auth.NeedsSetup(v.Context())
	if err != nil {
		return err
	}
	if !needs {
		return see(w, v, "/signin")
	}
	return show()
}

// code is the set-up code of a form, or the one that was typed a step before.
func (v *visit) code() (code string, typed bool) {
	if v.PostForm.Has("code") {
		return v.PostFormValue("code"), true
	}
	if c, err := v.Cookie(codeCookie); err == nil {
		if code, err = url.QueryUnescape(c.Value); err == nil {
			return code, false
		}
	}
	return "", true
}

func (s *server) setupBoxForm(w http.ResponseWriter, v *visit) error {
	return s.beforeAccount(w, v, func() error {
		box, _, err := s.Auth.Box(v.Context())
		if err != nil {
			return err
		}
		seen := box.Mark()
		box = boxGuess(box)
		_, typed := v.code()
		return s.showSetupBox(w, v, http.StatusOK, page.SetupBox{NeedsCode: typed, Seen: seen, Box: page.BoxForm{Name: box.Name, Zone: box.Zone, Unit: box.Unit}})
	})
}

// boxGuess fills in what nobody has said yet of a box.
func boxGuess(b auth.Box) auth.Box {
	if b.Zone == "" {
		b.Zone = BoxZone()
	}
	if b.Unit == "" {
		b.Unit = "mg/dL"
	}
	return b
}

func (s *server) showSetupBox(w http.ResponseWriter, v *visit, status int, p page.SetupBox) error {
	p.Action, p.Steps, p.Box.Zones = "/setup/box", v.steps(1), zoneNames
	return render(w, v, status, page.SetupBoxPage(s.frame(v, v.t("setup.title")), p))
}

func (s *server) setupBox(w http.ResponseWriter, v *visit) error {
	return s.beforeAccount(w, v, func() error {
		if err := v.ParseForm(); err != nil {
			return badForm(err)
		}
		code, typed := v.code()
		p := page.SetupBox{NeedsCode: typed, Seen: v.PostFormValue("seen"), Box: v.boxForm(), Problems: map[string]string{}}
		if typed {
			p.Code = code
		}
		box := auth.Box{Name: p.Box.Name, Zone: zoneTyped(p.Box.Zone), Unit: p.Box.Unit}
		if err := v.problemsOf(p.Problems, box.Check()); err != nil {
			return err
		}
		if len(p.Problems) > 0 {
			return s.showSetupBox(w, v, http.StatusUnprocessableEntity, p)
		}
		err := s.Auth.BeginSetUp(v.Context(), v.from, code, box, p.Seen)
		if errors.Is(err, auth.ErrMeanwhile) {
			return s.setupMeanwhile(w, v, code, p)
		}
		status, err := s.codeProblem(w, v, p.Problems, err)
		if err != nil {
			return err
		}
		if status != 0 {
			p.NeedsCode = true
			return s.showSetupBox(w, v, status, p)
		}
		s.setSetupCookie(w, codeCookie, url.QueryEscape(code))
		return see(w, v, "/setup/account")
	})
}

// setupMeanwhile answers somebody whose box was named in another browser while
// they filled in the form: it shows what is known now, and what they typed.
// They may go on with it or change it, now that they saw it.
func (s *server) setupMeanwhile(w http.ResponseWriter, v *visit, code string, p page.SetupBox) error {
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	s.setSetupCookie(w, codeCookie, url.QueryEscape(code)) // it was right
	p.Problems["name"] = v.t("setup.meanwhile", "name", box.Name, "typed", p.Box.Name)
	p.NeedsCode, p.Seen, p.Box = false, box.Mark(), page.BoxForm{Name: box.Name, Zone: box.Zone, Unit: box.Unit}
	return s.showSetupBox(w, v, http.StatusConflict, p)
}

// boxForm is what was sent about the box.
func (v *visit) boxForm() page.BoxForm {
	return page.BoxForm{Name: v.PostFormValue("name"), Zone: v.PostFormValue("zone"), Unit: v.PostFormValue("unit"), Zones: zoneNames}
}

// codeProblem puts a code that was refused beside its field, and forgets it.
// status is 0 when nothing was refused.
func (s *server) codeProblem(w http.ResponseWriter, v *visit, problems map[string]string, err error) (status int, _ error) {
	kind := fault.KindOf(err)
	if err == nil || kind != fault.Forbidden && kind != fault.TooMany {
		return 0, err
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		retryAfter(w, f)
	}
	if kind == fault.Forbidden {
		s.setSetupCookie(w, codeCookie, "")
	}
	return statuses[kind], v.problem(problems, "code", err)
}

func (s *server) setupAccountForm(w http.ResponseWriter, v *visit) error {
	return s.beforeAccount(w, v, func() error {
		_, typed := v.code()
		p := page.SetupAccount{NeedsCode: typed}
		if c, err := v.Cookie(draftCookie); err == nil {
			p.Name, p.Email = draftOf(c.Value)
		}
		return s.showSetupAccount(w, v, http.StatusOK, p)
	})
}

func (s *server) showSetupAccount(w http.ResponseWriter, v *visit, status int, p page.SetupAccount) error {
	p.Action, p.Steps, p.LeastPassword = "/setup/account", v.steps(2), password.Least
	return render(w, v, status, page.SetupAccountPage(s.frame(v, v.t("setup.title")), p))
}

func (s *server) setupAccount(w http.ResponseWriter, v *visit) error {
	return s.beforeAccount(w, v, func() error {
		if err := v.ParseForm(); err != nil {
			return badForm(err)
		}
		code, typed := v.code()
		p := page.SetupAccount{NeedsCode: typed, Name: v.PostFormValue("name"), Email: v.PostFormValue("email"), Problems: map[string]string{}}
		if v.PostFormValue("do") == "back" { // what was typed waits, but for the password
			s.setSetupCookie(w, draftCookie, draft(p.Name, p.Email))
			return see(w, v, "/setup/box")
		}
		if typed {
			p.Code = code
		}
		a := auth.NewAccount{Email: p.Email, Name: p.Name, Password: v.PostFormValue("password"), Lang: v.locale.Lang}
		status, err := s.codeProblem(w, v, p.Problems, s.Auth.TrySetupCode(v.Context(), v.from, code))
		if err != nil {
			return err
		}
		if status != 0 {
			p.NeedsCode = true
			return s.showSetupAccount(w, v, status, p)
		}
		if field, err := s.Auth.Check(v.Context(), a); err != nil {
			if err := v.problem(p.Problems, field, err); err != nil {
				return err
			}
			return s.showSetupAccount(w, v, http.StatusUnprocessableEntity, p)
		}
		device, err := s.Auth.SetUp(v.Context(), v.from, code, a)
		if status, err = s.codeProblem(w, v, p.Problems, err); err != nil { // another was quicker, or its hour ended just now
			return err
		}
		if status != 0 {
			p.NeedsCode = true
			return s.showSetupAccount(w, v, status, p)
		}
		s.setDevice(w, device)
		s.setSetupCookie(w, codeCookie, "")
		s.setSetupCookie(w, draftCookie, "")
		return see(w, v, "/setup/person")
	})
}

// draft is a name and an address as a cookie holds them; too long ones are
// left out.
func draft(name, email string) string {
	text := url.Values{"name": {name}, "email": {email}}.Encode()
	if len(text) > 2000 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func draftOf(value string) (name, email string) {
	text, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return "", ""
	}
	v, err := url.ParseQuery(string(text))
	if err != nil {
		return "", ""
	}
	return v.Get("name"), v.Get("email")
}

// problemsOf puts faults that a form can mend beside their fields.
func (v *visit) problemsOf(problems map[string]string, wrong map[string]error) error {
	var errs []error
	for field, err := range wrong {
		errs = append(errs, v.problem(problems, field, err))
	}
	return errors.Join(errs...)
}

// knownUnit reports whether s is a unit of glucose.
func knownUnit(s string) bool { return slices.Contains([]string{"mg/dL", "mmol/L"}, s) }

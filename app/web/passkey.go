package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

const newPasskeyPage = "/security/passkeys/new"

// passkeyForm is a form for a passkey, or the reason why none can be used
// here. Names and origins come from the address of the box, not from v: what v
// says decides only about this sentence.
func (s *server) passkeyForm(v *visit, action, label string) component.PasskeyForm {
	f := component.PasskeyForm{Action: action, Ask: action + "/ask", Label: v.t(label)}
	switch {
	case !s.Auth.HasPasskeys():
		f.Why = v.t("passkey.why-address")
	case v.Host != s.Base.Host:
		f.Why = v.t("passkey.why-elsewhere", "address", s.Base.String())
	case s.Trust != nil:
		f.Fix = &component.Link{URL: "/trust", Label: v.t("passkey.trust")}
	}
	return f
}

// challenge answers a script with a challenge, or with what is wrong in a
// sentence.
func (v *visit) challenge(w http.ResponseWriter, c auth.Challenge, err error) error {
	answer, status := map[string]any{"asked": c.ID, "options": c.Options}, http.StatusOK
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind != fault.Internal {
		answer, status = map[string]any{"problem": v.t(f.Key, f.Args...)}, statuses[f.Kind]
	} else if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(answer)
}

// fillPasskeys says which passkeys an account has.
func (s *server) fillPasskeys(v *visit, p *page.Security, zone string) error {
	list, err := s.Auth.Passkeys(v.Context(), v.id)
	if err != nil {
		return err
	}
	form := s.passkeyForm(v, "/security/passkeys", "passkey.add")
	p.Passkeys.Why = form.Why
	working := 0
	for _, k := range list {
		p.Passkeys.Rows = append(p.Passkeys.Rows, v.passkeyRow(k, zone))
		if !k.Off && !k.HostGone {
			working++
			p.Passkeys.Lonely = !k.Synced
		}
	}
	p.Passkeys.Lonely = p.Passkeys.Lonely && working == 1 && form.Why == "" && len(list) < auth.MostPasskeys
	if len(list) < auth.MostPasskeys {
		p.Passkeys.AddURL = newPasskeyPage
	} else {
		p.Passkeys.Full = v.t("passkey.too-many", "max", auth.MostPasskeys)
	}
	return nil
}

func (v *visit) passkeyRow(k auth.Passkey, zone string) page.PasskeyRow {
	row := page.PasskeyRow{URL: "/security/passkeys/key/" + k.Key, Name: k.Name, Place: v.t("passkey.alone"), Since: v.t("security.since", "when", v.here(k.Since, zone)),
		Used: v.t("security.factor.unused"), Off: v.passkeyOff(k)}
	if k.Synced {
		row.Place = v.t("passkey.synced")
	}
	if !k.Used.IsZero() {
		row.Used = v.t("security.used", "when", v.here(k.Used, zone))
	}
	return row
}

// passkeyOff says why a passkey opens nothing, "" if it does.
func (v *visit) passkeyOff(k auth.Passkey) string {
	switch {
	case k.HostGone:
		return v.t("passkey.host-gone", "host", k.Host)
	case k.Off:
		return v.t("passkey.is-off")
	}
	return ""
}

func (s *server) newPasskeyForm(w http.ResponseWriter, v *visit) error {
	return s.showNewPasskey(w, v, http.StatusOK, page.NewPasskey{Name: v.deviceWords(v.from.Device)})
}

func (s *server) showNewPasskey(w http.ResponseWriter, v *visit, status int, p page.NewPasskey) error {
	p.Form, p.BackURL = s.passkeyForm(v, "/security/passkeys", "passkey.add.submit"), securityPage
	p.Form.Ask, p.Form.Make, p.Form.Main = newPasskeyPage+"/ask", true, true
	return render(w, v, status, page.NewPasskeyPage(s.frame(v, v.t("passkey.add")), p))
}

func (s *server) askNewPasskey(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	c, err := s.Auth.AskNewPasskey(v.Context(), v.id, v.PostFormValue("name"))
	return v.challenge(w, c, err)
}

// addPasskey takes the answer of a new passkey.
func (s *server) addPasskey(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.NewPasskey{Name: v.PostFormValue("name"), Problems: map[string]string{}}
	counts, err := s.Auth.AddPasskey(v.Context(), v.id, v.from, v.PostFormValue("asked"), v.PostFormValue("answer"))
	switch {
	case err == nil && counts:
		return s.doneKnown(w, v, "passkey.added", securityPage)
	case err == nil:
		return see(w, v, codesPage)
	case fault.KindOf(err) == fault.SignIn: // nobody who is signed in is asked to sign in
		if err := v.problem(p.Problems, "", err); err != nil {
			return err
		}
		return s.showNewPasskey(w, v, http.StatusUnprocessableEntity, p)
	}
	status, err := v.mend(w, p.Problems, "", err)
	if err != nil {
		return err
	}
	return s.showNewPasskey(w, v, status, p)
}

// passkey finds the passkey that the address names.
func (s *server) passkey(v *visit) (auth.Passkey, error) {
	list, err := s.Auth.Passkeys(v.Context(), v.id)
	for _, k := range list {
		if k.Key == v.PathValue("factor") {
			return k, err
		}
	}
	return auth.Passkey{}, errors.Join(err, fault.New(fault.NotFound, "factor.gone"))
}

func (s *server) onePasskey(w http.ResponseWriter, v *visit) error {
	return s.showPasskey(w, v, http.StatusOK, page.OnePasskey{})
}

func (s *server) showPasskey(w http.ResponseWriter, v *visit, status int, p page.OnePasskey) error {
	k, err := s.passkey(v)
	if err != nil {
		return err
	}
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	if p.Stays, err = s.Auth.Stays(v.Context(), v.id, k.Key); err != nil {
		return err
	}
	zone := boxGuess(box).Zone
	row := v.passkeyRow(k, zone)
	p.Name, p.Off, p.PlaceHint = k.Name, row.Off, v.t("passkey.alone.hint")
	switch {
	case k.Synced:
		p.PlaceHint = v.t("passkey.synced.hint")
	case k.May:
		p.PlaceHint = v.t("passkey.unsynced.hint")
	}
	used, count := row.Used, v.t("passkey.facts.no-count")
	if !k.Used.IsZero() {
		used = v.here(k.Used, zone)
	}
	if k.Count > 0 {
		count = v.locale.Integer(int(k.Count))
	}
	p.Facts = []page.Fact{{Name: v.t("passkey.facts.kept"), Value: row.Place}, {Name: v.t("passkey.facts.added"), Value: v.here(k.Since, zone)},
		{Name: v.t("passkey.facts.used"), Value: used}, {Name: v.t("passkey.facts.count"), Value: count}}
	if p.Problems == nil {
		p.Typed = k.Name
	}
	p.RenameAction, p.RemoveAction, p.BackURL = row.URL, row.URL+"/remove", securityPage
	return render(w, v, status, page.OnePasskeyPage(s.frame(v, k.Name), p))
}

func (s *server) renamePasskey(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.OnePasskey{Typed: v.PostFormValue("name"), Problems: map[string]string{}}
	err := s.Auth.RenameFactor(v.Context(), v.id, v.from, v.PathValue("factor"), p.Typed)
	if fault.KindOf(err) == fault.NotFound {
		return err
	}
	if status, err := v.mend(w, p.Problems, "name", err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showPasskey(w, v, status, p)
	}
	return s.done(w, v, "passkey.renamed", securityPage)
}

package web

import (
	"errors"
	"net/http"

	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/views/page"
)

func (s *server) mailCheckForm(w http.ResponseWriter, v *visit) error {
	return s.showMailCheck(w, v, http.StatusOK, page.MailCheck{})
}

func (s *server) showMailCheck(w http.ResponseWriter, v *visit, status int, p page.MailCheck) (err error) {
	p.Action, p.PhraseURL = "/mail-check", "/preferences/phrase"
	if p.Phrase, err = s.Auth.Phrase(v.Context(), v.id); err != nil {
		return err
	}
	_, known, err := s.Mail.Settings(v.Context())
	if err != nil {
		return err
	}
	p.NoServer = !known
	return render(w, v, status, page.MailCheckPage(s.frame(v, v.t("mailcheck.title")), p))
}

// mailCheck tells whether a mail with a code was written to whoever asks. A
// mail to somebody else is not theirs.
func (s *server) mailCheck(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.MailCheck{Ref: v.PostFormValue("ref"), Problems: map[string]string{}}
	m, found, err := s.Auth.FindMail(v.Context(), v.id, p.Ref)
	if status, err := v.mend(w, p.Problems, "ref", err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showMailCheck(w, v, status, p)
	}
	p.Asked = true
	if found {
		box, _, err := s.Auth.Box(v.Context())
		if err != nil {
			return err
		}
		p.Ours = v.t("mailcheck.ours", "when", v.here(m.Created.Time(), boxGuess(box).Zone), "kind", v.t("mail.kind."+m.Kind))
	}
	return s.showMailCheck(w, v, http.StatusOK, p)
}

// mend puts a fault that whoever typed can mend, or must wait for, beside its
// field. status is 0 when there is none.
func (v *visit) mend(w http.ResponseWriter, problems map[string]string, field string, err error) (status int, _ error) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return 0, err
	}
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Forbidden, fault.TooMany:
		retryAfter(w, f)
		return statuses[f.Kind], v.problem(problems, field, err)
	}
	return 0, err
}

func (s *server) phraseForm(w http.ResponseWriter, v *visit) error {
	p := page.Phrase{}
	if _, ok := s.refill(w, v); ok {
		p.Typed = v.PostFormValue("phrase")
	}
	return s.showPhrase(w, v, http.StatusOK, p)
}

func (s *server) showPhrase(w http.ResponseWriter, v *visit, status int, p page.Phrase) (err error) {
	p.Action, p.CheckURL, p.Suggested = "/preferences/phrase", "/mail-check", mail.NewPhrase(v.locale.Lang)
	if p.Current, err = s.Auth.Phrase(v.Context(), v.id); err != nil {
		return err
	}
	_, known, err := s.Mail.Settings(v.Context())
	if err != nil {
		return err
	}
	p.NoServer = !known
	return render(w, v, status, page.PhrasePage(s.frame(v, v.t("phrase.title")), p))
}

func (s *server) setPhrase(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Phrase{Typed: v.PostFormValue("phrase"), Problems: map[string]string{}}
	if status, err := v.mend(w, p.Problems, "phrase", s.Auth.SetPhrase(v.Context(), v.id, v.from, p.Typed)); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showPhrase(w, v, status, p)
	}
	return s.done(w, v, "phrase.saved", "/preferences/phrase")
}

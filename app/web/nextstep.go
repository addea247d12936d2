package web

import (
	"glucokeep/app/auth"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// fillNext says what the account has, and the one thing to do next.
func (s *server) fillNext(v *visit, p *page.Security, _ string) error {
	r, err := s.Auth.Readiness(v.Context(), v.id.Account)
	if err != nil {
		return err
	}
	codes, err := s.Auth.Codes(v.Context(), v.id)
	if err != nil {
		return err
	}
	phrase, err := s.Auth.Phrase(v.Context(), v.id)
	if err != nil {
		return err
	}
	left, err := s.Auth.Unfinished(v.Context(), v.id)
	if err != nil {
		return err
	}
	p.Ready = []component.ReadyItem{{Label: v.t("security.ready.factor"), Has: r.Factor, URL: "#factors"},
		{Label: v.t("security.ready.codes"), Has: r.Codes, URL: codesPage}, {Label: v.t("security.ready.address"), Has: r.Address, URL: "/preferences/address"}}
	if !r.Factor { // codes stand in for a factor
		p.Ready[1].URL = ""
	}
	p.NextWhy, p.Next = v.nextStep(r, codes, left, phrase == "", p.Passkeys)
	return nil
}

// nextStep is the one thing to do next, and why; nil is nothing. What was
// begun and left comes before what was not begun.
func (v *visit) nextStep(r auth.Ready, codes auth.Codes, left auth.Unfinished, noPhrase bool, keys page.Passkeys) (string, *component.Link) {
	next := func(why, do, at string, args ...any) (string, *component.Link) {
		return v.t(why, args...), &component.Link{URL: at, Label: v.t(do)}
	}
	addFactor := func(why string) (string, *component.Link) {
		if keys.Why == "" && keys.AddURL != "" {
			return next(why, "passkey.add", keys.AddURL)
		}
		return next(why, "security.factor.add", "#factors")
	}
	switch {
	case left.Tested && codes.Shown:
		return next("security.next.finish", "security.next.finish.do", codesPage, "name", left.Name)
	case left.Key != "" && !left.Tested:
		return next("security.next.app", "security.next.app.do", "/security/app/"+left.Key, "name", left.Name)
	case !r.Factor && v.id.MustEnrol:
		return addFactor("security.next.must-factor")
	case noPhrase:
		return next("security.next.phrase", "security.next.phrase.do", "/preferences/phrase")
	case !r.Factor:
		return addFactor("security.next.factor")
	case !r.Codes && codes.Shown:
		return next("security.next.save", "security.next.finish.do", codesPage)
	case !r.Codes:
		return next("security.next.codes", "security.next.codes.do", codesPage)
	case codes.Left <= fewCodes:
		return next("security.next.few", "security.next.codes.do", codesPage)
	case !r.Address:
		return next("security.next.address", "security.next.address.do", "/preferences/address")
	case keys.Lonely:
		return next("passkey.lonely", "passkey.add", keys.AddURL)
	}
	return "", nil
}

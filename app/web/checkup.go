package web

import (
	"net/http"
	"slices"
	"strings"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

const checkupPage = "/security/checkup"

// fillCheckup says how the yearly check-up stands.
func (s *server) fillCheckup(v *visit, p *page.Security, zone string) error {
	c, err := s.Auth.Checkup(v.Context(), v.id)
	p.Checkup = page.CheckupLine{URL: checkupPage, Due: v.id.CheckupDue(s.Auth.Now()), Going: !c.Begun.IsZero(), State: v.checkupState(c, zone)}
	if p.Checkup.Due {
		p.Checkup.State = v.t("checkup.due")
	}
	return err
}

func (v *visit) checkupState(c auth.Checkup, zone string) string {
	next := v.on(c.Next, zone)
	if c.Done.IsZero() {
		return v.t("checkup.never", "next", next)
	}
	return v.t("checkup.last", "last", v.on(c.Done, zone), "next", next)
}

func (s *server) checkup(w http.ResponseWriter, v *visit) error {
	return s.showCheckup(w, v, http.StatusOK, page.Checkup{})
}

func (s *server) showCheckup(w http.ResponseWriter, v *visit, status int, p page.Checkup) error {
	c, err := s.Auth.Checkup(v.Context(), v.id)
	if err != nil {
		return err
	}
	zone, err := s.boxZone(v)
	if err != nil {
		return err
	}
	p.Action, p.BackURL, p.Last = checkupPage, securityPage, v.checkupState(c, zone)
	p.Going = !c.Begun.IsZero() || c.Done.IsZero() || v.id.CheckupDue(s.Auth.Now())
	answers := c.Said
	if p.Going {
		answers = c.Answers
		p.Done = v.t("checkup.of", "done", len(answers), "all", len(auth.CheckItems()))
	}
	first := true
	for _, item := range auth.CheckItems() {
		i := page.CheckupItem{Key: string(item), Title: v.t("checkup.item." + string(item)), Answer: string(answers[item])}
		if i.CanBeRight, err = s.Auth.CanBeRight(v.Context(), v.id, item); err != nil {
			return err
		}
		if err := s.checkupFacts(v, item, &i, zone); err != nil {
			return err
		}
		switch {
		case i.Answer != "":
			i.Said = v.t("checkup.said." + i.Answer)
			p.Said = append(p.Said, i.Title+": "+i.Said)
		case first:
			i.Now, first = true, false
		}
		p.Items = append(p.Items, i)
	}
	return render(w, v, status, page.CheckupPage(s.frame(v, v.t("checkup.title")), p))
}

// checkupFacts says what the box knows about an item, and where it is mended.
func (s *server) checkupFacts(v *visit, item auth.CheckItem, i *page.CheckupItem, zone string) error {
	mend := func(key, url string) { i.Mend = &component.Link{URL: url, Label: v.t(key)} }
	switch item {
	case auth.BrowsersItem:
		mend("checkup.mend.browsers", securityPage+"#sessions")
		i.Question = v.t("checkup.ask.browsers")
		return s.checkupBrowsers(v, i, zone)
	case auth.AddressItem:
		mend("checkup.mend.address", "/preferences/address")
		i.Facts, i.Question = []string{v.id.Email}, v.t("checkup.ask.address")
		if !i.CanBeRight {
			i.Facts, i.Question = append(i.Facts, v.t("checkup.address.unproven")), ""
		}
	case auth.FactorItem:
		return s.checkupFactor(v, i, zone)
	case auth.CodesItem:
		codes, err := s.Auth.Codes(v.Context(), v.id)
		if err != nil {
			return err
		}
		mend("checkup.mend.codes", codesPage)
		i.Facts, i.Question = []string{v.codesState(codes, zone)}, v.t("checkup.ask.codes")
		if !i.CanBeRight {
			i.Question = ""
			if has, err := s.Auth.HasFactor(v.Context(), v.id); err != nil || !has {
				i.Facts = []string{v.t("recovery.state.no-factor")}
				mend("checkup.mend.factor", securityPage+"#factors")
				return err
			}
		}
	case auth.AccessItem:
		return s.checkupAccess(v, i)
	}
	return nil
}

func (s *server) checkupBrowsers(v *visit, i *page.CheckupItem, zone string) error {
	in, err := s.Auth.SignedIn(v.Context(), v.id)
	if err != nil {
		return err
	}
	kept, err := s.Auth.Remembered(v.Context(), v.id)
	for _, x := range append(in, kept...) {
		row := v.sessionRow(x, zone)
		what := row.Device + " · " + row.Place + " · " + row.Active
		if x.Here {
			what = row.Device + " · " + row.Place + " · " + v.t("security.here")
		}
		i.Rows = append(i.Rows, what)
	}
	return err
}

func (s *server) checkupFactor(v *visit, i *page.CheckupItem, zone string) error {
	list, err := s.Auth.Apps(v.Context(), v.id)
	if err != nil {
		return err
	}
	keys, err := s.Auth.Passkeys(v.Context(), v.id)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if !k.Off && !k.HostGone {
			list = append(list, k.Factor)
		}
	}
	i.Facts = []string{v.t("checkup.password.fine")} // who has a listed one is led to change it before anything else
	for _, f := range list {
		used := v.t("security.factor.unused")
		if !f.Used.IsZero() {
			used = v.t("security.used", "when", v.here(f.Used, zone))
		}
		i.Rows = append(i.Rows, f.Name+" · "+used)
	}
	i.Mend = &component.Link{URL: securityPage + "#factors", Label: v.t("checkup.mend.second")}
	switch len(list) {
	case 0:
		i.Facts = append(i.Facts, v.t("checkup.factor.none"))
		i.Mend.Label = v.t("checkup.mend.factor")
	case 1:
		i.Facts, i.Question = append(i.Facts, v.t("checkup.factor.one")), v.t("checkup.ask.factor")
	default:
		i.Question = v.t("checkup.ask.factor")
	}
	return nil
}

func (s *server) checkupAccess(v *visit, i *page.CheckupItem) error {
	others, err := s.Share.Others(v.Context(), v.viewer(), v.now)
	if err != nil {
		return err
	}
	if len(others) == 0 {
		i.Facts = []string{v.t("checkup.access.nobody")}
		return nil
	}
	i.Facts, i.Question = []string{v.t("checkup.access.some")}, v.t("checkup.ask.access")
	for _, o := range others {
		i.Rows = append(i.Rows, v.t("checkup.access.one", "name", o.Name, "persons", strings.Join(o.Of, ", ")))
	}
	if v.id.Admin {
		i.Mend = &component.Link{URL: accountsPage, Label: v.t("checkup.mend.access")}
	} else {
		i.Facts = append(i.Facts, v.t("checkup.access.ask"))
	}
	return nil
}

// answerCheckup keeps what the owner says to an item, or begins another run.
func (s *server) answerCheckup(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	answer, item := auth.CheckAnswer(v.PostFormValue("answer")), auth.CheckItem(v.PostFormValue("item"))
	if answer == "begin" {
		if err := s.Auth.BeginCheckup(v.Context(), v.id); err != nil {
			return err
		}
		return see(w, v, checkupPage)
	}
	p := page.Checkup{Problems: map[string]string{}}
	finished, err := false, error(fault.New(fault.Invalid, "checkup.unknown"))
	if slices.Contains(auth.CheckItems(), item) && slices.Contains([]auth.CheckAnswer{auth.AllRight, auth.LeftOpen, auth.AskAgain}, answer) {
		finished, err = s.Auth.AnswerCheckup(v.Context(), v.id, v.from, item, answer)
	}
	if status, err := v.mend(w, p.Problems, "", err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showCheckup(w, v, status, p)
	}
	if finished {
		return s.done(w, v, "checkup.finished", checkupPage)
	}
	next := checkupPage
	if c, err := s.Auth.Checkup(v.Context(), v.id); err == nil {
		for _, item := range auth.CheckItems() {
			if c.Answers[item] == "" {
				next += "#item-" + string(item)
				break
			}
		}
	}
	return see(w, v, next)
}

package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

const (
	accountsPage   = "/box/accounts"
	newAccountPage = "/box/accounts/new"
	manyAccounts   = 20 // and one is looked for
)

// accounts lists who can sign in, to whoever manages the box. It shows facts
// about accounts and nobody's data, so it needs no right to any.
func (s *server) accounts(w http.ResponseWriter, v *visit) error {
	all, err := s.Auth.AllManaged(v.Context(), v.id)
	if err != nil {
		return err
	}
	zone, err := s.boxZone(v)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	p := page.Accounts{Find: cut(q.Get("find"), 100), FindURL: accountsPage, NewURL: newAccountPage, Alone: len(all) == 1, Search: len(all) > manyAccounts}
	found := all[:0:0]
	for _, m := range all {
		if holds(m.Name, p.Find) || holds(m.Email, p.Find) {
			found = append(found, m)
		}
	}
	names := make([]string, len(found))
	for i, m := range found {
		names[i] = m.Name
	}
	order := make([]int, len(found))
	keys := s.names.keysOf(v.locale.Lang, names)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(keys[x], keys[y]) })
	for _, i := range order {
		p.Rows = append(p.Rows, v.accountRow(found[i], zone))
	}
	p.Count = v.t("accounts.count", "count", len(all))
	if p.Find != "" {
		p.Count = v.t("accounts.found", "count", len(found), "all", len(all))
	}
	return render(w, v, http.StatusOK, page.AccountsPage(s.frame(v, v.t("accounts.title")), p))
}

// holds reports whether text has what somebody looks for in it, however it is
// capitalised.
func holds(text, find string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(strings.TrimSpace(find)))
}

// cut is the first most characters of text.
func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}

// boxZone is the time zone that things of the box are told in.
func (s *server) boxZone(v *visit) (string, error) {
	box, _, err := s.Auth.Box(v.Context())
	return boxGuess(box).Zone, err
}

// on is the day of an instant by a clock in the zone of the box.
func (v *visit) on(t time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	return v.locale.Date(t.In(loc))
}

func (v *visit) accountRow(m auth.Managed, zone string) page.AccountRow {
	row := page.AccountRow{Name: m.Name, Email: m.Email, URL: accountsPage + "/" + m.Key, Self: m.Self}
	if m.Admin {
		row.Badges = append(row.Badges, v.t("accounts.manages"))
	}
	if !m.Disabled.IsZero() {
		row.Badges, row.Warn = append(row.Badges, v.t("accounts.closed")), true
	}
	if !m.Welcomed {
		row.State = v.t("accounts.unwelcomed")
		return row
	}
	row.State = v.factorWord(m) + " · " + v.signedInWord(m, zone)
	return row
}

func (v *visit) factorWord(m auth.Managed) string {
	if m.Factor {
		return v.t("accounts.factor.has")
	}
	return v.t("accounts.factor.lacks")
}

func (v *visit) signedInWord(m auth.Managed, zone string) string {
	if m.SignedIn.IsZero() {
		return v.t("accounts.signed-in.never")
	}
	return v.t("accounts.signed-in", "day", v.on(m.SignedIn, zone))
}

func (s *server) newAccountForm(w http.ResponseWriter, v *visit) error {
	if _, ok := s.refill(w, v); ok {
		return s.showNewAccount(w, v, http.StatusOK, v.newAccountSent())
	}
	return s.showNewAccount(w, v, http.StatusOK, page.NewAccount{How: "mail"})
}

// newAccountSent is the form as it came.
func (v *visit) newAccountSent() page.NewAccount {
	return page.NewAccount{Name: v.PostFormValue("name"), Email: v.PostFormValue("email"), How: v.PostFormValue("how"), Problems: map[string]string{}}
}

func (s *server) showNewAccount(w http.ResponseWriter, v *visit, status int, p page.NewAccount) (err error) {
	p.Action, p.CancelURL = newAccountPage, accountsPage
	if _, p.Mail, err = s.Mail.Settings(v.Context()); err != nil {
		return err
	}
	return render(w, v, status, page.NewAccountPage(s.frame(v, v.t("accounts.new.title")), p))
}

// newAccount makes an account that has no password and sees nothing.
func (s *server) newAccount(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := v.newAccountSent()
	n := auth.NewAccount{Name: p.Name, Email: p.Email, Lang: v.locale.Lang}
	byMail, err := v.how()
	if status, err := v.mend(w, p.Problems, "how", err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showNewAccount(w, v, status, p)
	}
	field, err := auth.CheckWho(n)
	key, link := "", auth.Handed{}
	if err == nil {
		field = "email" // the one thing that can be wrong yet: somebody has it
		key, link, err = s.Auth.CreateAccount(v.Context(), v.id, v.from, n, byMail)
	}
	if status, err := v.mend(w, p.Problems, field, err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showNewAccount(w, v, status, p)
	}
	return s.handed(w, v, key, "accounts.link.welcome", link)
}

// how reads whether a link goes by mail.
func (v *visit) how() (byMail bool, err error) {
	switch v.PostFormValue("how") {
	case "mail":
		return true, nil
	case "show", "":
		return false, nil
	}
	return false, fault.New(fault.Invalid, "accounts.how-unknown")
}

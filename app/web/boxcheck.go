package web

import (
	"net/http"
	"sync"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

// checkBox looks at everything while its reader waits; the page of the box then
// says what it found, and loading that anew checks nothing.
func (s *server) checkBox(w http.ResponseWriter, v *visit) error {
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	named := boxGuess(box)
	p := page.Box{Form: page.BoxForm{Name: named.Name, Zone: named.Zone, Unit: named.Unit}}
	found, err := s.Health.CheckNow(v.Context(), v.now, audit.Actor{Account: v.id.Account}, v.from)
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Unavailable) {
		s.Log.Warn("check not finished", "err", err)
		problems := map[string]string{}
		if err := v.problem(problems, "", err); err != nil {
			return err
		}
		p.CheckSaid = []string{problems[""]}
		return s.showBox(w, v, statuses[kind], p)
	}
	if err != nil {
		return err
	}
	p.CheckSaid = []string{v.t("check.counted", "pages", v.locale.Integer(found.Pages), "records", v.locale.Integer(found.Records),
		"lines", v.locale.Integer(int(found.Ledger)))}
	if found.Sound {
		p.CheckSaid = append(p.CheckSaid, v.t("check.sound"))
	}
	for _, f := range found.Findings {
		p.CheckSaid = append(p.CheckSaid, v.t("check."+f.What, "where", f.Where))
	}
	s.found.put(v.id.Account, p.CheckSaid)
	return see(w, v, "/box")
}

// found keeps what a check found until its reader's page says it, once.
type found struct {
	mu   sync.Mutex
	said map[int64][]string // by account
}

func (f *found) put(account int64, said []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.said == nil {
		f.said = map[int64][]string{}
	}
	f.said[account] = said
}

func (f *found) take(account int64) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	said := f.said[account]
	delete(f.said, account)
	return said
}

package web

import (
	"errors"
	"net/http"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/cert"
	"glucokeep/app/health"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// box shows how the box is, to whoever manages it. It holds nobody's values,
// so it needs no right to anybody's data and leaves no line.
func (s *server) box(w http.ResponseWriter, v *visit) error {
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	if _, ok := s.refill(w, v); ok {
		return s.showBox(w, v, http.StatusOK, page.Box{Seen: v.PostFormValue("seen"), Form: v.boxForm()})
	}
	named := boxGuess(box)
	return s.showBox(w, v, http.StatusOK, page.Box{Seen: box.Mark(), Form: page.BoxForm{Name: named.Name, Zone: named.Zone, Unit: named.Unit},
		CheckSaid: s.found.take(v.id.Account)})
}

func (s *server) showBox(w http.ResponseWriter, v *visit, status int, p page.Box) error {
	state, err := s.Health.Look(v.Context(), v.now, auth.IdleLimit)
	if err != nil {
		return err
	}
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	p.Action, p.CheckAction, p.PersonURL, p.AccountsURL, p.Form.Zones = "/box", "/box/check", "/setup/person", accountsPage, zoneNames
	p.Name = box.Name
	zone := boxGuess(box).Zone
	p.Troubles = v.troubles(state, zone)
	if err := s.mailState(v, &p); err != nil {
		return err
	}
	p.DemandAction = "/box/factor"
	if p.Demands, err = s.Auth.DemandsAll(v.Context()); err != nil {
		return err
	}
	p.Steps = v.openSteps(box, state)
	p.Holds = v.holds(state, zone)
	p.Room = v.room(state)
	p.Ledger = v.t("box.ledger.sound", "count", int(state.Ledger))
	if !state.Cut.IsZero() {
		p.Ledger = v.t("box.ledger.cut")
	}
	if state.Broken > 0 {
		p.Ledger = v.t("box.ledger.broken", "line", int(state.Broken))
	}
	p.Checked = v.checked(state.Checked, zone)
	p.Clock, p.Now = v.here(v.now, zone)+" · "+zone, v.now.UTC().Format(time.RFC3339)
	p.Reached = v.t("box.reached.alone", "address", s.Base.String())
	if s.Base.Scheme == "https" {
		p.Reached = v.t("box.reached.tls", "address", s.Base.String())
	}
	if s.Certificate != nil {
		s.certificate(v, &p, zone)
	}
	if s.Trust != nil {
		p.TrustURL = "/trust"
	}
	p.Version, p.Folder = s.Version, state.Folder
	return render(w, v, status, page.BoxPage(s.frame(v, v.t("web.place.box")), p))
}

// mailState says whether the box can send mails.
func (s *server) mailState(v *visit, p *page.Box) error {
	_, known, err := s.Mail.Settings(v.Context())
	if err != nil {
		return err
	}
	_, lost, err := s.Mail.Password(v.Context())
	if err != nil {
		return err
	}
	stuck, err := s.Mail.Stuck(v.Context())
	if err != nil {
		return err
	}
	p.MailWays = []component.Link{{URL: "/box/mail", Label: v.t("mailserver.title")}, {URL: "/box/links", Label: v.t("handover.title")}}
	switch {
	case !known:
		p.Mail = v.t("mailserver.none")
	case lost:
		p.Mail = v.t("mailserver.lost")
		p.Troubles = append(p.Troubles, p.Mail)
	case stuck > 0:
		p.Mail = v.t("box.mail.stuck", "count", stuck)
		p.Troubles = append(p.Troubles, p.Mail)
	default:
		p.Mail = v.t("box.mail.set")
	}
	return nil
}

// certificate says until when the box has one, and that somebody should look
// when it was not renewed.
func (s *server) certificate(v *visit, p *page.Box, zone string) {
	c := s.Certificate()
	if c == nil {
		return
	}
	until := v.here(c.NotAfter, zone)
	p.Certificate = v.t("box.reached.until", "when", until)
	if cert.Ends(c, v.now) {
		p.Troubles = append(p.Troubles, v.t("box.trouble.certificate", "when", until))
	}
}

// checked says how the last check ended.
func (v *visit) checked(c *health.Past, zone string) string {
	switch {
	case c == nil:
		return v.t("box.check.never")
	case c.Findings == 0:
		return v.t("box.check.last-sound", "when", v.here(c.At.Time(), zone))
	}
	return v.t("box.check.last", "count", c.Findings, "when", v.here(c.At.Time(), zone))
}

// here is an instant by a clock in the zone of the box.
func (v *visit) here(t time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	return v.locale.DateTime(t.In(loc))
}

// troubles are what somebody should do something about, as sentences.
func (v *visit) troubles(st health.State, zone string) (all []string) {
	if st.Short() {
		all = append(all, v.t("box.trouble.disk", "free", v.bytes(st.Free)))
	}
	if st.Broken > 0 {
		all = append(all, v.t("box.trouble.ledger", "line", int(st.Broken)))
	}
	if !st.Cut.IsZero() {
		all = append(all, v.t("box.trouble.cut", "when", v.here(st.Cut, zone)))
	}
	if st.Checked != nil && st.Checked.Findings > 0 {
		all = append(all, v.t("box.trouble.check", "count", st.Checked.Findings))
	}
	return all
}

// openSteps are the steps of a set-up that nobody has done yet.
func (v *visit) openSteps(b auth.Box, st health.State) (links []component.Link) {
	if b.Name == "" {
		links = append(links, component.Link{URL: "#f-name", Label: v.t("box.open.name")})
	}
	if st.Counts.Persons == 0 {
		links = append(links, component.Link{URL: "/setup/person", Label: v.t("box.open.person")})
	}
	if st.Counts.Imports == 0 {
		links = append(links, component.Link{URL: "/setup/data", Label: v.t("box.open.data")})
	}
	return links
}

// holds is how much the box keeps.
func (v *visit) holds(st health.State, zone string) []page.Fact {
	c := st.Counts
	last := v.t("box.holds.no-import")
	if c.LastImport > 0 {
		last = v.here(c.LastImport.Time(), zone)
	}
	return []page.Fact{
		{Name: v.t("box.holds.persons"), Value: v.locale.Integer(c.Persons)},
		{Name: v.t("box.holds.accounts"), Value: v.locale.Integer(c.Accounts)},
		{Name: v.t("box.holds.readings"), Value: v.locale.Integer(c.Readings)},
		{Name: v.t("box.holds.import"), Value: last},
		{Name: v.t("box.holds.sessions"), Value: v.locale.Integer(c.Sessions)},
	}
}

// room is how much disk the box takes and has left.
func (v *visit) room(st health.State) []page.Fact {
	facts := []page.Fact{
		{Name: v.t("box.room.database"), Value: v.bytes(st.Database)},
		{Name: v.t("box.room.folder"), Value: v.bytes(st.Files)},
	}
	if st.Disk > 0 {
		facts = append(facts, page.Fact{Name: v.t("box.room.free"),
			Value: v.t("box.room.free-of", "free", v.bytes(st.Free), "disk", v.bytes(st.Disk))})
	}
	return facts
}

// bytes prints an amount of storage as makers of disks count it.
func (v *visit) bytes(n int64) string {
	const kilo = 1000
	value, sign := float64(n), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if value < kilo {
			break
		}
		value, sign = value/kilo, next
	}
	decimals := 0
	if value < 10 && sign != "B" {
		decimals = 1
	}
	return v.locale.Decimal(value, decimals) + "\u00a0" + sign
}

// nameBox changes what the box is called and what a new person begins with.
func (s *server) nameBox(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Box{Seen: v.PostFormValue("seen"), Form: v.boxForm(), Problems: map[string]string{}}
	box := auth.Box{Name: p.Form.Name, Zone: zoneTyped(p.Form.Zone), Unit: p.Form.Unit}
	if err := v.problemsOf(p.Problems, box.Check()); err != nil {
		return err
	}
	if len(p.Problems) > 0 {
		return s.showBox(w, v, http.StatusUnprocessableEntity, p)
	}
	err := s.Auth.NameBox(v.Context(), v.id, v.from, box, p.Seen)
	if errors.Is(err, auth.ErrMeanwhile) {
		return s.boxMeanwhile(w, v, p)
	}
	if err != nil {
		return err
	}
	return s.done(w, v, "box.saved", "/box")
}

// boxMeanwhile shows what was typed beside what somebody else made of the box
// since the form was drawn.
func (s *server) boxMeanwhile(w http.ResponseWriter, v *visit, p page.Box) error {
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	p.Seen = box.Mark()
	p.Problems[""] = v.t("box.meanwhile", "name", box.Name, "zone", box.Zone, "unit", box.Unit)
	return s.showBox(w, v, http.StatusConflict, p)
}

package web

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/app/share"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

func (s *server) setupForm(w http.ResponseWriter, v *visit) error {
	needs, err := s.Auth.NeedsSetup(v.Context())
	if err != nil {
		return err
	}
	if !needs {
		return see(w, v, "/signin")
	}
	return s.showSetup(w, v, http.StatusOK, page.Setup{Zone: BoxZone(), Unit: "mg/dL"})
}

func (s *server) showSetup(w http.ResponseWriter, v *visit, status int, p page.Setup) error {
	p.Action, p.LeastPassword = "/setup", auth.MinPassword
	p.Zones = zoneOptions(p.Zone)
	return render(w, v, status, page.SetupPage(s.frame(v, v.t("setup.title")), p))
}

func (s *server) setUp(w http.ResponseWriter, v *visit) error {
	if needs, err := s.Auth.NeedsSetup(v.Context()); err != nil || !needs {
		if err != nil {
			return err
		}
		return see(w, v, "/signin")
	}
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Setup{Code: v.PostFormValue("code"), Name: v.PostFormValue("name"), Email: v.PostFormValue("email"),
		Person: v.PostFormValue("person"), Zone: v.PostFormValue("zone"), Unit: v.PostFormValue("unit"), Problems: map[string]string{}}
	a := auth.NewAccount{Email: p.Email, Name: p.Name, Password: v.PostFormValue("password")}
	of := share.NewPerson{Name: p.Person, Zone: p.Zone, Unit: p.Unit}
	if field, err := a.Check(); err != nil {
		if err := v.problem(p.Problems, field, err); err != nil {
			return err
		}
	}
	if err := of.Check(); err != nil {
		if err := v.problem(p.Problems, personField(err), err); err != nil {
			return err
		}
	}
	if len(p.Problems) > 0 {
		return s.showSetup(w, v, http.StatusUnprocessableEntity, p)
	}
	device, err := s.SetUp(v.Context(), v.from, p.Code, a, of)
	switch fault.KindOf(err) {
	case fault.Forbidden, fault.TooMany:
		kind := fault.KindOf(err)
		if f, ok := errors.AsType[*fault.Error](err); ok {
			retryAfter(w, f)
		}
		if err := v.problem(p.Problems, "code", err); err != nil {
			return err
		}
		return s.showSetup(w, v, statuses[kind], p)
	}
	if err != nil {
		return err
	}
	s.setDevice(w, device)
	return see(w, v, "/")
}

// personField is the field of a form that a fault about a person belongs to.
func personField(err error) string {
	if f, ok := err.(*fault.Error); ok {
		switch f.Key {
		case "person.zone-unknown":
			return "zone"
		case "person.unit-unknown":
			return "unit"
		}
	}
	return "person"
}

// BoxZone is the time zone of the box, the best guess for a first person.
func BoxZone() string {
	if name := time.Local.String(); name != "Local" {
		return name
	}
	// Without TZ the system says it by where a link leads.
	if target, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "/zoneinfo/"); ok && slices.Contains(zoneNames, name) {
			return name
		}
	}
	return "UTC"
}

// zoneOptions lists the zones to choose from, the chosen one among them.
func zoneOptions(chosen string) []component.Option {
	var out []component.Option
	known := false
	for _, name := range zoneNames {
		out = append(out, component.Option{Value: name, Label: name})
		known = known || name == chosen
	}
	if !known && chosen != "" {
		if _, err := time.LoadLocation(chosen); err == nil {
			out = append([]component.Option{{Value: chosen, Label: chosen}}, out...)
		}
	}
	return out
}

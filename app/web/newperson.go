package web

import (
	"net/http"
	"slices"

	"glucokeep/app/auth"
	"glucokeep/app/share"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// newPersonForm asks for a person: the third step of the set-up, and later
// the way to add one more.
func (s *server) newPersonForm(w http.ResponseWriter, v *visit) error {
	if _, ok := s.refill(w, v); ok {
		return s.showNewPerson(w, v, http.StatusOK, v.newPersonSent())
	}
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	box = boxGuess(box)
	return s.showNewPerson(w, v, http.StatusOK, page.NewPerson{Key: newKey(), Zone: box.Zone, Unit: box.Unit})
}

func (s *server) showNewPerson(w http.ResponseWriter, v *visit, status int, p page.NewPerson) error {
	step, err := s.openStep(v)
	if err != nil {
		return err
	}
	if step != "" {
		steps := v.steps(3)
		p.Steps = &steps
	}
	p.Action, p.Zones, p.CancelURL = "/setup/person", zoneNames, "/box"
	return render(w, v, status, page.NewPersonPage(s.frame(v, v.t("setup.first-person")), p))
}

// newPersonSent is the form as it came.
func (v *visit) newPersonSent() page.NewPerson {
	key := v.PostFormValue("key")
	if !formKey.MatchString(key) {
		key = newKey()
	}
	return page.NewPerson{Key: key, Name: v.PostFormValue("person"), Zone: v.PostFormValue("zone"), Unit: v.PostFormValue("unit"), Problems: map[string]string{}}
}

// newPerson adds a person whose data the account holds, or goes on without.
func (s *server) newPerson(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	step, err := s.openStep(v)
	if err != nil {
		return err
	}
	if step != "" && v.PostFormValue("do") == "later" {
		if err := s.Auth.GoTo(v.Context(), auth.DataStep); err != nil {
			return err
		}
		return see(w, v, "/setup/data")
	}
	p := v.newPersonSent()
	of := share.NewPerson{Key: p.Key, Name: p.Name, Zone: zoneTyped(p.Zone), Unit: p.Unit, Owner: v.id.Account}
	for _, one := range []share.NewPerson{{Name: of.Name, Zone: "UTC", Unit: "mg/dL"}, {Name: "x", Zone: of.Zone, Unit: "mg/dL"}, {Name: "x", Zone: "UTC", Unit: of.Unit}} {
		if err := one.Check(); err != nil {
			field := share.FieldOf(err)
			if field == "name" {
				field = "person"
			}
			if err := v.problem(p.Problems, field, err); err != nil {
				return err
			}
		}
	}
	if len(p.Problems) > 0 {
		return s.showNewPerson(w, v, http.StatusUnprocessableEntity, p)
	}
	if err := s.addPerson(v, of); err != nil {
		return err
	}
	if step != "" {
		return see(w, v, "/setup/data")
	}
	return see(w, v, "/people/"+of.Key)
}

// addPerson adds a person once, however often the form is sent.
func (s *server) addPerson(v *visit, of share.NewPerson) error {
	if made, err := s.sees(v, of.Key); made || err != nil {
		return err
	}
	_, err := s.Share.AddPerson(v.Context(), v.now, v.viewer(), of)
	if made, _ := s.sees(v, of.Key); made { // both were sent at once
		return nil
	}
	return err
}

// sees reports whether a key is that of a person whom the account may see.
func (s *server) sees(v *visit, key string) (bool, error) {
	scopes, err := s.Share.Persons(v.Context(), v.viewer(), v.now)
	return slices.ContainsFunc(scopes, func(sc share.Scope) bool { return sc.Person().Key == key }), err
}

// setupDataForm offers the ways in which readings come to the box.
func (s *server) setupDataForm(w http.ResponseWriter, v *visit) error {
	step, err := s.openStep(v)
	if err != nil {
		return err
	}
	scopes, err := s.Share.Persons(v.Context(), v.viewer(), v.now)
	if err != nil {
		return err
	}
	p := page.SetupData{Action: "/setup/data", PersonURL: "/setup/person"}
	if step != "" {
		steps := v.steps(4)
		p.Steps = &steps
	}
	for _, scope := range scopes {
		p.People = append(p.People, component.Link{URL: personURL(scope.Person(), "/imports"), Label: scope.Person().Name})
	}
	return render(w, v, http.StatusOK, page.SetupDataPage(s.frame(v, v.t("setup.data")), p))
}

// setupData ends the set-up.
func (s *server) setupData(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.GoTo(v.Context(), ""); err != nil {
		return err
	}
	return see(w, v, "/")
}

package web

import (
	"maps"
	"net/http"
	"strconv"
	"strings"

	"glucokeep/app/metrics"
	"glucokeep/app/name"
	"glucokeep/app/read"
	"glucokeep/app/share"
	"glucokeep/app/unit"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// settingsForm shows how a person is called, where their days are counted and
// what their values are judged by.
func (s *server) settingsForm(w http.ResponseWriter, v *visit) error {
	if _, ok := s.refill(w, v); ok {
		return s.showSettings(w, v, http.StatusOK, v.settingsSent())
	}
	of := v.scope.Person()
	p := page.Settings{Name: of.Name, Zone: of.Zone, Unit: of.Unit, Ranges: of.Ranges, LimitUnit: of.Unit, Born: of.Born, Record: of.Record,
		NightFrom: strconv.Itoa(of.NightFrom), NightUntil: strconv.Itoa(of.NightUntil)}
	own := shownLimits(of)
	for i, milli := range own.In(concentration(of.Unit)) {
		if milli > 0 {
			p.Limits[i] = v.bound(of.Unit, float64(milli)/1000)
		}
	}
	return s.showSettings(w, v, http.StatusOK, p)
}

// shownLimits are the limits that the form of a person shows: their own, or to
// begin with those that count now.
func shownLimits(p read.Person) metrics.OwnLimits {
	if p.Own != (metrics.OwnLimits{}) {
		return p.Own
	}
	return metrics.LimitsOf(ranges(p))
}

func concentration(name string) unit.Concentration {
	if name == unit.MmolL.String() {
		return unit.MmolL
	}
	return unit.MgDL
}

// bound prints a bound in a unit that need not be the reader's.
func (v *visit) bound(in string, value float64) string {
	l := v.locale
	l.Unit = in
	return figure.Bound(l, value)
}

func (s *server) showSettings(w http.ResponseWriter, v *visit, status int, p page.Settings) error {
	of := v.scope.Person()
	p.Action, p.Person, p.Zones = personURL(of, "/settings"), of.Name, zoneNames
	for h := range 24 {
		p.Hours = append(p.Hours, component.Option{Value: strconv.Itoa(h), Label: v.locale.Hour(h)})
	}
	for _, preset := range metrics.Profiles() {
		p.Presets = append(p.Presets, component.Option{Value: preset.ID, Label: v.rangesName(preset.ID), Hint: v.judgement(preset, of.Unit)})
	}
	p.Presets = append(p.Presets, component.Option{Value: metrics.OwnID, Label: v.rangesName(metrics.OwnID), Hint: v.t("ranges.own.hint")})
	return render(w, v, status, page.SettingsPage(s.frame(v, v.t("web.place.settings")), p))
}

// rangesName names what values are judged by.
func (v *visit) rangesName(id string) string { return v.t("ranges.name." + id) }

// judgement says what a preset calls in range, in a unit, and its goals.
func (v *visit) judgement(p metrics.Profile, in string) string {
	l := p.Limits(concentration(in))
	words := v.t("ranges.target", "low", v.bound(in, l.TargetLow.Native()), "high", v.bound(in, l.TargetHigh.Native()), "unit", in)
	if !p.Goals.Target.Set() {
		return words + " " + v.t("ranges.no-goals")
	}
	percent := func(g metrics.Goal) string { return v.locale.Percent(g.Percent, 0) }
	return words + " " + v.t("ranges.goals", "in", percent(p.Goals.Target), "below", percent(p.Goals.Below), "above", percent(p.Goals.Above))
}

// about is what the head of a report says of the person: what their values
// are judged by, and what identifies them at a clinic, if anybody wrote it.
func (v *visit) about(p read.Person) (lines []string) {
	lines = []string{v.t("ranges.used", "ranges", v.rangesName(ranges(p).ID))}
	if born, err := parseDate(p.Born); err == nil {
		lines = append(lines, v.t("settings.born-on", "date", v.locale.Date(noon(born, v.zone()))))
	}
	if p.Record != "" {
		lines = append(lines, v.t("settings.record-of", "number", p.Record))
	}
	return lines
}

// setSettings keeps what was changed.
func (s *server) setSettings(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	of := v.scope.Person()
	p := v.settingsSent()
	c := share.Change{Name: p.Name, Zone: zoneTyped(p.Zone), Unit: p.Unit, Ranges: p.Ranges, Born: &p.Born, Record: &p.Record,
		Night: &share.Night{From: hourOf(p.NightFrom), Until: hourOf(p.NightUntil)}}
	for field, value := range map[string]string{"name": name.Clean(p.Name), "zone": c.Zone, "unit": p.Unit, "ranges": p.Ranges} {
		if value == "" { // here a field that was emptied is no field that stays
			p.Problems[field] = v.t(map[string]string{"name": "person.name-missing", "zone": "person.zone-unknown", "unit": "person.unit-unknown", "ranges": "ranges.unknown"}[field])
		}
	}
	own, wrong := v.limitsSent(p, shownLimits(of))
	if p.Ranges == metrics.OwnID || p.Limits != [4]string{} { // beside a preset they are for later, or left empty
		maps.Copy(p.Problems, wrong)
		if p.Ranges == metrics.OwnID || own != shownLimits(of) {
			c.Own = &own
		}
	}
	if err := v.problemsOf(p.Problems, c.Check(of, v.now)); err != nil {
		return err
	}
	if len(p.Problems) > 0 {
		return s.showSettings(w, v, http.StatusUnprocessableEntity, p)
	}
	if _, err := s.Share.SetPerson(v.Context(), v.now, v.scope, c); err != nil {
		return err
	}
	if c.Zone != of.Zone {
		s.Auth.Flash(v.Context(), "settings.saved-zone")
	} else {
		s.Auth.Flash(v.Context(), "settings.saved")
	}
	return see(w, v, personURL(of, "/settings"))
}

// settingsSent is the form as it came.
func (v *visit) settingsSent() page.Settings {
	p := page.Settings{Name: v.PostFormValue("name"), Zone: v.PostFormValue("zone"), Unit: v.PostFormValue("unit"), Ranges: v.PostFormValue("ranges"),
		LimitUnit: v.PostFormValue("limit-unit"), NightFrom: v.PostFormValue("night-from"), NightUntil: v.PostFormValue("night-until"),
		Born: v.PostFormValue("born"), Record: v.PostFormValue("record"), Problems: map[string]string{}}
	if !knownUnit(p.LimitUnit) {
		p.LimitUnit = v.scope.Person().Unit
	}
	for i, name := range share.LimitFields {
		p.Limits[i] = v.PostFormValue(name)
	}
	return p
}

// limitsSent reads the own limits, which are in the unit that the form was
// drawn with, and says which are none. A very high that was left empty is no
// such band.
func (v *visit) limitsSent(p page.Settings, before metrics.OwnLimits) (own metrics.OwnLimits, wrong map[string]string) {
	in, decimals := concentration(p.LimitUnit), 0
	if in == unit.MmolL {
		decimals = 1
	}
	var values [4]float64
	wrong = map[string]string{}
	for i, name := range share.LimitFields {
		sent := strings.TrimSpace(p.Limits[i])
		if sent == "" && i == metrics.VeryHighLimit {
			continue
		}
		n, err := strconv.ParseFloat(strings.Replace(sent, ",", ".", 1), 64)
		if err != nil || !(n > 0 && n < 10_000) {
			wrong[name] = v.t("ranges.bounds." + name)
			continue
		}
		values[i] = round(n, decimals)
	}
	return before.With(in, values), wrong
}

// hourOf reads an hour of the clock, -1 for anything else.
func hourOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 23 {
		return -1
	}
	return n
}

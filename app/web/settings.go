package web

import (
	"maps"
	"net/http"
	"strconv"
	"strings"

	"glucokeep/app/fault"
	"glucokeep/app/metrics"
	"glucokeep/app/name"
	"glucokeep/app/read"
	"glucokeep/app/share"
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
	p := page.Settings{Seen: share.Mark(of), Name: of.Name, Zone: of.Zone, Unit: of.Unit, Ranges: of.Ranges, LimitUnit: v.locale.Unit, Born: of.Born, Record: of.Record,
		NightFrom: strconv.Itoa(of.NightFrom), NightUntil: strconv.Itoa(of.NightUntil)}
	own := shownLimits(of)
	for i, milli := range own.In(concentration(p.LimitUnit)) {
		if milli > 0 {
			p.Limits[i] = v.limit(concentration(p.LimitUnit), milli)
		}
	}
	return s.showSettings(w, v, http.StatusOK, p)
}

func (s *server) showSettings(w http.ResponseWriter, v *visit, status int, p page.Settings) error {
	of := v.scope.Person()
	p.Action, p.Person, p.Zones, p.Kept = personURL(of, "/settings"), of.Name, zoneNames, v.keptLimits(of.Own)
	night := metrics.Blocks()[0]
	p.NightHint = v.t("settings.night.hint", "from", v.locale.ClockMinute(night.From*60), "until", v.locale.ClockMinute(night.To*60))
	for h := range 24 {
		p.Hours = append(p.Hours, component.Option{Value: strconv.Itoa(h), Label: v.locale.Hour(h)})
	}
	for _, preset := range metrics.Profiles() {
		p.Presets = append(p.Presets, component.Option{Value: preset.ID, Label: v.rangesName(preset.ID), Hint: v.judgement(preset)})
	}
	p.Presets = append(p.Presets, component.Option{Value: metrics.OwnID, Label: v.rangesName(metrics.OwnID), Hint: v.t("ranges.own.hint")})
	return render(w, v, status, page.SettingsPage(s.frame(v, v.t("web.place.settings")), p))
}

// rangesName names what values are judged by.
func (v *visit) rangesName(id string) string { return v.t("ranges.name." + id) }

// judgement says what a preset calls in range, in the reader's unit, and its
// goals.
func (v *visit) judgement(p metrics.Profile) string {
	in := figure.Unit(v.locale)
	l := p.Limits(in)
	words := v.t("ranges.target", "low", figure.Bound(v.locale, l.TargetLow.Native()), "high", figure.Bound(v.locale, l.TargetHigh.Native()), "unit", in)
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
	c := share.Change{Seen: p.Seen, Name: p.Name, Zone: zoneTyped(p.Zone), Unit: p.Unit, Ranges: p.Ranges, Born: &p.Born, Record: &p.Record,
		Night: &share.Night{From: hourOf(p.NightFrom), Until: hourOf(p.NightUntil)}}
	for field, value := range map[string]string{"name": name.Clean(p.Name), "zone": c.Zone, "unit": p.Unit, "ranges": p.Ranges} {
		if value == "" { // here a field that was emptied is no field that stays
			p.Problems[field] = v.t(map[string]string{"name": "person.name-missing", "zone": "person.zone-unknown", "unit": "person.unit-unknown", "ranges": "ranges.unknown"}[field])
		}
	}
	own, wrong := v.limitsSent(&p, shownLimits(of))
	switch {
	case wrong["limit-unit"] != "":
		p.Problems["limit-unit"] = wrong["limit-unit"]
	case p.Ranges == metrics.OwnID || p.Limits != [4]string{}: // beside a preset they are for later, or left empty
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
	kept, err := s.Share.SetPerson(v.Context(), v.now, v.scope, c)
	if fault.KindOf(err) == fault.Conflict {
		p.Seen, p.Problems[""] = share.Mark(kept), v.settingsMeanwhile(c, kept)
		return s.showSettings(w, v, http.StatusConflict, p)
	}
	if err != nil {
		return err
	}
	key := "settings.saved"
	if c.Zone != of.Zone {
		key = "settings.saved-zone"
	}
	return s.done(w, v, key, personURL(of, "/settings"))
}

// settingsMeanwhile says what saving the form would change of what somebody
// else made of the settings since it was drawn.
func (v *visit) settingsMeanwhile(c share.Change, kept read.Person) string {
	values := map[string]string{"name": kept.Name, "zone": kept.Zone, "unit": kept.Unit, "ranges": v.rangesName(kept.Ranges), "limits": v.keptLimits(kept.Own),
		"night": v.locale.Hour(kept.NightFrom) + "–" + v.locale.Hour(kept.NightUntil), "born": kept.Born, "record": kept.Record}
	said := []string{v.t("settings.meanwhile")}
	for _, field := range c.Changes(kept) {
		value := values[field]
		if value == "" {
			value = v.t("settings.meanwhile.empty")
		}
		said = append(said, v.t("settings.meanwhile.field", "field", v.t("settings.field."+field), "value", value))
	}
	return strings.Join(said, " ")
}

// settingsSent is the form as it came.
func (v *visit) settingsSent() page.Settings {
	p := page.Settings{Seen: v.PostFormValue("seen"), Name: v.PostFormValue("name"), Zone: v.PostFormValue("zone"), Unit: v.PostFormValue("unit"), Ranges: v.PostFormValue("ranges"),
		LimitUnit: v.PostFormValue("limit-unit"), NightFrom: v.PostFormValue("night-from"), NightUntil: v.PostFormValue("night-until"),
		Born: v.PostFormValue("born"), Record: v.PostFormValue("record"), Problems: map[string]string{}}
	for i, name := range share.LimitFields {
		p.Limits[i] = v.PostFormValue(name)
	}
	return p
}

// hourOf reads an hour of the clock, -1 for anything else.
func hourOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 23 {
		return -1
	}
	return n
}

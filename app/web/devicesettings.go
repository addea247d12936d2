package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// BringSettings are the formats whose readers give settings, by ID: what the
// page names while there are none.
var BringSettings = []string{"tidepool-json", "nightscout-json", "clarity-csv", "glucokeep-csv"}

// mostChanges is how many changes the history lists.
const mostChanges = 100

// deviceSettings shows how devices are set, or were set at the end of a date.
func (s *server) deviceSettings(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:device-settings")
	if err != nil {
		return err
	}
	now := record.At(v.now)
	told, err := r.Settings(v.Context(), now+1)
	if err != nil {
		return err
	}
	sources, err := r.Sources(v.Context())
	if err != nil {
		return err
	}
	p := page.DeviceSettings{Person: r.Person().Name, ImportURL: importURL(r), Action: personURL(r.Person(), "/devices/settings"),
		Printed: v.t("devicesettings.now"), Empty: len(told) == 0}
	if p.Empty {
		for _, id := range BringSettings {
			p.Brings = append(p.Brings, formatName(v, id))
		}
		return render(w, v, http.StatusOK, page.DeviceSettingsPage(s.frame(v, v.t("devicesettings.title")), p))
	}
	sv := settingsView{visit: v, zone: v.zone(), sources: sources, names: namesOf(v, sources)}
	at, status := sv.asked(&p, now), http.StatusOK
	if p.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	then := metrics.SettingsAt(told, at)
	slices.SortStableFunc(then, func(a, b metrics.DeviceSettings) int {
		return cmp.Compare(min(len(b.Schedules), 1), min(len(a.Schedules), 1))
	})
	for i, d := range then { // pumps first
		p.Devices = append(p.Devices, sv.device(d, "device-"+strconv.Itoa(i+1)))
	}
	if len(then) == 0 {
		p.Before = v.t("devicesettings.before", "date", v.locale.Date(told[0].At.Time().In(sv.zone)))
	}
	if at < now {
		p.Since = sv.since(then, metrics.SettingsAt(told, now))
	}
	p.History, p.Older = sv.history(metrics.SettingChanges(told, at))
	return render(w, v, status, page.DeviceSettingsPage(s.frame(v, v.t("devicesettings.title")), p))
}

// settingsView puts settings into words.
type settingsView struct {
	*visit
	zone    *time.Location
	sources map[int64]read.Source
	names   map[int64]string
}

// asked reads the date of the form: the instant whose settings are shown, now
// without a date or with one that cannot be.
func (sv settingsView) asked(p *page.DeviceSettings, now record.Millis) record.Millis {
	p.Date = sv.URL.Query().Get("date")
	if p.Date == "" {
		return now
	}
	d, err := parseDate(p.Date)
	switch {
	case err != nil:
		p.Problem = sv.t("web.no-such-date")
	case d.Start(sv.zone) > now:
		p.Problem = sv.t("devicesettings.future")
	case d == metrics.DateOf(now, sv.zone):
	default:
		p.Printed = sv.t("devicesettings.on", "date", sv.locale.DateLong(noon(d, sv.zone)))
		p.NowURL = p.Action
		return d.Add(1).Start(sv.zone) - 1
	}
	return now
}

// device is the settings of one device.
func (sv settingsView) device(d metrics.DeviceSettings, id string) page.SettingsOf {
	src := sv.sources[d.Source]
	when := sv.locale.DateTime(d.Told.Time().In(sv.zone))
	out := page.SettingsOf{ID: id, Name: sv.names[d.Source], Told: sv.t("devicesettings.told", "format", formatName(sv.visit, src.Format), "when", when)}
	if d.Profile != "" {
		out.Told += " " + sv.t("devicesettings.profile", "name", d.Profile)
	}
	targets := targetSchedules(d)
	for _, told := range d.Schedules {
		s, merged := merge(told)
		switch {
		case s.Name == "basal" && s.Unit == "U/h":
			out.Basal, out.Total = sv.basal(s, id)
		case slices.Contains(targets, s.Name):
			var t page.ScheduleTable
			if t, merged = sv.targets(d); s.Name == targets[0] {
				out.Tables = append(out.Tables, t)
			}
		default:
			out.Tables = append(out.Tables, sv.table(s))
		}
		out.Merged = out.Merged || merged
	}
	for _, s := range d.Singles {
		out.Singles = append(out.Singles, page.NamedFigure{Name: sv.name(s.Name), Value: sv.value(metrics.Value{Text: s.Value, Unit: s.Unit})})
	}
	return out
}

// since lists what is set otherwise now than it was then.
func (sv settingsView) since(then, now []metrics.DeviceSettings) component.Table {
	t := component.Table{Stack: true, Caption: sv.t("devicesettings.since.caption"), Head: []string{sv.t("devicesettings.what"), sv.t("devicesettings.then"),
		sv.t("devicesettings.today"), sv.t("devicesettings.device")}}
	for _, d := range now {
		i := slices.IndexFunc(then, func(o metrics.DeviceSettings) bool { return o.Source == d.Source })
		if i < 0 {
			t.Rows = append(t.Rows, []string{sv.t("devicesettings.first"), "–", sv.locale.DateShort(d.First.Time().In(sv.zone)), sv.names[d.Source]})
			continue
		}
		for _, c := range metrics.CompareSettings(then[i], d) {
			t.Rows = append(t.Rows, []string{sv.what(c), sv.value(c.Old), sv.value(c.New), sv.names[c.Source]})
		}
	}
	return t
}

// history lists the changes, the newest first.
func (sv settingsView) history(changes []metrics.SettingChange) (t component.Table, older string) {
	t = component.Table{Stack: true, Caption: sv.t("devicesettings.history.caption"), Head: []string{sv.t("devicesettings.when"), sv.t("devicesettings.what"),
		sv.t("devicesettings.old"), sv.t("devicesettings.new"), sv.t("devicesettings.device")}}
	if n := len(changes) - mostChanges; n > 0 {
		changes, older = changes[:mostChanges], sv.t("devicesettings.older", "count", n)
	}
	for _, c := range changes {
		t.Rows = append(t.Rows, []string{sv.locale.DateTime(c.At.Time().In(sv.zone)), sv.what(c), sv.value(c.Old), sv.value(c.New), sv.names[c.Source]})
	}
	return t, older
}

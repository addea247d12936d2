package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/page"
)

// devices shows what gives data and how it was worn in a period.
func (s *server) devices(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:devices")
	if err != nil {
		return err
	}
	loc := v.zone()
	end, err := v.lastRecordDate(r, loc)
	if err != nil {
		return err
	}
	p := page.Devices{Person: r.Person().Name, ImportURL: importURL(r), SettingsURL: personURL(r.Person(), "/devices/settings")}
	var d dates
	p.Period, d = v.period("/devices", end)
	dv := devicesView{visit: v, zone: loc, period: v.past(report.Dates(d.first, d.last, loc))}
	if err := dv.gather(v.Context(), r); err != nil {
		return err
	}
	p.Sources = dv.sourceList()
	if len(p.Sources) > 0 {
		sessions := dv.sessions()
		p.Strip, p.Changes = dv.strip(sessions), dv.changes()
		p.Sessions, p.NoSessions = dv.sessionTable(sessions), v.t("devices.sessions.none")
		p.Automated, p.Alarms, p.Events = dv.automated(), dv.alarmTable(), dv.eventTable()
	}
	return render(w, v, answer(p.Period.Problems), page.DevicesPage(s.frame(v, v.t("devices.title")), p))
}

// lastRecordDate is lastDate for the report of devices: it ends with the newest
// that a device told of anything. What somebody wrote down today must not lead
// away from imports of long ago, unless there is nothing else.
func (v *visit) lastRecordDate(r *read.Reader, loc *time.Location) (end metrics.Date, err error) {
	heard, err := r.Heard(v.Context())
	if err != nil {
		return end, err
	}
	sources, err := r.Sources(v.Context())
	if err != nil {
		return end, err
	}
	last, written := record.Millis(0), record.Millis(0)
	for id, h := range heard {
		if sources[id].Format == record.LogFormat {
			written = max(written, h.Last)
		} else {
			last = max(last, h.Last)
		}
	}
	if last == 0 {
		last = written
	}
	return v.endWith(last, last != 0, loc), nil
}

// devicesView puts what devices told into words.
type devicesView struct {
	*visit
	zone     *time.Location
	period   report.Period
	sources  map[int64]read.Source
	names    map[int64]string
	heard    map[int64]read.Heard
	merged   []record.Reading
	bySource map[int64][]record.Reading
	events   []metrics.DeviceEvent // of the period, and what of before it still matters
	alarms   []*record.Alarm
	basals   []*record.Basal
}

// sessionReach is how far before a period a sensor that is still worn in it
// may have begun: implanted ones last a year.
const sessionReach = record.Millis(400 * 24 * time.Hour / time.Millisecond)

func (dv *devicesView) gather(ctx context.Context, r *read.Reader) (err error) {
	if dv.sources, err = r.Sources(ctx); err != nil {
		return err
	}
	dv.names = namesOf(dv.visit, dv.sources)
	if dv.heard, err = r.Heard(ctx); err != nil {
		return err
	}
	if dv.merged, dv.bySource, err = report.Readings(ctx, r, dv.zone, dv.period); err != nil {
		return err
	}
	if dv.events, err = report.Events(ctx, r, report.Period{From: dv.period.From - sessionReach, Until: dv.period.Until}); err != nil {
		return err
	}
	if dv.alarms, err = report.Alarms(ctx, r, dv.period); err != nil {
		return err
	}
	dv.basals, err = report.Basals(ctx, r, dv.period)
	return err
}

// inPeriod are the events of the period itself.
func (dv *devicesView) inPeriod() []metrics.DeviceEvent {
	i, _ := slices.BinarySearchFunc(dv.events, dv.period.From, func(e metrics.DeviceEvent, at record.Millis) int { return cmp.Compare(e.At, at) })
	return dv.events[i:]
}

// How long a device may be silent before the page says so: a sensor's phone
// syncs daily at least, a pump or a meter is read now and then.
const (
	recentSensor = 24 * time.Hour
	recentOther  = 3 * 24 * time.Hour
)

// active reports whether a device was heard lately.
func (dv *devicesView) active(id int64) bool {
	recently := recentOther
	if dv.heard[id].Glucose {
		recently = recentSensor
	}
	return dv.now.Sub(dv.heard[id].Last.Time()) <= recently
}

func (dv *devicesView) sourceList() (list []page.DeviceSource) {
	ids := make([]int64, 0, len(dv.heard))
	for id := range dv.heard {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int {
		return cmp.Or(cmp.Compare(dv.heard[b].Last, dv.heard[a].Last), cmp.Compare(a, b))
	})
	for _, id := range ids {
		list = append(list, dv.source(id))
	}
	return list
}

func (dv *devicesView) source(id int64) page.DeviceSource {
	src, h := dv.sources[id], dv.heard[id]
	first, last := h.First.Time().In(dv.zone), h.Last.Time().In(dv.zone)
	d := page.DeviceSource{Name: deviceName(dv.visit, src), Serial: serialOf(src), Format: formatName(dv.visit, src.Format),
		First: dv.locale.DateShort(first), Last: dv.locale.DateTime(last), Clock: dv.clockNotes(id)}
	if src.Format == record.LogFormat { // what people wrote down here: no device, and its number is that of an account
		d.Name, d.Serial, d.Format = dv.t("devices.log"), "", dv.t("devices.log.from")
	}
	switch age := dv.now.Sub(last); {
	case age < 0:
		d.Active, d.State = true, dv.t("devices.ahead")
	case dv.active(id):
		d.Active, d.State = true, dv.t("devices.active", "age", age)
	default:
		d.State = dv.t("devices.silent", "date", dv.locale.Date(last), "age", age)
	}
	var kinds []string
	if h.Glucose {
		kinds = append(kinds, dv.t("devices.kind.glucose"))
		d.Readings = dv.locale.Integer(len(dv.bySource[id]))
	}
	for _, k := range h.Kinds {
		kinds = append(kinds, dv.t("devices.kind."+string(k)))
	}
	d.Kinds = strings.Join(kinds, ", ")
	return d
}

// name is a device as the tables name it: told apart from others of its model.
func (dv *devicesView) name(id int64) string { return dv.names[id] }

// clockNotes says what is known of a device's clock.
func (dv *devicesView) clockNotes(id int64) (notes []string) {
	switch zone := dv.sources[id].Zone; {
	case zone == read.SeveralZones:
		notes = append(notes, dv.t("devices.clock.several"))
	case zone != "" && zone != dv.zone.String():
		notes = append(notes, dv.t("devices.clock.zone", "zone", zone))
	}
	var last record.Millis
	n := 0
	for _, e := range dv.inPeriod() {
		if e.Source == id && e.Event.Event == record.ClockChange {
			last, n = e.At, n+1
		}
	}
	if n > 0 {
		notes = append(notes, dv.t("devices.clock.set", "count", n, "when", dv.locale.DateTime(last.Time().In(dv.zone))))
	}
	return notes
}

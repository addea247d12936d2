package web

import (
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/views/chart"
	"glucokeep/views/page"
)

func (dv *devicesView) moment(at record.Millis) string {
	return dv.locale.DateTime(at.Time().In(dv.zone))
}

// noGap is how far apart readings may be without a gap being listed.
const noGap = 2 * time.Hour

// strip draws readings, sensors, sites and reservoirs over the period.
func (dv *devicesView) strip(sessions []metrics.SensorSession) *chart.Wear {
	if dv.period.Until <= dv.period.From { // it has not come
		return nil
	}
	since, until := dv.period.From.Time().In(dv.zone), dv.period.Until.Time().In(dv.zone)
	in := chart.WearInput{ID: "wear", Title: dv.t("devices.wear.title"), Since: since, Until: until, Ticks: dv.ticks(),
		Head: []string{dv.t("devices.wear.what"), dv.t("devices.wear.from"), dv.t("devices.wear.until"), dv.t("devices.wear.length")}}
	dv.readingRow(&in)
	dv.sessionRows(&in, sessions)
	sites, reservoirs := metrics.Changes(dv.inPeriod())
	dv.changeRow(&in, dv.t("devices.site"), sites)
	dv.changeRow(&in, dv.t("devices.reservoir"), reservoirs)
	if len(in.Rows) == 0 {
		return nil
	}
	strip := chart.NewWear(dv.locale, in)
	return &strip
}

// readingRow draws when there were readings, lists the gaps and says how much
// of the period is covered.
func (dv *devicesView) readingRow(in *chart.WearInput) {
	if len(dv.merged) == 0 {
		in.Summary = dv.t("devices.wear.no-readings")
		return
	}
	row := chart.WearRow{Name: dv.t("devices.kind.readings")}
	fine := max(30*time.Minute, in.Until.Sub(in.Since)/600)
	for _, s := range metrics.Stretches(dv.merged, fine) {
		row.Spans = append(row.Spans, chart.WearSpan{Since: s.From.Time(), Until: s.Until.Time(), Kind: "readings"})
	}
	in.Rows = append(in.Rows, row)
	gaps, longest := 0, time.Duration(0)
	at := dv.period.From
	list := append(metrics.Stretches(dv.merged, noGap), metrics.Stretch{From: dv.period.Until, Until: dv.period.Until})
	for _, s := range list {
		if length := time.Duration(s.From-at) * time.Millisecond; length > noGap {
			length = clockLength(at, s.From)
			gaps, longest = gaps+1, max(longest, length)
			in.Table = append(in.Table, []string{dv.t("devices.wear.gap"), dv.moment(at), dv.moment(s.From), dv.locale.Span(length)})
		}
		at = s.Until
	}
	active := metrics.ActiveOf(dv.merged, dv.period.From, dv.period.Until).Calendar
	in.Summary = dv.t("devices.wear.summary", "active", dv.locale.Percent(orZero(active), 0))
	if gaps > 0 {
		in.Summary += " " + dv.t("devices.wear.gaps", "count", gaps, "longest", longest)
	}
}

// sessionRows draws the sensors of each source in a row of its own.
func (dv *devicesView) sessionRows(in *chart.WearInput, sessions []metrics.SensorSession) {
	rows := map[int64]int{}
	for _, s := range sessions {
		i, ok := rows[s.Source]
		if !ok {
			i = len(in.Rows)
			rows[s.Source] = i
			in.Rows = append(in.Rows, chart.WearRow{Name: dv.t("devices.wear.sensor", "device", dv.name(s.Source))})
		}
		from, until := max(s.From, dv.period.From), dv.period.Until
		ends := dv.openEnd(s)
		if s.Until != 0 {
			until, ends = min(s.Until, until), dv.moment(s.Until)
		}
		in.Rows[i].Spans = append(in.Rows[i].Spans, chart.WearSpan{Since: from.Time(), Until: until.Time(), Kind: "session"})
		begins, length := dv.t("devices.session.unknown"), "–"
		if s.From != 0 {
			in.Rows[i].Marks = append(in.Rows[i].Marks, s.From.Time())
			begins, length = dv.moment(s.From), dv.length(until-s.From)
		}
		in.Table = append(in.Table, []string{in.Rows[i].Name, begins, ends, length})
	}
}

func (dv *devicesView) changeRow(in *chart.WearInput, name string, at []record.Millis) {
	if len(at) == 0 {
		return
	}
	row := chart.WearRow{Name: name}
	for i, m := range at {
		row.Marks = append(row.Marks, m.Time())
		until, length := "–", "–"
		if i+1 < len(at) {
			until, length = dv.moment(at[i+1]), dv.length(at[i+1]-m)
		}
		in.Table = append(in.Table, []string{name, dv.moment(m), until, length})
	}
	in.Rows = append(in.Rows, row)
}

// length prints how long something was worn: in days from two days on.
func (dv *devicesView) length(ms record.Millis) string {
	if d := time.Duration(ms) * time.Millisecond; d < 48*time.Hour {
		return dv.locale.Span(d)
	}
	return dv.days(float64(ms) / 86_400_000)
}

// days prints a number of days with one decimal.
func (dv *devicesView) days(n float64) string {
	return dv.t("devices.days", "days", dv.locale.Decimal(n, 1))
}

// ticks name as many dates as have room.
func (dv *devicesView) ticks() (list []chart.WearTick) {
	first, last := metrics.DateOf(dv.period.From, dv.zone), metrics.DateOf(dv.period.Until-1, dv.zone)
	n := dates{first, last}.days()
	every := (n + 11) / 12
	seldom := every * max(1, (n/every+3)/4)
	for i := 0; i < n; i += every {
		d := first.Add(i)
		list = append(list, chart.WearTick{At: d.Start(dv.zone).Time(), Broad: i%seldom != 0,
			Label: dv.t("insulin.short-day", "day", d.Day, "month", dv.locale.MonthShort(d.Month))})
	}
	return list
}

// changes are the figures of sites and reservoirs.
func (dv *devicesView) changes() (list []page.NamedFigure) {
	sites, reservoirs := metrics.Changes(dv.inPeriod())
	for _, c := range []struct {
		name, last string
		at         []record.Millis
	}{
		{dv.t("devices.site.median"), dv.t("devices.site.last"), sites},
		{dv.t("devices.reservoir.median"), dv.t("devices.reservoir.last"), reservoirs},
	} {
		if median := metrics.MedianDays(c.at); metrics.Defined(median) {
			list = append(list, page.NamedFigure{Name: c.name, Value: dv.days(median), Beside: dv.t("devices.changes", "count", len(c.at))})
		}
		if n := len(c.at); n > 0 {
			last := c.at[n-1].Time().In(dv.zone)
			list = append(list, page.NamedFigure{Name: c.last, Value: dv.locale.DateShort(last), Beside: dv.locale.Clock(last)})
		}
	}
	return list
}

// clockLength is the time between two instants as their clocks are printed,
// whose seconds are cut.
func clockLength(from, until record.Millis) time.Duration {
	return until.Time().Truncate(time.Minute).Sub(from.Time().Truncate(time.Minute))
}

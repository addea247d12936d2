package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

const (
	mostLines = 30 // days that can still be told apart as lines
	lastLines = 14 // of more days only so many of the last are lines
)

// overlay shows the days of a period over each other on one clock.
func (s *server) overlay(w http.ResponseWriter, v *visit) error {
	sh, err := s.sheet(v, "overlay", report.GatherReadings, nil)
	if err != nil {
		return err
	}
	choice := v.overlayChoice()
	p := page.Overlay{Report: sh.Report, Choice: choice.field(v), Kept: keptDates(v), Chosen: choice.name(v)}
	p.Period = keep(p.Period, "show", choice.value)
	if !p.Empty {
		all := drawn(metrics.Counted(sh.data.Readings), sh.own, sh.data.Zone)
		v.overlayChart(sh, choice, all, &p)
		p.Rows = v.overlayRows(sh, choice, all)
	}
	return render(w, v, answer(sh.Period.Problems), page.OverlayPage(s.frame(v, sh.Title), p))
}

// overlayChart lays out the lines and the median of the chosen days.
func (v *visit) overlayChart(sh sheet, choice weekdayChoice, all []chart.Reading, p *page.Overlay) {
	d := sh.data
	in := chart.OverlayInput{ID: "overlay", Ground: ground(v.scope.Person())}
	today := metrics.DateOf(record.At(v.now), d.Zone)
	many := sh.dates.days() > mostLines
	chosen := 0
	for n := range sh.dates.days() {
		date := sh.dates.first.Add(n)
		readings := ofDay(all, date, d.Zone)
		holds := choice.holds(date.Weekday())
		if len(readings) == 0 || many && !holds { // faint lines of a hundred days would be a smear
			continue
		}
		in.Days = append(in.Days, chart.OverlayDay{Day: noon(date, d.Zone), Readings: readings,
			Weekend: weekend(date.Weekday()), Today: date == today, Faint: !holds})
		if holds {
			chosen++
		}
	}
	rs := d.Readings
	if choice.value != "" {
		rs = nil
		for _, r := range d.Readings {
			if choice.holds(r.At.Time().In(d.Zone).Weekday()) {
				rs = append(rs, r)
			}
		}
	}
	if metrics.SufficiencyOf(rs, d.Zone).Curve {
		in.Bins = profileBins(rs, d.Zone)
	} else {
		p.NoMedian = true
	}
	if chosen > mostLines {
		in.Bands, in.Lines, p.Lines = len(in.Bins) > 0, lastLines, lastLines
	}
	p.Chart = chart.NewOverlay(v.locale, in)
}

// overlayRows are the chosen days in the table, the newest first.
func (v *visit) overlayRows(sh sheet, choice weekdayChoice, all []chart.Reading) (rows []page.OverlayRow) {
	l, d := v.locale, sh.data
	figures := byDate(metrics.Daily(d.Readings, sh.own, d.Zone))
	sh.dates.eachBack(func(date metrics.Date) {
		readings := ofDay(all, date, d.Zone)
		day, ok := figures[date]
		if !ok || len(readings) == 0 || !choice.holds(date.Weekday()) {
			return
		}
		low, high := chart.LowestHighest(l, readings)
		rows = append(rows, page.OverlayRow{Day: component.Link{URL: v.dayURL(date), Label: v.dayName(noon(date, d.Zone))},
			Lowest: low.Value, LowestAt: low.At, LowestWord: low.Word, Highest: high.Value, HighestAt: high.At, HighestWord: high.Word,
			Average: figure.MgPerDl(l, day.Mean), InRange: printedShares(day.Shares).Of(l, figure.InRange)})
	})
	return rows
}

// weekdayChoice is which days of the week stand out: "" is all, "weekdays",
// "weekend", or the English name of one.
type weekdayChoice struct{ value string }

// overlayChoice reads the choice; what is none of them is all days.
func (v *visit) overlayChoice() weekdayChoice {
	asked := v.URL.Query().Get("show")
	for _, o := range (weekdayChoice{}).values() {
		if o == asked {
			return weekdayChoice{asked}
		}
	}
	return weekdayChoice{}
}

func (weekdayChoice) values() []string {
	list := []string{"", "weekdays", "weekend"}
	for d := range 7 {
		list = append(list, strings.ToLower(time.Weekday((d+1)%7).String()))
	}
	return list
}

func weekend(d time.Weekday) bool { return d == time.Saturday || d == time.Sunday }

func (c weekdayChoice) holds(d time.Weekday) bool {
	switch c.value {
	case "":
		return true
	case "weekdays":
		return !weekend(d)
	case "weekend":
		return weekend(d)
	}
	return c.value == strings.ToLower(d.String())
}

// label is the choice in words.
func (c weekdayChoice) label(v *visit) string {
	switch c.value {
	case "":
		return v.t("overlay.all")
	case "weekdays":
		return v.t("overlay.weekdays")
	case "weekend":
		return v.t("overlay.weekend")
	}
	for d := range 7 {
		if c.holds(time.Weekday(d)) {
			return v.locale.Weekday(time.Weekday(d))
		}
	}
	return ""
}

// name is the choice when it is not all days.
func (c weekdayChoice) name(v *visit) string {
	if c.value == "" {
		return ""
	}
	return c.label(v)
}

func (c weekdayChoice) field(v *visit) component.Select {
	f := component.Select{Name: "show", Label: v.t("overlay.show"), Value: c.value}
	for _, o := range c.values() {
		f.Options = append(f.Options, component.Option{Value: o, Label: weekdayChoice{o}.label(v)})
	}
	return f
}

// keep makes a choice of the period keep another choice of the page.
func keep(p component.Period, name, value string) component.Period {
	if value == "" {
		return p
	}
	p.Kept = append(p.Kept, component.Hidden{Name: name, Value: value})
	for i := range p.Lengths {
		p.Lengths[i].URL += "&" + url.Values{name: {value}}.Encode()
	}
	return p
}

// keptDates are the dates of the address, for a form that asks for something
// else.
func keptDates(v *visit) (fields []component.Hidden) {
	q := v.URL.Query()
	for _, name := range []string{"days", "from", "until"} {
		if value := q.Get(name); value != "" && len(value) <= len(time.DateOnly) {
			fields = append(fields, component.Hidden{Name: name, Value: value})
		}
	}
	return fields
}

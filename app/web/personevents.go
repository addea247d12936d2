package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// entryWords is an entry in the reader's words.
type entryWords struct {
	what, amount string
	more         string // about the amount
	class        figure.Class
	text         string        // what a person or a device wrote; not ours
	kind         string        // of its mark on the lane of notes and devices; "" without one
	number       string        // of that mark
	lasts        time.Duration // of something with a mark that went on for a while
	repeat       bool          // an alarm that an earlier entry stands for
}

// mostShort is how much of a text the read-out and the table repeat; the list
// has all of it.
const mostShort = 60

// short is an entry in one line.
func (w entryWords) short() string {
	s := w.what
	if w.amount != "" {
		s += " " + w.amount
	}
	if w.text != "" {
		text := strings.Join(strings.Fields(start(w.text, 4*mostShort)), " ")
		if cut := start(text, mostShort); cut != text {
			text = cut + "…"
		}
		if s += ": " + text; w.what == "" {
			s = text
		}
	}
	if w.kind == chart.HappeningAlarm && w.more != "" {
		s += ", " + w.more
	}
	return s
}

// say puts an entry into words.
func (c *curve) say(e report.Entry) entryWords {
	switch r := e.Record.(type) {
	case *record.Dose:
		return c.sayDose(r)
	case *record.Carbs:
		return c.sayCarbs(r)
	case *record.Fingerstick:
		reading := record.Reading{Value: r.Value, Flags: r.Flags}
		return entryWords{what: c.v.t("chart.kind.fingerstick"), amount: c.glucose(reading), class: c.classOf(reading)}
	case *record.Calibration:
		w := entryWords{what: c.v.t("person.event.calibration"), amount: c.glucose(record.Reading{Value: r.Value}), kind: chart.HappeningDevice}
		if r.Rejected {
			w.what = c.v.t("person.event.calibration-refused")
		}
		return w
	case *record.Ketone:
		return entryWords{what: c.v.t("person.event.ketones"), amount: c.v.locale.Decimal(r.MmolL, 1) + " mmol/L", kind: chart.HappeningNote}
	case *record.Activity:
		return c.sayActivity(r)
	case *record.Note:
		return entryWords{what: c.v.t("person.event.note"), text: r.Text, kind: chart.HappeningNote}
	case *record.Alarm:
		what, text := c.alarmWords(r)
		return entryWords{what: what, text: text, kind: chart.HappeningAlarm}
	case *record.Event:
		return c.sayEvent(r)
	}
	return entryWords{}
}

// glucose is a value with its unit: 112 mg/dL, LOW.
func (c *curve) glucose(r record.Reading) string {
	if r.Flags&(record.BelowRange|record.AboveRange) != 0 {
		return c.valueOf(r)
	}
	return c.valueOf(r) + " " + figure.Unit(c.v.locale).String()
}

func (c *curve) sayDose(r *record.Dose) entryWords {
	w := entryWords{amount: figure.Units(c.v.locale, r.Units)}
	switch {
	case r.Insulin == record.Long:
		w.what = c.v.t("person.event.long")
	case r.Delivery == record.Injection && r.Insulin == record.Rapid:
		w.what = c.v.t("person.event.rapid")
	case r.Delivery == record.Injection:
		w.what = c.v.t("person.event.injection")
	case r.Automated:
		w.what = c.v.t("person.event.automated")
	default:
		w.what = c.v.t("person.event.bolus")
	}
	var more []string
	switch {
	case r.Unspecified:
		w.amount = ""
		more = append(more, c.v.t("person.event.amount-unknown"))
	case r.ExtendedUnits > 0 && r.Duration > 0:
		more = append(more, c.v.t("person.event.extended", "units", figure.Units(c.v.locale, r.ExtendedUnits), "time", r.Duration))
	case r.Duration > 0:
		more = append(more, c.v.t("person.event.over", "time", r.Duration))
	}
	if r.Programmed > 0 && !r.Unspecified && differs(r.Programmed, r.Units) {
		more = append(more, c.v.t("person.event.programmed", "units", figure.Units(c.v.locale, r.Programmed)))
	}
	w.more = strings.Join(more, ", ")
	return w
}

// differs reports whether two amounts print differently.
func differs(a, b unit.Units) bool { return a-b > 0.005 || b-a > 0.005 }

func (c *curve) sayCarbs(r *record.Carbs) entryWords {
	w := entryWords{what: c.v.t("person.event.carbs"), text: r.Food}
	switch {
	case r.Grams > 0:
		w.amount = figure.Grams(c.v.locale, r.Grams)
	case r.Exchanges > 0:
		w.amount = c.v.t("person.event.exchanges", "amount", r.Exchanges)
	default:
		w.more = c.v.t("person.event.amount-unknown")
	}
	return w
}

func (c *curve) sayActivity(r *record.Activity) entryWords {
	w := entryWords{what: c.v.t("person.event.activity"), text: r.Name, kind: chart.HappeningActivity, lasts: r.Duration}
	if r.Intensity != "" {
		if w.text != "" {
			w.text += ", "
		}
		w.text += r.Intensity
	}
	if r.Duration > 0 {
		w.amount = c.v.locale.Span(r.Duration)
	}
	return w
}

func (c *curve) sayEvent(r *record.Event) entryWords {
	w := entryWords{text: r.Detail, kind: chart.HappeningDevice, lasts: r.Duration}
	switch r.Event {
	case record.Prime, record.Rewind, record.SiteChange, record.ReservoirChange, record.SuspendEvent, record.ResumeEvent,
		record.SensorStart, record.SensorEnd, record.SensorError, record.ClockChange, record.TempTarget:
		w.what = c.v.t("person.device." + string(r.Event))
	default:
		w.what = c.v.t("person.device.other")
	}
	if strings.EqualFold(strings.ReplaceAll(r.Detail, " ", "-"), string(r.Event)) {
		w.text = "" // "Site Change" says again what we say
	}
	if r.Event == record.Prime && r.Amount > 0 {
		w.amount = figure.Units(c.v.locale, unit.Units(r.Amount))
	}
	return w
}

// The lists of a page: eventsShown are seen at once, the others fold away,
// and beyond mostEvents a page would be too large for a phone.
const (
	eventsShown = 12
	mostEvents  = 600
	mostText    = 280 // letters of a text that are shown at once
)

// list lists what happened: by time, and newest first where more comes.
func (c *curve) list() page.Events {
	var all []page.Event
	for i := 0; i < len(c.trace.Entries); i++ {
		if c.words[i].repeat {
			continue
		}
		if n := c.automatedRun(i); n > manyAutomated {
			all = append(all, c.automatedEvent(i, n))
			i += n - 1
			continue
		}
		all = append(all, c.event(c.trace.Entries[i], c.words[i]))
	}
	if c.shown.hours > 0 {
		slices.Reverse(all)
	}
	var out page.Events
	if n := len(all); n > mostEvents {
		out.More = c.v.t("person.events.more", "count", n-mostEvents)
		all = all[:mostEvents]
	}
	out.Shown = all
	if len(all) > eventsShown+3 { // nobody folds three lines away
		out.Shown, out.Folded = all[:eventsShown], all[eventsShown:]
		out.All = c.v.t("person.events.all", "count", len(all)-eventsShown)
	}
	return out
}

// manyAutomated is how many doses in a row a device may give by itself before
// they become one line of an hour.
const manyAutomated = 2

// automatedRun is how many entries from place i on are doses of one device,
// given by itself within one hour.
func (c *curve) automatedRun(i int) (n int) {
	first := c.trace.Entries[i]
	for _, e := range c.trace.Entries[i:] {
		d, ok := e.Record.(*record.Dose)
		if !ok || !d.Automated || d.Unspecified || e.Source != first.Source || !slices.Equal(e.Also, first.Also) || d.At-first.Record.Base().At >= record.Millis(time.Hour/time.Millisecond) {
			break
		}
		n++
	}
	return n
}

func (c *curve) automatedEvent(i, n int) page.Event {
	var sum unit.Units
	for _, e := range c.trace.Entries[i : i+n] {
		sum += e.Record.(*record.Dose).Units
	}
	last := c.trace.Entries[i+n-1].Record.Base().At
	return c.event(c.trace.Entries[i], entryWords{
		what:   c.v.t("person.event.automated-many", "count", n, "until", c.clock(last)),
		amount: figure.Units(c.v.locale, unit.Units(round(float64(sum), 2))),
	})
}

func (c *curve) event(e report.Entry, w entryWords) page.Event {
	at := e.Record.Base().At
	row := page.Event{Number: w.number, Clock: c.clock(at), At: c.local(at).Format("2006-01-02T15:04Z07:00"), What: w.what, Amount: w.amount, More: w.more,
		Class: w.class, Text: w.text}
	var from []string
	told := append([]int64{e.Source}, e.Also...)
	if who := c.authors[e.Record.Base().Key]; who != "" { // a name says more than that it stands in the log
		from, told = append(from, who), e.Also
	}
	for _, id := range told {
		if i := c.sources[id]; i > 0 && !slices.Contains(from, c.names[i-1]) {
			from = append(from, c.names[i-1])
		}
	}
	row.From = strings.Join(from, ", ")
	if e.Twice {
		row.More = strings.TrimPrefix(row.More+", "+c.v.t("person.event.twice"), ", ")
	}
	if row.Start = folded(w.text); row.Start != "" {
		row.Key = strconv.FormatInt(int64(at), 36)
	}
	return row
}

// folded is the beginning of a text that is too long to be shown at once, ""
// for any other.
func folded(text string) string {
	if cut := start(text, mostText); len(text) > len(cut)+mostText/4 {
		return cut + "…"
	}
	return ""
}

package web

import (
	"strings"
	"time"
	"unicode/utf8"

	"glucokeep/app/carelog"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// said is what a record of the care log says, without its text.
func (v *visit) said(r record.Record) string {
	switch r := r.(type) {
	case *record.Dose:
		sort := v.t("log.insulin")
		switch r.Insulin {
		case record.Rapid:
			sort = v.t("log.insulin.rapid")
		case record.Long:
			sort = v.t("log.insulin.long")
		}
		if r.Unspecified {
			return v.t("log.no-amount", "what", sort)
		}
		return v.t("log.dose", "amount", figure.Units(v.locale, r.Units), "sort", sort)
	case *record.Carbs:
		switch {
		case r.Unspecified:
			return v.t("log.no-amount", "what", v.t("figure.carbs"))
		case r.Grams == 0 && r.Exchanges > 0:
			return v.t("log.exchanges", "amount", v.locale.Number(r.Exchanges))
		}
		return v.t("log.carbs", "amount", figure.Grams(v.locale, r.Grams))
	case *record.Fingerstick:
		value := figure.Glucose(v.locale, r.Value) + " " + figure.Unit(v.locale).String()
		switch {
		case r.Flags.Has(record.BelowRange):
			value = v.t("figure.low")
		case r.Flags.Has(record.AboveRange):
			value = v.t("figure.high")
		}
		return v.t("log.fingerstick", "value", value)
	case *record.Activity:
		if r.Duration > 0 {
			return v.t("log.activity-for", "time", v.locale.Span(r.Duration))
		}
		return v.t("log.kind.activity")
	}
	return v.t("log.kind.note")
}

// saidWhole is said with the text and the time, for what stood there before.
func (v *visit) saidWhole(r record.Record) string {
	s := v.said(r) + ", " + v.when(r.Base().At.Time(), v.now)
	if text := carelog.EntryOf(r).Text; text != "" {
		s += " – " + shortened(text, 300)
	}
	return s
}

func shortened(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:runes])) + "…"
}

// when prints an instant by the person's clock, with its day unless that is the
// day of beside.
func (v *visit) when(at, beside time.Time) string {
	at, beside = at.In(v.zone()), beside.In(v.zone())
	if at.Year() == beside.Year() && at.YearDay() == beside.YearDay() {
		return v.locale.Clock(at)
	}
	return v.dayName(at) + ", " + v.locale.Clock(at)
}

// writer names who wrote an entry, or the device or file that it came from.
func (v *visit) writer(e read.LogRow) string {
	switch {
	case e.ByHand && e.Author != "":
		return e.Author
	case e.ByHand:
		return v.t("log.somebody")
	case e.From.Format == record.LogFormat:
		return v.t("log.from-file")
	case e.From.Device != "":
		return e.From.Device
	}
	return formatName(v, e.From.Format)
}

// changer names who changed an entry.
func (v *visit) changer(r read.LogRevision) string {
	if r.By == "" {
		return v.t("log.somebody")
	}
	return r.By
}

// history says what was done to an entry, newest first.
func (v *visit) history(list []read.LogRevision) (out []string) {
	for _, r := range list {
		who, when := v.changer(r), v.when(r.Changed.Time(), v.now)
		switch {
		case r.Was == nil:
			out = append(out, v.t("log.was-restored", "who", who, "when", when))
		case r.Act == "removed":
			out = append(out, v.t("log.was-removed", "who", who, "when", when, "what", v.saidWhole(r.Was)))
		default:
			out = append(out, v.t("log.was-changed", "who", who, "when", when, "what", v.saidWhole(r.Was)))
		}
	}
	return out
}

// logLine prints one entry of the list.
func (s *server) logLine(v *visit, r *read.Reader, e read.LogRow, may bool) (page.LogLine, error) {
	at := e.Base().At.Time()
	line := page.LogLine{Clock: v.locale.Clock(at.In(v.zone())), DateTime: at.Format(time.RFC3339), Kind: string(e.Kind()), What: v.said(e.Record),
		Text: shortened(carelog.EntryOf(e.Record).Text, carelog.MaxText), By: v.writer(e), ByHand: e.ByHand}
	line.Start = folded(line.Text)
	if stick, ok := e.Record.(*record.Fingerstick); ok {
		ranges := ranges(r.Person())
		line.Class = classOf(ranges.Classify(record.Reading{At: stick.At, Value: stick.Value, Flags: stick.Flags}))
	}
	if !e.ByHand {
		if may {
			line.NoteURL = personURL(r.Person(), "/log?kind=note&at="+at.Format(time.RFC3339))
		}
		return line, nil
	}
	if written := e.Received.Time(); written.Sub(at).Abs() > carelog.MaxAhead {
		line.Written = v.t("log.written", "when", v.when(written, at))
	}
	if may {
		line.EditURL = personURL(r.Person(), "/log/entries/"+e.Base().Key)
	}
	if e.Modified != e.Received {
		list, err := r.LogHistory(v.Context(), e.Base().Key)
		if err != nil {
			return line, err
		}
		line.Changes = v.history(list)
	}
	return line, nil
}

// logDays groups entries by the person's days.
func (s *server) logDays(v *visit, r *read.Reader, list []read.LogRow, may bool) (days []page.LogDay, err error) {
	loc := v.zone()
	today := metrics.DateOf(record.At(v.now), loc)
	var last metrics.Date
	for _, e := range list {
		day := metrics.DateOf(e.Base().At, loc)
		if len(days) == 0 || day != last {
			heading := v.locale.DateLong(noon(day, loc))
			if day == today {
				heading = v.t("person.today") + ", " + heading
			}
			days, last = append(days, page.LogDay{ID: "day-" + day.String(), Heading: heading}), day
		}
		line, err := s.logLine(v, r, e, may)
		if err != nil {
			return nil, err
		}
		days[len(days)-1].Lines = append(days[len(days)-1].Lines, line)
	}
	return days, nil
}

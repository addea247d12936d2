package web

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"glucokeep/app/carelog"
	"glucokeep/app/fault"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// formKey is the key of a form, which becomes that of the entry.
var formKey = regexp.MustCompile(`^[0-9a-f]{32}$`)

// logKinds are the kinds that somebody can write, in the order of the form.
var logKinds = []record.Kind{record.KindDose, record.KindCarbs, record.KindFingerstick, record.KindActivity, record.KindNote}

// newLogForm is an empty form. Kind and the time of an entry that a note is
// written beside can be asked for by the address.
func (s *server) newLogForm(v *visit) page.LogForm {
	f := page.LogForm{Action: personURL(v.scope.Person(), "/log"), Key: newKey(), Unit: figure.Unit(v.locale).String(), Problems: map[string]string{}}
	q := v.URL.Query()
	if k := record.Kind(q.Get("kind")); slices.Contains(logKinds, k) {
		f.Kind, f.Open = string(k), true
	}
	if at, err := time.Parse(time.RFC3339, q.Get("at")); err == nil && at.Year() >= 1900 && at.Year() <= 2200 {
		f.Date, f.Time, f.Beside = wallOf(at.In(v.zone())), clockOf(at.In(v.zone())), at.UTC().Format(time.RFC3339)
	}
	return f
}

func wallOf(t time.Time) string  { return t.Format(time.DateOnly) }
func clockOf(t time.Time) string { return t.Format("15:04") }

// readLogForm reads what was sent. was is the entry that it is about, nil for
// a new one: a time that was not touched stays as it is, to the second.
func (s *server) readLogForm(v *visit, was *read.LogRow) (page.LogForm, carelog.Entry) {
	get := func(name string) string { return v.PostFormValue(name) }
	f := page.LogForm{Action: v.URL.Path, Open: true, Key: get("key"), Seen: get("seen"), Kind: get("kind"), Insulin: get("insulin"), Units: get("units"),
		Grams: get("grams"), Glucose: get("glucose"), Unit: get("unit"), Minutes: get("minutes"), Text: strings.ToValidUTF8(get("text"), "\uFFFD"),
		Date: get("date"), Time: get("time"), Fold: get("fold"), OldSure: get("old") == "yes", Beside: get("beside"), Problems: map[string]string{}}
	if was != nil {
		f.Kind, f.Fixed = string(was.Kind()), true
	} else {
		if !formKey.MatchString(f.Key) {
			f.Key = newKey()
		}
		v.refuseOther(&f)
	}
	e := carelog.Entry{Kind: record.Kind(f.Kind), Text: carelog.Clean(f.Text)}
	v.readAmount(&f, &e)
	if was != nil && e.Kind == record.KindActivity && f.Minutes == v.minutes(carelog.EntryOf(was.Record).Lasts) {
		e.Lasts = carelog.EntryOf(was.Record).Lasts // nobody touched it: it stays, to the second
	}
	e.At = v.readWhen(&f, was)
	if len(f.Problems) > 0 {
		if n := utf8.RuneCountInString(e.Text); n > carelog.MaxText { // said together with the rest
			f.Problems["text"] = v.t("log.text-long", "count", n, "max", carelog.MaxText)
		}
		return f, e
	}
	if field, err := e.Check(v.now); err != nil {
		if fa, ok := errors.AsType[*fault.Error](err); ok {
			f.Problems[field] = v.t(fa.Key, fa.Args...)
		}
		return f, e
	}
	if v.now.Sub(e.At) > carelog.Old && (was == nil || record.At(e.At) != was.Base().At) {
		f.Old = v.locale.Date(e.At.In(v.zone()))
		if !f.OldSure {
			f.Problems["old"] = v.t("log.old", "date", f.Old)
		}
	}
	return f, e
}

// refuseOther says which numbers of another kind than the chosen are filled in:
// whoever fills in units and leaves “note” chosen must not believe that the
// dose is written down.
func (v *visit) refuseOther(f *page.LogForm) {
	if !slices.Contains(logKinds, record.Kind(f.Kind)) {
		return
	}
	for _, o := range []struct {
		kind         record.Kind
		field, value string
		label        string
	}{
		{record.KindDose, "units", f.Units, v.t("log.units")},
		{record.KindCarbs, "grams", f.Grams, v.t("log.grams")},
		{record.KindFingerstick, "glucose", f.Glucose, v.t("log.glucose")},
		{record.KindActivity, "minutes", f.Minutes, v.t("log.minutes")},
	} {
		if string(o.kind) != f.Kind && strings.TrimSpace(o.value) != "" {
			f.Problems[o.field] = v.t("log.other-filled", "field", o.label, "chosen", v.t("log.kind."+f.Kind), "kind", v.t("log.kind."+string(o.kind)))
		}
	}
}

// readAmount reads the number of the chosen kind.
func (v *visit) readAmount(f *page.LogForm, e *carelog.Entry) {
	number := func(field, text string, units ...string) float64 {
		n, err := carelog.Amount(text, units...)
		if fa, ok := errors.AsType[*fault.Error](err); ok {
			f.Problems[field] = v.t(fa.Key, fa.Args...)
		}
		return n
	}
	switch e.Kind {
	case record.KindDose:
		e.Units, e.Insulin = unit.Units(number("units", f.Units, "IE", "IU", "U", "E")), record.Insulin(f.Insulin)
		if e.Insulin != record.Rapid && e.Insulin != record.Long {
			f.Problems["insulin"] = v.t("log.choose-insulin")
		}
	case record.KindCarbs:
		e.Grams = unit.Grams(number("grams", f.Grams, "g"))
	case record.KindFingerstick:
		switch n := number("glucose", f.Glucose, f.Unit); f.Unit {
		case unit.MgDL.String():
			e.Glucose = unit.MgDLValue(n)
		case unit.MmolL.String():
			e.Glucose = unit.MmolLValue(n)
		default:
			f.Problems["unit"] = v.t("web.choose")
		}
	case record.KindActivity:
		if strings.TrimSpace(f.Minutes) != "" {
			n := number("minutes", f.Minutes, "min")
			e.Lasts = time.Duration(math.Round(min(n, 1e6)*60)) * time.Second
		}
	}
}

// readWhen reads the date and time, in the person's zone. Neither is now.
func (v *visit) readWhen(f *page.LogForm, was *read.LogRow) (at time.Time) {
	date, clock := strings.TrimSpace(f.Date), strings.TrimSpace(f.Time)
	zone := v.zone()
	if date == "" && clock == "" {
		if was == nil {
			return v.now
		}
		f.Problems["date"] = v.t("log.when-missing")
		return at
	}
	if was != nil && f.Fold == "" {
		if old := was.Base().At.Time().In(zone); date == wallOf(old) && clock == clockOf(old) {
			return old
		}
	}
	if beside, err := time.Parse(time.RFC3339, f.Beside); err == nil { // a note beside an entry stands at its very second
		if old := beside.In(zone); f.Fold == "" && date == wallOf(old) && clock == clockOf(old) {
			return old
		}
	}
	if date == "" {
		date = wallOf(v.now.In(zone))
	}
	day, err := parseDate(date)
	if err != nil {
		f.Problems["date"] = v.t("web.no-such-date")
		return at
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		if t, err = time.Parse("15:04:05", clock); err != nil {
			f.Problems["time"] = v.t("log.time-unreadable")
			return at
		}
	}
	at, problem := v.instant(f, noon(day, time.UTC), t)
	if problem != "" {
		f.Problems["time"] = problem
	}
	return at
}

// instant finds when a clock in the person's zone showed date and time, and
// asks which of two it was.
func (v *visit) instant(f *page.LogForm, date, clock time.Time) (at time.Time, problem string) {
	list := carelog.Instants(date, clock.Hour(), clock.Minute(), v.zone())
	printed := v.locale.Clock(clock)
	switch {
	case len(list) == 0:
		return at, v.t("log.time-skipped", "clock", printed, "date", v.locale.Date(date))
	case len(list) == 1:
		return list[0], ""
	}
	f.Twice = true
	switch f.Fold {
	case "1":
		return list[0], ""
	case "2":
		return list[1], ""
	}
	return at, v.t("log.time-twice", "clock", printed, "date", v.locale.Date(date))
}

// filledForm is the form of an entry that is there, to change it.
func (s *server) filledForm(v *visit, e read.LogRow) page.LogForm {
	entry := carelog.EntryOf(e.Record)
	at := entry.At.In(v.zone())
	f := page.LogForm{Action: personURL(v.scope.Person(), "/log/entries/"+e.Base().Key), Fixed: true, Open: true, Kind: string(entry.Kind), Insulin: string(entry.Insulin),
		Unit: entry.Glucose.Unit.String(), Text: entry.Text, Date: wallOf(at), Time: clockOf(at), Seen: strconv.FormatInt(int64(e.Modified), 10),
		Problems: map[string]string{}}
	exact := func(n float64) string {
		return strings.Replace(strconv.FormatFloat(n, 'f', -1, 64), ".", v.locale.DecimalMark(), 1)
	}
	switch entry.Kind {
	case record.KindDose:
		f.Units = exact(float64(entry.Units))
	case record.KindCarbs:
		f.Grams = exact(float64(entry.Grams))
	case record.KindFingerstick:
		f.Glucose = exact(entry.Glucose.Native())
	case record.KindActivity:
		if entry.Lasts > 0 {
			f.Minutes = v.minutes(entry.Lasts)
		}
	}
	return f
}

// minutes prints how long an activity lasts with the decimals that can be
// typed.
func (v *visit) minutes(d time.Duration) string {
	return strings.Replace(strconv.FormatFloat(round(d.Minutes(), 2), 'f', -1, 64), ".", v.locale.DecimalMark(), 1)
}

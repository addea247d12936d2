package web

import (
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/format"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/record"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// preview shows what a waiting file holds; nothing of it is kept.
func (s *server) preview(w http.ResponseWriter, v *visit) error {
	waiting, err := s.waiting(v)
	if err != nil {
		return err
	}
	return s.showPreview(w, v, waiting, http.StatusOK, map[string]string{}, false)
}

// confirm takes the answers to a preview and reads the file again with them,
// or keeps it.
func (s *server) confirm(w http.ResponseWriter, v *visit) error {
	waiting, err := s.waiting(v)
	if err != nil {
		return err
	}
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	zone, options := waiting.Zone, waiting.Options
	problems := readAnswers(v, waiting)
	if len(problems) > 0 {
		return s.showPreview(w, v, waiting, http.StatusUnprocessableEntity, problems, false)
	}
	s.Intake.Answer(waiting)
	// Other answers give other counts, and nothing is kept whose counts nobody
	// has seen.
	changed := zone != waiting.Zone || !reflect.DeepEqual(options, waiting.Options)
	if v.PostFormValue("do") != "confirm" || changed {
		if changed {
			return s.done(w, v, "web.import.answers-changed", waitingURL(v, waiting))
		}
		return see(w, v, waitingURL(v, waiting))
	}
	if waiting, err = s.Intake.Take(waiting.Key, waiting.Person, waiting.Account); err != nil {
		return err
	}
	defer s.Intake.GiveBack(waiting)
	seen := v.PostFormValue("seen") != ""
	found, err := s.Intake.Import(v.Context(), v.now, s.importOf(v, waiting), waiting.File, func(f intake.Found) error {
		if f.Rejected > 0 && !seen {
			return fault.New(fault.Invalid, "import.rejects-unseen")
		}
		return nil
	})
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "import.rejects-unseen" {
		problems["seen"] = v.t(f.Key)
		return s.showPreview(w, v, waiting, http.StatusUnprocessableEntity, problems, false)
	}
	if intake.IsQuestion(err) {
		return s.showPreview(w, v, waiting, http.StatusUnprocessableEntity, problems, seen)
	}
	if err != nil {
		return err
	}
	if err := s.Intake.Drop(waiting); err != nil {
		return err
	}
	return see(w, v, personURL(v.scope.Person(), "/imports/"+found.Upload))
}

// importOf is who imports what for whom.
func (s *server) importOf(v *visit, waiting *intake.Waiting) ingest.Import {
	imp := ingest.Import{Person: v.scope.Person().ID, Actor: v.viewer().Actor(), From: v.from}
	if waiting != nil {
		imp.Zone = zoneOf(waiting)
	}
	return imp
}

func zoneOf(w *intake.Waiting) *time.Location {
	if loc, err := time.LoadLocation(w.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// mappedFields are our fields that a table's columns can be mapped to.
var mappedFields = format.GenericFields()

// readAnswers puts the answers of the form into the waiting file and gives
// what is wrong with them by field.
func readAnswers(v *visit, w *intake.Waiting) map[string]string {
	problems := map[string]string{}
	if zone := v.PostFormValue("zone"); zone != "" {
		if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
			problems["zone"] = v.t("person.zone-unknown")
		} else {
			w.Zone = zone
		}
	}
	switch order := format.DateOrder(v.PostFormValue("date_order")); order {
	case format.DayMonthYear, format.MonthDayYear, format.YearMonthDay:
		w.Options.DateOrder = order
	}
	switch unit := v.PostFormValue("unit"); unit {
	case "mg/dL", "mmol/L":
		w.Options.Unit = unit
	}
	if grams := strings.Replace(strings.TrimSpace(v.PostFormValue("grams")), ",", ".", 1); grams != "" {
		g, err := strconv.ParseFloat(grams, 64)
		if err != nil || !(g >= 1 && g <= 100) {
			problems["grams"] = v.t("web.import.grams")
		} else {
			w.Options.GramsPerExchange = g
		}
	}
	columns := map[string]string{}
	for _, name := range mappedFields {
		if h := v.PostFormValue("column-" + name); h != "" {
			columns[name] = h
		}
	}
	if len(columns) > 0 {
		w.Options.Columns = columns
	}
	return problems
}

// showPreview reads the file and shows what it holds and what it leaves open.
func (s *server) showPreview(w http.ResponseWriter, v *visit, waiting *intake.Waiting, status int, problems map[string]string, seen bool) error {
	// The page tells what is here already, so it is a look at the data too.
	if _, err := s.reader(v, "page:import-preview"); err != nil {
		return err
	}
	found, err := s.Intake.Preview(v.Context(), v.now, s.importOf(v, waiting), waiting.File)
	p := page.ImportPreview{Person: v.scope.Person().Name, Action: v.URL.Path, CancelAction: v.URL.Path + "/cancel",
		File: waiting.Label, Format: found.Format.Name, Constructed: found.Format.ID != "" && !found.Format.Proven,
		Zone: waiting.Zone, Zones: zoneOptions(waiting.Zone), ZoneHint: v.t("web.import.zone-needed"), Problems: problems, Seen: seen}
	if err != nil {
		if !intake.IsQuestion(err) {
			return s.uploadProblem(w, v, err)
		}
		if err := s.ask(v, &p, waiting, err); err != nil {
			return err
		}
		return render(w, v, status, page.ImportPreviewPage(s.frame(v, v.t("preview.title")), p))
	}
	s.tell(v, &p, waiting, found.Report)
	return render(w, v, status, page.ImportPreviewPage(s.frame(v, v.t("preview.title")), p))
}

// ask puts what the file does not say on the page.
func (s *server) ask(v *visit, p *page.ImportPreview, waiting *intake.Waiting, question error) error {
	p.Unanswered = true
	f, _ := errors.AsType[*fault.Error](question)
	p.Warnings = append(p.Warnings, v.t(f.Key, f.Args...))
	opt := waiting.Options
	switch f.Key {
	case "format.date-order-undecided":
		p.DateOrder = dateOrders(v, opt)
	case "format.unit-missing", "format.unit-likely":
		p.Unit = &page.Question{Value: opt.Unit}
	default:
		table, err := waiting.Columns()
		if err != nil {
			return err
		}
		p.Columns = &page.ColumnQuestion{Headings: table.Headings, Rows: table.Rows}
		for _, name := range mappedFields {
			value := opt.Columns[name]
			if opt.Columns == nil {
				value = table.Suggested[name]
			}
			p.Columns.Fields = append(p.Columns.Fields, page.ColumnField{Name: name, Label: v.t("web.column." + name), Value: value})
		}
	}
	return nil
}

func dateOrders(v *visit, opt format.Options) *page.Question {
	return &page.Question{Value: string(opt.DateOrder), Options: []component.Option{
		{Value: string(format.DayMonthYear), Label: v.t("web.date-order.dmy")},
		{Value: string(format.MonthDayYear), Label: v.t("web.date-order.mdy")},
		{Value: string(format.YearMonthDay), Label: v.t("web.date-order.ymd")}}}
}

// rejectsShown is how many unusable rows the page lists.
const rejectsShown = 50

// tell puts what the file holds on the page.
func (s *server) tell(v *visit, p *page.ImportPreview, waiting *intake.Waiting, r ingest.Report) {
	l := v.locale
	p.New, p.Known, p.Rejected = r.New+r.Replaced, r.Known, r.Rejected
	if r.First != 0 || r.Last != 0 {
		p.First, p.Last = v.moment(r.First), v.moment(r.Last)
	}
	for _, name := range r.Kinds() {
		p.Kinds = append(p.Kinds, page.KindCount{Label: v.t("web.kind." + name), Count: l.Integer(r.Counts[name])})
	}
	p.Warnings = append(p.Warnings, r.Warnings(v.t)...)
	for _, src := range r.Sources {
		d := page.ImportDevice{Name: src.Device, Serial: serialEnd(src.Serial), Period: v.spell(src.First, src.Last),
			Counts: counts(v, ingest.Report{Counts: map[string]int{"glucose": src.Glucose, "other": src.Sparse}})}
		if d.Name == "" {
			d.Name = v.t("web.import.device-unnamed")
		}
		p.Devices = append(p.Devices, d)
	}
	if !r.Wall { // the file knows its instants: there is nothing to choose
		p.Zones = nil
	}
	if waiting.Options.DateOrder != format.AnyOrder {
		p.DateOrder = dateOrders(v, waiting.Options)
	}
	if waiting.Options.Unit != "" {
		p.Unit = &page.Question{Value: waiting.Options.Unit}
	}
	if r.Exchanges > 0 || waiting.Options.GramsPerExchange > 0 {
		p.Grams = &page.Question{}
		if g := waiting.Options.GramsPerExchange; g > 0 {
			p.Grams.Value = l.Number(g)
		}
	}
	for _, j := range r.Rejects[:min(len(r.Rejects), rejectsShown)] {
		p.Rejects = append(p.Rejects, rejectRow(v, j))
	}
	p.MoreRejects = r.Rejected - len(p.Rejects)
}

func rejectRow(v *visit, j record.Reject) page.RejectRow {
	row := page.RejectRow{Column: j.Column, Reason: v.t(j.Key, j.Args...)}
	if j.Line > 0 {
		row.Line = v.locale.Integer(j.Line)
	}
	return row
}

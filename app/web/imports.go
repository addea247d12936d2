package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"glucokeep/app/fault"
	"glucokeep/app/format"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/views/page"
)

// importsShown is how many past imports the page lists.
const importsShown = 200

// imports shows the place to bring a file, and what came so far.
func (s *server) imports(w http.ResponseWriter, v *visit) error {
	return s.showImports(w, v, http.StatusOK, "")
}

func (s *server) showImports(w http.ResponseWriter, v *visit, status int, problem string) error {
	r, err := s.reader(v, "page:imports")
	if err != nil {
		return err
	}
	uploads, err := r.Uploads(v.Context(), importsShown)
	if err != nil {
		return err
	}
	p := page.Imports{Person: r.Person().Name, Action: personURL(r.Person(), "/imports"), Problem: problem,
		Limit: strconv.Itoa(intake.MaxUpload>>20) + " MiB"}
	for _, f := range format.All() {
		p.Formats = append(p.Formats, page.KnownFormat{Name: f.Name, Constructed: !f.Proven})
	}
	for _, u := range uploads {
		p.Rows = append(p.Rows, s.importRow(v, u))
	}
	return render(w, v, status, page.ImportsPage(s.frame(v, v.t("web.place.imports")), p))
}

func (s *server) importRow(v *visit, u read.Upload) page.ImportRow {
	rep := reportOf(u)
	row := page.ImportRow{File: u.Label, Format: formatName(v, u.Format), When: v.moment(u.Created), Who: bringer(v, u), Period: v.spell(rep.First, rep.Last),
		Counts: counts(v, rep)}
	if row.Counts != "" {
		row.Brought = v.t("imports.brought", "new", v.locale.Integer(rep.New+rep.Replaced), "known", v.locale.Integer(rep.Known))
	}
	if rep.Rejected > 0 {
		row.Rejected = v.t("web.import.rejected", "count", rep.Rejected)
	}
	if u.Undone != 0 {
		row.Undone = v.t("web.import.undone", "when", v.moment(u.Undone))
		return row
	}
	row.UndoURL = personURL(v.scope.Person(), "/imports/"+u.Key+"/undo")
	return row
}

// reportOf is the report that was kept with an import.
func reportOf(u read.Upload) (r ingest.Report) {
	_ = json.Unmarshal([]byte(u.Report), &r) // written by ourselves; what a later version wrote may be less
	return r
}

func bringer(v *visit, u read.Upload) string {
	if u.By == "" {
		return v.t("web.console")
	}
	return u.By
}

// moment prints an instant in the person's zone.
func (v *visit) moment(at record.Millis) string { return v.locale.DateTime(at.Time().In(v.zone())) }

// spell prints a stretch of days, "" for none.
func (v *visit) spell(first, last record.Millis) string {
	if first == 0 && last == 0 {
		return ""
	}
	return v.locale.Period(first.Time().In(v.zone()), last.Time().In(v.zone()))
}

// counts says what an import held: readings, and all else together.
func counts(v *visit, r ingest.Report) string {
	glucose := r.Counts["glucose"]
	other := -glucose
	for name, n := range r.Counts {
		if name != "below_range" && name != "above_range" && name != "scan" {
			other += n
		}
	}
	var parts []string
	if glucose > 0 {
		parts = append(parts, v.t("web.import.readings", "count", glucose))
	}
	if other > 0 {
		parts = append(parts, v.t("web.import.records", "count", other))
	}
	return strings.Join(parts, ", ")
}

func isUpload(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.Method == http.MethodPost && kind == "multipart/form-data" && strings.HasSuffix(r.URL.Path, "/imports")
}

// upload takes a file, streaming it to disk, and shows what is in it.
func (s *server) upload(w http.ResponseWriter, v *visit) error {
	if !isUpload(v.Request) {
		return fault.New(fault.Invalid, "web.bad-form")
	}
	form, err := v.MultipartReader()
	if err != nil {
		return badForm(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return s.showImports(w, v, http.StatusUnprocessableEntity, v.t("web.import.no-file"))
		}
		if err != nil {
			return badForm(err)
		}
		if part.FormName() != "file" {
			continue
		}
		if part.FileName() == "" {
			return s.showImports(w, v, http.StatusUnprocessableEntity, v.t("web.import.no-file"))
		}
		waiting, err := s.Intake.Stage(v.now, v.scope.Person().ID, v.id.Account, filepath.Base(part.FileName()), part)
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded) {
			return badForm(err) // the file did not arrive whole
		}
		if err != nil {
			return s.uploadProblem(w, v, err)
		}
		waiting.Zone = v.scope.Person().Zone
		s.Intake.Answer(waiting)
		if _, err := waiting.Detect(); err != nil && !intake.IsQuestion(err) {
			return errors.Join(s.uploadProblem(w, v, err), s.Intake.Drop(waiting))
		}
		return see(w, v, waitingURL(v, waiting))
	}
}

// uploadProblem says beside the file field why a file cannot be taken.
func (s *server) uploadProblem(w http.ResponseWriter, v *visit, err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = fault.New(fault.TooLarge, "import.too-large", "megabytes", intake.MaxUpload>>20)
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind == fault.Internal {
		return err
	}
	return s.showImports(w, v, statuses[f.Kind], v.t(f.Key, f.Args...))
}

func waitingURL(v *visit, waiting *intake.Waiting) string {
	return personURL(v.scope.Person(), "/incoming/"+waiting.Key)
}

// cancel forgets a file that waits.
func (s *server) cancel(w http.ResponseWriter, v *visit) error {
	waiting, err := s.Intake.Take(v.PathValue("file"), v.scope.Person().ID, v.id.Account)
	if err != nil {
		return err
	}
	if err := s.Intake.Drop(waiting); err != nil {
		return err
	}
	return s.done(w, v, "web.import.cancelled", personURL(v.scope.Person(), "/imports"))
}

func (s *server) waiting(v *visit) (*intake.Waiting, error) {
	return s.Intake.Waiting(v.PathValue("file"), v.scope.Person().ID, v.id.Account)
}

// imported says what an import brought.
func (s *server) imported(w http.ResponseWriter, v *visit) error {
	u, err := s.pastImport(v)
	if err != nil {
		return err
	}
	rep := reportOf(u)
	p := page.ImportDone{Person: v.scope.Person().Name, Format: formatName(v, u.Format), Period: v.spell(rep.First, rep.Last),
		New: rep.New + rep.Replaced, Known: rep.Known, Rejected: rep.Rejected,
		DayURL: personURL(v.scope.Person(), ""), ProfileURL: personURL(v.scope.Person(), "/profile"),
		ImportsURL: personURL(v.scope.Person(), "/imports"), UndoURL: personURL(v.scope.Person(), "/imports/"+u.Key+"/undo")}
	if rep.Last != 0 {
		p.DayURL += "?day=" + rep.Last.Time().In(v.zone()).Format("2006-01-02")
	}
	return render(w, v, http.StatusOK, page.ImportDonePage(s.frame(v, v.t("web.place.imports")), p))
}

func (s *server) pastImport(v *visit) (read.Upload, error) {
	r, err := s.reader(v, "page:imports")
	if err != nil {
		return read.Upload{}, err
	}
	return r.Upload(v.Context(), v.PathValue("import"))
}

// undoForm asks before an import is taken back.
func (s *server) undoForm(w http.ResponseWriter, v *visit) error {
	u, err := s.pastImport(v)
	if err != nil {
		return err
	}
	if u.Undone != 0 {
		return fault.New(fault.Conflict, "import.undone-before")
	}
	goes, err := s.Ingest.PreviewUndo(v.Context(), v.now, v.scope.Person().ID, u.Key)
	if err != nil {
		return err
	}
	rep := reportOf(u)
	return render(w, v, http.StatusOK, page.UndoPage(s.frame(v, v.t("undo.title")), page.Undo{
		Person: v.scope.Person().Name, File: u.Label, Format: formatName(v, u.Format), When: v.moment(u.Created), Who: bringer(v, u),
		Period: v.spell(rep.First, rep.Last), Gone: goes.Gone, Changed: goes.Changed,
		Action: v.URL.Path, CancelURL: personURL(v.scope.Person(), "/imports")}))
}

// undo takes an import back.
func (s *server) undo(w http.ResponseWriter, v *visit) error {
	err := s.Ingest.Undo(v.Context(), v.now, s.importOf(v, nil), v.PathValue("import"))
	if err != nil {
		return err
	}
	return s.done(w, v, "web.import.undone-now", personURL(v.scope.Person(), "/imports"))
}

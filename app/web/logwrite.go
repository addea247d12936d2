package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"glucokeep/app/carelog"
	"glucokeep/app/fault"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/views/page"
)

func (v *visit) logWriter() carelog.Writer {
	return carelog.Writer{Scope: v.scope, Account: v.id.Key, Name: v.id.Name}
}

// addLog writes something down.
func (s *server) addLog(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	form, entry := s.readLogForm(v, nil)
	if len(form.Problems) > 0 {
		return s.showLog(w, v, http.StatusUnprocessableEntity, form)
	}
	err := carelog.Add(v.Context(), s.Ingest, v.now, v.logWriter(), form.Key, entry, v.PostFormValue("again"))
	if err == nil {
		s.Auth.Flash(v.Context(), "log.added")
		return see(w, v, personURL(v.scope.Person(), "/log"))
	}
	if another, ok := errors.AsType[*carelog.Another](err); ok {
		form.Another = v.another(another)
		return s.showLog(w, v, http.StatusConflict, form)
	}
	if used, ok := errors.AsType[*carelog.UsedError](err); ok {
		form.Key = newKey()
		form.Problems[""] = v.t("log.used-for", "what", v.saidWhole(used.There.Record))
		return s.showLog(w, v, http.StatusConflict, form)
	}
	kind := fault.KindOf(err)
	if err := v.problem(form.Problems, "", err); err != nil {
		return err
	}
	form.Key = newKey()
	return s.showLog(w, v, statuses[kind], form)
}

// another is the question whether an entry is another than those there.
func (v *visit) another(a *carelog.Another) *page.LogAnother {
	q := &page.LogAnother{Token: a.Token, Dose: a.Kind == record.KindDose}
	for _, d := range a.There {
		at := d.Base().At.Time()
		args := []any{"who", v.writer(d), "what", v.said(d.Record), "age", v.locale.Span(v.now.Sub(at).Abs()), "when", v.when(at, v.now)}
		if at.After(v.now) {
			q.There = append(q.There, v.t("log.another-ahead", "who", args[1], "what", args[3], "when", args[7]))
			continue
		}
		q.There = append(q.There, v.t("log.another-dose", args...))
	}
	return q
}

// logEntry shows an entry to change it or to take it off the log.
func (s *server) logEntry(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:log")
	if err != nil {
		return err
	}
	e, err := r.LogEntry(v.Context(), v.PathValue("entry"))
	if fault.KindOf(err) == fault.NotFound {
		return s.removedEntry(w, v, r)
	}
	if err != nil {
		return err
	}
	return s.showLogEntry(w, v, http.StatusOK, r, e, s.filledForm(v, e))
}

func (s *server) showLogEntry(w http.ResponseWriter, v *visit, status int, r *read.Reader, e read.LogRow, form page.LogForm) error {
	if !e.ByHand {
		return fault.New(fault.Conflict, "log.not-by-hand")
	}
	history, err := r.LogHistory(v.Context(), e.Base().Key)
	if err != nil {
		return err
	}
	s.dressForm(v, &form)
	at := personURL(r.Person(), "/log/entries/"+e.Base().Key)
	p := page.LogEntry{Person: r.Person().Name, What: v.said(e.Record), By: v.t("log.by", "who", v.writer(e), "when", v.moment(e.Received)), Form: &form,
		RemoveAction: at + "/remove", LogURL: personURL(r.Person(), "/log"), History: v.history(history)}
	return render(w, v, status, page.LogEntryPage(s.frame(v, v.t("log.change")), p))
}

// removedEntry shows an entry that was taken off the log, to put it back.
func (s *server) removedEntry(w http.ResponseWriter, v *visit, r *read.Reader) error {
	key := v.PathValue("entry")
	history, err := r.LogHistory(v.Context(), key)
	if err != nil {
		return err
	}
	if len(history) == 0 || history[0].Was == nil || history[0].Act != "removed" {
		return fault.New(fault.NotFound, "log.unknown")
	}
	p := page.LogEntry{Person: r.Person().Name, What: v.said(history[0].Was), LogURL: personURL(r.Person(), "/log"),
		RestoreAction: personURL(r.Person(), "/log/entries/"+key+"/restore"), History: v.history(history)}
	return render(w, v, http.StatusOK, page.LogEntryPage(s.frame(v, v.t("log.removed")), p))
}

// changeLog puts another in the place of an entry.
func (s *server) changeLog(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	r, err := s.reader(v, "page:log")
	if err != nil {
		return err
	}
	e, err := r.LogEntry(v.Context(), v.PathValue("entry"))
	if fault.KindOf(err) == fault.NotFound && v.PostForm.Has("kind") {
		return s.changeRemoved(w, v)
	}
	if err != nil {
		return err
	}
	form, entry := s.readLogForm(v, &e)
	if len(form.Problems) > 0 {
		return s.showLogEntry(w, v, http.StatusUnprocessableEntity, r, e, form)
	}
	seen, _ := strconv.ParseInt(form.Seen, 10, 64) // nonsense is a time at which nobody looked
	err = carelog.Change(v.Context(), s.Ingest, v.now, v.logWriter(), e.Base().Key, entry, record.Millis(seen))
	if fault.KindOf(err) == fault.NotFound {
		return s.changeRemoved(w, v)
	}
	if fault.KindOf(err) == fault.Conflict {
		if err := v.problem(form.Problems, "", err); err != nil {
			return err
		}
		if e, err = r.LogEntry(v.Context(), e.Base().Key); err != nil {
			return s.changeRemoved(w, v)
		}
		form.Seen = strconv.FormatInt(int64(e.Modified), 10)
		form.Problems[""] += " " + v.t("log.now-says", "what", v.saidWhole(e.Record))
		return s.showLogEntry(w, v, http.StatusConflict, r, e, form)
	}
	if err != nil {
		return err
	}
	s.Auth.Flash(v.Context(), "log.changed")
	return see(w, v, personURL(v.scope.Person(), "/log"))
}

// changeRemoved offers what was typed over an entry that is gone as a new one.
func (s *server) changeRemoved(w http.ResponseWriter, v *visit) error {
	form, _ := s.readLogForm(v, nil)
	form.Action, form.Key, form.Seen = personURL(v.scope.Person(), "/log"), newKey(), ""
	form.Problems = map[string]string{"": v.t("log.gone-meanwhile")}
	return s.showLog(w, v, http.StatusConflict, form)
}

// removeLog takes an entry off the log; the page it leads to can put it back.
func (s *server) removeLog(w http.ResponseWriter, v *visit) error {
	key := v.PathValue("entry")
	if err := carelog.Remove(v.Context(), s.Ingest, v.now, v.logWriter(), key); err != nil {
		return err
	}
	return see(w, v, personURL(v.scope.Person(), "/log/entries/"+key))
}

// restoreLog puts an entry back.
func (s *server) restoreLog(w http.ResponseWriter, v *visit) error {
	if err := carelog.Restore(v.Context(), s.Ingest, v.now, v.logWriter(), v.PathValue("entry")); err != nil {
		return err
	}
	s.Auth.Flash(v.Context(), "log.restored")
	return see(w, v, personURL(v.scope.Person(), "/log"))
}

// Removed entries are listed for so long, and at most so many.
const (
	removedFor   = 90 * 24 * time.Hour
	removedShown = 100
)

// removedLog lists what was taken off the log.
func (s *server) removedLog(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:log")
	if err != nil {
		return err
	}
	list, err := r.LogRemovals(v.Context(), record.At(v.now.Add(-removedFor)), removedShown)
	if err != nil {
		return err
	}
	p := page.LogRemoved{Person: r.Person().Name, LogURL: personURL(r.Person(), "/log"), Days: int(removedFor.Hours() / 24)}
	for _, e := range list {
		p.Rows = append(p.Rows, page.LogRemovedRow{What: v.saidWhole(e.Was), Action: personURL(r.Person(), "/log/entries/"+e.Record+"/restore"),
			By: v.t("log.removed-by", "who", v.changer(e), "when", v.moment(e.Changed))})
	}
	return render(w, v, http.StatusOK, page.LogRemovedPage(s.frame(v, v.t("log.removed-title")), p))
}

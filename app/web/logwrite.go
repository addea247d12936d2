package web

import (
	"errors"
	"net/http"
	"strconv"

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
		return s.done(w, v, "log.added", personURL(v.scope.Person(), "/log"))
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
	err = carelog.Change(v.Context(), s.Ingest, v.now, v.logWriter(), e.Base().Key, entry, record.Millis(seen), v.PostFormValue("again"))
	if another, ok := errors.AsType[*carelog.Another](err); ok {
		form.Another = v.another(another)
		return s.showLogEntry(w, v, http.StatusConflict, r, e, form)
	}
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return s.changeRemoved(w, v)
	case fault.KindOf(err) == fault.Conflict:
		return s.changedMeanwhile(w, v, r, form, err)
	case err != nil:
		return err
	}
	return s.done(w, v, "log.changed", personURL(v.scope.Person(), "/log"))
}

// changedMeanwhile shows what was typed beside what somebody else made of the
// entry.
func (s *server) changedMeanwhile(w http.ResponseWriter, v *visit, r *read.Reader, form page.LogForm, conflict error) error {
	if err := v.problem(form.Problems, "", conflict); err != nil {
		return err
	}
	e, err := r.LogEntry(v.Context(), v.PathValue("entry"))
	if err != nil {
		return s.changeRemoved(w, v)
	}
	form.Seen = strconv.FormatInt(int64(e.Modified), 10)
	form.Problems[""] += " " + v.t("log.now-says", "what", v.saidWhole(e.Record))
	return s.showLogEntry(w, v, http.StatusConflict, r, e, form)
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
	err := carelog.Restore(v.Context(), s.Ingest, v.now, v.logWriter(), v.PathValue("entry"), v.PostFormValue("again"))
	if another, ok := errors.AsType[*carelog.Another](err); ok {
		r, err := s.reader(v, "page:log")
		if err != nil {
			return err
		}
		return s.removedEntry(w, v, http.StatusConflict, r, v.another(another))
	}
	if err != nil {
		return err
	}
	return s.done(w, v, "log.restored", personURL(v.scope.Person(), "/log"))
}

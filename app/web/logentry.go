package web

import (
	"net/http"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/views/page"
)

// logEntry shows an entry to change it or to take it off the log.
func (s *server) logEntry(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:log")
	if err != nil {
		return err
	}
	e, err := r.LogEntry(v.Context(), v.PathValue("entry"))
	if fault.KindOf(err) == fault.NotFound {
		return s.removedEntry(w, v, http.StatusOK, r, nil)
	}
	if err != nil {
		return err
	}
	form := s.filledForm(v, e)
	if _, ok := s.refill(w, v); ok {
		form, _ = s.readLogForm(v, &e)
	}
	return s.showLogEntry(w, v, http.StatusOK, r, e, form)
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
	return render(w, v, status, page.LogEntryPage(s.frame(v, v.t("log.change")+" – "+p.Person), p))
}

// removedEntry shows an entry that was taken off the log, to put it back, and
// asks whether it is another than those of ask if that is not nil.
func (s *server) removedEntry(w http.ResponseWriter, v *visit, status int, r *read.Reader, ask *page.LogAnother) error {
	key := v.PathValue("entry")
	history, err := r.LogHistory(v.Context(), key)
	if err != nil {
		return err
	}
	if len(history) == 0 || history[0].Was == nil || history[0].Act != "removed" {
		return fault.New(fault.NotFound, "log.unknown")
	}
	p := page.LogEntry{Person: r.Person().Name, What: v.said(history[0].Was), LogURL: personURL(r.Person(), "/log"),
		RestoreAction: personURL(r.Person(), "/log/entries/"+key+"/restore"), Another: ask, History: v.history(history)}
	return render(w, v, status, page.LogEntryPage(s.frame(v, v.t("log.removed")+" – "+p.Person), p))
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
	return render(w, v, http.StatusOK, page.LogRemovedPage(s.frame(v, v.t("log.removed-title")+" – "+p.Person), p))
}

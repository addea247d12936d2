package web

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// logShown is how many entries a page of the log has.
const logShown = 50

// newKey is the name of an entry to come. It is made with the form, so that a
// form that is sent twice is one entry.
func newKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

// careLog shows what was given and written, newest first.
func (s *server) careLog(w http.ResponseWriter, v *visit) error {
	form := s.newLogForm(v)
	if f, ok := s.refill(w, v); ok {
		form = s.refilledLogForm(v, f.at)
	}
	return s.showLog(w, v, http.StatusOK, form)
}

// refilledLogForm is what was sent before the sign-in. Without a time it was
// of the moment at which it was sent, not of the one at which it is sent again.
func (s *server) refilledLogForm(v *visit, sent time.Time) page.LogForm {
	form, _ := s.readLogForm(v, nil)
	if form.Date == "" && form.Time == "" {
		form.Date, form.Time = wallOf(sent.In(v.zone())), clockOf(sent.In(v.zone()))
	}
	return form
}

func (s *server) showLog(w http.ResponseWriter, v *visit, status int, form page.LogForm) error {
	r, err := s.reader(v, "page:log")
	if err != nil {
		return err
	}
	may, err := s.Share.May(v.Context(), v.scope, share.Write, v.now)
	if err != nil {
		return err
	}
	p := page.Log{Person: r.Person().Name}
	if p.Given, err = s.lastGiven(v, r); err != nil {
		return err
	}
	show, filter := v.logFilter()
	until, skip := v.logCursor()
	list, err := r.Log(v.Context(), filter, until, skip, logShown+1)
	if err != nil {
		return err
	}
	if len(list) > logShown {
		list = list[:logShown]
		p.EarlierURL = v.logURL(show, earlier(list, until, skip))
	}
	if v.URL.Query().Has("before") {
		p.NewestURL = v.logURL(show, "")
	}
	if p.Days, err = s.logDays(v, r, list, may); err != nil {
		return err
	}
	for _, e := range list {
		p.Brought = p.Brought || !e.ByHand
	}
	for _, name := range []string{"all", "here", "notes"} {
		p.Filters = append(p.Filters, component.Tab{URL: v.logURL(name, ""), Label: v.t("log.show." + name), Current: name == show})
	}
	if may {
		s.dressForm(v, &form)
		p.Form, p.RemovedURL = &form, personURL(r.Person(), "/log/removed")
	}
	f := s.frame(v, v.t("log.title", "person", r.Person().Name))
	return render(w, v, status, page.LogPage(f, p))
}

// dressForm adds to a form what it shows besides what was typed.
func (s *server) dressForm(v *visit, f *page.LogForm) {
	if f.Kind == "" {
		f.Kind = string(record.KindDose)
	}
	f.WhenOpen = f.Fixed || f.Date != "" || f.Time != ""
	f.Zone = v.scope.Person().Zone
	f.CancelURL = personURL(v.scope.Person(), "/log")
}

// logFilter reads which entries are asked for.
func (v *visit) logFilter() (name string, f read.LogFilter) {
	switch v.URL.Query().Get("show") {
	case "here":
		return "here", read.LogFilter{ByHand: true}
	case "notes":
		return "notes", read.LogFilter{Kinds: []record.Kind{record.KindNote}}
	}
	return "all", f
}

// logCursor reads from where on to list: an instant in ms, and how many of its
// entries were shown already. Anything else is the newest page.
func (v *visit) logCursor() (until record.Millis, skip int) {
	newest := record.At(v.now.Add(25 * time.Hour)) // a device's clock may be a day ahead
	ms, n, _ := strings.Cut(v.URL.Query().Get("before"), ".")
	at, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || record.Millis(at) > newest || at < -1<<45 {
		return newest, 0
	}
	if skip, err = strconv.Atoi(n); err != nil || skip < 0 {
		skip = 0
	}
	return record.Millis(at), min(skip, 100_000)
}

// earlier is the cursor behind the last entry of list.
func earlier(list []read.LogRow, until record.Millis, skip int) string {
	last, n := list[len(list)-1].Base().At, 0
	for _, e := range list {
		if e.Base().At == last {
			n++
		}
	}
	if last == until {
		n += skip
	}
	return strconv.FormatInt(int64(last), 10) + "." + strconv.Itoa(n)
}

func (v *visit) logURL(show, before string) string {
	q := url.Values{}
	if show != "all" {
		q.Set("show", show)
	}
	if before != "" {
		q.Set("before", before)
	}
	to := personURL(v.scope.Person(), "/log")
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

package web

import (
	"net/http"

	"glucokeep/views/page"
)

// reports is the reports of a person in the order of a visit at the clinic:
// first what answers most, then what explains it. path is the address below
// the person's, and the name in the catalogue; dated says that it is of a
// period that can be chosen.
var reports = []struct {
	path  string
	dated bool
}{
	{"profile", true},
	{"patterns", true},
	{"overlay", true},
	{"weeks", true},
	{"compare", true},
	{"insulin", true},
	{"devices", true},
	{"devices/settings", false},
	{"explore", true},
}

// reportList shows which reports there are, each with what it answers.
func (s *server) reportList(w http.ResponseWriter, v *visit) error {
	p := page.Reports{Person: v.scope.Person().Name}
	for _, r := range reports {
		p.Rows = append(p.Rows, page.ReportRow{URL: personURL(v.scope.Person(), "/"+r.path),
			Name: v.t("reports." + r.path), Answers: v.t("reports.answers." + r.path)})
	}
	return render(w, v, http.StatusOK, page.ReportsPage(s.frame(v, v.t("web.place.reports")), p))
}

// more shows the places that a phone has no room for.
func (s *server) more(w http.ResponseWriter, v *visit) error {
	f := s.frame(v, v.t("web.place.more"))
	return render(w, v, http.StatusOK, page.MorePage(f, page.More{Person: v.scope.Person().Name}))
}

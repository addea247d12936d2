package web

import (
	"net/url"
	"strconv"

	"glucokeep/app/metrics"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// comparePeriods reads which two periods are to be compared, the earlier
// first: so many days up to end and as many before them, or dates. Where only
// the later one is given, the earlier is as many days before it. What cannot
// be is said beside the form, and the usual periods are compared.
func (v *visit) comparePeriods(p *page.Compare, end metrics.Date) [2]dates {
	q := v.URL.Query()
	length := usualDays
	if n, err := strconv.Atoi(q.Get("days")); err == nil && n >= 1 && n <= longestDays {
		length = n
	}
	pair := followed(dates{end.Add(1 - length), end})
	p.Action = personURL(v.scope.Person(), "/compare")
	p.Form.Problems = map[string]string{}
	chosen := false
	if q.Has("from") || q.Has("until") || q.Has("from2") || q.Has("until2") {
		asked, ok := v.askedPair(q, &p.Form)
		if ok {
			pair, chosen = asked, true
		}
		p.Form.Open = q.Has("from2") || !ok
	}
	if len(p.Form.Problems) == 0 {
		p.Form.EarlierFrom, p.Form.EarlierUntil = pair[0].first.String(), pair[0].last.String()
		p.Form.From, p.Form.Until = pair[1].first.String(), pair[1].last.String()
	}
	for _, n := range periodDays {
		p.Lengths = append(p.Lengths, component.Tab{URL: p.Action + "?" + url.Values{"days": {strconv.Itoa(n)}}.Encode(),
			Label: v.t("compare.days", "count", n), Current: !chosen && n == length})
	}
	return pair
}

// followed is a period and the equally long one before it.
func followed(later dates) [2]dates {
	return [2]dates{{later.first.Add(-later.days()), later.first.Add(-1)}, later}
}

// askedPair reads the dates of the form and notes what is wrong.
func (v *visit) askedPair(q url.Values, f *page.CompareForm) (pair [2]dates, ok bool) {
	f.EarlierFrom, f.EarlierUntil, f.From, f.Until = q.Get("from2"), q.Get("until2"), q.Get("from"), q.Get("until")
	later, ok := v.askedSide(f, "from", "until", f.From, f.Until)
	if !q.Has("from2") && !q.Has("until2") {
		if !ok {
			return pair, false
		}
		return followed(later), true
	}
	earlier, fine := v.askedSide(f, "from2", "until2", f.EarlierFrom, f.EarlierUntil)
	if !ok || !fine {
		return pair, false
	}
	if before(later.last, earlier.first) { // typed the other way round
		earlier, later = later, earlier
	}
	if !before(earlier.last, later.first) {
		f.Problems["from"] = v.t("compare.overlap")
		return pair, false
	}
	return [2]dates{earlier, later}, true
}

// askedSide reads two dates by the rules of every report's period.
func (v *visit) askedSide(f *page.CompareForm, from, until, first, last string) (dates, bool) {
	p := component.Period{From: first, Until: last, Problems: map[string]string{}}
	d, ok := v.askedDates(p)
	for field, problem := range p.Problems {
		f.Problems[map[string]string{"from": from, "until": until}[field]] = problem
	}
	return d, ok
}

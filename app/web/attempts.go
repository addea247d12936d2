package web

import (
	"strings"
	"time"

	"glucokeep/app/auth"
	"glucokeep/views/page"
)

const firstSignIns = 10 // are seen at once

// fillAttempts lists who signed in, or tried to.
func (s *server) fillAttempts(v *visit, p *page.Security, zone string) error {
	list, err := s.Auth.Attempts(v.Context(), v.id)
	for i, x := range list {
		row := v.attemptRow(x, zone)
		if i < firstSignIns {
			p.Attempts = append(p.Attempts, row)
		} else {
			p.More = append(p.More, row)
		}
	}
	return err
}

func (v *visit) attemptRow(x auth.Attempt, zone string) page.AttemptRow {
	row := page.AttemptRow{When: v.here(x.At, zone), At: x.At.UTC().Format(time.RFC3339), What: v.t("security.attempt." + string(x.Outcome)),
		Failed: x.Outcome != auth.CameIn}
	if x.Way != "" {
		row.What = v.t("security.attempt.in." + x.Way)
	}
	device, place := v.deviceWords(x.Device), v.place(x.IP)
	if x.Mixed {
		device = v.t("security.attempt.mixed")
	}
	if x.Spread {
		place = v.t("security.attempt.spread")
	}
	where := []string{device, place}
	if x.Count > 1 {
		row.Times = v.t("security.attempt.times", "count", x.Count)
		if first := v.here(x.First, zone); first != row.When {
			where = append(where, v.t("security.attempt.span", "first", first, "last", row.When))
		}
	}
	row.Where = strings.Join(where, " · ")
	return row
}

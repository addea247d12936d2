package web

import "glucokeep/views/page"

// fillMarks says what was done at the console around what the account is
// opened with: the newest at once, all others of a year behind a fold. There
// is no way to take one away.
func (s *server) fillMarks(v *visit, p *page.Security, zone string) error {
	list, err := s.Auth.Marks(v.Context(), v.id)
	for i, m := range list {
		said := v.t("security.mark."+string(m.Kind), "when", v.here(m.At, zone))
		if i == 0 {
			p.Marks.Newest = said
		} else {
			p.Marks.More = append(p.Marks.More, said)
		}
	}
	return err
}

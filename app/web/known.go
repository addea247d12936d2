package web

import "net/http"

// doneKnown is done after an act by which every device was forgotten: the one
// in hand is known again, so that its next sign-in is not told about as that of
// a stranger.
func (s *server) doneKnown(w http.ResponseWriter, v *visit, key, path string) error {
	device, err := s.Auth.KnowDevice(v.Context(), v.id, v.from)
	if err != nil {
		return err
	}
	s.setDevice(w, device)
	return s.done(w, v, key, path)
}

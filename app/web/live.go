package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/live"
)

// live keeps an open page up to date: a stream of server-sent events about
// everybody whom the account may see. It carries no right of its own; before
// each event it asks again, and it never keeps a session awake.
func (s *server) live(w http.ResponseWriter, v *visit) error {
	if !strings.Contains(v.Header.Get("Accept"), "text/event-stream") {
		return fault.New(fault.Invalid, "web.live-only")
	}
	free, full := s.seats.Take(v.id.Account)
	switch {
	case full:
		return fault.New(fault.Unavailable, "web.live-full", "seconds", int64(60))
	case free == nil:
		return fault.New(fault.TooMany, "web.live-many", "count", live.MostOfAccount, "seconds", int64(60))
	}
	defer free()
	st := &stream{server: s, visit: v, w: w, control: http.NewResponseController(w), people: -1}
	if err := st.look(); errors.Is(err, errOver) {
		return fault.New(fault.SignIn, "web.sign-in")
	} else if err != nil {
		return err
	}
	// No event without a line in the ledger, so none is written before it.
	if _, err := s.Read.OpenAll(v.Context(), st.scopes, streamLook, v.now); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no")
	_ = st.control.SetReadDeadline(time.Time{}) // not every writer can
	if v.Method == http.MethodHead {
		return nil
	}
	if err := st.run(); err != nil && !errors.Is(err, errGone) && !errors.Is(err, errOver) && v.Context().Err() == nil {
		s.Log.Error("stream failed", "id", requestID(v.Context()), "err", err)
	}
	return nil // the answer has begun; what follows can be no error page
}

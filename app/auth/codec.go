package auth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"glucokeep/app/record"
)

// codec writes the values of a session as JSON. It is read with every request,
// and gob, which scs would use, describes its types anew each time. What a
// session can hold is a short list, so that nothing comes into it unnoticed.
type codec struct{}

// state is a session as it is kept.
type state struct {
	Deadline time.Time `json:"deadline"`
	Account  int64     `json:"account,omitempty"`
	Epoch    int64     `json:"epoch,omitempty"`
	Origin   string    `json:"origin,omitempty"`
	Flash    *flash    `json:"flash,omitempty"`

	Since    record.Millis `json:"since_ms,omitempty"`
	Strong   record.Millis `json:"strong_ms,omitempty"` // when its person last showed all that they are asked for
	Use      Use           `json:"use,omitempty"`
	Forgot   bool          `json:"forgot,omitempty"` // they came without their password
	Remember bool          `json:"remember,omitempty"`
	Offered  bool          `json:"offered,omitempty"` // the yearly check-up was
	Strange  string        `json:"strange,omitempty"` // its name, if it began at a place strange to the account
}

// Encode gives what Decode reads.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	s := state{Deadline: deadline}
	for name, v := range values {
		ok := false
		switch name {
		case keyAccount:
			s.Account, ok = v.(int64)
		case keyEpoch:
			s.Epoch, ok = v.(int64)
		case keyOrigin:
			s.Origin, ok = v.(string)
		case keyFlash:
			var f flash
			f, ok = v.(flash)
			s.Flash = &f
		}
		switch name {
		case keySince:
			s.Since, ok = v.(record.Millis)
		case keyStrong:
			s.Strong, ok = v.(record.Millis)
		case keyUse:
			s.Use, ok = v.(Use)
		case keyForgot:
			s.Forgot, ok = v.(bool)
		case keyRemember:
			s.Remember, ok = v.(bool)
		case keyOffered:
			s.Offered, ok = v.(bool)
		case keyStrange:
			s.Strange, ok = v.(string)
		}
		if !ok {
			return nil, fmt.Errorf("a session holds no %s of type %T", name, v)
		}
	}
	return json.Marshal(s)
}

// Decode gives the values that are set.
func (codec) Decode(text []byte) (time.Time, map[string]any, error) {
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return time.Time{}, nil, fmt.Errorf("read session: %w", err)
	}
	values := map[string]any{keyAccount: s.Account, keyEpoch: s.Epoch, keyOrigin: s.Origin}
	if s.Flash != nil {
		values[keyFlash] = *s.Flash
	}
	for name, v := range map[string]any{keySince: s.Since, keyStrong: s.Strong, keyUse: s.Use, keyForgot: s.Forgot, keyRemember: s.Remember, keyOffered: s.Offered, keyStrange: s.Strange} {
		if v != record.Millis(0) && v != Ordinary && v != false && v != "" {
			values[name] = v
		}
	}
	return s.Deadline, values, nil
}

// read is Decode for whoever wants to know how a session began.
func (codec) read(text []byte) (s state, err error) { return s, json.Unmarshal(text, &s) }

// knows tells a state of this codec from one of an older box, whose sessions
// are over.
func (codec) knows(text []byte) bool { return bytes.HasPrefix(text, []byte("{")) }

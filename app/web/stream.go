package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"glucokeep/app/live"
	"glucokeep/app/share"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

// instant is RFC 3339 with milliseconds.
const instant = "2006-01-02T15:04:05.000Z07:00"

const (
	heartbeat     = 15 * time.Second // also how long a right that ended by itself is still used
	writePatience = 10 * time.Second // for a browser that takes nothing more
	recheckAfter  = 100 * time.Millisecond
)

// streamLook names the stream in the ledger.
const streamLook = "stream:live"

// errOver says that the session ended.
var errOver = errors.New("the session is over")

// stream is one open stream.
type stream struct {
	*server
	*visit
	w       http.ResponseWriter
	control *http.ResponseController
	scopes  []share.Scope
	known   map[int64]string // key of everybody who was in scopes
	sub     *live.Subscription
	looked  time.Time
	people  int // as told to the browser; -1 at first
}

func (st *stream) run() error {
	st.sub = st.Ingest.Live().Subscribe(st.mark(), st.ids())
	defer st.sub.Close()
	if err := st.write("retry: 3000\n\n"); err != nil {
		return err
	}
	if err := st.beat(); err != nil {
		return err
	}
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-st.Context().Done():
			return errGone
		case <-st.sub.Done(): // the box stops; the browser comes back to its next run
			return errors.Join(st.write("event: bye\ndata: {}\n\n"), st.flush())
		case <-st.sub.Ready():
			err = st.tell(st.sub.Take())
		case <-tick.C:
			if err = st.check(); err == nil {
				err = st.beat()
			}
		}
		if err != nil {
			return err
		}
	}
}

// mark is where the browser was before.
func (st *stream) mark() string { return st.Header.Get("Last-Event-ID") }

// look asks anew who the reader is and whom they may see.
func (st *stream) look() error {
	id, ok, err := st.Auth.Identify(st.Context(), false)
	if err != nil {
		return err
	}
	if !ok || id.MustChange {
		return errOver
	}
	if id != st.id {
		st.id = id
		st.setLocale()
	}
	st.now = st.Now()
	if st.scopes, err = st.Share.Persons(st.Context(), st.viewer(), st.now); err != nil {
		return err
	}
	st.looked = time.Now()
	return nil
}

func (st *stream) ids() []int64 {
	st.known = map[int64]string{}
	ids := make([]int64, len(st.scopes))
	for i, s := range st.scopes {
		ids[i] = s.Person().ID
		st.known[ids[i]] = s.Person().Key
	}
	return ids
}

// check looks whether everything may still be seen, and says what may not.
func (st *stream) check() error {
	was := st.known
	names := map[string]string{}
	for _, s := range st.scopes {
		names[s.Person().Key] = s.Person().Name
	}
	err := st.look()
	if errors.Is(err, errOver) {
		return errors.Join(st.write("event: over\ndata: {}\n\n"), st.flush(), err)
	}
	if err != nil {
		return err
	}
	ids := st.ids()
	for id, key := range was {
		if _, still := st.known[id]; still {
			continue
		}
		ended := liveEvent{Person: key, Value: figure.NewEnded(names[key]).Slots(st.locale)}
		if err := errors.Join(st.send("ended", "", ended), st.flush()); err != nil {
			return err
		}
	}
	st.sub.Watch(ids)
	return nil
}

// tell passes on what waited. Whether it may still be seen is asked before
// each event; of many at once, as often as a right can end unnoticed.
func (st *stream) tell(n live.News) error {
	if err := st.check(); err != nil {
		return err
	}
	for _, c := range n.Changes {
		if time.Since(st.looked) > recheckAfter {
			if err := st.flush(); err != nil { // nothing that was allowed before waits for after
				return err
			}
			if err := st.check(); err != nil {
				return err
			}
		}
		i := slices.IndexFunc(st.scopes, func(s share.Scope) bool { return s.Person().ID == c.Person })
		if i < 0 {
			continue
		}
		cards, err := st.cards(st.visit, st.scopes[i:i+1], streamLook)
		if err != nil {
			return err
		}
		k := cards[0]
		e := liveEvent{Now: st.now.UTC().Format(instant), Person: k.Key, Name: k.Name, Need: k.Need, Value: k.Latest.Slots(st.locale), InRange: k.InRange, Alarm: k.Alarm, Given: k.Given}
		if k.Spark != nil {
			e.Spark = k.Spark.Drawing()
		}
		if err := st.send("person", c.Mark, e); err != nil {
			return err
		}
	}
	if len(n.Changes) == 0 && st.people == len(st.scopes) { // woken for nothing
		return nil
	}
	ready := map[string]any{"people": len(st.scopes), "reader": st.id.Key}
	if st.people < 0 { // what ended while the browser was away cannot be told one by one: nobody knows what it still shows
		ready["keys"] = slices.Sorted(maps.Values(st.known))
	}
	st.people = len(st.scopes)
	return errors.Join(st.send("ready", n.Mark, ready), st.flush())
}

// liveEvent is one person as of now, as texts and drawings for the places of
// the page; it holds no HTML.
type liveEvent struct {
	Now     string              `json:"now,omitempty"` // the clock that its ages are counted by
	Person  string              `json:"person"`
	Name    string              `json:"name"`
	Need    int                 `json:"need"`
	Value   figure.Slots        `json:"value"`
	InRange string              `json:"inRange"`
	Alarm   string              `json:"alarm"`
	Given   component.GivenLine `json:"given"`
	Spark   any                 `json:"spark,omitempty"`
}

// beat tells the time of the box, by which the page counts ages.
func (st *stream) beat() error {
	return errors.Join(st.send("beat", "", map[string]string{"now": st.Now().UTC().Format(instant)}), st.flush())
}

func (st *stream) send(event, id string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	return st.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", id, event, text))
}

// write gives text to the connection, which sends it when it has enough, and
// flush what is left.
func (st *stream) write(text string) error {
	_ = st.control.SetWriteDeadline(time.Now().Add(writePatience)) // not every writer can
	if _, err := st.w.Write([]byte(text)); err != nil {
		return errGone
	}
	return nil
}

func (st *stream) flush() error {
	if err := st.control.Flush(); err != nil {
		return errGone
	}
	return nil
}

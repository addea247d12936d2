package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/ingest"
	"glucokeep/app/live"
	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/unit"
)

// heard is one event of a stream.
type heard struct {
	event, id string
	data      map[string]any
}

func (h heard) person() string { s, _ := h.data["person"].(string); return s }

// text is what the event puts into one place of the value.
func (h heard) text(place string) string {
	v, _ := h.data["value"].(map[string]any)
	texts, _ := v["text"].(map[string]any)
	s, _ := texts[place].(string)
	return s
}

// listening is an open stream.
type listening struct {
	*browser
	answer answer
	events chan heard
	cancel func()
}

// another is a mark that this run of the box did not give.
const another = "of-another-run-1"

// stream opens a stream that goes on after mark; "" begins now.
func (br *browser) stream(mark string, query ...string) *listening {
	br.Helper()
	ctx, cancel := context.WithCancel(br.Context())
	r := br.request(http.MethodGet, "/live"+strings.Join(query, ""), nil).WithContext(ctx)
	r.Header.Set("Accept", "text/event-stream")
	if mark != "" {
		r.Header.Set("Last-Event-ID", mark)
	}
	for name, value := range br.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := client.Do(r)
	require.NoError(br, err)
	l := &listening{browser: br, answer: answer{status: res.StatusCode, header: res.Header}, events: make(chan heard, 100), cancel: cancel}
	br.Cleanup(cancel)
	go func() {
		defer close(l.events)
		defer res.Body.Close()
		h := heard{}
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			name, value, _ := strings.Cut(s.Text(), ": ")
			switch name {
			case "event":
				h.event = value
			case "id":
				h.id = value
			case "data":
				_ = json.Unmarshal([]byte(value), &h.data)
			case "":
				if h.event != "" {
					l.events <- h
				}
				h = heard{}
			}
		}
	}()
	return l
}

// next waits for the next event but beats.
func (l *listening) next() heard {
	l.Helper()
	for {
		select {
		case h, open := <-l.events:
			require.True(l, open, "the stream ended")
			if h.event != "beat" {
				return h
			}
		case <-time.After(5 * time.Second):
			require.FailNow(l, "nothing comes")
		}
	}
}

// ready waits for the end of what is known, and gives the events before it.
func (l *listening) ready() (before []heard, mark string) {
	l.Helper()
	for {
		h := l.next()
		if h.event == "ready" {
			return before, h.id
		}
		before = append(before, h)
	}
}

// ends waits for the stream to end, and gives the events before that.
func (l *listening) ends() (before []heard) {
	l.Helper()
	late := time.After(5 * time.Second)
	for {
		select {
		case h, open := <-l.events:
			if !open {
				return before
			}
			before = append(before, h)
		case <-late:
			require.FailNow(l, "the stream does not end")
		}
	}
}

func (l *listening) close() answer {
	l.cancel()
	for range l.events {
	}
	return l.answer
}

// reading brings a live reading of a person of the box.
func (b *box) reading(p store.Person, at time.Time, mgDL float64) {
	b.Helper()
	batch := record.Batch{Source: record.Source{Format: "phone", Interval: 5 * time.Minute}, Glucose: []record.Reading{{At: record.At(at), Value: unit.MgDLValue(mgDL)}}}
	_, err := b.ingest.Accept(b.Context(), time.Now(), ingest.Import{Person: p.ID, Format: "phone", Live: "phone " + p.Key},
		func(yield func(record.Batch, error) bool) { yield(batch, nil) }, nil)
	require.NoError(b, err)
}

func TestAReadingComesToWhoIsThere(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ben := b.owner("Ben", "Jon")
	l, other := ana.stream(another), ben.stream("")
	require.Equal(t, ok, l.answer.status)
	require.Equal(t, "text/event-stream; charset=utf-8", l.answer.header.Get("Content-Type"))
	require.Equal(t, "no-store", l.answer.header.Get("Cache-Control"))
	require.NotEmpty(t, l.answer.header.Get("Content-Security-Policy"))
	first, _ := l.ready()
	require.Len(t, first, 1, "with the mark of another run everybody comes")
	require.Equal(t, ana.person.Key, first[0].person())
	require.Equal(t, "–", first[0].text("value"))
	first, _ = other.ready()
	require.Empty(t, first, "without a mark nobody comes until something changes")

	b.reading(ana.person, time.Now().Add(-11*time.Minute), 65)
	h := l.next()
	require.Equal(t, "person", h.event)
	require.Equal(t, "Mila", h.data["name"])
	require.Equal(t, "65", h.text("value"))
	require.Equal(t, "mg/dL", h.text("unit"))
	require.Equal(t, "Low", h.text("word"))
	require.EqualValues(t, 1, h.data["need"])
	value := h.data["value"].(map[string]any)
	require.Equal(t, "low", value["class"])
	require.Equal(t, "late", value["state"])
	require.NotEmpty(t, h.data["spark"].(map[string]any)["x"])
	require.Equal(t, "0% in range today", h.data["inRange"])
	told, err := time.Parse(time.RFC3339, h.data["now"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, b.now(), told, 10*time.Second, "the clock that the ages of the event are counted by")

	b.reading(ana.person, time.Now().Add(-6*time.Minute), 50)
	h = l.next()
	for h.event != "person" {
		h = l.next()
	}
	require.Equal(t, "Very low", h.text("word"))
	require.Equal(t, true, h.data["value"].(map[string]any)["urgent"])
	require.Empty(t, other.events, "nothing of another's person")

	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "24", "theme", "system").status)
	b.reading(ana.person, time.Now().Add(-time.Minute), 100)
	for h.text("unit") != "mmol/L" {
		h = l.next()
	}
	require.Equal(t, "5,6", h.text("value"), "each event in the reader's unit and language of now")
	require.Equal(t, "Im Zielbereich", h.text("word"))
	l.close()
	other.close()
}

func TestAStreamGoesOnWhereItWas(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	tom := b.person("Tom", b.id("Ana"))
	b.reading(ana.person, time.Now().Add(-time.Minute), 100)
	l := ana.stream("")
	all, mark := l.ready()
	require.Empty(t, all)
	l.close()
	b.reading(tom, time.Now(), 120)
	l = ana.stream(mark)
	missed, _ := l.ready()
	require.Len(t, missed, 1, "what was missed and nothing else")
	require.Equal(t, tom.Key, missed[0].person())
	l.close()
	l = ana.stream(another)
	all, _ = l.ready()
	require.Len(t, all, 2)
	l.close()

	for _, path := range []string{"/?all=1", ana.at("")} {
		marks := 0
		for _, e := range tags(ana.page(path)) {
			m, has := e.attrs["data-mark"]
			if !has {
				continue
			}
			marks++
			l = ana.stream(m)
			missed, _ = l.ready()
			require.Empty(t, missed, "%s holds all that was known when it was made", path)
			l.close()
		}
		require.Equal(t, 1, marks, path)
	}
}

// S-06, Z-01: access that ends, ends the data on open pages.
func TestAnEndedGrantEndsItsPersonOnTheStream(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	tom := b.person("Tom", b.id("Ana"))
	l := ana.stream("")
	l.ready()
	b.sql(`UPDATE grant SET revoked_ms = 1 WHERE person = ?`, ana.person.ID)
	b.ingest.Live().Wake() // app does so after every commit
	h := l.next()
	require.Equal(t, "ended", h.event)
	require.Equal(t, ana.person.Key, h.person())
	require.Equal(t, "Sharing has ended. You no longer see Mila’s glucose.", h.text("age"))
	require.NotContains(t, fmt.Sprint(h.data), "mg/dL")

	b.reading(ana.person, time.Now(), 217)
	b.reading(tom, time.Now(), 118)
	for {
		h = l.next()
		require.NotEqual(t, ana.person.Key, h.person(), "nothing more of her")
		require.NotRegexp(t, `\b217\b`, fmt.Sprint(h.data))
		if h.person() == tom.Key {
			break
		}
	}
	b.sql(`UPDATE grant SET revoked_ms = NULL WHERE person = ?`, ana.person.ID)
	b.ingest.Live().Wake()
	for h.person() != ana.person.Key {
		h = l.next()
	}
	require.Equal(t, "217", h.text("value"), "a new right shows her at once")
	l.close()
}

// What ended while the browser was away: the first ready of a stream says
// whom it still sees, whatever mark it goes on from.
func TestAStreamBeginsWithWhomItSees(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	tom := b.person("Tom", b.id("Ana"))
	keys := func(mark string) (any, string) {
		l := ana.stream(mark)
		defer l.close()
		h := l.next()
		for h.event != "ready" {
			h = l.next()
		}
		return h.data["keys"], h.id
	}
	both, mark := keys("")
	require.ElementsMatch(t, []any{ana.person.Key, tom.Key}, both)
	b.sql(`UPDATE grant SET revoked_ms = 1 WHERE person = ?`, ana.person.ID)
	left, _ := keys(mark)
	require.Equal(t, []any{tom.Key}, left)
}

// A right that ended between two readings is noticed without any wake.
func TestRightsAreAskedBeforeEachEvent(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	l := ana.stream("")
	l.ready()
	b.sql(`UPDATE grant SET until_ms = 1 WHERE person = ?`, ana.person.ID)
	b.reading(ana.person, time.Now(), 217)
	h := l.next()
	require.Equal(t, "ended", h.event)
	require.NotRegexp(t, `\b217\b`, fmt.Sprint(h.data))
	l.close()
}

func TestAnEndedSessionEndsItsStream(t *testing.T) {
	for name, end := range map[string]func(b *box, ana *browser){
		"signed out":           func(_ *box, ana *browser) { ana.copy().post("/signout") },
		"idle for too long":    func(b *box, _ *browser) { b.sql(`UPDATE credential SET active_ms = active_ms - 16 * 60000`) },
		"past its end":         func(b *box, _ *browser) { b.sql(`UPDATE credential SET expires_ms = 1`) },
		"account switched off": func(b *box, _ *browser) { b.sql(`UPDATE account SET disabled_ms = 1`) },
		"password reset": func(b *box, _ *browser) {
			require.NoError(b, b.auth.ResetPassword(b.Context(), audit.Actor{Console: true}, audit.From{}, "ana@box.test", "another of seven quiet herons"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			ana := b.owner("Ana", "Mila")
			l := ana.stream("")
			l.ready()
			end(b, ana)
			b.ingest.Live().Wake()
			last := l.ends()
			require.NotEmpty(t, last)
			require.Equal(t, "over", last[len(last)-1].event)
			b.reading(ana.person, time.Now(), 100)
		})
	}
}

func TestTheStreamEndsWithTheBox(t *testing.T) {
	b := newBox(t)
	l := b.owner("Ana", "Mila").stream("")
	l.ready()
	b.ingest.Live().Close()
	last := l.ends()
	require.Equal(t, "bye", last[len(last)-1].event)
}

func TestAStreamIsAnEventStreamOrNothing(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, unusable, ana.get("/live").status)
	r := ana.request(http.MethodHead, "/live", nil)
	r.Header.Set("Accept", "text/event-stream")
	a := ana.send(r)
	require.Equal(t, ok, a.status)
	require.Empty(t, a.body)
	require.Equal(t, see, b.browser().stream("").close().status, "nobody is signed in")
}

func TestSixStreamsOfAnAccount(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	var all []*listening
	for range live.MostOfAccount {
		l := ana.stream("")
		require.Equal(t, ok, l.answer.status)
		all = append(all, l)
	}
	l := ana.stream("")
	require.Equal(t, http.StatusTooManyRequests, l.answer.status)
	require.Equal(t, "60", l.answer.header.Get("Retry-After"))
	require.Equal(t, ok, ben.stream("").answer.status, "another's are counted apart")
	all[0].close()
	require.Eventually(t, func() bool { return ana.stream("").answer.status == ok }, 5*time.Second, 20*time.Millisecond, "a closed one gives its seat free")
}

// Without a line in the ledger nothing is shown.
func TestNoStreamWithoutItsLine(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.reading(ana.person, time.Now(), 217)
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	l := ana.stream("")
	require.Equal(t, http.StatusServiceUnavailable, l.answer.status)
	require.Empty(t, l.ends())
	b.sql(`DROP TRIGGER full`)
	l = ana.stream("")
	require.Equal(t, ok, l.answer.status)
	l.ready()
	require.NoError(t, b.ledger.Close(t.Context(), time.Now()))
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	// The reading itself is in the door's span of the day, so it is kept.
	b.reading(ana.person, time.Now().Add(5*time.Minute), 219)
	for _, h := range l.ends() {
		require.NotRegexp(t, `\b219\b`, fmt.Sprint(h.data))
	}
	require.Contains(t, b.logs.String(), "stream failed")
	require.NotRegexp(t, `\b219\b`, changing.ReplaceAllString(b.logs.String(), ""))
}

// id is the row of an account.
func (b *box) id(name string) int64 {
	return int64(b.count(`SELECT id FROM account WHERE name = ?`, name))
}

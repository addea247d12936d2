package audit_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/store"
)

func (b *box) look(at time.Time, object string) {
	b.Helper()
	require.NoError(b, b.ledger.Look(b.Context(), at, b.looking(object)))
}

func (b *box) looking(object string) audit.Event {
	e := b.event()
	e.Action, e.Object, e.Detail = "", object, nil
	return e
}

// L-01, L-02: the first look has its line before anything is shown, the rest
// of a quarter of an hour are counted, and their number is written at its end.
func TestLooksAreCountedInSpans(t *testing.T) {
	b := newBox(t)
	b.look(now, "page:day")
	require.Equal(t, []string{"view.begin page:day {}"}, b.lines(), "durable when Look returns")
	b.look(now.Add(time.Minute), "page:day")
	b.look(now.Add(14*time.Minute+59*time.Second), "page:day")
	require.NoError(t, b.ledger.Step(t.Context(), now.Add(14*time.Minute)))
	require.Len(t, b.lines(), 1)
	require.NoError(t, b.ledger.Step(t.Context(), now.Add(15*time.Minute)))
	require.Equal(t, []string{"view.begin page:day {}", `view.end page:day {"looks":3}`}, b.lines())
	require.NoError(t, b.ledger.Step(t.Context(), now.Add(30*time.Minute)))
	require.Len(t, b.lines(), 2, "once")

	b.look(now.Add(15*time.Minute), "page:day")
	b.look(now.Add(31*time.Minute), "page:day")
	require.Equal(t, []string{"view.begin page:day {}", `view.end page:day {"looks":1}`, "view.begin page:day {}"}, b.lines()[2:],
		"the next look ends the span before it")
	require.NoError(t, b.ledger.Close(t.Context(), now.Add(32*time.Minute)))
	require.Equal(t, `view.end page:day {"looks":1}`, b.lines()[5])
	require.NoError(t, b.ledger.Close(t.Context(), now.Add(32*time.Minute)))
	require.Len(t, b.lines(), 6)
	_, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
}

// L-01: whoever, whence, whose and what each have spans of their own.
func TestSpansAreApart(t *testing.T) {
	b := newBox(t)
	var other int64
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
		other, err = tx.AddPerson(store.Person{Key: "q", Name: "Jon", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		return err
	}))
	events := []audit.Event{b.looking("page:day"), b.looking("page:profile"), b.looking("page:day"), b.looking("page:day"), b.looking("page:day"), b.looking("page:day")}
	events[2].Person = other
	events[3].From.IP = "192.0.2.56"
	events[4].From.Device = "Safari on iPhone"
	events[5].Actor = audit.Actor{Console: true}
	for range 2 {
		for _, e := range events {
			e.From.Request += "x" // each request has its own, and it tells no spans apart
			require.NoError(t, b.ledger.Look(t.Context(), now, e))
		}
	}
	require.Len(t, b.lines(), len(events))
	require.NoError(t, b.ledger.Close(t.Context(), now))
	ends := 0
	for _, l := range b.lines()[len(events):] {
		require.Contains(t, l, `{"looks":2}`)
		ends++
	}
	require.Equal(t, len(events), ends)
}

// L-02: what cannot be written down is not shown, and a span that could not
// be ended is ended later.
func TestALookThatCannotBeWrittenDown(t *testing.T) {
	b := newBox(t)
	b.look(now, "page:day")
	b.raw(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	later := now.Add(20 * time.Minute)
	for range 2 {
		require.Error(t, b.ledger.Look(t.Context(), later, b.looking("page:day")))
		require.Error(t, b.ledger.Look(t.Context(), now, b.looking("page:profile")))
	}
	require.Error(t, b.ledger.Step(t.Context(), later))
	require.Error(t, b.ledger.Close(t.Context(), later))
	require.Len(t, b.lines(), 1)
	b.raw(`DROP TRIGGER full`)
	require.NoError(t, b.ledger.Step(t.Context(), later))
	require.Equal(t, []string{"view.begin page:day {}", `view.end page:day {"looks":1}`}, b.lines())
	b.look(later, "page:day")
	require.Equal(t, "view.begin page:day {}", b.lines()[2], "a look that failed has begun nothing")
}

// A clock that is set back ends what it cannot count any longer.
func TestLooksWhenTheClockIsSetBack(t *testing.T) {
	b := newBox(t)
	b.look(now, "page:day")
	b.look(now.Add(-time.Hour), "page:day")
	require.Equal(t, []string{"view.begin page:day {}", `view.end page:day {"looks":1}`, "view.begin page:day {}"}, b.lines())
}

// Each span ends once and each look is counted once, however many look and
// end at once.
func TestLooksAtOnce(t *testing.T) {
	b := newBox(t)
	const viewers, each = 8, 40
	objects := []string{"page:day", "page:profile", "page:imports"}
	for _, o := range objects { // spans that are over when all begin
		b.look(now.Add(-time.Hour), o)
	}
	var wg sync.WaitGroup
	for v := range viewers {
		wg.Go(func() {
			for i := range each {
				if err := b.ledger.Look(t.Context(), now.Add(time.Duration(i)*time.Minute), b.looking(objects[(v+i)%3])); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for i := range each / 4 {
				if err := b.ledger.Step(t.Context(), now.Add(time.Duration(i)*4*time.Minute)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, b.ledger.Close(t.Context(), now.Add(24*time.Hour)))
	_, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)

	begins, ends, looks := 0, 0, 0
	for _, r := range b.rows() {
		switch r.Action {
		case "view.begin":
			begins++
		case "view.end":
			ends++
			looks += number(t, r.Detail)
		}
	}
	require.LessOrEqual(t, ends, begins, "no span ends twice")
	require.Equal(t, len(objects)+viewers*each, looks, "each look is counted once")
}

func number(t *testing.T, detail string) (n int) {
	t.Helper()
	for _, c := range detail {
		if c >= '0' && c <= '9' {
			n = n*10 + int(c-'0')
		}
	}
	require.Positive(t, n, detail)
	return n
}

// A list of persons is one write, and all or none.
func TestLooksAtSeveralAreOneWrite(t *testing.T) {
	b := newBox(t)
	all := []audit.Event{b.looking("a"), b.looking("b"), b.looking("c")}
	b.look(now, "b")
	require.NoError(t, b.ledger.LookAll(t.Context(), now, all))
	require.Equal(t, []string{"view.begin b {}", "view.begin a {}", "view.begin c {}"}, b.lines())
	require.NoError(t, b.ledger.LookAll(t.Context(), now, all))
	require.Len(t, b.lines(), 3, "counted")
	require.NoError(t, b.ledger.LookAll(t.Context(), now, nil))
	require.NoError(t, b.ledger.Close(t.Context(), now))
	require.ElementsMatch(t, []string{`view.end a {"looks":2}`, `view.end b {"looks":3}`, `view.end c {"looks":2}`}, b.lines()[3:])

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := len(b.lines())
	if b.ledger.LookAll(ctx, now, all) != nil { // nobody counts as looking whose line is not there
		require.Len(t, b.lines(), before)
		require.NoError(t, b.ledger.LookAll(t.Context(), now, all))
		require.Len(t, b.lines(), before+3)
	}
}

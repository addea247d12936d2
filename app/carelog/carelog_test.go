package carelog_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/carelog"
	"glucokeep/app/fault"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// box is a database with the log of one person and three who write.
type box struct {
	testing.TB
	db     *store.DB
	in     *ingest.Ingest
	ledger *audit.Ledger
	person store.Person
	by     []carelog.Writer
}

func newBox(t testing.TB) *box {
	db := storetest.Open(t)
	ledger := audit.New(db, make([]byte, 32))
	b := &box{TB: t, db: db, ledger: ledger, in: ingest.New(db, ledger, nil)}
	accounts, sharing := auth.New(db, ledger, make([]byte, 32), false), share.New(db, ledger)
	for i, name := range []string{"Ana", "Nan", "Alex"} {
		id, err := accounts.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{},
			auth.NewAccount{Email: name + "@box.test", Name: name, Password: "seven quiet herons wade"})
		require.NoError(t, err)
		a, err := db.AccountByID(t.Context(), id)
		require.NoError(t, err)
		if i == 0 {
			b.person, err = sharing.AddPerson(t.Context(), now.AddDate(-1, 0, 0), share.Viewer{Console: true},
				share.NewPerson{Name: "Mila", Zone: "Europe/Berlin", Unit: "mg/dL", Owner: id})
			require.NoError(t, err)
		} else {
			require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.AddGrant(store.Grant{Key: name, Person: b.person.ID, Account: id, Role: "owner", From: record.At(now) - 1, Created: record.At(now)})
				return err
			}))
		}
		scope, err := sharing.Scope(t.Context(), share.Viewer{Account: id}, share.Write, b.person.Key, now)
		require.NoError(t, err)
		b.by = append(b.by, carelog.Writer{Scope: scope, Account: a.Key, Name: a.Name})
	}
	return b
}

func dose(units float64, at time.Time) carelog.Entry {
	return carelog.Entry{Kind: record.KindDose, Insulin: record.Rapid, Units: unit.Units(units), At: at}
}

func (b *box) add(by int, at time.Time, e carelog.Entry, again string) (key string, err error) {
	key = store.NewKey()
	return key, carelog.Add(b.Context(), b.in, at, b.by[by], key, e, again)
}

func (b *box) rows() []store.LogRow {
	b.Helper()
	rows, err := b.db.LogRows(b.Context(), b.person.ID, store.LogFilter{}, -1<<60, 1<<60, 0, 10_000)
	require.NoError(b, err)
	return rows
}

func TestWhoMayWrite(t *testing.T) {
	b := newBox(t)
	view, err := share.New(b.db, b.ledger).Scope(t.Context(), b.by[0].Scope.Viewer(), share.View, b.person.Key, now)
	require.NoError(t, err)
	for name, w := range map[string]carelog.Writer{"nobody": {}, "whoever may only look": {Scope: view}} {
		require.Equal(t, fault.NotFound, fault.KindOf(carelog.Add(t.Context(), b.in, now, w, store.NewKey(), dose(4, now), "")), name)
		require.Equal(t, fault.NotFound, fault.KindOf(carelog.Change(t.Context(), b.in, now, w, "k", dose(4, now), 0, "")), name)
		require.Equal(t, fault.NotFound, fault.KindOf(carelog.Remove(t.Context(), b.in, now, w, "k")), name)
		require.Equal(t, fault.NotFound, fault.KindOf(carelog.Restore(t.Context(), b.in, now, w, "k", "")), name)
	}
	require.Empty(t, b.rows())
}

// A dose that would be printed as none is not kept, whoever calls.
func TestNoDoseIsPrintedAsNone(t *testing.T) {
	for _, units := range []float64{0, -1, 0.0001, 0.001, 0.004} {
		field, err := dose(units, now).Check(now)
		require.Equal(t, "units", field, "%v", units)
		require.Equal(t, fault.Invalid, fault.KindOf(err))
	}
	_, err := dose(0.01, now).Check(now)
	require.NoError(t, err)
}

func TestWhenADoseIsAsked(t *testing.T) {
	long := func(u float64, at time.Time) carelog.Entry { e := dose(u, at); e.Insulin = record.Long; return e }
	for _, c := range []struct {
		name          string
		there         carelog.Entry
		written, then time.Time // when the first was written, when the second is
		e             carelog.Entry
		asked         bool
	}{
		{"ten minutes later", dose(4, now), now, now.Add(10 * time.Minute), dose(4, now.Add(10*time.Minute)), true},
		{"an hour later", dose(4, now), now, now.Add(time.Hour), dose(4, now.Add(time.Hour)), true},
		{"later than that", dose(4, now), now, now.Add(61 * time.Minute), dose(4, now.Add(61*time.Minute)), false},
		{"before it, written down afterwards", dose(4, now), now, now.Add(2 * time.Hour), dose(4, now.Add(-30*time.Minute)), true},
		{"of long ago but written just now", dose(4, now.Add(-2*time.Hour)), now, now.Add(5 * time.Minute), dose(4, now.Add(5*time.Minute)), true},
		{"of long ago and written then", dose(4, now.Add(-2*time.Hour)), now.Add(-2 * time.Hour), now, dose(4, now), false},
		{"a diary that is copied, meal by meal", dose(4, now.Add(-26*time.Hour)), now, now, dose(5, now.Add(-21*time.Hour)), false},
		{"a diary with meals close to each other", dose(4, now.Add(-26*time.Hour)), now, now, dose(5, now.Add(-24*time.Hour)), false},
		{"another sort of insulin", dose(4, now), now, now.Add(time.Minute), long(12, now.Add(time.Minute)), false},
		{"long-acting twice in an evening", long(12, now), now, now.Add(3 * time.Hour), long(12, now.Add(3*time.Hour)), true},
		{"long-acting in the morning and in the evening", long(12, now), now, now.Add(11 * time.Hour), long(12, now.Add(11*time.Hour)), false},
		{"carbs", carelog.Entry{Kind: record.KindCarbs, Grams: 20, At: now}, now, now, dose(4, now), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			_, err := b.add(1, c.written, c.there, "")
			require.NoError(t, err)
			_, err = b.add(2, c.then, c.e, "")
			another, asked := errors.AsType[*carelog.Another](err)
			require.Equal(t, c.asked, asked, "%v", err)
			if asked {
				require.Len(t, b.rows(), 1)
				require.Equal(t, "Nan", another.There[0].Author)
				_, err = b.add(2, c.then, c.e, another.Token)
			}
			require.NoError(t, err)
			require.Len(t, b.rows(), 2)
		})
	}
}

// Whoever goes back in the browser and sends the same words in a new form is
// asked; another person, other words or another time are not.
func TestTheSameAgainIsAsked(t *testing.T) {
	b := newBox(t)
	carbs := carelog.Entry{Kind: record.KindCarbs, Grams: 20, Text: "apple", At: now}
	later := func(e carelog.Entry, d time.Duration) carelog.Entry { e.At = e.At.Add(d); return e }
	more := carbs
	more.Grams = 25
	_, err := b.add(0, now, carbs, "")
	require.NoError(t, err)
	_, err = b.add(0, now.Add(time.Minute), later(carbs, time.Minute), "")
	another, ok := errors.AsType[*carelog.Another](err)
	require.True(t, ok, "%v", err)
	_, err = b.add(0, now.Add(time.Minute), later(carbs, time.Minute), another.Token)
	require.NoError(t, err)
	for _, c := range []struct {
		by int
		at time.Duration
		e  carelog.Entry
	}{{1, time.Minute, later(carbs, time.Minute)}, {0, time.Minute, later(more, time.Minute)}, {0, time.Minute, later(carbs, -24*time.Hour)}, {0, time.Hour, later(carbs, time.Hour)}} {
		_, err = b.add(c.by, now.Add(c.at), c.e, "")
		require.NoError(t, err)
	}
}

// What is said twice on purpose is two entries, also on another day, when it
// belongs to another upload.
func TestTheSameOnAnotherDayIsKept(t *testing.T) {
	b := newBox(t)
	e := carelog.Entry{Kind: record.KindNote, Text: "fine", At: now}
	for day := range 3 {
		_, err := b.add(0, now.AddDate(0, 0, day), e, "")
		require.NoError(t, err)
	}
	require.Len(t, b.rows(), 3)
}

// Two people who write the same dose at once: one is asked, whoever is first.
func TestTwoWritersAtOnce(t *testing.T) {
	b := newBox(t)
	for round := range 20 {
		at := now.Add(time.Duration(round) * 24 * time.Hour)
		var wg sync.WaitGroup
		var mu sync.Mutex
		asked, kept := 0, 0
		for by := range b.by {
			wg.Go(func() {
				_, err := b.add(by, at, dose(4, at), "")
				mu.Lock()
				defer mu.Unlock()
				if _, ok := errors.AsType[*carelog.Another](err); ok {
					asked++
				} else if err == nil {
					kept++
				}
			})
		}
		wg.Wait()
		require.Equal(t, []int{2, 1}, []int{asked, kept})
	}
	require.Len(t, b.rows(), 20)
}

// Two who change one entry at once: the second is told.
func TestTwoChangesAtOnce(t *testing.T) {
	b := newBox(t)
	key, err := b.add(0, now, dose(4, now), "")
	require.NoError(t, err)
	seen := b.rows()[0].Modified
	require.NoError(t, carelog.Change(t.Context(), b.in, now, b.by[1], key, dose(5, now), seen, ""), "in the very millisecond in which it was written")
	require.Equal(t, fault.Conflict, fault.KindOf(carelog.Change(t.Context(), b.in, now, b.by[2], key, dose(6, now), seen, "")))
	require.Equal(t, unit.Units(5), b.rows()[0].Record.(*record.Dose).Units)
	require.Equal(t, "Ana", b.rows()[0].Author, "who changes an entry does not become its writer")
	history, err := b.db.LogHistory(t.Context(), b.person.ID, key)
	require.NoError(t, err)
	require.Len(t, history, 1)
	require.Equal(t, "Nan", history[0].By)
	require.Equal(t, unit.Units(4), history[0].Was.(*record.Dose).Units)
}

// A second dose that is made by changing an entry is asked about like one that
// is added; what makes none is not.
func TestWhenAChangeIsAsked(t *testing.T) {
	sorted := func(e carelog.Entry, i record.Insulin) carelog.Entry { e.Insulin = i; return e }
	worded := func(e carelog.Entry) carelog.Entry { e.Text = "lunch"; return e }
	before := now.Add(-10 * time.Minute)
	for _, c := range []struct {
		name    string
		was, to carelog.Entry // beside 4 U of rapid insulin at before
		asked   bool
	}{
		{"moved beside another", dose(4, now.Add(-20*time.Hour)), dose(4, now), true},
		{"moved within the hour", dose(4, now), dose(4, now.Add(-time.Minute)), true},
		{"moved away", dose(4, now), dose(4, now.Add(-20*time.Hour)), false},
		{"made more", dose(0.5, now), dose(10, now), true},
		{"made less", dose(10, now), dose(5, now), false},
		{"of the sort of another", sorted(dose(4, now), record.Long), dose(4, now), true},
		{"of another sort", dose(4, now), sorted(dose(4, now), record.Long), false},
		{"with other words", dose(4, now), worded(dose(4, now)), false},
		{"more of one that stands alone", dose(4, now.Add(-20*time.Hour)), dose(6, now.Add(-20*time.Hour)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			_, err := b.add(1, before, dose(4, before), "")
			require.NoError(t, err)
			key, err := b.add(2, now, c.was, "")
			if another, ok := errors.AsType[*carelog.Another](err); ok {
				require.NoError(t, carelog.Add(t.Context(), b.in, now, b.by[2], key, c.was, another.Token))
			}
			row, err := b.db.LogEntry(t.Context(), b.person.ID, key)
			require.NoError(t, err)
			err = carelog.Change(t.Context(), b.in, now, b.by[2], key, c.to, row.Modified, "")
			another, asked := errors.AsType[*carelog.Another](err)
			require.Equal(t, c.asked, asked, "%v", err)
			if asked {
				require.Len(t, another.There, 1, "the entry itself is none of them")
				require.Equal(t, "Nan", another.There[0].Author)
				still, err := b.db.LogEntry(t.Context(), b.person.ID, key)
				require.NoError(t, err)
				require.Equal(t, c.was, carelog.EntryOf(still.Record), "nothing is saved yet")
				require.NoError(t, carelog.Change(t.Context(), b.in, now, b.by[2], key, c.to, row.Modified, another.Token))
			}
			row, err = b.db.LogEntry(t.Context(), b.person.ID, key)
			require.NoError(t, err)
			require.Equal(t, c.to, carelog.EntryOf(row.Record))
		})
	}
}

// What was written long ago and moved to two hours ago just now is as new to
// others as if it had just been written; so is what was taken back.
func TestADoseThatWasChangedJustNowIsAsked(t *testing.T) {
	long := now.Add(-20 * time.Hour)
	for _, c := range []struct {
		name  string
		later time.Duration // after the change
		e     carelog.Entry
		asked bool
	}{
		{"just after", 5 * time.Minute, dose(4, now.Add(5*time.Minute)), true},
		{"an hour after", time.Hour, dose(4, now.Add(time.Hour)), true},
		{"later", 61 * time.Minute, dose(4, now.Add(61*time.Minute)), false},
		{"a diary that is copied", 5 * time.Minute, dose(4, now.Add(-5*time.Hour)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, write := range []func(b *box){
				func(b *box) {
					key, err := b.add(1, long, dose(4, long), "")
					require.NoError(t, err)
					row, err := b.db.LogEntry(t.Context(), b.person.ID, key)
					require.NoError(t, err)
					require.NoError(t, carelog.Change(t.Context(), b.in, now, b.by[1], key, dose(4, now.Add(-2*time.Hour)), row.Modified, ""))
				},
				func(b *box) {
					then := now.Add(-2 * time.Hour)
					key, err := b.add(1, then, dose(4, then), "")
					require.NoError(t, err)
					require.NoError(t, carelog.Remove(t.Context(), b.in, then.Add(time.Minute), b.by[1], key))
					require.NoError(t, carelog.Restore(t.Context(), b.in, now, b.by[1], key, ""))
				},
			} {
				b := newBox(t)
				write(b)
				_, err := b.add(2, now.Add(c.later), c.e, "")
				_, asked := errors.AsType[*carelog.Another](err)
				require.Equal(t, c.asked, asked, "%v", err)
			}
		})
	}
}

// Whoever takes back a dose in whose place another was written is asked.
func TestWhenTakingBackIsAsked(t *testing.T) {
	b := newBox(t)
	key, err := b.add(0, now, dose(4, now), "")
	require.NoError(t, err)
	require.NoError(t, carelog.Remove(t.Context(), b.in, now, b.by[0], key))
	require.NoError(t, carelog.Restore(t.Context(), b.in, now, b.by[0], key, ""), "alone it is not asked")
	require.NoError(t, carelog.Remove(t.Context(), b.in, now, b.by[0], key))
	_, err = b.add(1, now, dose(5, now), "")
	require.NoError(t, err)
	another, asked := errors.AsType[*carelog.Another](carelog.Restore(t.Context(), b.in, now, b.by[0], key, ""))
	require.True(t, asked)
	require.Len(t, another.There, 1)
	require.Len(t, b.rows(), 1)
	require.NoError(t, carelog.Restore(t.Context(), b.in, now, b.by[0], key, another.Token))
	require.Len(t, b.rows(), 2)
}

func TestAnEntryStaysOfItsKind(t *testing.T) {
	b := newBox(t)
	key, err := b.add(0, now, dose(4, now), "")
	require.NoError(t, err)
	e := carelog.Entry{Kind: record.KindNote, Text: "no", At: now}
	require.Equal(t, fault.Invalid, fault.KindOf(carelog.Change(t.Context(), b.in, now, b.by[0], key, e, b.rows()[0].Modified, "")))
}

// Whatever is written, changed, removed and taken back by whomever: the log
// holds what a model holds, the history never shrinks, every act has its line.
func TestTheLogIsItsModel(t *testing.T) {
	kinds := store.LogKinds
	b := newBox(t)
	rapid.Check(t, func(t *rapid.T) {
		require.NoError(t, b.db.Write(b.Context(), func(tx *store.Tx) error {
			for _, r := range b.rows() {
				if err := tx.RemoveRecord(b.person.ID, 0, 0, r.Stored, record.At(now)); err != nil {
					return err
				}
			}
			return nil
		}))
		model, removed, acts, written, clock := map[string]carelog.Entry{}, map[string]carelog.Entry{}, map[string]int{}, map[string]record.Millis{}, now
		lines := func() (n int) {
			require.NoError(t, b.db.Ledger(b.Context(), 0, func(r store.LedgerRow) error {
				if strings.HasPrefix(r.Action, "log.") {
					n++
				}
				return nil
			}))
			return n
		}
		before, done := lines(), 0
		entry := func(k record.Kind) carelog.Entry {
			e := carelog.Entry{Kind: k, At: now.Add(-time.Duration(rapid.IntRange(0, 100_000).Draw(t, "minutes")) * time.Minute), Text: rapid.StringMatching(`[a-zäש<]{1,9}`).Draw(t, "text")}
			n := float64(rapid.IntRange(1, 90).Draw(t, "n"))
			switch k {
			case record.KindDose:
				e.Units, e.Insulin = unit.Units(n/4), record.Long
			case record.KindCarbs:
				e.Grams = unit.Grams(n)
			case record.KindFingerstick:
				e.Glucose = unit.MmolLValue(n / 4)
				if n < 8 {
					e.Glucose = unit.MgDLValue(40 + n)
				}
			case record.KindActivity:
				e.Lasts = time.Duration(n) * time.Minute
			}
			return e
		}
		pick := func(m map[string]carelog.Entry) string {
			if len(m) == 0 {
				return "none"
			}
			return rapid.SampledFrom(slices.Sorted(maps.Keys(m))).Draw(t, "entry")
		}
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			clock = clock.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 3600_000, 86400_000}).Draw(t, "later")) * time.Millisecond)
			by := b.by[rapid.IntRange(0, 2).Draw(t, "by")]
			switch rapid.SampledFrom([]string{"add", "add", "change", "remove", "restore", "again"}).Draw(t, "act") {
			case "add":
				e, key := entry(rapid.SampledFrom(kinds).Draw(t, "kind")), store.NewKey()
				err := carelog.Add(b.Context(), b.in, clock, by, key, e, "")
				if another, ok := errors.AsType[*carelog.Another](err); ok {
					err = carelog.Add(b.Context(), b.in, clock, by, key, e, another.Token)
				}
				require.NoError(t, err)
				model[key], written[key], done = e, record.At(clock), done+1
			case "again": // the same form once more
				if key := pick(model); key != "none" {
					if acts[key] == 0 {
						require.NoError(t, carelog.Add(b.Context(), b.in, clock, by, key, model[key], ""))
					}
					other := model[key]
					other.Text += "!"
					_, used := errors.AsType[*carelog.UsedError](carelog.Add(b.Context(), b.in, clock, by, key, other, ""))
					require.True(t, used)
				}
			case "change":
				key := pick(model)
				if key == "none" {
					require.Equal(t, fault.NotFound, fault.KindOf(carelog.Change(b.Context(), b.in, clock, by, key, entry(record.KindNote), 0, "")))
					continue
				}
				row, err := b.db.LogEntry(b.Context(), b.person.ID, key)
				require.NoError(t, err)
				e := entry(model[key].Kind)
				err = carelog.Change(b.Context(), b.in, clock, by, key, e, row.Modified, "")
				if another, ok := errors.AsType[*carelog.Another](err); ok {
					err = carelog.Change(b.Context(), b.in, clock, by, key, e, row.Modified, another.Token)
				}
				require.NoError(t, err)
				if e != model[key] {
					acts[key], done = acts[key]+1, done+1
				}
				model[key] = e
			case "remove":
				key := pick(model)
				err := carelog.Remove(b.Context(), b.in, clock, by, key)
				if key == "none" {
					require.Equal(t, fault.NotFound, fault.KindOf(err))
					continue
				}
				require.NoError(t, err)
				require.NoError(t, carelog.Remove(b.Context(), b.in, clock, by, key), "twice is once")
				require.Equal(t, fault.Conflict, fault.KindOf(carelog.Add(b.Context(), b.in, clock, by, key, model[key], "")), "nor does its form bring it back")
				removed[key], acts[key], done = model[key], acts[key]+1, done+1
				delete(model, key)
			case "restore":
				key := pick(removed)
				err := carelog.Restore(b.Context(), b.in, clock, by, key, "")
				if another, ok := errors.AsType[*carelog.Another](err); ok {
					err = carelog.Restore(b.Context(), b.in, clock, by, key, another.Token)
				}
				if key == "none" {
					require.Equal(t, fault.NotFound, fault.KindOf(err))
					continue
				}
				require.NoError(t, err)
				require.NoError(t, carelog.Restore(b.Context(), b.in, clock, by, key, ""), "twice is once")
				model[key], acts[key], done = removed[key], acts[key]+1, done+1
				delete(removed, key)
			}
		}
		want, got := []string{}, []string{}
		for key, e := range model {
			want = append(want, fmt.Sprintf("%s %+v", key, e))
		}
		for _, r := range b.rows() {
			require.True(t, r.ByHand)
			require.Equal(t, written[r.Base().Key], r.Received, "when it was written stays")
			got = append(got, fmt.Sprintf("%s %+v", r.Base().Key, carelog.EntryOf(r.Record)))
		}
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got)
		require.Equal(t, before+done, lines(), "one line an act, none for what changed nothing")
		for key, n := range acts {
			history, err := b.db.LogHistory(b.Context(), b.person.ID, key)
			require.NoError(t, err)
			require.Len(t, history, n, "the history keeps every act")
		}
	})
	_, findings, err := b.db.CheckRecords(b.Context())
	require.NoError(t, err)
	require.Empty(t, findings)
	findings, err = b.db.CheckFile(b.Context())
	require.NoError(t, err)
	require.Empty(t, findings)
	_, err = b.ledger.Verify(b.Context())
	require.NoError(t, err)
}

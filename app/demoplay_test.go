package app

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/demo"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store/storetest"
	"glucokeep/app/text"
)

// noon is a moment at which a demonstration could begin.
var noon = time.Date(2026, 5, 20, 12, 3, 17, 0, time.UTC)

// playing makes a demonstration whose clock the test holds.
func playing(t testing.TB, clinic bool, days int, start time.Time) (p *play, goTo func(time.Time)) {
	t.Helper()
	b, _, done, err := temporary(t.Context(), storetest.Schema(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, done()) })
	now := start
	b.clock = func() time.Time { return now }
	p = &play{box: b, seed: 1, days: days, start: start}
	require.NoError(t, p.invent(t.Context(), clinic, text.Locale{Lang: "en"}))
	return p, func(at time.Time) { now = at }
}

// kept are the readings that the box has of a person, by device and in order.
func kept(t *testing.T, p *play, a *actor) (out []string) {
	list, err := p.box.db.Glucose(t.Context(), a.id, 0, record.At(noon.AddDate(1, 0, 0)))
	require.NoError(t, err)
	for _, s := range list {
		for _, r := range s.Readings {
			out = append(out, line(t, s.Source.Serial, r))
		}
	}
	slices.Sort(out)
	return out
}

// made are the readings that a person has by the generator.
func made(t *testing.T, a *actor, from, until time.Time) (out []string) {
	for _, b := range demo.Generate(a.Person, 1, a.zone, from, until) {
		for _, r := range b.Glucose {
			out = append(out, line(t, b.Source.Serial, r))
		}
	}
	slices.Sort(out)
	return out
}

func line(t *testing.T, serial string, r record.Reading) string {
	r.Every = 0 // reading sets it from the source
	text, err := json.Marshal([]any{serial, r})
	require.NoError(t, err)
	return string(text)
}

// sparse is how many sparse records the box has of a person, and how many of
// them are settings.
func sparse(t *testing.T, p *play, a *actor) (all, settings int) {
	for _, kind := range []record.Kind{record.KindFingerstick, record.KindCalibration, record.KindDose, record.KindBasal, record.KindCarbs,
		record.KindActivity, record.KindNote, record.KindAlarm, record.KindSetting, record.KindEvent} {
		list, err := p.box.db.Records(t.Context(), a.id, kind, 0, record.At(noon.AddDate(1, 0, 0)), 100_000)
		require.NoError(t, err)
		all += len(list)
		if kind == record.KindSetting {
			settings = len(list)
		}
	}
	return all, settings
}

func sparseMade(a *actor, from, until time.Time) (n int) {
	for _, b := range append(demo.Settings(a.Person, 1, a.zone, from), demo.Generate(a.Person, 1, a.zone, from, until)...) {
		n += len(b.Sparse)
	}
	return n
}

// The law of the living demo: history and live readings together are what
// the generator makes in one go.
func TestLiveReadingsGoOnFromTheHistory(t *testing.T) {
	p, goTo := playing(t, false, 3, noon)
	from, until := p.begins(), noon
	for _, minutes := range []int{0, 1, 4, 5, 5, 17, 200, 5, 0, 3} {
		until = until.Add(time.Duration(minutes) * time.Minute)
		goTo(until)
		require.NoError(t, p.goOn(t.Context(), time.Time{}))
	}
	for _, a := range p.cast {
		require.Equal(t, made(t, a, from, until), kept(t, p, a), a.Name)
		all, settings := sparse(t, p, a)
		require.Equal(t, sparseMade(a, from, until), all, a.Name)
		require.Positive(t, settings)
		newest, err := p.box.db.Latest(t.Context(), a.id)
		require.NoError(t, err)
		require.Less(t, newest, record.At(until), "nothing comes from the future")
	}
}

func TestWhatCouldNotBeStoredIsSentAgain(t *testing.T) {
	p, goTo := playing(t, false, 1, noon)
	goTo(noon.Add(30 * time.Minute))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, p.goOn(gone, time.Time{}))
	goTo(noon.Add(35 * time.Minute))
	require.NoError(t, p.goOn(t.Context(), time.Time{}))
	for _, a := range p.cast {
		require.Equal(t, made(t, a, p.begins(), noon.Add(35*time.Minute)), kept(t, p, a), a.Name)
	}
}

func TestALiveDayIsOneUpload(t *testing.T) {
	p, goTo := playing(t, false, 1, noon)
	for minutes := range 12 {
		goTo(noon.Add(time.Duration(5*minutes) * time.Minute))
		require.NoError(t, p.goOn(t.Context(), time.Time{}))
	}
	for _, a := range p.cast {
		uploads, err := p.box.db.Uploads(t.Context(), a.id, 100)
		require.NoError(t, err)
		require.Len(t, uploads, 2, "the history and the phone of today")
	}
}

func TestWhoSeesWhomInTheDemo(t *testing.T) {
	p, _ := playing(t, false, 1, noon)
	require.Len(t, p.accounts, 2)
	sees := func(i int) (names []string) {
		scopes, err := p.box.share.Persons(t.Context(), share.Viewer{Account: p.accounts[i].id}, noon)
		require.NoError(t, err)
		for _, s := range scopes {
			names = append(names, s.Person().Name)
		}
		return names
	}
	require.Equal(t, []string{"Jonas Sample", "Mia Sample", "Walter Sample"}, sees(0))
	require.Equal(t, []string{"Walter Sample"}, sees(1))
	again, _ := playing(t, false, 1, noon)
	require.NotEqual(t, p.accounts[0].password, again.accounts[0].password, "never a fixed password")
	require.Len(t, p.accounts[0].password, 26)
}

func TestAClinicIsFilledInBehind(t *testing.T) {
	p, goTo := playing(t, true, 12, noon)
	require.Len(t, p.cast, demo.ClinicSize)
	require.Empty(t, kept(t, p, p.cast[0]), "no data yet")
	for _, a := range p.cast[1:] {
		newest, err := p.box.db.Latest(t.Context(), a.id)
		require.NoError(t, err, a.ID)
		require.Less(t, newest, record.At(noon), a.ID)
	}
	p.cast = p.cast[:8]
	goTo(noon.Add(5 * time.Minute))
	require.NoError(t, p.goOn(t.Context(), time.Time{}))
	synctest.Test(t, func(t *testing.T) { // the wait before it costs nothing
		require.NoError(t, p.fill(context.WithoutCancel(t.Context())))
	})
	for _, a := range p.cast[1:] {
		until := noon.Add(5 * time.Minute)
		if a.Imported > 0 {
			until = p.ends(a)
			require.Nil(t, a.life, "nobody sends")
			require.Equal(t, "Australia/Sydney", a.zone.String())
		}
		require.Equal(t, made(t, a, p.begins(), until), kept(t, p, a), a.ID)
		all, _ := sparse(t, p, a)
		require.Equal(t, sparseMade(a, p.begins(), until), all, a.ID)
	}
	require.NoError(t, p.box.ledger.VerifyTail(t.Context(), 10_000))
}

// What was filled in can be taken back like any import; what the phone sent
// stays.
func TestWhatWasFilledInCanBeTakenBack(t *testing.T) {
	p, _ := playing(t, true, 3, noon)
	p.cast = p.cast[7:8]
	synctest.Test(t, func(t *testing.T) { require.NoError(t, p.fill(context.WithoutCancel(t.Context()))) })
	a := p.cast[0]
	uploads, err := p.box.db.Uploads(t.Context(), a.id, 10)
	require.NoError(t, err)
	require.Len(t, uploads, 2)
	for _, u := range uploads {
		if u.Live == "" {
			require.NoError(t, p.box.ingest.Undo(t.Context(), noon, p.importOf(a), u.Key))
		}
	}
	require.Equal(t, made(t, a, demo.Recent(noon), noon), kept(t, p, a))
}

// The page of each of them asks before, and so tries it.
func TestEveryImportOfTheDemoCanBeTakenBack(t *testing.T) {
	p, goTo := playing(t, false, 3, noon)
	goTo(noon.Add(5 * time.Minute))
	require.NoError(t, p.goOn(t.Context(), time.Time{}))
	for _, a := range p.cast {
		uploads, err := p.box.db.Uploads(t.Context(), a.id, 100)
		require.NoError(t, err)
		require.NotEmpty(t, uploads)
		for _, u := range uploads {
			_, err := p.box.ingest.PreviewUndo(t.Context(), noon.Add(5*time.Minute), a.id, u.Key)
			require.NoError(t, err, "%s of %s", u.Label, a.Name)
		}
	}
}

func TestAFasterClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		clock := faster(begun, 60)
		require.Equal(t, begun, clock())
		time.Sleep(5 * time.Second)
		require.Equal(t, begun.Add(5*time.Minute), clock())
	})
}

func BenchmarkHouseholdStarts(b *testing.B) {
	for b.Loop() {
		playing(b, false, 90, time.Now())
	}
}

func BenchmarkClinicStarts(b *testing.B) {
	for b.Loop() {
		playing(b, true, 90, time.Now())
	}
}

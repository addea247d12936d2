package ingest_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/ingest"
	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// basalRow draws a rate of a pretended pump: often near the midnights of many
// zones, and of few keys so that a later file changes what an earlier told.
func basalRow(rt *rapid.T) row {
	r := row{Minute: 30 * rapid.IntRange(0, 4*48).Draw(rt, "half hour"), Rate: rapid.SampledFrom([]float64{0, 0.65, 1, 1.0 / 3}).Draw(rt, "rate"),
		Basal: rapid.SampledFrom([]record.BasalKind{record.AutomatedBasal, record.ScheduledBasal, record.TempBasal, record.Suspended}).Draw(rt, "kind"),
		Lasts: rapid.SampledFrom([]time.Duration{0, 5 * time.Minute, 3 * time.Hour, 30 * time.Hour}).Draw(rt, "lasts"),
		Key:   rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(rt, "key"), Serial: rapid.SampledFrom([]string{"", "2"}).Draw(rt, "serial"),
		Instant: rapid.Bool().Draw(rt, "instant")}
	if r.Basal == record.TempBasal && rapid.Bool().Draw(rt, "in percent") {
		p := rapid.SampledFrom([]float64{0, 50, 130}).Draw(rt, "percent")
		r.Percent = &p
	}
	return r
}

// Whatever is imported, imported again otherwise, previewed, given up, undone
// or written by hand, and in whichever zone the person's days are: the insulin
// of their days is that of the records.
func TestInsulinOfDaysIsThatOfTheRecords(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBox(t)
		var keys []string
		zone := "UTC"
		for range rapid.IntRange(1, 8).Draw(rt, "acts") {
			f := file(rapid.SliceOfN(rapid.Custom(basalRow), 1, 12).Draw(rt, "file"))
			in := rapid.SampledFrom(zones).Draw(rt, "zone")
			switch rapid.SampledFrom([]string{"import", "import", "preview", "give up", "undo", "move", "write"}).Draw(rt, "act") {
			case "import":
				keys = append(keys, b.load(f, in).Upload)
			case "preview":
				_, err := b.in.Preview(t.Context(), now, ingest.Import{Person: b.person, Format: "test"}, f.batches())
				require.NoError(rt, err)
			case "give up":
				_, err := b.in.Accept(t.Context(), now, ingest.Import{Person: b.person, Format: "test"}, f.batches(), func(ingest.Report) error { return errors.New("no") })
				require.EqualError(rt, err, "no")
			case "undo":
				if len(keys) > 0 {
					i := rapid.IntRange(0, len(keys)-1).Draw(rt, "which")
					require.NoError(rt, b.in.Undo(t.Context(), now, ingest.Import{Person: b.person}, keys[i]))
					keys = append(keys[:i], keys[i+1:]...)
				}
			case "move":
				zone = in
				require.NoError(rt, b.db.Write(t.Context(), func(tx *store.Tx) error {
					return tx.SetPerson(store.Person{ID: b.person, Name: "Ana", Zone: zone, Unit: "mg/dL", Ranges: "standard", NightFrom: 22, NightUntil: 6})
				}))
			case "write":
				h := ingest.Hand{Person: b.person, Account: "k", Name: "Ana", Zone: time.UTC}
				d := &record.Dose{Common: record.Common{At: record.At(time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)), Key: store.NewKey()}, Delivery: record.Injection, Insulin: record.Rapid, Units: 4}
				require.NoError(rt, b.in.WriteByHand(t.Context(), now, h, d, nil))
			}
			b.insulinIsThatOfTheRecords(rt, zone)
		}
	})
}

func (b *box) insulinIsThatOfTheRecords(rt *rapid.T, zone string) {
	loc, err := time.LoadLocation(zone)
	require.NoError(rt, err)
	for first := -1; first < 6; first += 3 {
		from := metrics.Date{Year: 2026, Month: 3, Day: 1}.Add(first).Start(loc)
		until := metrics.Date{Year: 2026, Month: 3, Day: 1}.Add(first + 3).Start(loc)
		reach := from - record.Millis(48*time.Hour/time.Millisecond)
		var want, got metrics.Therapy
		stored, err := b.db.Records(b.Context(), b.person, record.KindBasal, reach, until, math.MaxInt32)
		require.NoError(rt, err)
		for _, s := range stored {
			want.Basals = append(want.Basals, s.Record.(*record.Basal))
		}
		got.Basals, err = b.db.Basals(b.Context(), b.person, reach, until)
		require.NoError(rt, err)
		doses, err := b.db.Records(b.Context(), b.person, record.KindDose, from, until, math.MaxInt32)
		require.NoError(rt, err)
		for _, s := range doses {
			want.Doses = append(want.Doses, s.Record.(*record.Dose))
		}
		got.Doses, err = b.db.Doses(b.Context(), b.person, from, until)
		require.NoError(rt, err)
		a, z := metrics.ReportInsulin(want, loc, from, until), metrics.ReportInsulin(got, loc, from, until)
		require.Equal(rt, a.Days, z.Days)
		require.Equal(rt, metrics.InsulinByHour(want, a, loc, from, until).RateDays, metrics.InsulinByHour(got, z, loc, from, until).RateDays)
	}
	_, found, err := b.db.CheckBasals(b.Context())
	require.NoError(rt, err)
	require.Empty(rt, found)
}

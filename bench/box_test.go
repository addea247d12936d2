package bench

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

// box is a real database file with one person, and the ways in.
type box struct {
	db     *store.DB
	in     *ingest.Ingest
	intake *intake.Intake
	person int64
}

// now is when everything in these tests is received: a day after the last
// reading that is ever made up.
var now = firstReading.AddDate(5, 0, 30)

func newBox(t testing.TB) *box {
	t.Helper()
	db := storetest.Open(t)
	b := over(t, db, bytes.Repeat([]byte{1}, 32))
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) (err error) {
		b.person, err = tx.AddPerson(store.Person{Key: store.NewKey(), Name: "Ana Sample", Zone: zoneName, Unit: "mg/dL",
			Ranges: "standard", Created: record.At(firstReading)})
		return err
	}))
	return b
}

// over makes the ways into a database, with the key of its ledger.
func over(t testing.TB, db *store.DB, key []byte) *box {
	t.Helper()
	incoming := filepath.Join(db.Dir(), "incoming")
	b := &box{db: db, in: ingest.New(db, audit.New(db, key), intake.Reread(incoming))}
	var err error
	b.intake, err = intake.New(b.in, incoming)
	require.NoError(t, err)
	return b
}

// accept stores parsed readings in one transaction.
func (b *box) accept(t testing.TB, parsed ingest.Batches) {
	t.Helper()
	report, err := b.in.Accept(t.Context(), now, ingest.Import{Person: b.person, Actor: audit.Actor{Console: true}, Zone: berlin(t),
		Format: "bench"}, parsed, nil)
	require.NoError(t, err)
	require.Zero(t, report.Rejected)
	require.Equal(t, report.Counts["glucose"], report.New)
}

// batchSize is that of package format.
const batchSize = 50_000

// batches cuts readings as package format does. It copies them, since ingest
// repairs clocks in place, and may be walked once.
func batches(serial string, rs []record.Reading) ingest.Batches {
	var list []record.Batch
	for part := range slices.Chunk(rs, batchSize) {
		list = append(list, record.Batch{Source: record.Source{Format: "bench", Serial: serial, Interval: 5 * time.Minute},
			Clock: record.Instant, Glucose: slices.Clone(part)})
	}
	return func(yield func(record.Batch, error) bool) {
		for _, b := range list {
			if !yield(b, nil) {
				return
			}
		}
	}
}

const zoneName = "Europe/Berlin"

func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(zoneName)
	require.NoError(t, err)
	return loc
}

// importFile brings a file in as the command line does, its original kept,
// and requires that all of it is new and can be read back.
func (b *box) importFile(t testing.TB, path string, readings int) {
	t.Helper()
	f, err := b.intake.Open(path, nil, formatOptions)
	require.NoError(t, err)
	defer f.Close()
	found, err := b.intake.Import(t.Context(), now, ingest.Import{Person: b.person, Actor: audit.Actor{Console: true}, Zone: berlin(t)}, f, nil)
	require.NoError(t, err)
	require.Zero(t, found.Rejected)
	require.Equal(t, readings, found.New)
	_, err = b.db.Latest(t.Context(), b.person)
	require.NoError(t, err)
}

package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Reports of insulin and of devices end with the newest that a device told of
// what they are about; what somebody wrote down does not lead away from it.
func TestWhereReportsOfInsulinAndDevicesEnd(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	noon := time.Date(2040, 4, 10, 12, 0, 0, 0, zone) // the clock of the box; rights begin before it
	const march, today = "2–15 March 2026", "28 March – 10 April 2040"
	now := on(record.At(noon))
	pump := func(br *browser) { br.acceptAt(noon, pumpSource, nil, pumpDays(2, 15)...) }
	byHand := func(br *browser) { br.writes("kind", "dose", "insulin", "rapid", "units", "4") }
	other := record.Source{Format: "libreview-csv", Device: "Sensor", Serial: "9"}
	reading := record.Reading{At: now.At, Value: unit.MgDLValue(100), Offset: 120}
	for _, c := range []struct {
		name             string
		acts             []func(*browser)
		insulin, devices string
	}{
		{"an import of long ago", []func(*browser){pump}, march, march},
		{"and a dose that was written down today", []func(*browser){pump, byHand}, march, march},
		{"a dose that was written down, and nothing else", []func(*browser){byHand}, today, today},
		{"a dose that was written down, and an import that was undone", []func(*browser){pump, byHand, (*browser).undoAll}, today, today},
		{"a sensor of today beside a pump of long ago", []func(*browser){pump, func(br *browser) { br.acceptAt(noon, other, []record.Reading{reading}) }}, march, today},
		{"a fingerstick of today beside it", []func(*browser){pump, func(br *browser) {
			br.acceptAt(noon, other, nil, &record.Fingerstick{Common: now, Value: unit.MgDLValue(100)})
		}}, march, today},
		{"carbs that a device told today", []func(*browser){pump, func(br *browser) { br.acceptAt(noon, other, nil, &record.Carbs{Common: now, Grams: 20}) }}, today, today},
		{"a pump whose clock is ahead", []func(*browser){func(br *browser) {
			br.acceptAt(noon, pumpSource, nil, &record.Dose{Common: on(now.At + 20*3600_000), Delivery: record.Normal, Insulin: record.Rapid, Units: 4})
		}}, today, today},
		{"nothing at all", nil, today, "No device has given anything yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			b.mu.Lock()
			b.ahead = time.Until(noon)
			b.mu.Unlock()
			br := b.owner("Ana", "Mila")
			for _, act := range c.acts {
				act(br)
			}
			require.Contains(t, wordsOf(br.page(br.at("/insulin"))), c.insulin)
			require.Contains(t, wordsOf(br.page(br.at("/devices"))), c.devices)
		})
	}
}

// undoAll undoes all imports.
func (br *browser) undoAll() {
	br.Helper()
	list, err := br.db.Uploads(br.Context(), br.person.ID, 10)
	require.NoError(br, err)
	require.NotEmpty(br, list)
	for _, u := range list {
		require.NoError(br, ingest.New(br.db, br.ledger, nil).Undo(br.Context(), time.Now(), ingest.Import{Person: br.person.ID, Actor: audit.Actor{Console: true}}, u.Key))
	}
}

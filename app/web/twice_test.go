package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

var (
	otherSource = record.Source{Format: "nightscout-json", Device: "Relay", Serial: "R-1"}
	fileSource  = record.Source{Format: "carelink-csv", Device: "780G", Serial: "P-1"}
)

// byClock are the records as a clock of some minutes ahead tells them.
func byClock(minutes float64, all []record.Record) []record.Record {
	for _, r := range all {
		r.Base().At += record.Millis(minutes * 60_000)
	}
	return all
}

// One pump that two programs export has given its insulin once.
func TestAPumpOfTwoSources(t *testing.T) {
	for _, minutes := range []float64{0, 0.5, -4, 9} {
		t.Run(fmt.Sprintf("clocks apart by %v minutes", minutes), func(t *testing.T) {
			br := newBox(t).owner("Ana", "Mila")
			end := &record.Event{Common: on(inMarch(16, 0) - 1), Event: record.OtherEvent}
			br.accept(pumpSource, nil, append(pumpDays(2, 15), end)...)
			alone := wordsOf(br.page(br.at("/insulin?from=2026-03-03&until=2026-03-14")))
			require.NotContains(t, alone, "two sources")
			br.accept(fileSource, nil, byClock(minutes, pumpDays(2, 15))...)
			br.accept(otherSource, nil, pumpDays(2, 15)...)
			page := wordsOf(br.page(br.at("/insulin?from=2026-03-03&until=2026-03-14")))
			for _, want := range []string{"Insulin in all 36 U", "Basal 24 U 67%", "Bolus 12 U 33%", "Carbs 150 g", "Boluses a day 3.0",
				"72 doses were told by two sources and are counted once.", "72 carb entries were told by two sources and are counted once."} {
				require.Contains(t, page, want)
				if want[0] != '7' {
					require.Contains(t, alone, want)
				}
			}
			day := wordsOf(br.page(br.at("?day=2026-03-10")))
			require.Contains(t, day, "Insulin 36 U")
			require.Contains(t, day, "Carbs 150 g")
			require.Regexp(t, `Bolus 4 U 780G, Pump <i>X</i> of a very long name indeed, Relay`, day)
		})
	}
}

// What somebody wrote down and a file brings afterwards is listed as theirs
// and counted once; a dose that is merely similar counts.
func TestWhatWasWrittenDownAndThePumpTells(t *testing.T) {
	b := newBox(t)
	br := b.owner("Ana", "Mila")
	at := b.now().Add(-26 * time.Hour)
	for i, units := range []string{"4", "3"} {
		then := at.Add(time.Duration(i) * 5 * time.Hour).In(zoneOf(t))
		br.writes("kind", "dose", "insulin", "rapid", "units", units, "text", "with lunch", "date", then.Format(time.DateOnly), "time", then.Format("15:04"))
	}
	dose := func(after time.Duration, u unit.Units) *record.Dose {
		return &record.Dose{Common: on(record.At(at.Add(after).Truncate(time.Minute))), Delivery: record.Normal, Insulin: record.Rapid, Units: u}
	}
	br.acceptAt(b.now().Add(time.Minute), fileSource, nil, dose(2*time.Minute, 4), dose(5*time.Hour+2*time.Minute, 3.5))
	from, until := at.In(zoneOf(t)).Format(time.DateOnly), b.now().In(zoneOf(t)).Format(time.DateOnly)
	page := wordsOf(br.page(br.at("/insulin?from=" + from + "&until=" + until)))
	require.Contains(t, page, "1 dose was told by two sources and is counted once.")
	day := wordsOf(br.page(br.at("?day=" + from)))
	require.Contains(t, day, "a device told the same; counted once")
}

func zoneOf(t *testing.T) *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return zone
}

// What the device gave by itself in the last hours is not twice as much when
// two sources tell it.
func TestGivenByItselfIsOnce(t *testing.T) {
	b := newBox(t)
	br := b.owner("Ana", "Mila")
	for _, src := range []record.Source{pumpSource, fileSource} {
		var doses []record.Record
		for i := range 10 {
			doses = append(doses, &record.Dose{Common: on(record.At(b.now().Add(-time.Duration(5+5*i) * time.Minute))), Delivery: record.Normal,
				Insulin: record.Rapid, Units: 0.1, Automated: true})
		}
		br.accept(src, nil, doses...)
	}
	require.Contains(t, wordsOf(br.page(br.at("/log"))), "1 U")
	require.NotContains(t, wordsOf(br.page(br.at("/log"))), "2 U")
}

// What is written for a time that has not come is in no sum, and a page of
// such a time has no figure that is not one.
func TestATimeThatHasNotCome(t *testing.T) {
	b := newBox(t)
	br := b.owner("Ana", "Mila")
	ahead := b.now().Add(30 * time.Hour)
	day := ahead.In(zoneOf(t)).Format(time.DateOnly)
	br.accept(pumpSource, []record.Reading{{At: record.At(b.now().Add(-time.Hour)), Value: unit.MgDLValue(110)}, {At: record.At(ahead), Value: unit.MgDLValue(110)}},
		&record.Dose{Common: on(record.At(ahead)), Delivery: record.Normal, Insulin: record.Rapid, Units: 7.77},
		&record.Carbs{Common: on(record.At(ahead)), Grams: 77},
		&record.Basal{Common: on(record.At(b.now().Add(-time.Hour))), Basal: record.ScheduledBasal, Rate: 1})
	for _, path := range []string{"", "/insulin", "/devices", "/profile", "/patterns", "/overlay", "/weeks", "/compare"} {
		address := br.at(path + "?from=" + day + "&until=" + day + "&day=" + day)
		page := wordsOf(br.page(address))
		for _, never := range []string{"7.8 U", "7.77", "77 g", "NaN", "Inf"} {
			require.NotContains(t, page, never, path)
		}
	}
}

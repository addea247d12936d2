package e2e

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ownFile is one of our own tables in the making.
type ownFile struct {
	headings []string
	rows     []string
}

// The headings of our own tables, as app/format has them.
const (
	ownBegin   = "id,time_utc,time_local,zone,utc_offset_min,"
	ownGlucose = ownBegin + "kind,mg_dl,mmol_l,original_value,original_unit,flag,trend,device,serial,source,imported_at,time_quality,interval_min,meter,rejected,extra"
	ownInsulin = ownBegin + "kind,subtype,insulin,units,units_programmed,units_extended,units_recommended,rate_u_h,percent,duration_s,carbs_g,automated,unspecified," +
		"units_basal,units_bolus,units_automated,device,serial,source,time_quality,interval_min,extra"
	ownCarbs  = ownBegin + "carbs_g,exchanges,food,unspecified,device,serial,source,time_quality,interval_min,extra"
	ownEvents = ownBegin + "kind,subtype,value,duration_s,text,device,serial,source,time_quality,interval_min,extra"
)

func newOwnFile(headings string) *ownFile {
	return &ownFile{headings: strings.Split(headings, ","), rows: []string{headings}}
}

// row adds a row: what a device told at a time, as heading=cell.
func (f *ownFile) row(at time.Time, device string, cells ...string) {
	row := make([]string, len(f.headings))
	for _, c := range append(cells, "time_utc="+at.UTC().Format("2006-01-02T15:04:05Z"), "utc_offset_min=0", "time_quality=zoned", "device="+device) {
		name, cell, _ := strings.Cut(c, "=")
		for i, h := range f.headings {
			if h == name {
				row[i] = cell
			}
		}
	}
	f.rows = append(f.rows, strings.Join(row, ","))
}

// bring imports the file at the console.
func (f *ownFile) bring(b *box, name string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name+".csv")
	require.NoError(b.t, os.WriteFile(path, []byte(strings.Join(f.rows, "\n")+"\n"), 0o600))
	b.console("", "import", "--data", b.dir, "--person", person, path)
}

func mgdlCell(v float64) string { return fmt.Sprintf("original_value=%.0f", v) }

// noisy is wave with the noise of a sensor, at each step of a time.
func noisy(from, until time.Time, step time.Duration, take func(at time.Time, mgdl float64)) {
	random := rand.New(rand.NewPCG(1, 2))
	carried, shaken := 0.8, 2.5 // from reading to reading
	if step < 5*time.Minute {
		carried, shaken = 0.95, 1.25
	}
	drift := 0.0
	for at := from; at.Before(until); at = at.Add(step) {
		drift = carried*drift + shaken*random.NormFloat64()
		take(at, math.Round(min(max(wave(at)+drift, 42), 390)))
	}
}

// closedLoop brings two days of a loop that sets the basal rate every five
// minutes and gives a little insulin every quarter of an hour, with all that
// a busy person and their devices note down beside it. They end now.
func closedLoop(b *box) {
	now := time.Now().Truncate(time.Minute)
	from := now.Add(-48 * time.Hour)
	glucose, insulin, carbs, events := newOwnFile(ownGlucose), newOwnFile(ownInsulin), newOwnFile(ownCarbs), newOwnFile(ownEvents)
	const sensor, pump, phone = "Sensor of the loop", "Pump of the loop", "Phone"
	random := rand.New(rand.NewPCG(3, 4))
	urge := 0.0 // of the loop, which follows what it sees
	noisy(from, now, 5*time.Minute, func(at time.Time, v float64) {
		glucose.row(at, sensor, "kind=cgm", mgdlCell(v), "original_unit=mg/dL", "interval_min=5")
		urge = 0.7*urge + 0.35*random.NormFloat64()
		insulin.row(at, pump, "kind=basal", "subtype=automated", fmt.Sprintf("rate_u_h=%.2f", max(0, 0.9+urge)), "duration_s=300")
		if at.Minute()%15 < 5 {
			insulin.row(at.Add(time.Minute), pump, "kind=bolus", "subtype=normal", "insulin=rapid", fmt.Sprintf("units=%.2f", 0.05+0.05*float64(random.IntN(12))), "automated=1", "unspecified=0")
		}
		switch h := at.Hour(); {
		case at.Minute() >= 5 || h < 6:
		case h%2 == 0:
			insulin.row(at.Add(2*time.Minute), pump, "kind=bolus", "subtype=normal", "insulin=rapid", fmt.Sprintf("units=%.1f", 1+random.Float64()*7), "automated=0", "unspecified=0")
			carbs.row(at.Add(3*time.Minute), phone, fmt.Sprintf("carbs_g=%d", 10+random.IntN(70)), "unspecified=0")
			glucose.row(at.Add(4*time.Minute), "Meter", "kind=bg", mgdlCell(v+6), "original_unit=mg/dL")
		case h%3 == 0:
			events.row(at, phone, "kind=note", fmt.Sprintf("text=Felt a little tired at number %d of the stairs", random.IntN(99)))
			events.row(at.Add(time.Minute), phone, "kind=activity", "subtype=medium", fmt.Sprintf("duration_s=%d", 1200+60*random.IntN(40)), "text=Walk")
		case h%5 == 0:
			events.row(at, pump, "kind=event", "subtype=site-change")
		default:
			events.row(at, pump, "kind=alarm", "text="+[]string{"High glucose", "Rise alert"}[random.IntN(2)])
		}
	})
	glucose.bring(b, "glucose")
	insulin.bring(b, "insulin")
	carbs.bring(b, "carbs")
	events.bring(b, "events")
}

// everyMinute brings days of a sensor that measures each minute. They end now.
func everyMinute(b *box, days int) {
	now := time.Now().Truncate(time.Minute)
	f := newOwnFile(ownGlucose)
	noisy(now.AddDate(0, 0, -days), now, time.Minute, func(at time.Time, v float64) {
		f.row(at, "Sensor of each minute", "kind=cgm", mgdlCell(v), "original_unit=mg/dL", "interval_min=1")
	})
	f.bring(b, "glucose")
}

// The heaviest that a day can be is light as well: a closed loop with much
// beside it, and a sensor that measures each minute.
func TestHeavyDaysAreLight(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		life  func(*box)
		pages []string
	}{
		"a closed loop":        {closedLoop, []string{"", "?hours=3", "?hours=12", "?hours=24"}},
		"a sensor of a minute": {func(b *box) { everyMinute(b, 28) }, []string{"", "?hours=24", "/weeks?days=30", "/overlay?days=14", "/overlay?days=30", "/profile?days=30"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := settled(t, "mg/dL")
			c.life(b)
			b.serve()
			p := b.signedIn(t)
			p.visit("/?all=1")
			of := ask[string](p, `document.querySelector("main a[href^='/people/']").pathname`)
			for _, path := range append(c.pages, "?day="+time.Now().AddDate(0, 0, -1).Format(time.DateOnly)) {
				p.visit(of + path)
				p.isLight()
			}
		})
	}
}

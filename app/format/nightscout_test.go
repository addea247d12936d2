package format

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
)

// treatmentOf reads one treatment at noon of the first of January 2024.
func treatmentOf(t *testing.T, members string) record.Batch {
	t.Helper()
	return one(readAs(t, "nightscout-json", `[{"_id":"x","created_at":"2024-01-01T12:00:00Z",`+members+`}]`, Options{}))
}

func TestDosesOfTreatments(t *testing.T) {
	for _, c := range []struct {
		name, members string
		want          record.Dose
	}{
		{"an SMB is automatic", `"eventType":"SMB","insulin":0.3`, record.Dose{Delivery: record.Normal, Units: 0.3, Automated: true}},
		{"an SMB of AAPS", `"eventType":"Correction Bolus","insulin":0.3,"type":"SMB"`, record.Dose{Delivery: record.Normal, Units: 0.3, Automated: true}},
		{"an automatic bolus of Loop", `"eventType":"Correction Bolus","insulin":0.3,"automatic":true`,
			record.Dose{Delivery: record.Normal, Units: 0.3, Automated: true}},
		{"a bolus cut short", `"eventType":"Bolus","insulin":2,"programmed":5`, record.Dose{Delivery: record.Normal, Units: 2, Programmed: 5}},
		{"a square bolus", `"eventType":"Combo Bolus","insulin":3,"type":"square","duration":90`,
			record.Dose{Delivery: record.Extended, Units: 3, ExtendedUnits: 3, Duration: 90 * time.Minute}},
		{"a bolus half now and half over two hours", `"eventType":"Combo Bolus","insulin":2,"relative":1,"duration":120`,
			record.Dose{Delivery: record.Dual, Units: 4, ExtendedUnits: 2, Duration: 2 * time.Hour}},
		{"a pen", `"eventType":"External Insulin","insulin":6,"insulinType":"Fiasp"`,
			record.Dose{Delivery: record.Injection, Insulin: record.Rapid, Units: 6}},
		{"a long insulin by its name", `"eventType":"<none>","insulin":18,"insulinType":"Lantus (pen)"`,
			record.Dose{Delivery: record.Normal, Insulin: record.Long, Units: 18}},
		{"a pen of xDrip", `"eventType":"<none>","insulin":12,"insulinInjections":"[{\"insulin\":\"Tresiba\",\"units\":12}]"`,
			record.Dose{Delivery: record.Injection, Insulin: record.Long, Units: 12}},
		{"two pens of xDrip at once", `"eventType":"<none>","insulin":12,"insulinInjections":"[{\"insulin\":\"Tresiba\"},{\"insulin\":\"Fiasp\"}]"`,
			record.Dose{Delivery: record.Injection, Units: 12}},
		{"no pen of xDrip", `"eventType":"<none>","insulin":1,"insulinInjections":"[]"`, record.Dose{Delivery: record.Normal, Units: 1}},
		{"insulin under a name that nobody knows", `"eventType":"Something New","insulin":1`, record.Dose{Delivery: record.Normal, Units: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := treatmentOf(t, c.members)
			require.Empty(t, b.Rejects)
			require.Len(t, b.Sparse, 1)
			got := *b.Sparse[0].(*record.Dose)
			require.Equal(t, "x", got.Key)
			got.Common = record.Common{}
			require.Equal(t, c.want, got)
		})
	}
}

func TestTemporaryBasals(t *testing.T) {
	percent := func(p float64) *float64 { return &p }
	for _, c := range []struct {
		name, members string
		want          record.Basal
	}{
		{"a rate", `"rate":0.45,"absolute":0.45,"duration":30`, record.Basal{Basal: record.TempBasal, Rate: 0.45, Duration: 30 * time.Minute}},
		{"none at all", `"absolute":0,"duration":60`, record.Basal{Basal: record.TempBasal, Duration: time.Hour}},
		{"of a loop", `"absolute":1,"duration":30,"automatic":true`, record.Basal{Basal: record.AutomatedBasal, Rate: 1, Duration: 30 * time.Minute}},
		{"in milliseconds by AAPS", `"absolute":1,"duration":1,"durationInMilliseconds":90000`,
			record.Basal{Basal: record.TempBasal, Rate: 1, Duration: 90 * time.Second}},
		{"a change of the schedule", `"percent":-30,"duration":30`,
			record.Basal{Basal: record.TempBasal, Percent: percent(70), Duration: 30 * time.Minute}},
		{"a rate beside its change is the rate", `"percent":-50,"rate":0.4,"duration":30`,
			record.Basal{Basal: record.TempBasal, Rate: 0.4, Duration: 30 * time.Minute}},
		{"a share that the pump calls rate", `"rate":150,"temp":"percent","duration":30`,
			record.Basal{Basal: record.TempBasal, Percent: percent(150), Duration: 30 * time.Minute}},
		{"the pump stood still", `"type":"PUMP_SUSPEND","absolute":0,"duration":30`, record.Basal{Basal: record.Suspended, Duration: 30 * time.Minute}},
		{"its end", `"duration":0,"absolute":0`, record.Basal{Basal: record.ScheduledBasal, Percent: percent(100)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := treatmentOf(t, `"eventType":"Temp Basal",`+c.members)
			require.Empty(t, b.Rejects)
			require.Len(t, b.Sparse, 1)
			got := *b.Sparse[0].(*record.Basal)
			got.Common = record.Common{}
			require.Equal(t, c.want, got)
		})
	}
}

func TestTreatmentsThatAreNoDose(t *testing.T) {
	for _, c := range []struct {
		name, members string
		event         record.EventKind
		amount        float64
	}{
		{"insulin that filled the tube", `"eventType":"Correction Bolus","type":"PRIMING","insulin":5`, record.Prime, 5},
		{"insulin at a change of the site", `"eventType":"Site Change","insulin":0.5`, record.SiteChange, 0.5},
		{"a bolus asked for from afar", `"eventType":"Remote Bolus Entry","remoteBolus":3`, record.OtherEvent, 0},
		{"a bolus without an amount", `"eventType":"Bolus","insulin":null`, record.OtherEvent, 0},
		{"the pump was stopped", `"eventType":"Suspend Pump"`, record.SuspendEvent, 0},
		{"the sensor ended", `"eventType":"Sensor Stop"`, record.SensorEnd, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := treatmentOf(t, c.members)
			require.Empty(t, b.Rejects)
			require.Len(t, b.Sparse, 1)
			e := b.Sparse[0].(*record.Event)
			require.Equal(t, c.event, e.Event)
			require.EqualValues(t, c.amount, e.Amount)
		})
	}
}

func TestAnUnknownTreatmentKeepsItsName(t *testing.T) {
	b := treatmentOf(t, `"eventType":"Party","duration":30,"guests":12`)
	e := b.Sparse[0].(*record.Event)
	require.Equal(t, "Party", e.Detail)
	require.Equal(t, 30*time.Minute, e.Duration)
	require.Equal(t, map[string]string{"guests": "12"}, e.Extra)
}

func TestAMealEatenLaterThanItsDose(t *testing.T) {
	b := treatmentOf(t, `"eventType":"Meal Bolus","insulin":3,"carbs":30,"preBolus":15`)
	require.Len(t, b.Sparse, 2)
	require.Equal(t, 15*time.Minute, b.Sparse[1].Base().At.Time().Sub(b.Sparse[0].Base().At.Time()))
}

func TestFingersticksOfTreatments(t *testing.T) {
	for _, c := range []struct {
		name, members string
		want          []unit.Glucose
	}{
		{"in mmol/L", `"eventType":"BG Check","glucose":5.5,"units":"mmol"`, []unit.Glucose{unit.MmolLValue(5.5)}},
		{"in mg/dL", `"eventType":"BG Check","glucose":99,"units":"mg/dl","glucoseType":"Finger"`, []unit.Glucose{unit.MgDLValue(99)}},
		{"a sensor value is none", `"eventType":"BG Check","glucose":99,"units":"mg/dl","glucoseType":"Sensor"`, nil},
		{"the value a dose was reckoned from is none", `"eventType":"Bolus","insulin":1,"glucose":99,"units":"mg/dl"`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []unit.Glucose
			b := treatmentOf(t, c.members)
			require.Empty(t, b.Rejects)
			for _, r := range b.Sparse {
				if f, ok := r.(*record.Fingerstick); ok {
					got = append(got, f.Value)
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestSensorStartsThatAreUploadedAgainAndAgain(t *testing.T) {
	at := time.Date(2024, 1, 1, 14, 10, 14, 0, time.UTC)
	var s strings.Builder
	for i := range 300 {
		fmt.Fprintf(&s, `{"eventType":"Sensor Start","created_at":%q}`+"\n", at.Add(time.Duration(i*37%9000)*time.Millisecond).Format(time.RFC3339Nano))
	}
	fmt.Fprintf(&s, `{"eventType":"Sensor Start","created_at":%q}`, at.Add(10*24*time.Hour).Format(time.RFC3339Nano))
	b := one(readAs(t, "nightscout-json", s.String(), Options{}))
	require.Len(t, b.Sparse, 2)
	require.Empty(t, b.Rejects, "a start that is sent again is no fault")
}

func TestRecordsWithoutAnIDAreKeyedByKindAndTime(t *testing.T) {
	b := one(readAs(t, "nightscout-json", `[{"eventType":"Bolus","created_at":"2024-01-01T12:00:00Z","insulin":1},
		{"type":"mbg","mbg":100,"date":1704110400000},{"identifier":"v3","_id":"x","eventType":"Bolus","created_at":"2024-01-01T12:00:00Z","insulin":1}]`,
		Options{}))
	keys := []string{}
	for _, r := range b.Sparse {
		keys = append(keys, r.Base().Key)
	}
	require.Equal(t, []string{"Bolus/1704110400000", "mbg/1704110400000", "v3"}, keys)
}

func TestWallClockOfTheExporterFollowsTheFile(t *testing.T) {
	head := "# CGM ENTRIES\nDate,Time,Glucose (mmol/L),Type,Device,Trend,ID\n"
	for _, c := range []struct{ name, rows, want string }{
		{"American", "4/7/2026,7:59:42 PM,7.1,sgv,,,a\n", "2026-04-07T19:59:42Z"},
		{"a day above twelve decides", "17/4/2026,7:59:42 PM,7.1,sgv,,,a\n", "2026-04-17T19:59:42Z"},
		{"the year in front", "2026-04-07,19:59:42,7.1,sgv,,,a\n", "2026-04-07T19:59:42Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := one(readAs(t, "nightscout-exporter-csv", head+c.rows, Options{}))
			require.Equal(t, unit.MmolLValue(7.1), b.Glucose[0].Value)
			require.Equal(t, c.want, b.Glucose[0].At.Time().Format(time.RFC3339))
		})
	}
	_, err := tryAs("nightscout-exporter-csv", head+"4/7/2026,19:59:42,7.1,sgv,,,a\n", Options{})
	require.ErrorContains(t, err, faultDateOrder, "without AM and PM it may be British: ask")
}

func BenchmarkNightscoutEntries(b *testing.B) {
	var s strings.Builder
	for i := range 25_920 { // 90 days
		fmt.Fprintf(&s, `{"_id":"%024x","type":"sgv","sgv":%d,"date":%d,"dateString":"2024-01-01T12:00:00.000Z","direction":"Flat","device":"xDrip-DexcomG6","utcOffset":0}`+"\n",
			i, 100+i%100, 1704110400000+i*300_000)
	}
	content := s.String()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if got := len(one(readAs(b, "nightscout-json", content, Options{})).Glucose); got != 25_920 {
			b.Fatal(got)
		}
	}
}

func TestWhatHoldsNothingToKeepIsToldOnceAndNotRejected(t *testing.T) {
	read := func(objects string) (n tally, notices []string) {
		batches := readAs(t, "nightscout-json", "["+objects+"]", Options{})
		for _, b := range batches {
			notices = append(notices, b.Notices...)
		}
		return count(batches), notices
	}
	status := `{"_id":"d","created_at":"2024-01-01T12:00:00Z","uploader":{"battery":80}}`
	deleted := `{"_id":"x","created_at":"2024-01-01T12:00:00Z","eventType":"Bolus","insulin":2,"isValid":false}`
	raw := `{"_id":"c","type":"cal","slope":800.5,"intercept":31000,"scale":1,"date":1704111900000,"device":"xDrip"}`
	for _, objects := range []string{status, deleted, raw, status + "," + deleted + "," + raw + "," + status} {
		n, notices := read(objects)
		require.Zero(t, n.rejects)
		require.Empty(t, n.kinds)
		require.Equal(t, []string{"format.kinds-skipped"}, notices)
	}
	t.Run("a calibration that tells its glucose is kept", func(t *testing.T) {
		n, notices := read(`{"_id":"c","type":"cal","slope":800.5,"intercept":31000,"mbg":112,"date":1704111900000,"device":"xDrip"}`)
		require.Equal(t, map[record.Kind]int{record.KindCalibration: 1}, n.kinds)
		require.Empty(t, notices)
	})
	t.Run("an impossible one is rejected", func(t *testing.T) {
		n, _ := read(`{"_id":"c","type":"cal","mbg":9999,"date":1704111900000,"device":"xDrip"}`)
		require.Empty(t, n.kinds)
		require.Equal(t, 1, n.rejects)
	})
}

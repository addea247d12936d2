package format

import (
	"testing"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
)

func careDoseRow(day, clock, number, kind, selected, delivered, lasts string) string {
	return careRow("2025/05/"+day, clock, "Bolus Type", kind, "Bolus Number", number, "Bolus Volume Selected", selected,
		"Bolus Volume Delivered", delivered, "Bolus Duration", lasts)
}

// TestOneBolusHasOneKeyInEveryExport gives the rows that different exports
// hold of the very same bolus.
func TestOneBolusHasOneKeyInEveryExport(t *testing.T) {
	programmed, delivered := careDoseRow("01", "12:00:00", "10", "Normal", "5", "", ""), careDoseRow("01", "12:00:40", "10", "Normal", "5", "3.2", "")
	late, early := careDoseRow("01", "23:30:00", "13", "Square", "3", "", "2:00:00"), careDoseRow("02", "01:30:00", "13", "Square", "3", "3", "2:00:00")
	for _, c := range []struct {
		name    string
		exports []string
		units   []unit.Units // -1: not known
		key     string
	}{
		{"cut between programmed and delivered", []string{programmed, delivered + programmed, delivered}, []unit.Units{-1, 3.2, 3.2}, "bolus 10 2025-05-01"},
		{"cut at midnight while it runs", []string{late, early + late, early}, []unit.Units{-1, 3, 3}, "bolus 13 2025-05-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, rows := range c.exports {
				doses := careDoses(t, rows)
				require.Len(t, doses, 1, "export %d", i)
				require.Equal(t, c.key, doses[0].Key, "export %d", i)
				require.Equal(t, c.units[i] < 0, doses[0].Unspecified, "export %d", i)
				require.Equal(t, max(c.units[i], 0), doses[0].Units, "export %d", i)
			}
		})
	}
	t.Run("the parts of a dual wave are told apart, whatever of it an export holds", func(t *testing.T) {
		normal := careDoseRow("01", "12:00:00", "12", "Dual (normal part)", "2", "2", "")
		square, done := careDoseRow("01", "12:00:00", "12", "Dual (square part)", "3", "", "2:00:00"), careDoseRow("01", "14:00:00", "12", "Dual (square part)", "3", "3", "2:00:00")
		now, slow := "bolus 12 2025-05-01 normal", "bolus 12 2025-05-01 square"
		for i, c := range []struct {
			rows string
			want map[string]unit.Units
		}{
			{normal + square, map[string]unit.Units{now: 2, slow: 0}},
			{square + normal, map[string]unit.Units{now: 2, slow: 0}},
			{done + normal + square, map[string]unit.Units{now: 2, slow: 3}},
			{done + normal, map[string]unit.Units{now: 2, slow: 3}},
			{done, map[string]unit.Units{slow: 3}},
		} {
			got := map[string]unit.Units{}
			for _, d := range careDoses(t, c.rows) {
				require.Equal(t, record.Dual, d.Delivery)
				got[d.Key] = d.Units
			}
			require.Equal(t, c.want, got, "export %d", i)
		}
	})
	t.Run("a bolus without a number has no key of its own", func(t *testing.T) {
		require.Empty(t, careDoses(t, careBolusRow("12:00:00", "", "2.0", "2.0"))[0].Key)
	})
	t.Run("a number that a night gives twice keeps both boluses", func(t *testing.T) {
		doses := careDoses(t, careBolusRow("18:00:00", "7", "2.0", "2.0"), careBolusRow("13:00:00", "7", "1.0", "1.0"))
		require.Len(t, doses, 2)
		require.Equal(t, "bolus 7 2025-05-01 18:00:00", doses[0].Key)
		require.Equal(t, "bolus 7 2025-05-01", doses[1].Key)
	})
	t.Run("the numbers of two pumps are apart", func(t *testing.T) {
		dash := func(serial string) string { return "-------,Pump X,Pump," + serial + ",------- \n" }
		b := readAs(t, "carelink-csv", dash("A1")+careHead+delivered+"\n"+dash("B2")+careHead+delivered, Options{})
		require.Len(t, b, 2)
		for _, batch := range b {
			require.Equal(t, "bolus 10 2025-05-01", batch.Sparse[0].Base().Key)
		}
	})
}

func TestSuspensionsBecomeBasalOfKnownLength(t *testing.T) {
	row := func(clock, what string) string { return careRow("2025/05/01", clock, "Suspend", what) }
	for _, c := range []struct {
		name string
		rows string
		want map[string]time.Duration // by the time of day of their beginning
	}{
		{"newest first", row("11:00:00", "NORMAL_PUMPING") + row("09:00:00", "USER_SUSPEND"), map[string]time.Duration{"09:00:00": 2 * time.Hour}},
		{"oldest first", row("09:00:00", "ALARM_SUSPEND") + row("11:00:00", "NORMAL_PUMPING"), map[string]time.Duration{"09:00:00": 2 * time.Hour}},
		{"without an end", row("09:00:00", "NOTSEATED_SUSPEND"), nil},
		{"an end alone", row("09:00:00", "NORMAL_PUMPING"), nil},
		{"another reason while it stands", row("11:00:00", "NORMAL_PUMPING") + row("09:10:00", "NOTSEATED_SUSPEND") + row("09:00:00", "USER_SUSPEND"), map[string]time.Duration{"09:00:00": 2 * time.Hour}},
		{"two", row("12:00:00", "NORMAL_PUMPING") + row("11:30:00", "USER_SUSPEND") + row("09:20:00", "NORMAL_PUMPING") + row("09:00:00", "USER_SUSPEND"),
			map[string]time.Duration{"09:00:00": 20 * time.Minute, "11:30:00": 30 * time.Minute}},
		{"sections that overlap say it again", row("11:00:00", "NORMAL_PUMPING") + row("09:00:00", "USER_SUSPEND") + row("11:00:00", "NORMAL_PUMPING") + row("09:00:00", "USER_SUSPEND"),
			map[string]time.Duration{"09:00:00": 2 * time.Hour}},
		{"ended and begun in one second", row("12:00:00", "NORMAL_PUMPING") + row("11:00:00", "USER_SUSPEND") + row("11:00:00", "NORMAL_PUMPING") + row("09:00:00", "USER_SUSPEND"),
			map[string]time.Duration{"09:00:00": 2 * time.Hour, "11:00:00": time.Hour}},
		{"a bolus in between shows that its end is missing", row("11:00:00", "NORMAL_PUMPING") + careBolusRow("10:00:00", "7", "2.0", "2.0") + row("09:00:00", "USER_SUSPEND"), nil},
		{"a bolus that it broke off does not", row("11:00:00", "NORMAL_PUMPING") + careBolusRow("09:00:02", "7", "2.0", "0.4") + row("09:00:00", "USER_SUSPEND"),
			map[string]time.Duration{"09:00:00": 2 * time.Hour}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := one(readAs(t, "carelink-csv", careHead+c.rows, Options{}))
			require.Empty(t, all.Rejects)
			got := map[string]time.Duration{}
			for _, r := range all.Sparse {
				if b, ok := r.(*record.Basal); ok {
					require.Equal(t, record.Suspended, b.Basal)
					require.Zero(t, b.Rate)
					got[b.At.Time().Format(time.TimeOnly)] = b.Duration
				}
			}
			require.Len(t, got, len(c.want))
			for at, lasts := range c.want {
				require.Equal(t, lasts, got[at], at)
			}
		})
	}
	t.Run("the events stay", func(t *testing.T) {
		all := one(readAs(t, "carelink-csv", careHead+row("11:00:00", "NORMAL_PUMPING")+row("09:00:00", "USER_SUSPEND"), Options{}))
		require.Equal(t, map[record.Kind]int{record.KindEvent: 2, record.KindBasal: 1}, kinds(all))
	})
}

func TestGlucoseLoggedByHandIsAFingerstick(t *testing.T) {
	mmol := "Index,Date,Time,BG Reading (mmol/L),Event Marker,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n"
	for _, c := range []struct {
		name, content string
		want          unit.Glucose
	}{
		{"in the unit of the headings", careHead + careRow("2025/05/01", "12:00:00", "Event Marker", "BG: 123"), unit.MgDLValue(123)},
		{"with its unit", careHead + careRow("2025/05/01", "12:00:00", "Event Marker", "BG: 123 mg/dL"), unit.MgDLValue(123)},
		{"in mmol/L, with a decimal comma", mmol + "1,2025/05/01,12:00:00,,\"BG: 5,6\"\n", unit.Glucose{Milli: 5600, Unit: unit.MmolL}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := one(readAs(t, "carelink-csv", c.content, Options{}))
			require.Empty(t, all.Rejects)
			require.Len(t, all.Sparse, 1)
			require.Equal(t, c.want, all.Sparse[0].(*record.Fingerstick).Value)
		})
	}
	t.Run("no number", func(t *testing.T) {
		all := one(readAs(t, "carelink-csv", careHead+careRow("2025/05/01", "12:00:00", "Event Marker", "BG: soon"), Options{}))
		require.Empty(t, all.Sparse)
		require.Equal(t, []string{"2 Event Marker reject.number"}, rejectLines(all))
	})
}

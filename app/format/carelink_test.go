package format

import (
	"strings"
	"testing"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
)

// careHead is the headings of a small CareLink file. The columns between are
// there because a real one has dozens.
const careHead = "Index,Date,Time,New Device Time,BG Reading (mg/dL),Linked BG Meter ID,Basal Rate (U/h),Temp Basal Amount,Temp Basal Type," +
	"Temp Basal Duration (h:mm:ss),Bolus Type,Bolus Volume Selected (U),Bolus Volume Delivered (U),Bolus Duration (h:mm:ss),Bolus Number,Bolus Source," +
	"BWZ Estimate (U),BWZ Carb Input (grams),Alert,Sensor Glucose (mg/dL),Event Marker,Suspend\n"

// careRow is a row with the cells of some headings.
func careRow(date, clock string, cells ...string) string {
	heads := strings.Split(strings.TrimSpace(careHead), ",")
	row := make([]string, len(heads))
	row[0], row[1], row[2] = "1", date, clock
	for i := 0; i < len(cells); i += 2 {
		for j, h := range heads {
			if name, _, _ := strings.Cut(h, " ("); name == cells[i] {
				row[j] = cells[i+1]
			}
		}
	}
	return strings.Join(row, ",") + "\n"
}

func careBolusRow(clock, number, selected, delivered string) string {
	return careRow("2025/05/01", clock, "Bolus Type", "Normal", "Bolus Number", number, "Bolus Volume Selected", selected, "Bolus Volume Delivered", delivered)
}

func careDoses(t *testing.T, rows ...string) []*record.Dose {
	t.Helper()
	all := one(readAs(t, "carelink-csv", careHead+strings.Join(rows, ""), Options{}))
	require.Empty(t, all.Rejects)
	var doses []*record.Dose
	for _, r := range all.Sparse {
		if d, ok := r.(*record.Dose); ok {
			doses = append(doses, d)
		}
	}
	return doses
}

func TestTheTwoRowsOfABolusAreOne(t *testing.T) {
	for _, c := range []struct {
		name      string
		rows      []string
		delivered []unit.Units // -1 for an amount that is not known
	}{
		{"delivered above programmed", []string{careBolusRow("12:00:10", "7", "2.0", "2.0"), careBolusRow("12:00:00", "7", "2.0", "")}, []unit.Units{2}},
		{"programmed above delivered", []string{careBolusRow("12:00:00", "7", "2.0", ""), careBolusRow("12:00:10", "7", "2.0", "2.0")}, []unit.Units{2}},
		{"cancelled half way", []string{careBolusRow("12:00:10", "7", "2.0", "0.8"), careBolusRow("12:00:00", "7", "2.0", "")}, []unit.Units{0.8}},
		{"a large bolus takes minutes", []string{careBolusRow("12:08:00", "7", "12.0", "12.0"), careBolusRow("12:00:00", "7", "12.0", "")}, []unit.Units{12}},
		{"without a number only within a minute", []string{careBolusRow("12:08:00", "", "12.0", "12.0"), careBolusRow("12:00:00", "", "12.0", "")}, []unit.Units{12, -1}},
		{"another number is another bolus", []string{careBolusRow("12:00:10", "8", "2.0", "2.0"), careBolusRow("12:00:00", "7", "2.0", "")}, []unit.Units{2, -1}},
		{"the same number a day later is another bolus", []string{careBolusRow("23:00:00", "7", "2.0", "2.0"), careBolusRow("02:00:00", "7", "2.0", "")}, []unit.Units{2, -1}},
		{"two boluses of the same size, nearest first", []string{
			careBolusRow("12:00:50", "", "2.0", "2.0"), careBolusRow("12:00:45", "", "2.0", ""), careBolusRow("12:00:05", "", "2.0", "2.0"), careBolusRow("12:00:00", "", "2.0", ""),
		}, []unit.Units{2, 2}},
		{"sections that overlap say it all again", []string{
			careBolusRow("12:00:10", "7", "2.0", "2.0"), careBolusRow("12:00:00", "7", "2.0", ""), careBolusRow("12:00:10", "7", "2.0", "2.0"), careBolusRow("12:00:00", "7", "2.0", ""),
		}, []unit.Units{2}},
		{"told twice as delivered, under one number", []string{careBolusRow("12:00:40", "7", "2.0", "2.0"), careBolusRow("12:00:03", "7", "2.0", "2.0")}, []unit.Units{2}},
		{"told twice with different amounts, the most counts", []string{careBolusRow("12:00:40", "7", "2.0", "1.5"), careBolusRow("12:00:03", "7", "2.0", "0.5")}, []unit.Units{1.5}},
		{"told twice as delivered without a number are two", []string{careBolusRow("12:00:05", "", "2.0", "2.0"), careBolusRow("12:00:03", "", "2.0", "2.0")}, []unit.Units{2, 2}},
		{"a delivered row that does not say what was programmed", []string{careBolusRow("12:00:05", "7", "", "1.2"), careBolusRow("12:00:00", "7", "2.0", "")}, []unit.Units{1.2}},
		{"both volumes and then the delivered one again", []string{careBolusRow("12:00:40", "7", "", "2.0"), careBolusRow("12:00:05", "7", "2.0", "2.0"), careBolusRow("12:00:00", "7", "2.0", "")}, []unit.Units{2}},
		{"two that were programmed stay two even under one number", []string{
			careBolusRow("12:01:10", "7", "2.0", "2.0"), careBolusRow("12:01:00", "7", "2.0", ""), careBolusRow("12:00:10", "7", "2.0", "2.0"), careBolusRow("12:00:00", "7", "2.0", ""),
		}, []unit.Units{2, 2}},
		{"an old pump writes one row", []string{careBolusRow("12:00:00", "", "2.0", "2.0")}, []unit.Units{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []unit.Units
			for _, d := range careDoses(t, c.rows...) {
				if d.Unspecified {
					require.Zero(t, d.Units)
					got = append(got, -1)
				} else {
					got = append(got, d.Units)
				}
			}
			require.Equal(t, c.delivered, got)
		})
	}
}

func TestTheBolusCalculatorJoinsItsBolus(t *testing.T) {
	wizard := func(clock string) string {
		return careRow("2025/05/01", clock, "BWZ Estimate", "2.0", "BWZ Carb Input", "30")
	}
	d := careDoses(t, careBolusRow("12:00:00", "7", "2.0", "2.0"), wizard("11:59:40"))
	require.Len(t, d, 1)
	require.EqualValues(t, 30, d[0].Carbs)
	require.EqualValues(t, 2, *d[0].Recommended)

	d = careDoses(t, careBolusRow("12:00:00", "7", "2.0", "2.0"), wizard("11:59:20"))
	require.Len(t, d, 1)
	require.Nil(t, d[0].Recommended, "40 seconds are too far")

	d = careDoses(t, careBolusRow("12:00:00", "7", "1.5", "1.5"), wizard("11:59:59"))
	require.Nil(t, d[0].Recommended, "another amount is another bolus")

	d = careDoses(t, careBolusRow("12:00:20", "8", "2.0", "2.0"), careBolusRow("12:00:00", "7", "2.0", "2.0"), wizard("11:59:59"))
	require.Nil(t, d[0].Recommended)
	require.NotNil(t, d[1].Recommended, "the nearest wins")
}

func TestAutomaticInsulinOfADayIsNoBolus(t *testing.T) {
	all := one(readAs(t, "carelink-csv", careHead+careRow("2025/05/01", "00:00:00", "Bolus Type", "Normal", "Bolus Volume Selected", "31.4",
		"Bolus Volume Delivered", "31.4", "Bolus Source", "CLOSED_LOOP_AUTO_INSULIN"), Options{}))
	require.Len(t, all.Sparse, 1)
	total := all.Sparse[0].(*record.DailyTotal)
	require.EqualValues(t, 31.4, total.Automated)
	require.Equal(t, "2025-05-01T00:00:00Z", total.At.Time().Format(time.RFC3339))
}

func TestAlarmsInTwoFormsAreOne(t *testing.T) {
	alarm := func(clock, name string) string { return careRow("2025/05/01", clock, "Alert", name) }
	for _, c := range []struct {
		name string
		rows []string
		want int
	}{
		{"within a minute", []string{alarm("12:00:30", "ALERT ON LOW: tone and vibration"), alarm("12:00:00", "ALERT ON LOW")}, 1},
		{"further apart", []string{alarm("12:02:30", "ALERT ON LOW: tone and vibration"), alarm("12:00:00", "ALERT ON LOW")}, 2},
		{"the second form alone", []string{alarm("12:02:30", "ALERT ON LOW: tone and vibration")}, 1},
		{"a code after a colon is no form", []string{alarm("12:00:30", "Other Alarm Code: 1003"), alarm("12:00:20", "Other Alarm Code")}, 2},
		{"the same alarm again is another", []string{alarm("12:00:30", "ALERT ON LOW"), alarm("12:00:20", "ALERT ON LOW")}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, kinds(one(readAs(t, "carelink-csv", careHead+strings.Join(c.rows, ""), Options{})))[record.KindAlarm])
		})
	}
}

func TestCareLinkSections(t *testing.T) {
	reading := careRow("2025/05/01", "12:00:00", "Sensor Glucose", "100")
	later := careRow("2025/05/02", "12:00:00", "Sensor Glucose", "110")
	dash := func(serial string) string { return "-------,Pump X,Sensor," + serial + ",------- \n" }
	t.Run("sections of two devices keep their source", func(t *testing.T) {
		b := readAs(t, "carelink-csv", dash("A1")+careHead+reading+"\n"+dash("B2")+careHead+later, Options{})
		require.Len(t, b, 2)
		require.Equal(t, "A1", b[0].Source.Serial)
		require.Equal(t, "B2", b[1].Source.Serial)
		require.Equal(t, 5*time.Minute, b[1].Source.Interval)
	})
	t.Run("repeated sections of one device are one source, in the order of the file", func(t *testing.T) {
		b := readAs(t, "carelink-csv", dash("A1")+careHead+later+"\n"+dash("A1")+careHead+reading, Options{})
		require.Len(t, b, 1)
		require.Greater(t, b[0].Glucose[0].At, b[0].Glucose[1].At)
	})
	t.Run("a section without headings is told, not guessed", func(t *testing.T) {
		b := one(readAs(t, "carelink-csv", dash("A1")+careHead+reading+"\n"+dash("A1")+later, Options{}))
		require.Len(t, b.Glucose, 1)
		require.Equal(t, []string{"6 reject.heading-missing"}, rejectLines(b))
	})
	t.Run("dashes in a cell are an empty cell", func(t *testing.T) {
		b := one(readAs(t, "carelink-csv", careHead+careRow("2025/05/01", "12:00:00", "Sensor Glucose", "100", "Alert", "-------"), Options{}))
		require.Len(t, b.Glucose, 1)
		require.Empty(t, b.Sparse)
	})
	t.Run("no name of the preamble is kept anywhere", func(t *testing.T) {
		for _, s := range []string{"carelink-780g.csv", "carelink-guardian-connect.csv", "clarity-g6.csv", "libreview.csv", "glooko-cgm_data_1.csv"} {
			_, batches := readAll(t, sample(t, s), Options{})
			text := goldenLines(t, batches)
			for _, name := range []string{"Muster", "Mara", "Max"} {
				require.NotContains(t, text, name, s)
			}
		}
	})
}

func TestExchangesBecomeGramsWhenThePersonSaysHowMany(t *testing.T) {
	carbs := func(opt Options) *record.Carbs {
		for _, r := range one(readAs(t, "carelink-csv", string(sample(t, "carelink-mmol-exchanges.csv")), opt)).Sparse {
			if m, ok := r.(*record.Carbs); ok {
				return m
			}
		}
		return nil
	}
	require.Equal(t, 3.5, carbs(Options{}).Exchanges)
	require.Zero(t, carbs(Options{}).Grams)
	require.EqualValues(t, 42, carbs(Options{GramsPerExchange: 12}).Grams)
	require.Equal(t, 3.5, carbs(Options{GramsPerExchange: 12}).Exchanges)
}

package format

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
)

func faultOf(t *testing.T, err error) *fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	return f
}

// TestAMmolTwinIsTheSame writes the same file in mmol/L.
func TestAMmolTwinIsTheSame(t *testing.T) {
	var mg, mmol strings.Builder
	mg.WriteString(clarityHeadEN)
	mmol.WriteString(strings.ReplaceAll(clarityHeadEN, "mg/dL", "mmol/L"))
	for v := 40; v <= 400; v++ {
		at := endlessStart.Add(time.Duration(v) * 5 * time.Minute).Format("2006-01-02T15:04:05")
		row := fmt.Sprintf("%d,%s,EGV,,,,android G6,%%s,,,,,%d,8ABC12\n", v, at, v*300)
		fmt.Fprintf(&mg, row, fmt.Sprint(v))
		fmt.Fprintf(&mmol, row, fmt.Sprintf("%.2f", float64(v)/18.0156))
	}
	a := one(readAs(t, "clarity-csv", mg.String(), Options{}))
	b := one(readAs(t, "clarity-csv", mmol.String(), Options{}))
	require.Len(t, a.Glucose, 361)
	require.Len(t, b.Glucose, 361)
	for i := range a.Glucose {
		require.Equal(t, a.Glucose[i].At, b.Glucose[i].At)
		require.Equal(t, unit.MmolL, b.Glucose[i].Value.Unit)
		require.LessOrEqual(t, math.Abs(float64(a.Glucose[i].Value.MgDL()-b.Glucose[i].Value.MgDL())), 0.6)
	}
}

func TestClarityCollapsesOneReadingOfTwoDevices(t *testing.T) {
	row := func(at, device, value, ticks string) string {
		return "1," + at + ",EGV,,,," + device + "," + value + ",,,,," + ticks + ",8ABC12\n"
	}
	for _, c := range []struct {
		name string
		rows string
		want int
	}{
		{"phone and receiver", row("2025-05-01T00:00:00", "android G6", "100", "300") + row("2025-05-01T00:00:02", "PL1 G6", "100", "300"), 1},
		{"the receiver an hour off", row("2025-05-01T00:00:00", "android G6", "100", "300") + row("2025-05-01T00:05:00", "android G6", "101", "600") + row("2025-05-01T01:00:02", "PL1 G6", "100", "300"), 2},
		{"the next reading", row("2025-05-01T00:00:00", "android G6", "100", "300") + row("2025-05-01T00:05:00", "android G6", "100", "600"), 2},
		{"no transmitter time", row("2025-05-01T00:00:00", "android G6", "100", "") + row("2025-05-01T00:00:02", "PL1 G6", "100", ""), 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Len(t, one(readAs(t, "clarity-csv", clarityHeadEN+c.rows, Options{})).Glucose, c.want)
		})
	}
}

func TestLibreViewAsksForTheOrderThatNothingTells(t *testing.T) {
	file := strings.Replace(string(sample(t, "libreview.csv")), "05-04-2025", "04-04-2025", 1)
	lines := strings.SplitAfter(file, "\n")
	oneDay := strings.Join(append(lines[:2], lines[3], lines[4]), "") // 4 April or 4 April
	undecided := strings.ReplaceAll(oneDay, "04-04-2025", "03-04-2025")
	f, err := Detect(input([]byte(undecided)), Options{})
	require.NoError(t, err)
	_, err = collect(f, []byte(undecided), Options{})
	require.Equal(t, faultDateOrder, faultOf(t, err).Key)
	for order, want := range map[DateOrder]string{DayMonthYear: "2025-04-03", MonthDayYear: "2025-03-04"} {
		got := one(readAs(t, "libreview-csv", undecided, Options{DateOrder: order}))
		require.Equal(t, want, got.Glucose[0].At.Time().Format(time.DateOnly))
	}
}

func TestGenericTableByMapping(t *testing.T) {
	file := "Wann;Wert;Was\n2025-05-01 10:00;5,5;x\n2025-05-01 10:05;6,1;y\n"
	opt := Options{Format: GenericID, Columns: map[string]string{FieldTime: "Wann", FieldGlucose: "Wert", FieldNote: "Was"}}
	f, err := Detect(input([]byte(file)), opt)
	require.NoError(t, err)

	_, err = collect(f, []byte(file), opt)
	problem := faultOf(t, err)
	require.Equal(t, faultUnitGuess, problem.Key, "numbers alone never decide a unit")
	require.Equal(t, []any{"unit", "mmol/L"}, problem.Args)

	opt.Unit = "mmol/L"
	batches, err := collect(f, []byte(file), opt)
	require.NoError(t, err)
	all := one(batches)
	require.Equal(t, unit.MmolLValue(5.5), all.Glucose[0].Value)
	require.Len(t, all.Sparse, 2)

	opt.Columns = map[string]string{FieldGlucose: "Wert"}
	_, err = collect(f, []byte(file), opt)
	require.Equal(t, faultMapping, faultOf(t, err).Key)
	opt.Columns = map[string]string{FieldTime: "Nowhere", FieldGlucose: "Wert"}
	_, err = collect(f, []byte(file), opt)
	require.Equal(t, faultHeading, faultOf(t, err).Key)
}

func TestGenericTableWithEveryColumn(t *testing.T) {
	file := "Day,Clock,CGM,Meter,U,Rapid,Slow,Pump,KH,Text,Model,No\n" +
		"13/05/2025,8:00 AM,100,101,mg/dL,4,20,0.8,45,hello,X1,S1\n" +
		"13/05/2025,8:05 AM,5.5,,mmol/L,0,,,0,,X1,S1\n" +
		"13/05/2025,8:10 AM,100,,stone,,,,,,X1,S1\n"
	opt := Options{Format: GenericID, Columns: map[string]string{
		FieldDate: "Day", FieldTime: "Clock", FieldGlucose: "CGM", FieldFingerstick: "Meter", FieldUnit: "U", FieldBolus: "Rapid",
		FieldLong: "Slow", FieldBasal: "Pump", FieldCarbs: "KH", FieldNote: "Text", FieldDevice: "Model", FieldSerial: "No",
	}}
	b := one(readAs(t, GenericID, file, opt))
	require.Equal(t, []record.Reading{
		{At: record.At(time.Date(2025, 5, 13, 8, 0, 0, 0, time.UTC)), Value: unit.MgDLValue(100)},
		{At: record.At(time.Date(2025, 5, 13, 8, 5, 0, 0, time.UTC)), Value: unit.MmolLValue(5.5)},
	}, b.Glucose)
	require.Equal(t, map[string]int{"fingerstick": 1, "dose": 2, "basal": 1, "carbs": 1, "note": 1}, kindNames(b))
	require.Equal(t, []string{"4 U reject.unit"}, rejectLines(b))
}

func TestGenericTableThatSpeaksForItself(t *testing.T) {
	for name, c := range map[string]struct {
		head string
		want bool
	}{
		"a time and glucose with its unit": {"Timestamp,Glucose (mg/dL)", true},
		"German":                           {"Datum,Uhrzeit,Blutzucker (mmol/L)", true},
		"two glucose columns":              {"Timestamp,Glucose (mg/dL),Meter (mg/dL)", false},
		"no unit":                          {"Timestamp,Glucose", false},
		"no time":                          {"Index,Glucose (mg/dL)", false},
		"cholesterol":                      {"Timestamp,Cholesterol (mg/dL)", false},
	} {
		t.Run(name, func(t *testing.T) {
			row := strings.Repeat("1,", strings.Count(c.head, ",")) + "1\n"
			h, err := readHead(input([]byte(c.head + "\n" + row + row)))
			require.NoError(t, err)
			require.Equal(t, c.want, isGeneric(h))
		})
	}
}

func TestGenericPreview(t *testing.T) {
	var s strings.Builder
	s.WriteString("My export of May\nDate,Time,Glucose (mg/dL),Memo\n")
	for i := range 30 {
		fmt.Fprintf(&s, "2025-05-01,10:%02d,100,\"a,b\"\n", i)
	}
	p, err := GenericPreview(input([]byte(s.String())))
	require.NoError(t, err)
	require.Equal(t, []string{"Date", "Time", "Glucose (mg/dL)", "Memo"}, p.Headings)
	require.Len(t, p.Rows, 20)
	require.Equal(t, []string{"2025-05-01", "10:00", "100", "a,b"}, p.Rows[0])
	require.Equal(t, map[string]string{"date": "Date", "time": "Time", "glucose": "Glucose (mg/dL)"}, p.Suggested)
	_, err = GenericPreview(input([]byte("%PDF-1.4")))
	require.Equal(t, "format.looks-pdf", faultOf(t, err).Key)
}

func TestARowThatShiftedIsNotRead(t *testing.T) {
	// A decimal comma without quotes in a table of commas.
	b := one(readAs(t, "simple-csv", "time,mgdl\n2025-05-01T10:00:00,100\n2025-05-01T10:05:00,10,5\n2025-05-01T10:10:00,101\n", Options{}))
	require.Len(t, b.Glucose, 2)
	require.Equal(t, []string{"3 reject.columns"}, rejectLines(b))
	require.Equal(t, []any{"want", 2, "got", 3}, b.Rejects[0].Args)
}

func TestRejectsNeverHoldContent(t *testing.T) {
	for _, c := range tableSamples {
		_, batches := readAll(t, sample(t, c.file), Options{})
		for _, r := range one(batches).Rejects {
			for i, a := range r.Args {
				if s, ok := a.(string); ok && i%2 == 1 {
					t.Errorf("%s: a text %q in a reject", c.file, s)
				}
			}
		}
	}
}

func TestSinkKeepsSourcesApart(t *testing.T) {
	var got []record.Batch
	s := &Sink{format: "x", yield: func(b record.Batch, err error) bool {
		require.NoError(t, err)
		got = append(got, b)
		return true
	}}
	for i := range 10 {
		require.NoError(t, s.Use(record.Source{Serial: fmt.Sprint(i % 2)}, record.Wall, ""))
		require.NoError(t, s.Reading(record.Reading{At: record.Millis(i)}))
	}
	require.NoError(t, s.flush())
	require.Len(t, got, 2)
	for k, b := range got {
		require.Equal(t, record.Source{Format: "x", Serial: fmt.Sprint(k)}, b.Source)
		require.Len(t, b.Glucose, 5)
		for i, r := range b.Glucose {
			require.EqualValues(t, 2*i+k, r.At)
		}
	}
	require.NoError(t, s.Reading(record.Reading{At: 99}))
	require.NoError(t, s.flush())
	require.Equal(t, "1", got[2].Source.Serial, "the chosen source stays chosen after a flush")
}

func TestReadingStopsWhenTheReaderHasHadEnough(t *testing.T) {
	e := endless{clarityHeadEN, 200_000}
	n := 0
	for _, err := range Read(formatOf(t, "clarity-csv"), Input{ReaderAt: e, Size: e.size()}, Options{}) {
		require.NoError(t, err)
		n++
		break
	}
	require.Equal(t, 1, n)
}

func TestAHeadingSavedTwiceIsStillKnown(t *testing.T) {
	file := "\uFEFF" + `"ï»¿""""Index"""""` + strings.TrimPrefix(clarityHeadEN, "Index") + "1,2025-05-01T00:00:00,EGV,,,,android G6,100,,,,,300,8ABC12\n"
	f, batches := readAll(t, []byte(file), Options{})
	require.Equal(t, "clarity-csv", f.ID)
	require.Len(t, one(batches).Glucose, 1)
}

func TestAClarityReadingWithoutAValueIsAGap(t *testing.T) {
	all := one(readAs(t, "clarity-csv", clarityHeadEN+
		"1,2024-05-01T00:00:00,EGV,,,,android G6,100,,,,,1000,ABC\n"+
		"2,2024-05-01T00:05:00,EGV,,,,android G6,,,,,,1300,ABC\n"+
		"3,2024-05-01T00:10:00,EGV,,,,android G6,abc,,,,,1600,ABC\n"+
		"4,2024-05-01T00:15:00,EGV,Low,,,android G6,,,,,,1900,ABC\n", Options{}))
	require.Len(t, all.Glucose, 2, "the word LOW beside an empty value is one")
	require.Equal(t, []string{"4 Glucose Value (mg/dL) reject.number"}, rejectLines(all), "an empty cell is no fault, a word is")
}

func TestClaritySettingsKeepTheirKeyInEveryExport(t *testing.T) {
	keys := func(low, first string) (keys []string) {
		for _, r := range one(readAs(t, "clarity-csv", clarityHeadEN+
			"1,,Alert,High,,,android G6,250,,,,,,\n2,,Alert,Low,,,android G6,"+low+",,,0:30:00,,,\n"+
			"3,"+first+",EGV,,,,android G6,100,,,,,1000,ABC\n", Options{})).Sparse {
			keys = append(keys, r.Base().Key)
		}
		return keys
	}
	april := keys("70", "2024-04-01T00:00:00")
	require.Equal(t, []string{"setting alert.high 250 mg/dL", "setting alert.low 70 mg/dL", "setting alert.low.delay 30 min"}, april)
	require.Equal(t, april, keys("70", "2024-05-01T00:00:00"), "another export")
	require.Equal(t, "setting alert.low 80 mg/dL", keys("80", "2024-05-01T00:00:00")[1], "another value is another record")
}

func TestLibreViewAsksWhenItsDatesContradictEachOther(t *testing.T) {
	columns := ""
	for l := range strings.Lines(string(sample(t, "libreview.csv"))) {
		if strings.HasPrefix(l, "Device,") {
			columns = strings.TrimSpace(l)
		}
	}
	file := func(made string, stamps ...string) string {
		text := "Glucose Data,Generated on," + made + ",Generated by,X\n" + columns + "\n"
		for _, s := range stamps {
			text += "FreeStyle Libre 3,S1," + s + ",0,100,,,,,,,,,,,,,,\n"
		}
		return text
	}
	for name, text := range map[string]string{
		"rows against rows":                 file("20-05-2024 09:40 UTC", "13-06-2024 00:00", "06-14-2024 00:00", "05-06-2024 00:00"),
		"rows against the date of the file": file("06-25-2024 09:40 UTC", "13-06-2024 00:00", "05-06-2024 00:00"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tryAs("libreview-csv", text, Options{})
			require.EqualError(t, err, faultDateOrder)
			all := one(readAs(t, "libreview-csv", text, Options{DateOrder: DayMonthYear}))
			require.Equal(t, "2024-06-13", all.Glucose[0].At.Time().Format("2006-01-02"))
			require.Equal(t, "2024-06-05", all.Glucose[len(all.Glucose)-1].At.Time().Format("2006-01-02"))
		})
	}
}

package e2e

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// All files here are made up by a formula; none holds anybody's readings.

// wave is the glucose in mg/dL of an invented person at a time: a quiet night,
// three meals, and a low in the small hours of every third day.
func wave(at time.Time) float64 {
	h := float64(at.Hour()) + float64(at.Minute())/60
	v := 118 + 9*math.Sin(float64(at.YearDay())*1.7+h/3)
	for _, meal := range []struct{ hour, rise float64 }{{7.5, 95}, {13, 75}, {19.5, 110}} {
		if d := h - meal.hour; d > 0 && d < 4 {
			v += meal.rise * d * math.Exp(1-d*1.3)
		}
	}
	if at.YearDay()%3 == 0 {
		v -= 62 * math.Exp(-math.Pow(h-3.5, 2)*2)
	}
	return math.Round(v)
}

// simple is a file of readings every five minutes, "time,mgdl", from a time
// to before another, both by the clock of the device.
func simple(from, until time.Time) string {
	var b strings.Builder
	b.WriteString("time,mgdl\n")
	for at := from; at.Before(until); at = at.Add(5 * time.Minute) {
		fmt.Fprintf(&b, "%s,%.0f\n", at.Format("2006-01-02T15:04:05"), wave(at))
	}
	return b.String()
}

// fortnight is 16 days of readings, 3 to 18 March 2025.
func fortnight() string {
	from := time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC)
	return simple(from, from.AddDate(0, 0, 16))
}

// careHeadings are those of the 700 series, with UNIT for the unit of glucose.
const careHeadings = `Index,Date,Time,New Device Time,BG Source,BG Reading (UNIT),Linked BG Meter ID,Basal Rate (U/h),Temp Basal Amount,` +
	`Temp Basal Type,Temp Basal Duration (h:mm:ss),Bolus Type,Bolus Volume Selected (U),Bolus Volume Delivered (U),Bolus Duration (h:mm:ss),` +
	`Prime Type,Prime Volume Delivered (U),Estimated Reservoir Volume after Fill (U),Alert,User Cleared Alerts,Suspend,Rewind,BWZ Estimate (U),` +
	`BWZ Target High BG (UNIT),BWZ Target Low BG (UNIT),BWZ Carb Ratio (g/U),BWZ Insulin Sensitivity (UNIT/U),BWZ Carb Input (grams),` +
	`BWZ BG/SG Input (UNIT),BWZ Correction Estimate (U),BWZ Food Estimate (U),BWZ Active Insulin (U),BWZ Status,Sensor Calibration BG (UNIT),` +
	`Sensor Glucose (UNIT),ISIG Value,Event Marker,Bolus Number`

// care builds a CareLink export row by row, newest first as CareLink does.
type care struct {
	headings []string
	comma    string
	rows     []string
	unit     string
}

func newCare(unit, comma string) *care {
	return &care{headings: strings.Split(strings.ReplaceAll(careHeadings, "UNIT", unit), ","), comma: comma, unit: unit}
}

// row adds a row with the date and time as they stand and cells by the start
// of their heading.
func (c *care) row(date, clock string, cells ...string) {
	row := make([]string, len(c.headings))
	row[0], row[1], row[2] = fmt.Sprint(len(c.rows)), date, clock
	for i := 0; i < len(cells); i += 2 {
		for j, h := range c.headings {
			if strings.HasPrefix(h, cells[i]) {
				row[j] = cells[i+1]
				break
			}
		}
	}
	c.rows = append(c.rows, strings.Join(row, c.comma))
}

func (c *care) file() string {
	top := []string{
		strings.Join([]string{"Last Name", "First Name", "Patient ID", "System ID", "Start Date", "End Date", "Device", "MiniMed 780G MMT-1886"}, c.comma),
		strings.Join([]string{`"Muster"`, `"Mara"`, "", "", "", "", "Serial Number", "NG7654321H"}, c.comma),
		"",
		strings.Join([]string{"-------", "MiniMed 780G MMT-1886", "Pump", "NG7654321H", "-------"}, c.comma),
		strings.Join(c.headings, c.comma),
	}
	return strings.Join(append(top, c.rows...), "\n") + "\n"
}

// careDay is a day of a pump and its sensor in mg/dL, 10 March 2025: 288
// readings, one of them above what the sensor can measure, a meal with its
// bolus, and two rows that cannot be used, of which it gives the lines.
func careDay() (file string, badLines [2]int) {
	c := newCare("mg/dL", ",")
	day := time.Date(2025, 3, 10, 0, 0, 0, 0, time.UTC)
	for i := 287; i >= 0; i-- {
		at := day.Add(time.Duration(i) * 5 * time.Minute)
		value := fmt.Sprintf("%.0f", wave(at))
		if i == 250 {
			value = "400"
		}
		c.row(at.Format("2006/01/02"), at.Format("15:04:05"), "Sensor Glucose", value)
		switch i {
		case 156: // 13:00
			c.row("2025/03/10", "13:00:10", "Bolus Type", "Normal", "Bolus Volume Selected", "5.500", "Bolus Volume Delivered", "5.500", "Bolus Number", "7")
			c.row("2025/03/10", "13:00:05", "BWZ Estimate", "5.500", "BWZ Carb Ratio", "10", "BWZ Carb Input", "55", "BWZ Status", "Delivered")
		case 100:
			badLines[0] = 5 + len(c.rows) + 1
			c.row("2025/02/30", "08:20:00", "Sensor Glucose", "140")
		case 60:
			badLines[1] = 5 + len(c.rows) + 1
			c.row("2025/03/10", "05:01:00", "Sensor Glucose", "1x2")
		}
	}
	return c.file(), badLines
}

// careMmol is the same pump with a German account: semicolons, decimal commas
// and mmol/L, one hour of 12 March 2025 that ends at 7,8 mmol/L.
func careMmol() string {
	c := newCare("mmol/L", ";")
	for i, v := range []string{"7,8", "7,4", "6,9", "5,5", "4,4", "3,8", "3,8", "4,1", "5,0", "6,1", "7,0", "7,6", "9,9"} {
		at := time.Date(2025, 3, 12, 12, 0, 0, 0, time.UTC).Add(-time.Duration(i) * 5 * time.Minute)
		c.row(at.Format("02.01.2006"), at.Format("15:04:05"), "Sensor Glucose", v)
	}
	c.row("13.03.2025", "00:10:00", "Sensor Glucose", "5,6")
	return c.file()
}

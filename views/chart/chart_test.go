package chart

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

var (
	mgdl = text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}
	mmol = text.Locale{Lang: "de", Unit: "mmol/L", Clock24: true}
)

func madrid(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	require.NoError(t, err)
	return zone
}

func render(t *testing.T, l text.Locale, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Render(text.With(t.Context(), l), &b))
	return b.String()
}

// at is a reading of 10 March 2026 in Madrid.
func at(t *testing.T, h, m int, v float64, c figure.Class) Reading {
	return Reading{At: time.Date(2026, 3, 10, h, m, 0, 0, madrid(t)), Value: unit.MgDLValue(v), Class: c}
}

func day(t *testing.T, l text.Locale, readings ...Reading) Day {
	return NewDay(l, DayInput{ID: "d", Day: time.Date(2026, 3, 10, 9, 0, 0, 0, madrid(t)), Readings: readings})
}

// trackOf reads what the script gets.
func trackOf(t *testing.T, d Day) (k track) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(d.track), &k))
	for i := range k.Beside { // written as steps
		if i > 0 {
			k.Beside[i].At += k.Beside[i-1].At
		}
	}
	return k
}

func TestDayTellsClassesApartByShape(t *testing.T) {
	d := day(t, mgdl, at(t, 1, 0, 48, figure.VeryLow), at(t, 1, 5, 62, figure.Low), at(t, 1, 10, 110, figure.InRange),
		at(t, 1, 15, 200, figure.High), at(t, 1, 20, 270, figure.VeryHigh))
	html := render(t, mgdl, ShowDay(d))
	for _, c := range []string{"very-low", "low", "in-range", "high", "very-high"} {
		require.Contains(t, html, `class="dots `+c+`"`)
	}
	require.NotEqual(t, shape("low"), shape("high"))
	require.Equal(t, "5 readings, from 48 mg/dL at 01:00 to 270 mg/dL at 01:20. No readings from 01:20 to midnight.", d.Summary)
	require.Contains(t, html, "<title id=\"d-t\">Glucose on Tuesday, 10 March 2026</title>")
}

func TestDayBreaksAtAGap(t *testing.T) {
	whole := day(t, mgdl, at(t, 1, 0, 110, figure.InRange), at(t, 1, 5, 112, figure.InRange), at(t, 1, 16, 115, figure.InRange))
	require.Equal(t, 1, strings.Count(whole.line, "M"))
	broken := day(t, mgdl, at(t, 1, 0, 110, figure.InRange), at(t, 1, 5, 112, figure.InRange), at(t, 1, 17, 115, figure.InRange))
	require.Equal(t, 2, strings.Count(broken.line, "M"))
}

func TestAScanIsARingOutsideTheLine(t *testing.T) {
	scan := at(t, 1, 7, 300, figure.VeryHigh)
	scan.Scan = true
	d := day(t, mgdl, at(t, 1, 0, 110, figure.InRange), scan, at(t, 1, 10, 112, figure.InRange))
	require.Len(t, d.rings, 1)
	require.Equal(t, 1, strings.Count(d.line, "l"), "two readings, one line")
}

func TestAClippedReadingWearsAHat(t *testing.T) {
	low, high := at(t, 1, 0, 40, figure.VeryLow), at(t, 5, 0, 400, figure.VeryHigh)
	low.Below, high.Above = true, true
	d := day(t, mgdl, low, high)
	require.Len(t, d.hats, 2)
	require.Contains(t, d.Summary, "from below 40 mg/dL at 01:00 to above 400 mg/dL at 05:00")
	html := render(t, mgdl, ShowDay(d))
	require.Contains(t, html, `M-5 -7h10`)
	require.Contains(t, html, `M-5 7h10`)
	k := trackOf(t, d)
	require.Equal(t, "LOW|HIGH", k.Values, "the limit is not shown as a value")
	require.Equal(t, []int{97, 0}, k.Ends, "so its place is said besides")
	require.Equal(t, []float64{30, 400}, []float64{k.Bottom, k.Top}, "a number has its place by the axis")
	k = trackOf(t, day(t, mmol, at(t, 1, 0, 112, figure.InRange)))
	require.Equal(t, []float64{1.67, 17}, []float64{k.Bottom, k.Top}, "in the reader's unit")
}

func TestOnlyTheDayIsDrawn(t *testing.T) {
	other := at(t, 1, 0, 399, figure.VeryHigh)
	other.At = other.At.AddDate(0, 0, 1)
	d := day(t, mgdl, at(t, 1, 0, 110, figure.InRange), other)
	require.Equal(t, "1 reading: 110 mg/dL at 01:00. No readings from 01:00 to midnight.", d.Summary)
	require.Len(t, d.Table.Rows, 1)
}

func TestAnEmptyDayStillHasItsAxis(t *testing.T) {
	d := day(t, mmol)
	require.True(t, d.Empty)
	html := render(t, mmol, ShowDay(d))
	require.Contains(t, html, "An diesem Tag gibt es keine Messwerte.")
	require.Contains(t, html, ">10,0</text>")
	require.NotContains(t, html, "<details>")
}

func TestTheDayOfTheAutumnHasTheHourTwice(t *testing.T) {
	zone := madrid(t)
	start := time.Date(2026, 10, 25, 0, 0, 0, 0, zone)
	var readings []Reading
	for i := range 25 {
		readings = append(readings, Reading{At: start.Add(time.Duration(i) * time.Hour), Value: unit.MgDLValue(100 + float64(i)), Class: figure.InRange})
	}
	d := NewDay(mgdl, DayInput{ID: "d", Day: start, Readings: readings})
	require.Len(t, d.Table.Rows, 25)
	require.Equal(t, []string{"02:00", "02:00"}, []string{d.Table.Rows[2].Hour, d.Table.Rows[3].Hour})
	k := trackOf(t, d)
	require.Equal(t, [][2]int{{0, 0}, {3 * 3600, 2 * 60}}, k.Clock, "at three the clock goes back to two")
	require.Equal(t, 25*3600, k.Length)
	second := 0
	for _, step := range k.At {
		second += step
	}
	require.Equal(t, 24*3600, second, "the last hour begins at 24/25 of the day")
}

func TestLanes(t *testing.T) {
	zone := madrid(t)
	h := func(hour, minute int) time.Time { return time.Date(2026, 3, 10, hour, minute, 0, 0, zone) }
	d := NewDay(mgdl, DayInput{ID: "d", Day: h(0, 0), Readings: []Reading{at(t, 8, 0, 110, figure.InRange)},
		Doses: []Dose{{At: h(8, 0), Units: 6}, {At: h(8, 10), Units: 1}, {At: h(9, 0), Units: 2}, {At: h(10, 0), Units: 0.1, Automated: true},
			{At: h(8, 0).AddDate(0, 0, 1), Units: 30}},
		Rates: []Rate{{Since: h(0, 0).Add(-time.Hour), Until: h(6, 0), PerHour: 0.8}, {Since: h(7, 0), Until: h(9, 0), PerHour: 0}},
		Meals: []Meal{{At: h(8, 5), Grams: 40}}})
	require.True(t, d.Lanes)
	require.Equal(t, []string{"all", "", "broad"}, []string{d.insulin.Bars[0].Only, d.insulin.Bars[1].Only, d.insulin.Bars[2].Only},
		"a small dose beside a large one gives way")
	require.Equal(t, 2, strings.Count(d.insulin.Basal, "Z"), "the hour without a known rate stays open")
	require.Equal(t, "M0 100v-22h360v22ZM420 100h120Z", d.insulin.Basal, "a rate from the day before begins at midnight")
	require.NotEmpty(t, d.insulin.Small)
	require.Equal(t, "6\u00a0U + 1\u00a0U", d.Table.Rows[0].Insulin)
	require.Equal(t, "40\u00a0g", d.Table.Rows[0].Carbs)
	require.Equal(t, "10:00", d.Table.Rows[2].Hour)
	require.Equal(t, "–", d.Table.Rows[2].Lowest, "an hour with a dose and no reading")
}

func TestProfile(t *testing.T) {
	var bins []ProfileBin
	for h := range 24 {
		m := unit.MgPerDl(100 + 2*h)
		bins = append(bins, ProfileBin{Minute: 60*h + 30, P5: m - 40, P25: m - 20, P50: m, P75: m + 30, P95: m + 90, Absent: h == 5})
	}
	p := NewProfile(mmol, ProfileInput{ID: "p", Bins: bins})
	require.Equal(t, 2, strings.Count(p.outer, "Z"), "the missing hour parts the band")
	require.Equal(t, 2, strings.Count(p.median, "M"))
	require.Equal(t, "–", p.Rows[5].P50)
	require.Equal(t, "5,6", p.Rows[0].P50)
	require.Contains(t, p.Summary, "00:30")
	require.Contains(t, p.Summary, "23:30")
	html := render(t, mmol, ShowProfile(p))
	for _, name := range []string{"5\u00a0%", "25\u00a0%", "Median", "75\u00a0%", "95\u00a0%"} {
		require.Contains(t, html, ">"+name+"</text>")
	}
	require.Contains(t, html, ">20,0</text>", "the axis ends at 20 mmol/L")
	require.Contains(t, NewProfile(mgdl, ProfileInput{ID: "p"}).Summary, "Too few")
}

func TestRanges(t *testing.T) {
	r := NewRanges(mgdl, RangesInput{ID: "r", Shares: [5]float64{0.2, 3.3, 70.8, 21.3, 4.4}, Goals: Goals{VeryLow: 1, Low: 4, InRange: 70, High: 25}})
	got := map[string]string{}
	for _, p := range r.Parts {
		got[p.Word] = p.Share
		require.GreaterOrEqual(t, p.height, leastPart-1e-9, p.Word)
	}
	require.Equal(t, map[string]string{"Very high": "5%", "High": "21%", "In range": "71%", "Low": "3%", "Very low": "<1%"}, got)
	require.Equal(t, "26%", r.brackets[0].Share)
	require.Equal(t, "<25%", r.brackets[0].Goal)
	require.Equal(t, "3%", r.brackets[1].Share, "its parts print as 3% and <1%")
	require.Equal(t, "<4%", r.brackets[1].Goal)
	require.Equal(t, "71% in range, 3% below, 26% above.", r.Summary)
	require.Equal(t, "54–69", r.Parts[3].Range)
	require.Equal(t, "<4,5\u00a0%", NewRanges(mmol, RangesInput{Shares: [5]float64{0, 0, 100, 0, 0}, Goals: Goals{High: 4.5}}).brackets[0].Goal)
	require.Equal(t, "3,9–10,0", NewRanges(mmol, RangesInput{Shares: [5]float64{0, 0, 100, 0, 0}}).Parts[2].Range)
	require.True(t, NewRanges(mgdl, RangesInput{}).Empty)
	html := render(t, mgdl, ShowRanges(r))
	require.Contains(t, html, ">&lt;1%</text>")
	require.Contains(t, html, "17\u00a0h a day", "70.8 % of 24 hours")
}

func TestThumbs(t *testing.T) {
	zone := madrid(t)
	monday := time.Date(2026, 3, 9, 0, 0, 0, 0, zone)
	var days []ThumbInput
	for i := range 14 {
		days = append(days, ThumbInput{Day: monday.AddDate(0, 0, i), Outside: i == 0})
	}
	days[1].URL = "/day"
	days[1].Readings = []Reading{at(t, 1, 0, 60, figure.Low), at(t, 1, 5, 120, figure.InRange), at(t, 1, 10, 220, figure.High)}
	th := NewThumbs(mgdl, "t", days)
	require.Len(t, th.Weeks, 2)
	require.Len(t, th.Weeks[1], 7)
	require.Equal(t, []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}, th.Weekdays)
	tuesday := th.Weeks[0][1]
	require.Equal(t, "Tuesday, 10 March 2026: 60 to 220 mg/dL", tuesday.Name)
	require.NotEmpty(t, tuesday.above)
	require.NotEmpty(t, tuesday.below)
	html := render(t, mgdl, ShowThumbs(th))
	require.Contains(t, html, `<a class="thumb" href="/day" aria-label="Tuesday, 10 March 2026: 60 to 220 mg/dL">`)
	require.Contains(t, html, `aria-label="Wednesday, 11 March 2026: no readings"`)
	require.Equal(t, 1, strings.Count(html, "thumb-outside"))
}

func TestSpark(t *testing.T) {
	until := time.Date(2026, 3, 10, 3, 0, 0, 0, madrid(t))
	s := NewSpark(mgdl, Ground{}, []Reading{at(t, 1, 0, 100, figure.InRange), at(t, 1, 5, 110, figure.InRange)}, until.Add(-3*time.Hour), until)
	require.Contains(t, render(t, mgdl, ShowSpark(s)), `class="now"`)
	require.NotContains(t, render(t, mgdl, ShowSpark(NewSpark(mgdl, Ground{}, nil, until.Add(-3*time.Hour), until))), `class="now"`)
}

func TestALabelAtTheTopStandsBesideItsReading(t *testing.T) {
	high := at(t, 20, 0, 400, figure.VeryHigh)
	high.Above = true
	d := day(t, mgdl, at(t, 1, 0, 110, figure.InRange), high)
	require.Equal(t, label{X: "83.3%", Y: "0%", Text: "HIGH", Anchor: "start", Side: "beside"}, d.extremes[1])
	late := high
	late.At = late.At.Add(3 * time.Hour)
	require.Equal(t, "end", day(t, mgdl, at(t, 1, 0, 110, figure.InRange), late).extremes[1].Anchor)
	require.Equal(t, "over", day(t, mgdl, at(t, 1, 0, 110, figure.InRange), at(t, 2, 0, 200, figure.High)).extremes[1].Side)
}

func TestLabelsOfTheAxisNeverTouch(t *testing.T) {
	for _, l := range []text.Locale{mgdl, mmol} {
		for _, highest := range []float64{100, 320, 400, 499, 600} {
			var places []float64
			for _, v := range day(t, l, at(t, 1, 0, highest, figure.High), at(t, 2, 0, 100, figure.InRange)).levels {
				y, err := strconv.ParseFloat(strings.TrimSuffix(v.LabelY, "%"), 64)
				require.NoError(t, err)
				places = append(places, y)
			}
			for i := 1; i < len(places); i++ { // from the bottom up
				require.GreaterOrEqual(t, places[i-1]-places[i], lineHeight-0.02, "%s up to %v: %v", l.Unit, highest, places)
			}
		}
	}
}

// In pregnancy there is one level above: the bar has four parts, and the goal
// of the upper stands at its only one.
func TestRangesOfAPersonsOwn(t *testing.T) {
	limits := Limits{MgDL: [4]float64{54, 63, 140, 0}, MmolL: [4]float64{3.0, 3.5, 7.8, 0}}
	r := NewRanges(mgdl, RangesInput{ID: "r", Shares: [5]float64{1, 3, 70, 26, 0}, Limits: limits, Goals: Goals{VeryLow: 1, Low: 4, InRange: 70, High: 25}})
	var words, ranges []string
	height := 0.0
	for _, p := range r.Parts {
		words, ranges = append(words, p.Word), append(ranges, p.Range)
		height += p.height
	}
	require.Equal(t, []string{"High", "In range", "Low", "Very low"}, words)
	require.Equal(t, []string{"above 140", "63–140", "54–62", "below 54"}, ranges)
	require.InDelta(t, rangesHeight, height, 1e-6)
	require.Len(t, r.brackets, 1, "nothing to join above the target")
	require.Equal(t, "4%", r.brackets[0].Share)
	require.Equal(t, "<25%", r.Parts[0].Goal)
	require.Equal(t, "70% in range, 4% below, 26% above.", r.Summary)
	require.Len(t, r.bounds, 3)
	html := render(t, mgdl, ShowRanges(r))
	require.NotContains(t, html, "very-high")
	require.NotContains(t, html, "250")
	require.Equal(t, "3,5–7,8", NewRanges(mmol, RangesInput{Shares: [5]float64{0, 0, 100, 0, 0}, Limits: limits}).Parts[1].Range)
}

// Labels and the lines of goals below them never run into each other,
// whatever the shares.
func TestLabelsOfTheBarKeepApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var shares [5]float64
		sum := 0.0
		for i := range shares {
			shares[i] = float64(rapid.IntRange(0, 100).Draw(t, "share"))
			sum += shares[i]
		}
		if sum == 0 {
			return
		}
		limits := Limits{}
		if rapid.Bool().Draw(t, "pregnancy") {
			limits = Limits{MgDL: [4]float64{54, 63, 140, 0}, MmolL: [4]float64{3.0, 3.5, 7.8, 0}}
			shares[3] += shares[4]
			shares[4] = 0
		}
		for i := range shares {
			shares[i] *= 100 / sum
		}
		r := NewRanges(mgdl, RangesInput{Shares: shares, Limits: limits, Goals: Goals{VeryLow: 1, Low: 4, InRange: 70, High: 25}})
		for i := 1; i < len(r.Parts); i++ {
			need := 24.0
			if r.Parts[i-1].hasGoalLine() {
				need = 40
			}
			require.GreaterOrEqual(t, r.Parts[i].labelY-r.Parts[i-1].labelY, need-1e-6)
		}
		require.LessOrEqual(t, r.Parts[len(r.Parts)-1].labelY, rangesHeight-10+1e-6)
	})
}

// Bounds that lie close to each other keep their labels apart.
func TestLabelsOfOwnLimitsKeepApart(t *testing.T) {
	for _, b := range [][4]float64{{54, 70, 180, 250}, {99, 100, 120, 121}, {54, 55, 300, 301}, {60, 100, 280, 299}} {
		all := levels(mgdl, Limits{MgDL: b, MmolL: [4]float64{3, 4, 10, 14}}.Axis(unit.MgDL, 30, 251))
		for i := 1; i < len(all); i++ {
			if all[i].Label != "" {
				below, err := strconv.ParseFloat(strings.TrimSuffix(all[i-1].LabelY, "%"), 64)
				require.NoError(t, err)
				y, err := strconv.ParseFloat(strings.TrimSuffix(all[i].LabelY, "%"), 64)
				require.NoError(t, err)
				require.GreaterOrEqual(t, below-y, lineHeight-0.02, "%v: %s and %s", b, all[i-1].Label, all[i].Label)
			}
		}
	}
}

package chart

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/text"
)

func sampleBars(l text.Locale) Bars {
	return NewBars(l, BarsInput{ID: "b", Title: "Insulin", Summary: "Two days.", Columns: 2,
		Lanes: []BarLane{{Name: "Insulin, U", Part: 3, Mean: 36, Bars: [][]BarPart{{{Amount: 24, Kind: "basal"}, {Amount: 12, Kind: "hand"}}, {{Amount: 10, Kind: "basal", Faint: true}}}},
			{Name: "Carbs, g", Part: 1, Least: 40, Bars: [][]BarPart{{{Amount: 30, Kind: "carbs"}}, {{Amount: 0, Kind: "carbs"}}}}},
		Ticks: []BarTick{{Column: 0.5, Label: "2 Mar"}, {Column: 1.5, Label: "3 Mar", Broad: true}},
		Keys:  []BarKey{{Kind: "basal", Label: "Basal <b>"}, {Kind: "mean", Label: "Mean"}},
		Head:  []string{"Day", "Insulin"}, Rows: []BarRow{{URL: "/d", Cells: []string{"2 Mar", "36 U"}}, {Cells: []string{"3 Mar", "10 U"}, Note: "not in the mean"}}})
}

func sampleSchedule(l text.Locale) Bars {
	return NewBars(l, BarsInput{ID: "s", Title: "Basal", Summary: "A schedule.", Columns: 24, Clock: true, Low: true,
		Lanes: []BarLane{{Name: "U/h", Part: 1, Least: 0.1, Steps: []BarStep{{0, 6.5, 0.8}, {6.5, 24, 1.1}}}}})
}

func sampleWear(l text.Locale) Wear {
	day := func(n float64) time.Time {
		return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n * float64(24*time.Hour)))
	}
	return NewWear(l, WearInput{ID: "w", Title: "Worn", Summary: "Ten days.", Since: day(0), Until: day(10), Ticks: []WearTick{{At: day(0), Label: "1 Mar"}, {At: day(5), Label: "6 Mar", Broad: true}},
		Rows: []WearRow{{Name: "Readings", Spans: []WearSpan{{Since: day(-5), Until: day(4), Kind: "readings"}, {Since: day(5), Until: day(5.0001), Kind: "readings"}, {Since: day(11), Until: day(12), Kind: "readings"}}},
			{Name: "Site <i>", Marks: []time.Time{day(-1), day(3), day(10)}}},
		Head: []string{"What", "From"}, Table: [][]string{{"Site", "3 Mar"}}})
}

// TestGoldenOfBars holds the drawings. Run it with -update after a change
// that was meant, and look at them.
func TestGoldenOfBars(t *testing.T) {
	us := text.Locale{Lang: "en", Unit: "mg/dL"}
	for name, c := range map[string]templ.Component{"bars": ShowBars(sampleBars(mgdl)), "bars-none": ShowBars(NewBars(mgdl, BarsInput{ID: "n", Columns: 1})),
		"schedule": ShowBars(sampleSchedule(us)), "wear": ShowWear(sampleWear(mgdl))} {
		t.Run(name, func(t *testing.T) {
			html := render(t, mgdl, c) + "\n"
			file := filepath.Join("testdata", name+".html")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(file, []byte(html), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), html)
		})
	}
}

func TestBarsStandOnEachOther(t *testing.T) {
	b := sampleBars(mgdl)
	require.Len(t, b.lanes[0].rects, 3)
	basal, hand := b.lanes[0].rects[0], b.lanes[0].rects[1]
	require.Equal(t, "40%", basal.Y, "24 of an axis up to 40")
	require.Equal(t, "60%", basal.H)
	require.Equal(t, "10%", hand.Y, "12 on top of them")
	require.Equal(t, "30%", hand.H)
	require.Equal(t, "10%", b.lanes[0].mean)
	require.Contains(t, b.lanes[0].rects[2].Class, "bar-faint")
	require.Len(t, b.lanes[1].rects, 1, "nothing is no bar")
}

func TestAxisOfALaneHoldsItsHighest(t *testing.T) {
	for _, c := range []struct{ v, top, step float64 }{{42, 60, 20}, {100, 100, 50}, {0.7, 0.8, 0.2}, {1.1, 1.5, 0.5}, {0, 1, 1}, {math.Inf(1), 1, 1}, {math.NaN(), 1, 1}} {
		top, step := axisTop(c.v)
		require.InDelta(t, c.top, top, 1e-9, "of %v", c.v)
		require.InDelta(t, c.step, step, 1e-9, "of %v", c.v)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(1e-6, 1e6).Draw(t, "v")
		top, step := axisTop(v)
		require.GreaterOrEqual(t, top, v*(1-1e-6))
		require.LessOrEqual(t, top, v*2.51, "not half empty")
		require.LessOrEqual(t, top/step, 4.0001)
	})
}

func TestTheStripKeepsToItsPeriod(t *testing.T) {
	w := sampleWear(mgdl)
	require.Equal(t, []rect{{"0%", "22", "40%", "18", "wear wear-readings"}, {"50%", "22", "0.2%", "18", "wear wear-readings wear-other"}}, w.rows[0].rects, "cut at the edges, and never too thin to see")
	require.Equal(t, []string{"30%"}, w.rows[1].marks)
	rapid.Check(t, func(t *rapid.T) {
		since := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		a, b := rapid.IntRange(-500, 1500).Draw(t, "from"), rapid.IntRange(0, 900).Draw(t, "for")
		w := NewWear(mgdl, WearInput{Since: since, Until: since.Add(1000 * time.Hour),
			Rows: []WearRow{{Spans: []WearSpan{{Since: since.Add(time.Duration(a) * time.Hour), Until: since.Add(time.Duration(a+b) * time.Hour)}}}}})
		for _, r := range w.rows[0].rects {
			x, err1 := strconv.ParseFloat(strings.TrimSuffix(r.X, "%"), 64)
			width, err2 := strconv.ParseFloat(strings.TrimSuffix(r.W, "%"), 64)
			require.NoError(t, err1)
			require.NoError(t, err2)
			require.GreaterOrEqual(t, x, 0.0)
			require.LessOrEqual(t, x+width, 100.011)
		}
	})
}

// What charts shade is the night of the person, wherever there is a clock.
func TestNightsAreThePersons(t *testing.T) {
	late := Night{From: 23, Until: 2}
	html := render(t, mgdl, ShowBars(NewBars(mgdl, BarsInput{ID: "b", Columns: 24, Clock: true, Night: late})))
	require.Contains(t, html, `class="night" x="0%" y="0" width="8.3%"`)
	require.Contains(t, html, `class="night" x="95.8%" y="0" width="4.2%"`)
	tile := func(n Night) string {
		return NewTile(mgdl, TileInput{Since: exploreStart(), Until: exploreStart().Add(24 * time.Hour), Width: 960, Level: EachReading, Highest: 200, Ground: Ground{Night: n}}).Parts["night"]
	}
	require.NotEqual(t, tile(Night{}), tile(late))
	require.Equal(t, tile(Night{}), tile(Night{From: 22, Until: 6}))
}

package chart

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

var english = text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}

func exploreStart() time.Time { return time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC) }

func exploreReadings(n int, every time.Duration, value func(i int) float64) (rs []Reading) {
	for i := range n {
		v := value(i)
		r := Reading{At: exploreStart().Add(time.Duration(i) * every), Value: unit.MgDLValue(v), Class: figure.InRange, Every: every, Low: v < 70, VeryLow: v < 54}
		if v < 54 {
			r.Class = figure.VeryLow
		}
		rs = append(rs, r)
	}
	return rs
}

func TestLevelFollowsTheRoomOnTheScreen(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		name   string
		length time.Duration
		width  int
		want   Level
	}{
		{"an hour", time.Hour, 960, EachReading}, {"three days on a desk", 3 * day, 960, EachReading}, {"three days on a phone", 3 * day, 290, Extremes},
		{"a day on a phone", day, 290, EachReading}, {"three weeks", 21 * day, 960, Extremes}, {"90 days", 90 * day, 960, WholeDays},
		{"five years", 5 * 365 * day, 4096, WholeDays}, {"no width", day, 0, WholeDays},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, LevelFor(c.length, c.width)) })
	}
}

// The explorer is drawn on a person's own bounds and night. Only the lane of
// lows keeps the bound of most people, by which the statistics of days count.
func TestATileOnAPersonsGround(t *testing.T) {
	in := TileInput{Since: exploreStart(), Until: exploreStart().Add(24 * time.Hour), Width: 960, Level: EachReading, Highest: 200,
		Ground: geometry.Ground{Limits: geometry.Limits{MgDL: [4]float64{60, 95, 120, 200}, MmolL: [4]float64{3.3, 5.3, 6.7, 11.1}}, Night: geometry.Night{From: 8, Until: 16}}}
	require.Equal(t, 1, strings.Count(NewTile(english, in).Parts["night"], "M"))
	require.Contains(t, NewTile(english, in).Parts["night"], "M320", "from 8:00")
	e := NewExplore(english, ExploreInput{Tile: in, First: in.Since, Last: in.Until})
	var labels []string
	for _, l := range e.levels {
		labels = append(labels, l.Label)
	}
	require.Equal(t, []string{"60", "95", "120", "200", "300"}, labels)
	require.Contains(t, e.Below, "70")
	own := in.Ground.Axis(unit.MgDL, 30, 251)
	y, height := band(own)
	require.Equal(t, []string{y, height}, []string{e.bandY, e.bandHeight})
	in.Level = Extremes
	in.Readings = exploreReadings(288, 5*time.Minute, func(int) float64 { return 150 })
	require.NotEmpty(t, NewTile(english, in).Parts["above"], "150 is above 120")
}

func TestATileOfReadings(t *testing.T) {
	in := TileInput{Since: exploreStart(), Until: exploreStart().Add(24 * time.Hour), Width: 960, Level: EachReading, Highest: 200,
		Readings: exploreReadings(288, 5*time.Minute, func(i int) float64 {
			if i == 100 {
				return 50
			}
			return 120
		})}
	tile := NewTile(english, in)
	require.Equal(t, 287, strings.Count(tile.Parts["in-range"], "h0"))
	require.Equal(t, "M333 926h0", tile.Parts["very-low"], "at 8:20, on the height of 50")
	require.Equal(t, 1, strings.Count(tile.Parts["curve"], "M"), "one line")
	require.NotEmpty(t, tile.Parts["lane"])
	require.NotEmpty(t, tile.Parts["lane-severe"])
	require.Equal(t, 2, strings.Count(tile.Parts["night"], "M"))
	require.Equal(t, "Tue 10 Mar", tile.Ticks[0].Label)
	require.True(t, tile.Ticks[0].Strong)
}

func TestATileOfWeeksKeepsALowOfOneReading(t *testing.T) {
	in := TileInput{Since: exploreStart(), Until: exploreStart().AddDate(0, 0, 28), Width: 400, Level: Extremes, Highest: 200,
		Readings: exploreReadings(28*288, 5*time.Minute, func(i int) float64 {
			if i == 4000 {
				return 41
			}
			return 100 + float64(i%7)
		})}
	tile := NewTile(english, in)
	require.LessOrEqual(t, len(heights(t, tile.Parts["curve"])), 2*(400/extremeColumn+2))
	require.InDelta(t, 959.3, slices.Max(heights(t, tile.Parts["curve"])), extremeStep, "the height of 41")
	require.NotEmpty(t, tile.Parts["below"])
	require.Empty(t, tile.Parts["very-low"], "no dots")
	require.NotEmpty(t, tile.Parts["lane-severe"])
}

func TestATileOfDaysBreaksAtAGap(t *testing.T) {
	in := TileInput{Since: exploreStart(), Until: exploreStart().AddDate(1, 0, 0), Width: 960, Level: WholeDays, Highest: 401}
	for _, d := range []int{0, 1, 2, 200, 201, 300} {
		at := exploreStart().AddDate(0, 0, d)
		in.Spreads = append(in.Spreads, Spread{Since: at, Until: at.Add(24 * time.Hour), Min: 60, Max: 401, P5: 65, P25: 80, P50: 100, P75: 150, P95: 220})
	}
	tile := NewTile(english, in)
	for _, part := range []string{"outer", "inner", "median"} {
		require.Equal(t, 3, strings.Count(tile.Parts[part], "M"), part+": a single day is drawn too")
	}
	require.Equal(t, 6, strings.Count(tile.Parts["whisker"], "M"))
	require.Empty(t, tile.Parts["lane"])
	require.Equal(t, unit.MgPerDl(400), exploreAxis(english, in).Top, "a clipped 400 needs no higher axis")
	months := 0
	for _, tick := range tile.Ticks {
		if tick.Strong {
			require.Equal(t, "2027", tick.Label)
		}
		months++
	}
	require.LessOrEqual(t, months, 12)
}

// On a phone other labels are shown than on a desk, and of neither too many.
func TestScreenTicks(t *testing.T) {
	for days := 1; days < 3000; days += 13 {
		e := NewExplore(english, ExploreInput{Tile: TileInput{Since: exploreStart().AddDate(0, 0, -days), Until: exploreStart(), Width: 960, Level: WholeDays},
			First: exploreStart().AddDate(-9, 0, 0), Last: exploreStart()})
		broad, slim := 0, 0
		for _, tick := range e.Tile.Ticks {
			if tick.Only != "slim" {
				broad++
			}
			if tick.Only != "broad" {
				slim++
			}
		}
		require.LessOrEqual(t, broad, 12, "%d days", days)
		require.LessOrEqual(t, slim, 5, "%d days", days)
		require.Positive(t, slim)
	}
}

// heights follows a path of one line and gives the height of each of its
// places.
func heights(t *testing.T, path string) (ys []float64) {
	t.Helper()
	y := 0
	for i, n := range regexp.MustCompile(`-?\d+`).FindAllString(path, -1) { // M, then steps
		v, err := strconv.Atoi(n)
		require.NoError(t, err)
		if i%2 == 1 {
			y += v
			ys = append(ys, float64(y))
		}
	}
	return ys
}

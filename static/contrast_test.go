package static

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// palettes are the columns of the table of colours.
var palettes = []string{"light", "dark", "bedside"}

// tokens reads the table of colours from the style sheet: name → light, dark,
// bedside.
func tokens(t *testing.T) map[string][3]string {
	t.Helper()
	sheet, err := files.ReadFile("css/tokens.css")
	require.NoError(t, err)
	row := regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9A-Fa-f]{6}), (#[0-9A-Fa-f]{6})\);`)
	block := regexp.MustCompile(`(?s)\[data-theme="bedside"\] \{(.*?)\}`).FindSubmatch(sheet)
	require.NotNil(t, block)
	dim := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9A-Fa-f]{6});`).FindAllSubmatch(block[1], -1) {
		dim[string(m[1])] = string(m[2])
	}
	table := map[string][3]string{}
	for _, m := range row.FindAllStringSubmatch(string(sheet), -1) {
		require.NotEmpty(t, dim[m[1]], "%s has no colour at the bedside", m[1])
		table[m[1]] = [3]string{m[2], m[3], dim[m[1]]}
	}
	require.Greater(t, len(table), 30, "the table was found")
	require.Len(t, dim, len(table), "the bedside has the same colours")
	return table
}

// luminance and contrast are the formulas of WCAG 2.2, "relative luminance"
// and "contrast ratio".
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(hex[1:], 16, 32)
	require.NoError(t, err)
	linear := func(c uint64) float64 {
		s := float64(c&0xFF) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastFormula(t *testing.T) {
	require.InDelta(t, 21, contrast(t, "#000000", "#FFFFFF"), 0.001)
	require.InDelta(t, 4.54, contrast(t, "#767676", "#FFFFFF"), 0.01)
}

// TestContrast checks every pair of colours that meets on a page: words need
// 4.5 : 1, lines and shapes that carry meaning 3 : 1 (WCAG 2.2, 1.4.3 and
// 1.4.11). Grid lines and hairlines carry none.
func TestContrast(t *testing.T) {
	const words, shapes = 4.5, 3.0
	grounds := []string{"page", "card"}
	plots := []string{"page", "target", "night", "target-night"}
	classes := []string{"very-low", "low", "in-range", "high", "very-high"}
	type pair struct {
		front, back string
		least       float64
	}
	var pairs []pair
	meet := func(least float64, fronts, backs []string) {
		for _, f := range fronts {
			for _, b := range backs {
				pairs = append(pairs, pair{f, b, least})
			}
		}
	}
	meet(words, []string{"ink", "muted", "link"}, grounds)
	meet(words, []string{"ink", "muted"}, plots)
	meet(words, classes, grounds)
	meet(words, []string{"on-link"}, []string{"link", "low"})
	meet(shapes, []string{"edge", "link"}, grounds)
	meet(shapes, []string{"edge", "insulin", "carbs"}, plots)
	for _, c := range classes {
		meet(shapes, []string{c + "-dot"}, plots)
		if c != "high" { // its light fill is drawn with fill-edge around it
			meet(shapes, []string{c + "-fill"}, []string{"page"})
		}
	}
	meet(shapes, []string{"fill-edge"}, []string{"page"})
	meet(shapes, []string{"band-edge"}, []string{"page", "night", "target"})
	meet(shapes, []string{"median"}, []string{"halo"})
	meet(shapes, []string{"qr-ink"}, []string{"qr-ground"})

	table := tokens(t)
	for i, theme := range palettes {
		for _, p := range pairs {
			front, ok := table[p.front]
			require.True(t, ok, "no token %s", p.front)
			back, ok := table[p.back]
			require.True(t, ok, "no token %s", p.back)
			require.GreaterOrEqual(t, contrast(t, front[i], back[i]), p.least, "%s: %s on %s", theme, p.front, p.back)
		}
	}
}

// The bands must be told apart from each other, or have an edge that is.
func TestBandsAreToldApart(t *testing.T) {
	table := tokens(t)
	for i, theme := range palettes {
		outer, inner, edge := table["outer"][i], table["inner"][i], table["band-edge"][i]
		apart := max(contrast(t, outer, inner), contrast(t, edge, outer))
		require.GreaterOrEqual(t, apart, 3.0, theme)
	}
}

// The bedside: black, nothing that blinds, and red for very low
// alone.
func TestTheBedsideIsDark(t *testing.T) {
	for name, colours := range tokens(t) {
		c := colours[2]
		require.LessOrEqual(t, luminance(t, c), 0.40, "%s is too bright", name)
		v, err := strconv.ParseUint(c[1:], 16, 32)
		require.NoError(t, err)
		r, g, b := float64(v>>16&0xFF), float64(v>>8&0xFF), float64(v&0xFF)
		red := r > 1.8*g && r > 1.8*b && r > 100
		require.Equal(t, regexp.MustCompile(`^very-low`).MatchString(name), red, "%s %s", name, c)
	}
	require.Equal(t, "#000000", tokens(t)["page"][2])
}

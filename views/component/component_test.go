package component

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

var update = flag.Bool("update", false, "write the golden files anew")

func latest(value float64, age time.Duration, change func(*figure.Newest)) figure.Latest {
	now := time.Date(2026, 3, 10, 14, 7, 0, 0, time.UTC)
	delta := unit.MgPerDl(3)
	n := &figure.Newest{At: now.Add(-age), Value: unit.MgDLValue(value), Class: figure.InRange, Trend: figure.FortyFiveUp, Delta: &delta, Every: 5 * time.Minute}
	if change != nil {
		change(n)
	}
	return figure.NewLatest(text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}, n, now)
}

// TestGolden holds each part in each of its states. Run it with -update after
// a change that was meant.
func TestGolden(t *testing.T) {
	field := Field{Name: "email", Label: "E-mail address", Hint: "You sign in with it.", Value: "sam@example.org", Type: "email", Complete: "username"}
	wrong := field
	wrong.Problem = "Enter an e-mail address."
	options := []Option{{Value: "a", Label: "First"}, {Value: "b", Label: "Second", Hint: "The other one."}}
	cases := map[string]templ.Component{
		"value-never":     Value(figure.Latest{State: figure.Never, Unit: "mg/dL"}, "hero"),
		"value-live":      Value(latest(112, 2*time.Minute, nil), "hero"),
		"value-late":      Value(latest(112, 9*time.Minute, nil), "hero"),
		"value-stale":     Value(latest(112, 22*time.Minute, nil), "hero"),
		"value-low":       Value(latest(40, 2*time.Minute, func(n *figure.Newest) { n.Below, n.Class = true, figure.VeryLow }), "hero"),
		"value-high":      Value(latest(400, 2*time.Minute, func(n *figure.Newest) { n.Above, n.Class = true, figure.VeryHigh }), "tile"),
		"value-ahead":     Value(latest(112, -time.Hour, nil), "tile"),
		"field":           Input(field),
		"field-problem":   Input(wrong),
		"field-password":  Input(Field{Name: "password", Label: "Password", Value: "never sent back", Type: "password", Complete: "new-password", Reveal: true, Least: 15}),
		"field-optional":  Input(Field{Name: "note", Label: "Note", Optional: true, Short: true}),
		"select":          Pick(Select{Name: "zone", Label: "Zone", Value: "b", Options: options}),
		"choices":         Radios(Choices{Name: "unit", Legend: "Unit", Value: "a", Options: options}),
		"choices-problem": Radios(Choices{Name: "unit", Legend: "Unit", Hint: "Look at the meter.", Problem: "Choose one.", Options: options}),
		"tick":            Tick(Check{Name: "seen", Label: "I have seen it."}),
		"tick-problem":    Tick(Check{Name: "seen", Label: "I have seen it.", Problem: "Tick this first."}),
		"problems":        Problems([]Problem{{Field: "email", Text: "Enter an e-mail address."}, {Text: "Something else."}}),
		"table":           ShowTable(Table{Caption: "Rows", Head: []string{"Date", "Value"}, Rows: [][]string{{"3 March", "112"}}, Numeric: []int{1}}),
		"badge":           Badge("constructed, not seen", true),
		"tabs":            Tabs("Period", []Tab{{URL: "?days=7", Label: "7 days"}, {URL: "?days=14", Label: "14 days", Current: true}}),
		"empty":           Empty("Nothing yet.", "Bring in a file."),
		"button":          Submit("Save"),
		"classes":         templ.Join(ClassWord(figure.VeryLow), ClassWord(figure.Low), ClassWord(figure.InRange), ClassWord(figure.High), ClassWord(figure.VeryHigh)),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, c.Render(t.Context(), &b))
			b.WriteByte('\n')
			file := filepath.Join("testdata", name+".html")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), b.String())
		})
	}
}

func TestNoGoldenFileIsLeftOver(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	require.NoError(t, err)
	require.Len(t, entries, 23, "a golden file for each case and none besides")
}

func TestAPasswordIsNeverSentBack(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Input(Field{Name: "p", Type: "password", Value: "correct horse"}).Render(t.Context(), &b))
	require.NotContains(t, b.String(), "correct horse")
}

func TestEveryArrowAndIconIsDrawn(t *testing.T) {
	for a := figure.DoubleUp; a <= figure.TripleDown; a++ {
		var b bytes.Buffer
		require.NoError(t, Arrow(a).Render(t.Context(), &b))
		require.Contains(t, b.String(), "<path")
	}
	for _, name := range []string{"people", "day", "profile", "imports", "previous", "next"} {
		var b bytes.Buffer
		require.NoError(t, Icon(name).Render(t.Context(), &b))
		require.Contains(t, b.String(), "<path", name)
	}
}

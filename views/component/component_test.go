package component

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/views/figure"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds each part in each of its states. Run it with -update after
// a change that was meant.
func TestGolden(t *testing.T) {
	field := Field{Name: "email", Label: "E-mail address", Hint: "You sign in with it.", Value: "sam@example.org", Type: "email", Complete: "username"}
	wrong := field
	wrong.Problem = "Enter an e-mail address."
	options := []Option{{Value: "a", Label: "First"}, {Value: "b", Label: "Second", Hint: "The other one."}}
	cases := map[string]templ.Component{
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
		"table-stack":     ShowTable(Table{Stack: true, Caption: "Rows", Head: []string{"Date", "Value", "From"}, Rows: [][]string{{"3 March", "112", "<b>Pump</b>"}}, Numeric: []int{1}}),
		"badge":           Badge("constructed, not seen", true),
		"tabs":            Tabs("Period", []Tab{{URL: "?days=7", Label: "7 days"}, {URL: "?days=14", Label: "14 days", Current: true}}),
		"empty":           Empty("Nothing yet.", "Bring in a file."),
		"button":          Submit("Save"),
		"classes":         templ.Join(ClassWord(figure.VeryLow), ClassWord(figure.Low), ClassWord(figure.InRange), ClassWord(figure.High), ClassWord(figure.VeryHigh)),
	}
	for _, v := range figure.States(text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}) {
		cases["value-"+v.Name] = Value(v.Latest, "hero")
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
	require.Len(t, entries, 38, "a golden file for each case and none besides")
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

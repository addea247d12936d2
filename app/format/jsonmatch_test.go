package format

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// matching lists the formats that claim content.
func matching(content string) []string {
	h := newHead([]byte(content[:min(len(content), headBytes)]), len(content) <= headBytes)
	ids := []string{}
	for _, f := range formats {
		if f.Match(h) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

func TestEachJSONSampleIsClaimedByOneFormat(t *testing.T) {
	for _, c := range jsonSamples {
		t.Run(c.file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join("testdata", c.file))
			require.NoError(t, err)
			require.Equal(t, []string{c.id}, matching(string(content)))
		})
	}
}

func TestAnObjectLargerThanTheHeadIsRecognisedByItsFirstMembers(t *testing.T) {
	pad := strings.Repeat(`{"a":1},`, 20_000) + `{}`
	require.Equal(t, []string{"nightscout-json"}, matching(`[{"created_at":"2024-01-01T00:00:00Z","device":"loop://x","loop":{"predicted":[`+pad+`]}}]`))
	require.Equal(t, []string{"tidepool-json"}, matching(`[{"type":"upload","time":"2024-01-01T00:00:00Z","deviceId":"x","payload":[`+pad+`]}]`))
}

func TestJSONOfOthersIsNotClaimed(t *testing.T) {
	for name, content := range map[string]string{
		"an empty list":         `[]`,
		"an empty object":       `{}`,
		"a settings file":       `{"name":"x","version":"1.0.0"}`,
		"a list of numbers":     `[1,2,3]`,
		"a type of another app": `[{"type":"bolus","at":"2024-01-01"}]`,
		"a CSV":                 "time,mgdl\n2024-01-01T00:00:00,100\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, id := range matching(content) {
				require.NotContains(t, id, "nightscout")
				require.NotContains(t, id, "tidepool")
			}
		})
	}
}

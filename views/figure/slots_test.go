package figure

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
)

// Whatever the state, language, unit and clock: an age is said, no place of a
// sentence is left open but the age that goes on, and what is old or gone has
// neither class nor direction.
func TestEveryStateIsSaid(t *testing.T) {
	for _, l := range []text.Locale{{Lang: "en", Unit: "mg/dL"}, {Lang: "en", Unit: "mmol/L", Clock24: true}, {Lang: "de", Unit: "mmol/L", Clock24: true}} {
		names := map[string]bool{}
		for _, v := range States(l) {
			t.Run(v.Name+" in "+l.Lang+" and "+l.Unit, func(t *testing.T) {
				require.False(t, names[v.Name], "one of each name")
				names[v.Name] = true
				s := v.Latest.Slots(l)
				require.NotEmpty(t, s.Text["age"])
				whole, err := json.Marshal(s)
				require.NoError(t, err)
				rest := strings.ReplaceAll(string(whole), "{age}", "")
				for _, word := range []string{"{clock", "{value", "{source", "{name", "{last", "[value."} {
					require.NotContains(t, rest, word)
				}
				if s.State != Live && s.State != Late {
					require.Empty(t, s.Class+s.Mark+s.Arrow+s.Title+s.Text["word"]+s.Text["trend"]+s.Text["delta"]+s.Text["clock"])
					require.False(t, s.Urgent)
				}
				require.Equal(t, s.Note != "", s.Text["note"] != "")
				require.Equal(t, s.NoteWords != "", s.NoteSince != "", "an age that goes on counts from somewhere")
				if s.State == Ended {
					require.NotContains(t, rest, "112")
					require.Empty(t, s.At)
				}
			})
		}
	}
}

func TestExplain(t *testing.T) {
	now := time.Date(2026, 3, 10, 14, 7, 30, 0, time.UTC)
	en, de := text.Locale{Lang: "en", Clock24: true}, text.Locale{Lang: "de", Clock24: true}
	late := Latest{State: Late}
	for _, c := range []struct {
		name   string
		l      text.Locale
		why    Why
		kind   string
		want   string
		late   bool
		latest Latest
	}{
		{"nothing is known", en, Why{}, "", "", false, late},
		{"warming up, to the next five minutes", en, Why{Event: SensorStarted, At: now.Add(-10 * time.Minute), WarmUp: 30 * time.Minute}, "warm-up", "Sensor warming up, ready about 14:30.", false, late},
		{"warmed up since", en, Why{Event: SensorStarted, At: now.Add(-31 * time.Minute), WarmUp: 30 * time.Minute}, "", "", false, late},
		{"ended", de, Why{Event: SensorEnded, At: now.Add(-10 * time.Minute)}, "ended", "Sensor beendet 13:57.", false, late},
		{"ended on another day", en, Why{Event: SensorEnded, At: now.Add(-20 * time.Hour)}, "ended", "Sensor ended Mon 9 Mar, 18:07.", false, late},
		{"failed", en, Why{Event: SensorFailed, At: now.Add(-10 * time.Minute), Heard: now}, "failed", "Sensor error 13:57.", false, late},
		{"the phone is silent", en, Why{Heard: now.Add(-12 * time.Minute)}, "heard", "Phone last heard 12\u00a0min ago.", true, late},
		{"a named source is silent", de, Why{Heard: now.Add(-12 * time.Minute), Source: "xDrip"}, "heard", "Von xDrip zuletzt vor 12\u00a0min gehört.", true, late},
		{"nobody is to send anything", en, Why{Heard: now.Add(-3 * time.Hour), File: true, Source: "xDrip"}, "file", "Brought in by file 3\u00a0h ago.", true, late},
		{"no reading ever", en, Why{Heard: now}, "", "", false, Latest{State: Never}},
		{"the box's clock was set back", en, Why{Heard: now.Add(time.Hour)}, "heard", "Phone last heard 0\u00a0min ago.", true, late},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := c.latest.Explain(c.l, c.why, now).Note
			require.Equal(t, c.kind, n.Kind)
			require.Equal(t, c.want, n.Text)
			require.Equal(t, c.late, n.OnlyLate())
		})
	}
}

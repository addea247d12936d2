package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestASessionIsReadAsItWasWritten(t *testing.T) {
	end := time.Date(2026, 6, 1, 12, 0, 0, 123456789, time.UTC)
	for name, values := range map[string]map[string]any{
		"with all it can hold": {keyAccount: int64(1) << 60, keyEpoch: int64(3), keyOrigin: `a "quoted" one, ä`, keyFlash: flash{Key: "log.added", Page: "/people/x/log", At: 1_773_000_000_123}},
		"without a notice":     {keyAccount: int64(1), keyEpoch: int64(1), keyOrigin: ""},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := codec{}.Encode(end, values)
			require.NoError(t, err)
			require.True(t, codec{}.knows(text))
			deadline, got, err := codec{}.Decode(text)
			require.NoError(t, err)
			require.Equal(t, values, got)
			require.True(t, end.Equal(deadline))
		})
	}
	for name, values := range map[string]map[string]any{"a value of no name": {"other": "x"}, "a value of another type": {keyAccount: "1"}} {
		t.Run(name, func(t *testing.T) {
			_, err := codec{}.Encode(end, values)
			require.Error(t, err)
		})
	}
	_, _, err := codec{}.Decode([]byte("{"))
	require.Error(t, err)
	require.False(t, codec{}.knows([]byte{0x1f, 0xff}), "of an older box")
	require.False(t, codec{}.knows(nil))
}

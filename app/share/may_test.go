package share_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/share"
)

// What a page offers is what sending it would be let do, and asking for it
// leaves no line: nobody tried anything.
func TestMay(t *testing.T) {
	b := newBox(t)
	scope, err := b.share.Scope(t.Context(), viewer(b.ana), share.View, b.mila.Key, now)
	require.NoError(t, err)
	may := func(s share.Scope, at time.Time) bool {
		ok, err := b.share.May(t.Context(), s, share.Write, at)
		require.NoError(t, err)
		return ok
	}
	before := len(b.lines())
	require.True(t, may(scope, now))
	require.False(t, may(share.Scope{}, now), "a scope that nobody gave")
	console, err := b.share.Scope(t.Context(), share.Viewer{Console: true}, share.View, b.mila.Key, now)
	require.NoError(t, err)
	require.True(t, may(console, now))
	b.sql(`UPDATE grant SET revoked_ms = 1 WHERE account = ?`, b.ana)
	require.False(t, may(scope, now), "the grant ended after the scope was given")
	require.Len(t, b.lines(), before)
}

package share_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/share"
)

func TestAnotherOwnerSeesThePersonAndNobodyElse(t *testing.T) {
	b := newBox(t)
	may := func(account int64, key string) bool {
		_, err := b.share.Scope(t.Context(), viewer(account), share.View, key, now)
		return err == nil
	}
	require.False(t, may(b.cleo, b.mila.Key))
	before := len(b.lines())
	require.NoError(t, b.share.AddOwner(t.Context(), now, viewer(b.ana), b.mila.ID, b.cleo))
	require.Len(t, b.lines(), before+1)
	require.True(t, may(b.cleo, b.mila.Key))
	require.True(t, may(b.ana, b.mila.Key), "the first owner stays one")
	require.False(t, may(b.cleo, b.jon.Key))
}

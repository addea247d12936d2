package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The check that every other test ends with must be able to fail.
func TestATabHearsWhatBreaksThePolicy(t *testing.T) {
	b := newBox(t)
	p := b.openUnchecked(t)
	p.visit("/setup")
	require.Empty(t, p.trouble())
	ask[any](p, `document.body.setAttribute("style", "color: red")`)
	ask[any](p, `Promise.resolve().then(() => console.error("said so"))`)
	require.Eventually(t, func() bool { return len(p.trouble()) >= 2 }, patience, 1e7, "%v", p.trouble())
	require.Contains(t, p.trouble()[0], "style-src")
}

package web_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A long note is folded, without script too.
func TestALongNoteIsFolded(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.writes("kind", "note", "text", strings.Repeat("long ", 1000)+"end of it")
	page := ana.page(ana.at("/log"))
	before, after, found := strings.Cut(page, "Show all of the text</summary>")
	require.True(t, found)
	require.Less(t, strings.Count(before, "long "), 60)
	require.Contains(t, after, "end of it")
	ana.writes("kind", "note", "text", "a short one")
	require.Equal(t, 1, strings.Count(ana.page(ana.at("/log")), "Show all of the text"))
}

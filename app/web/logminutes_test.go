package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Parts of a minute come back as they were typed, and a length that nobody
// touched stays, to the second, also one of a device.
func TestActivitiesOfPartsOfAMinute(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	entry := ana.at("/log/entries/" + ana.writes("kind", "activity", "minutes", "7.33", "text", "Stairs"))
	require.Equal(t, "7.33", fields(ana.page(entry)).Get("minutes"))
	b.sql(`UPDATE activity SET lasts_ms = 439000`)
	require.Equal(t, "7.32", fields(ana.page(entry)).Get("minutes"))
	require.Equal(t, see, ana.change(entry, "text", "Many stairs").status, "for a field that nobody touched")
	require.Equal(t, 439_000, b.count(`SELECT lasts_ms FROM activity`))
	require.Equal(t, see, ana.change(entry, "minutes", "8").status)
	require.Equal(t, 480_000, b.count(`SELECT lasts_ms FROM activity`))
}

package hardware

import (
	"context"
	"testing"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
)

// The list of drivers is part of what the product promises: a change of it is
// made here, too.
func TestTheListOfDrivers(t *testing.T) {
	ids := []string{}
	for _, m := range Models() {
		ids = append(ids, m.ID)
	}
	require.Equal(t, []string{}, ids)
}

func readNothing(context.Context, Port) (record.Batch, error) { return record.Batch{}, nil }

// withModels gives the test a registry of its own.
func withModels(t *testing.T, list ...Model) {
	t.Helper()
	before := models
	models = nil
	t.Cleanup(func() { models = before })
	for _, m := range list {
		register(m)
	}
}

func TestRegistry(t *testing.T) {
	b := Model{ID: "b", Name: "B", USB: [][2]uint16{{0x1234, 1}, {0x1234, 2}}, Read: readNothing}
	a := Model{ID: "a", Name: "A", USB: [][2]uint16{{0x1234, 3}}, Read: readNothing}
	withModels(t, b, a)

	t.Run("lists by ID whatever the order of the files", func(t *testing.T) {
		require.Equal(t, "a", Models()[0].ID)
		require.Equal(t, "b", Models()[1].ID)
	})
	t.Run("a caller cannot change the list", func(t *testing.T) {
		Models()[0].ID = "changed"
		require.Equal(t, "a", Models()[0].ID)
	})
	t.Run("finds by any of a model's ids", func(t *testing.T) {
		m, ok := Find(0x1234, 2)
		require.True(t, ok)
		require.Equal(t, "b", m.ID)
	})
	t.Run("finds nothing for a stranger", func(t *testing.T) {
		_, ok := Find(0x1234, 4)
		require.False(t, ok)
	})
	for _, c := range []struct {
		name string
		m    Model
	}{
		{"the same ID twice", Model{ID: "a", Name: "A", Read: readNothing}},
		{"a device that another driver has", Model{ID: "c", Name: "C", USB: [][2]uint16{{0x1234, 1}}, Read: readNothing}},
		{"no ID", Model{Name: "C", Read: readNothing}},
		{"no name", Model{ID: "c", Read: readNothing}},
		{"no driver", Model{ID: "c", Name: "C"}},
	} {
		t.Run("refuses "+c.name, func(t *testing.T) { require.Panics(t, func() { register(c.m) }) })
	}
}

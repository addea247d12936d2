package web

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStart(t *testing.T) {
	require.Equal(t, "äö", start("äöü", 2), "letters, not bytes")
	require.Equal(t, "äöü", start("äöü", 3))
	require.Equal(t, "", start("", 3))
}

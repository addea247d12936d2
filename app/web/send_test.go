package web_test

import (
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

// Pages come compressed to whoever takes that, and plain to others.
func TestPagesAreCompressed(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring(simple(spring, 300))
	plain := ana.request(http.MethodGet, ana.at("/profile"), nil)
	plain.Header.Set("Accept-Encoding", "identity")
	want := ana.send(plain)
	require.Empty(t, want.header.Get("Content-Encoding"))
	require.Contains(t, want.header.Values("Vary"), "Accept-Encoding")

	r := ana.request(http.MethodGet, ana.at("/profile"), nil)
	r.Header.Set("Accept-Encoding", "br;q=1, gzip") // said by us, so the client leaves the answer as it is
	r.AddCookie(&http.Cookie{Name: "gk", Value: ana.cookies["gk"]})
	res, err := client.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, "gzip", res.Header.Get("Content-Encoding"))
	require.Contains(t, res.Header.Values("Vary"), "Accept-Encoding")
	length, err := strconv.Atoi(res.Header.Get("Content-Length"))
	require.NoError(t, err)
	require.Less(t, length, len(want.body)/3)
	z, err := gzip.NewReader(res.Body)
	require.NoError(t, err)
	page, err := io.ReadAll(z)
	require.NoError(t, err)
	require.InDelta(t, len(want.body), len(page), 200, "but for the nonces and the clock it is the same page")
	require.Contains(t, string(page), "</html>")

	r = ana.request(http.MethodHead, ana.at("/profile"), nil)
	r.Header.Set("Accept-Encoding", "gzip")
	require.Empty(t, ana.send(r).body)
}

package app

import (
	"bytes"
	"crypto/x509"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
)

// The console says that a certificate is on its way, why it is not there yet,
// once each, and that it came.
func TestSayCertificate(t *testing.T) {
	var out, err bytes.Buffer
	r := &terminal{Streams: Streams{Out: &out, Err: &err}, locale: text.Locale{Lang: "en"}}
	var leaf *x509.Certificate
	why := ""
	at := &reach{base: &url.URL{Scheme: "https", Host: "box.example.org"}, leaf: func() *x509.Certificate { return leaf }, failed: func() string { return why }}
	w := r.sayCertificate(at)
	step := func() { require.NoError(t, w.step(t.Context(), time.Now())) }
	require.Contains(t, out.String(), "no certificate for box.example.org yet")
	out.Reset()
	step()
	for _, why = range []string{"nobody answers", "the name leads elsewhere"} {
		err.Reset()
		step()
		step()
		require.Equal(t, "glucokeep: The authority gave no certificate, and the box goes on trying. It said: "+why+"\n", err.String())
	}
	require.Empty(t, out.String())
	leaf = &x509.Certificate{}
	step()
	step()
	require.Equal(t, "The certificate is there. Open https://box.example.org\n", out.String())

	out.Reset()
	r.sayCertificate(at)
	require.Empty(t, out.String(), "a box that has one from before says nothing")
}

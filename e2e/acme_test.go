package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/stretchr/testify/require"
)

// authority is a public authority as Let's Encrypt is one, in this process.
type authority struct {
	directory string
	rootFile  string         // of the server that speaks ACME
	roots     *x509.CertPool // of the certificates that it gives
}

// newAuthority asks names at ns and proves them at the ports of this machine.
// Its certificates last as long as it is told.
func newAuthority(t *testing.T, ns *nameserver, httpPort, tlsPort string, lasts time.Duration) *authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	gives := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "for a test", ValidityPeriod: uint64(lasts.Seconds())}})
	proves := va.New(quiet, number(t, httpPort), number(t, tlsPort), false, ns.address, store)
	front := wfe.New(quiet, store, proves, gives, []string{"authority.test"}, false, false, 1, 1)
	srv := httptest.NewTLSServer(front.Handler())
	t.Cleanup(srv.Close)
	a := &authority{directory: srv.URL + "/dir", rootFile: filepath.Join(t.TempDir(), "root.pem"), roots: x509.NewCertPool()}
	require.NoError(t, os.WriteFile(a.rootFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600))
	root, err := x509.ParseCertificate(gives.GetRootCert(0).DER)
	require.NoError(t, err)
	a.roots.AddCert(root)
	return a
}

func number(t *testing.T, port string) int {
	t.Helper()
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	return n
}

// freePort is a port of this machine that nobody had a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// trusting is a client that believes roots alone and finds every name on this
// machine.
func trusting(t *testing.T, roots *x509.CertPool) *http.Client {
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(address)
			return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
		}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// certified waits until the box at port has a certificate that roots vouch
// for, and gives it.
func certified(t *testing.T, port string, roots *x509.CertPool, not string) *x509.Certificate {
	t.Helper()
	var last error
	for until := time.Now().Add(60 * time.Second); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
		c, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{ServerName: "box.house.test", RootCAs: roots})
		if last = err; err != nil {
			continue
		}
		leaf := c.ConnectionState().PeerCertificates[0]
		require.NoError(t, c.Close())
		if leaf.SerialNumber.String() != not {
			return leaf
		}
	}
	require.NoError(t, last)
	require.FailNow(t, "there is no other certificate")
	return nil
}

// a certificate of a public authority, by every way to prove the name; and
// pages over it. Nothing of the proof stays, and no secret reaches the log.
func TestACME(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags func(t *testing.T, ns *nameserver) []string
		http  bool // proved at the port for plain http
		tls   bool // proved at the port for TLS
	}{
		{"a record by RFC 2136", func(t *testing.T, ns *nameserver) []string {
			file := filepath.Join(t.TempDir(), "key")
			require.NoError(t, os.WriteFile(file, []byte(keySecret+"\n"), 0o600))
			return []string{"--acme-dns", "rfc2136", "--acme-server", ns.address, "--acme-key-name", keyName, "--acme-secret", file}
		}, false, false},
		{"a record by a program", func(t *testing.T, ns *nameserver) []string {
			return []string{"--acme-dns", "hook", "--acme-hook", ns.program(t)}
		}, false, false},
		{"in the handshake", func(*testing.T, *nameserver) []string { return nil }, false, true},
		{"at the port for plain http", func(*testing.T, *nameserver) []string { return nil }, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ns, port, plain, nowhere := newNameserver(t), freePort(t), freePort(t), freePort(t)
			proveHTTP, proveTLS := nowhere, nowhere
			b := settled(t, "mg/dL")
			args := append(serveACME(b, ns, port), c.flags(t, ns)...)
			if c.http {
				proveHTTP = plain
				args = append(args, "--listen-http", "127.0.0.1:"+plain)
			}
			if c.tls {
				proveTLS = port
			}
			a := newAuthority(t, ns, proveHTTP, proveTLS, time.Hour)
			t.Setenv("GLUCOKEEP_SECRET_OF_OURS", "x")
			b.talks = true
			b.start("glucokeep is at", append(args, "--acme-directory", a.directory, "--acme-root", a.rootFile)...)
			leaf := certified(t, port, a.roots, "")
			require.Equal(t, []string{"box.house.test"}, leaf.DNSNames)
			require.Zero(t, ns.left(t), "what proved the name is taken away again")

			client := trusting(t, a.roots)
			r, err := client.Get("https://box.house.test:" + port + "/signin")
			require.NoError(t, err)
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			require.NoError(t, r.Body.Close())
			require.Equal(t, []any{http.StatusOK, 2}, []any{r.StatusCode, r.ProtoMajor})
			require.Contains(t, string(body), "<form")
			require.Empty(t, r.Header.Get("Strict-Transport-Security"), "not before it has worked for a day")
			ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://box.house.test:"+port+"/signin", nil)
			require.NoError(t, err)
			ask.Header.Set("Accept", "text/html")
			r, err = client.Do(ask)
			require.NoError(t, err)
			require.NoError(t, r.Body.Close())
			require.Equal(t, "https://box.house.test:"+port+"/signin", r.Header.Get("Location"))
			b.stop()
			said := b.log.String()
			require.Contains(t, said, "certificate obtained")
			require.NotContains(t, said, keySecret)
			require.NotContains(t, said, "secretcanary")
			onlyOurs(t, filepath.Join(b.dir, "tls"))
		})
	}
}

// serveACME is the command line of a box that asks an authority.
func serveACME(b *box, ns *nameserver, port string) []string {
	return []string{"serve", "--data", b.dir, "--listen", "127.0.0.1:" + port, "--base-url", "https://box.house.test:" + port,
		"--tls", "acme", "--acme-agree", "--acme-resolver", ns.address, "--log", "debug"}
}

// onlyOurs wants everything in a folder closed to other people of the machine.
func onlyOurs(t *testing.T, dir string) {
	t.Helper()
	keys := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if strings.HasSuffix(path, ".key") {
			keys++
		}
		require.Zero(t, info.Mode().Perm()&0o077, path)
		return err
	}))
	require.Positive(t, keys)
}

// a certificate that is about to end is renewed, with no one at hand; one that
// is kept is used again without asking.
func TestACMERenews(t *testing.T) {
	ns, port := newNameserver(t), freePort(t)
	a := newAuthority(t, ns, freePort(t), freePort(t), 20*time.Second)
	b := settled(t, "mg/dL")
	b.talks = true
	args := append(serveACME(b, ns, port), "--acme-dns", "hook", "--acme-hook", ns.program(t), "--acme-directory", a.directory, "--acme-root", a.rootFile)
	b.start("glucokeep is at", args...)
	first := certified(t, port, a.roots, "").SerialNumber.String()
	b.stop()
	b.start("glucokeep is at", args...)
	require.Equal(t, first, certified(t, port, a.roots, "").SerialNumber.String(), "it was kept")
	b.stop()
	time.Sleep(15 * time.Second) // most of its life, by the clock of the program
	b.start("glucokeep is at", args...)
	certified(t, port, a.roots, first)
}

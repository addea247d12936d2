package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/fault"
	"glucokeep/app/store/storetest"
	"glucokeep/app/web"
)

// S8, H-09: what combinations of flags a box starts with: nothing that others can reach
// without encryption.
func TestReach(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags reachFlags
		want  string // key of the fault, "" if it starts
	}{
		{"for this machine", reachFlags{Listen: "127.0.0.1:8080"}, ""},
		{"for this machine, by name", reachFlags{Listen: "localhost:8080"}, ""},
		{"for this machine, IPv6", reachFlags{Listen: "[::1]:8080", BaseURL: "http://localhost:8080"}, ""},
		{"no port", reachFlags{Listen: "127.0.0.1"}, "serve.bad-address"},
		{"for everybody", reachFlags{Listen: "0.0.0.0:8080"}, "serve.loopback-only"},
		{"for everybody, shorter", reachFlags{Listen: ":8080"}, "serve.loopback-only"},
		{"for the home", reachFlags{Listen: "192.168.1.20:8080"}, "serve.loopback-only"},
		{"a name that may lead anywhere", reachFlags{Listen: "localhost.evil.test:8080"}, "serve.loopback-only"},
		{"an address in the clear", reachFlags{Listen: "127.0.0.1:8080", BaseURL: "http://box.lan"}, "serve.base-not-secure"},
		{"https without any", reachFlags{Listen: "127.0.0.1:8080", BaseURL: "https://box.lan"}, "serve.tls-behind"},
		{"behind a proxy", reachFlags{Listen: "127.0.0.1:8080", BaseURL: "https://box.lan", TrustedProxy: []string{"127.0.0.1"}}, ""},
		{"behind a proxy on another machine", reachFlags{Listen: ":8080", BaseURL: "https://box.lan", TrustedProxy: []string{"192.168.1.5/32", "fd00::5"}}, ""},
		{"behind a proxy in the clear", reachFlags{Listen: ":8080", BaseURL: "http://box.lan", TrustedProxy: []string{"192.168.1.5"}}, "serve.proxy-https"},
		{"behind a proxy without a name", reachFlags{Listen: ":8080", TrustedProxy: []string{"192.168.1.5"}}, "serve.proxy-https"},
		{"behind everybody", reachFlags{Listen: ":8080", BaseURL: "https://box.lan", TrustedProxy: []string{"0.0.0.0/0"}}, "serve.proxy-everybody"},
		{"behind everybody, IPv6", reachFlags{Listen: ":8080", BaseURL: "https://box.lan", TrustedProxy: []string{"::/0"}}, "serve.proxy-everybody"},
		{"behind half of everybody", reachFlags{Listen: ":8080", BaseURL: "https://box.lan", TrustedProxy: []string{"128.0.0.0/1"}}, "serve.proxy-everybody"},
		{"behind nonsense", reachFlags{Listen: ":8080", BaseURL: "https://box.lan", TrustedProxy: []string{"*"}}, "serve.proxy-bad"},
		{"an address with a path", reachFlags{Listen: "127.0.0.1:0", BaseURL: "http://localhost/glucose"}, "serve.base-path"},
		{"an address with somebody's name", reachFlags{Listen: "127.0.0.1:0", BaseURL: "http://ana@localhost"}, "serve.base-path"},
		{"no address", reachFlags{Listen: "127.0.0.1:0", BaseURL: "box.lan"}, "serve.bad-base-url"},
		{"another scheme", reachFlags{Listen: "127.0.0.1:0", BaseURL: "ftp://box.lan"}, "serve.bad-base-url"},
		{"its own authority", reachFlags{Listen: ":8443", BaseURL: "https://box.lan:8443", TLS: "local"}, ""},
		{"with addresses and names", reachFlags{Listen: ":8443", BaseURL: "https://box.lan:8443", TLS: "local", TLSAlso: []string{"192.168.1.20", "a.box.lan", "fd00::1"}, ListenHTTP: ":80"}, ""},
		{"with a name of others", reachFlags{Listen: ":8443", BaseURL: "https://box.lan:8443", TLS: "local", TLSAlso: []string{"bank.example"}}, "serve.tls-also"},
		{"without a name", reachFlags{Listen: ":8443", TLS: "local"}, "serve.tls-base"},
		{"a name in the clear", reachFlags{Listen: ":8443", BaseURL: "http://box.lan:8443", TLS: "local"}, "serve.tls-base"},
		{"files that nobody named", reachFlags{Listen: ":8443", BaseURL: "https://box.lan:8443", TLS: "files", Cert: "c.pem"}, "serve.tls-files"},
		{"files that are not there", reachFlags{Listen: ":8443", BaseURL: "https://box.lan:8443", TLS: "files", Cert: "nowhere/c.pem", Key: "nowhere/k.pem"}, "cert.file-missing"},
		{"a public authority", reachFlags{Listen: ":8443", BaseURL: "https://box.example.org", TLS: "acme", ACME: acmeFlags{Agree: true}}, ""},
		{"whose terms nobody read", reachFlags{Listen: ":8443", BaseURL: "https://box.example.org", TLS: "acme"}, "serve.acme-agree"},
		{"for an address", reachFlags{Listen: ":8443", BaseURL: "https://192.168.1.20", TLS: "acme", ACME: acmeFlags{Agree: true}}, "serve.acme-name"},
		{"in the clear", reachFlags{Listen: ":8443", BaseURL: "https://box.example.org", TLS: "acme", ACME: acmeFlags{Agree: true, Directory: "http://ca.test/dir"}}, "serve.acme-directory"},
		{"a second address without need", reachFlags{Listen: "127.0.0.1:8080", ListenHTTP: ":80"}, "serve.http-without-tls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.flags.TLS == "" {
				c.flags.TLS = "off"
			}
			_, err := c.flags.open(t.TempDir(), time.Now(), slog.New(slog.DiscardHandler))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			f, ok := err.(*fault.Error)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.want, f.Key)
		})
	}
}

func TestBase(t *testing.T) {
	for in, want := range map[string]string{"https://Box.Example.ORG/": "https://box.example.org", "https://box.example.org:443": "https://box.example.org",
		"https://box.example.org:8443/": "https://box.example.org:8443", "http://localhost:80": "http://localhost", "https://[fd00::1]:8443": "https://[fd00::1]:8443"} {
		u, err := baseOf(in)
		require.NoError(t, err)
		require.Equal(t, want, u.String())
	}
	f := reachFlags{TLSAlso: []string{"192.168.1.20", "fd00::1"}}
	base, err := baseOf("https://box.lan")
	require.NoError(t, err)
	require.Equal(t, []string{"192.168.1.20", "192.168.1.20:8443", "[fd00::1]", "[fd00::1]:8443"}, f.alsoHosts(base, "8443"))
}

// H-02: only a name that an authority vouches for and that is nobody else's may be
// kept to https for a year.
func TestWhatIsProven(t *testing.T) {
	r := &reach{}
	require.NoError(t, r.prove(t.TempDir(), "box.lan"))
	require.Nil(t, r.proven)
	require.Nil(t, r.hsts(nil))
	dir := t.TempDir()
	require.NoError(t, r.prove(dir, "box.example.org"))
	var said bytes.Buffer
	asked := r.hsts(slog.New(slog.NewTextHandler(&said, nil)))
	now := time.Now()
	require.False(t, asked(now))
	require.True(t, asked(now.Add(24*time.Hour)))
	require.NoError(t, r.prove(dir, "other.example.org"))
	require.NoError(t, os.RemoveAll(dir))
	require.False(t, r.hsts(slog.New(slog.NewTextHandler(&said, nil)))(now))
	require.Contains(t, said.String(), "cannot remember")

	flags := reachFlags{Listen: ":8443", BaseURL: "https://box.example.org", TLS: "local"}
	own, err := flags.open(t.TempDir(), now, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Nil(t, own.proven, "the box vouches for itself: whoever loses its authority must still get in")
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

// serving is a whole box with an authority of its own on loopback.
func serving(t *testing.T) (port, plain string, trusting *http.Client) {
	port, plain = freePort(t), freePort(t)
	b, dir, done, err := temporary(t.Context(), storetest.Schema(t))
	require.NoError(t, err)
	flags := reachFlags{Listen: "127.0.0.1:" + port, BaseURL: "https://box.test:" + port, TLS: "local", ListenHTTP: "127.0.0.1:" + plain}
	at, err := flags.open(dir, time.Now(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.True(t, at.secure())
	ctx, stop := context.WithCancel(t.Context())
	ready := make(chan string, 1)
	var group sync.WaitGroup
	group.Go(func() {
		if err := b.serve(ctx, at, slog.New(slog.DiscardHandler), func(address string) error { ready <- address; return nil }); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		group.Wait()
		require.NoError(t, done())
	})
	require.Equal(t, "https://box.test:"+port, <-ready)
	pemText, err := os.ReadFile(filepath.Join(dir, "tls", "authority.pem"))
	require.NoError(t, err)
	block, _ := pem.Decode(pemText)
	authority, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	trusting = &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots}, // the name leads to this machine
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, _ := net.SplitHostPort(address)
				return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
			}}}
	t.Cleanup(trusting.CloseIdleConnections)
	return port, plain, trusting
}

// S8: one port speaks both: TLS, with HTTP/2, to who trusts the box; in the clear
// nothing but the way there.
func TestOnePortForBoth(t *testing.T) {
	port, plain, trusting := serving(t)
	get := func(address string) (*http.Response, string) {
		ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		require.NoError(t, err)
		ask.Header.Set("Accept", "text/html") // as browsers do
		r, err := trusting.Do(ask)
		require.NoError(t, err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		return r, string(body)
	}
	r, _ := get("https://box.test:" + port + "/setup/box")
	require.Equal(t, []any{http.StatusOK, 2}, []any{r.StatusCode, r.ProtoMajor})
	require.GreaterOrEqual(t, r.TLS.Version, uint16(tls.VersionTLS12))
	for _, at := range []string{port, plain} {
		r, body := get("http://box.test:" + at + "/setup/box")
		require.Equal(t, http.StatusTemporaryRedirect, r.StatusCode)
		require.Equal(t, "/trust", r.Header.Get("Location"))
		require.Empty(t, r.Cookies())
		require.NotContains(t, body, "<form")
		r, body = get("http://127.0.0.1:" + at + "/trust")
		require.Equal(t, http.StatusOK, r.StatusCode)
		require.NotContains(t, body, "<form")
		require.Contains(t, body, "https://box.test:"+port)
		require.Contains(t, body, "http://box.test:"+port+"/trust")
		r, _ = get("http://evil.test:" + at + "/trust")
		require.Equal(t, http.StatusMisdirectedRequest, r.StatusCode)
		r, body = get("http://box.test:" + at + "/healthz")
		require.Equal(t, []any{http.StatusOK, "ok\n"}, []any{r.StatusCode, body})
		posted, err := trusting.Post("http://box.test:"+at+"/signin", "application/x-www-form-urlencoded", strings.NewReader("email=a&password="+strings.Repeat("x", 40_000)))
		require.NoError(t, err)
		require.NoError(t, posted.Body.Close())
		require.Equal(t, http.StatusForbidden, posted.StatusCode)
		require.Empty(t, posted.Cookies())
	}
	for name, text := range map[string]string{"nothing": "", "noise": "\x00\x01\x02\r\n\r\n", "half a line": "GET /", "SSH": "SSH-2.0-x\r\n", "two requests": "GET /healthz HTTP/1.1\r\nHost: box.test\r\n\r\nGET /healthz HTTP/1.1\r\nHost: box.test\r\n\r\n"} {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		require.NoError(t, err)
		require.NoError(t, c.SetDeadline(time.Now().Add(15*time.Second)))
		_, err = io.WriteString(c, text)
		require.NoError(t, err)
		require.NoError(t, c.(*net.TCPConn).CloseWrite())
		answer, err := io.ReadAll(c)
		require.NoError(t, err, name)
		require.LessOrEqual(t, strings.Count(string(answer), "HTTP/1.1 "), 1, name)
		require.NoError(t, c.Close())
	}
	r, _ = get("https://box.test:" + port + "/healthz")
	require.Equal(t, http.StatusOK, r.StatusCode, "it goes on")
}

// H-08: whoever says nothing, or says it slowly, is cut off.
func TestSilence(t *testing.T) {
	port, _, _ := serving(t)
	var group sync.WaitGroup
	for name, text := range map[string]string{"silent": "", "a slow request": "GET / HTTP/1.1\r\nHost: ", "a slow handshake": "\x16\x03\x01\x02\x00"} {
		group.Go(func() {
			c, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err == nil {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(20 * time.Second))
				_, _ = io.WriteString(c, text)
				began := time.Now()
				_, _ = bufio.NewReader(c).ReadString(0)
				if took := time.Since(began); took > 13*time.Second {
					err = fmt.Errorf("kept for %s", took)
				}
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	group.Wait()
}

func TestTrustAddress(t *testing.T) {
	for in, want := range map[string]string{"https://box.lan": "http://box.lan:443/trust", "https://box.lan:8443": "http://box.lan:8443/trust", "https://[fd00::1]": "http://[fd00::1]:443/trust"} {
		base, err := baseOf(in)
		require.NoError(t, err)
		require.Equal(t, want, web.TrustAddress(base))
	}
}

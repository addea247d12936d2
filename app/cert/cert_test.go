package cert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/fault"
)

// now is a time at which boxes run.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// key gives the catalogue key of a fault, "" of none.
func key(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := err.(*fault.Error)
	require.True(t, ok, "%v", err)
	return f.Key
}

// verify asks whether who trusts the authority alone believes c for host.
func verify(a *Authority, c *tls.Certificate, host string, at time.Time) error {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	_, err := c.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, CurrentTime: at})
	return err
}

func leaf(t *testing.T, l *Local) *tls.Certificate {
	t.Helper()
	c, err := l.Certificate(nil)
	require.NoError(t, err)
	return c
}

// the authority is made once, its key for its owner alone, and stays the same.
func TestAuthority(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	a, err := OpenAuthority(dir, []string{"box.lan"}, now)
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, authorityKeyFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	folder, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), folder.Mode().Perm())
	again, err := OpenAuthority(dir, []string{"box.lan"}, now.AddDate(9, 0, 0))
	require.NoError(t, err)
	require.Equal(t, a.Fingerprint(), again.Fingerprint())
	require.Regexp(t, `^([0-9A-F]{2}:){31}[0-9A-F]{2}$`, a.Fingerprint())
	require.Equal(t, now.AddDate(10, 0, 0), a.Until())
	require.Contains(t, a.Name(), "box.lan")
	b, _ := pem.Decode(a.PEM())
	require.Equal(t, a.DER(), b.Bytes)

	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "nothing is left lying about")
}

// what the authority may vouch for, asked of a verifier and not of us.
func TestAuthorityIsBound(t *testing.T) {
	for _, c := range []struct {
		name    string
		names   []string // of the authority
		sign    string   // what a thief of its key would sign
		trusted bool
	}{
		{"its name", []string{"box.lan"}, "box.lan", true},
		{"a name under it", []string{"box.lan"}, "a.box.lan", true},
		{"a bank", []string{"box.lan"}, "bank.example", false},
		{"its neighbour", []string{"box.lan"}, "xbox.lan", false},
		{"what it lies under", []string{"box.lan"}, "lan", false},
		{"an address nobody asked for", []string{"box.lan"}, "192.168.1.20", false},
		{"an IPv6 address nobody asked for", []string{"box.lan"}, "fd00::1", false},
		{"an address at home", []string{"box.lan", "192.168.1.20"}, "192.168.1.99", true},
		{"an IPv6 address at home", []string{"box.lan", "192.168.1.20"}, "fd00::1", true},
		{"an address elsewhere", []string{"box.lan", "192.168.1.20"}, "203.0.113.1", false},
		{"an IPv6 address elsewhere", []string{"box.lan", "192.168.1.20"}, "2001:db8::1", false},
		{"of an address alone that address", []string{"192.168.1.20"}, "192.168.1.20", true},
		{"of an address alone no other", []string{"192.168.1.20"}, "192.168.1.21", false},
		{"of an address alone no name", []string{"192.168.1.20"}, "box.lan", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := OpenAuthority(t.TempDir(), c.names, now)
			require.NoError(t, err)
			l, err := NewLocal(a, []string{c.sign}, now)
			require.NoError(t, err)
			require.Equal(t, c.trusted, verify(a, leaf(t, l), c.sign, now) == nil, "%v", verify(a, leaf(t, l), c.sign, now))
		})
	}
	a, err := OpenAuthority(t.TempDir(), []string{"box.lan"}, now)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	l, err := NewLocal(a, []string{"box.lan"}, now)
	require.NoError(t, err)
	_, err = leaf(t, l).Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}})
	require.Error(t, err, "for servers alone")
	require.True(t, a.cert.PermittedDNSDomainsCritical)
	require.True(t, a.cert.MaxPathLenZero)
}

func TestAnAuthorityThatCannotBeUsed(t *testing.T) {
	for _, c := range []struct {
		name  string
		harm  func(t *testing.T, dir string)
		names []string
		at    time.Time
		want  string
	}{
		{"as it was", nil, []string{"box.lan"}, now, ""},
		{"another name", nil, []string{"other.lan"}, now, "cert.authority-other"},
		{"an address beside it, later", nil, []string{"box.lan", "192.168.1.20"}, now, "cert.authority-other"},
		{"its end", nil, []string{"box.lan"}, now.AddDate(10, 0, 1), "cert.authority-ended"},
		{"a clock that was never set", nil, []string{"box.lan"}, time.Unix(3600, 0), "cert.clock"},
		{"a key that others read", func(t *testing.T, dir string) {
			require.NoError(t, os.Chmod(filepath.Join(dir, authorityKeyFile), 0o640))
		}, []string{"box.lan"}, now, "cert.authority-open"},
		{"no key", func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, authorityKeyFile))) }, []string{"box.lan"}, now, "cert.file-missing"},
		{"no certificate", func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, authorityFile))) }, []string{"box.lan"}, now, "cert.file-missing"},
		{"a certificate that is cut", func(t *testing.T, dir string) {
			require.NoError(t, os.Truncate(filepath.Join(dir, authorityFile), 90))
		}, []string{"box.lan"}, now, "cert.no-certificate"},
		{"a certificate of something else", func(t *testing.T, dir string) {
			write(t, dir, authorityFile, authorityKeyFile, "box.lan", now)
		}, []string{"box.lan"}, now, "cert.no-authority"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			made, err := OpenAuthority(dir, []string{"box.lan"}, now)
			require.NoError(t, err)
			if c.harm != nil {
				c.harm(t, dir)
			}
			_, err = OpenAuthority(dir, c.names, c.at)
			require.Equal(t, c.want, key(t, err))
			if c.harm == nil {
				again, err := readAuthority(dir)
				require.NoError(t, err)
				require.Equal(t, made.DER(), again.DER(), "and it is not replaced")
			}
		})
	}
}

// the certificate renews itself for as long as the authority lives, and never
// lapses.
func TestLocalRenews(t *testing.T) {
	a, err := OpenAuthority(t.TempDir(), []string{"box.lan"}, now)
	require.NoError(t, err)
	l, err := NewLocal(a, []string{"box.lan", "a.box.lan"}, now)
	require.NoError(t, err)
	first := leaf(t, l)
	require.Equal(t, 397*24*time.Hour, first.Leaf.NotAfter.Sub(first.Leaf.NotBefore))
	made := 1
	before := first
	for at := now; at.Before(a.Until()); at = at.Add(7 * time.Hour) {
		require.NoError(t, l.Step(t.Context(), at))
		c := leaf(t, l)
		require.NoError(t, verify(a, c, "box.lan", at), at)
		require.NoError(t, verify(a, c, "a.box.lan", at), at)
		if c != before {
			made++
			require.NotEqual(t, before.Leaf.SerialNumber, c.Leaf.SerialNumber)
			before = c
		}
	}
	require.Equal(t, 11, made, "once in 336 days, over ten years")
	require.Equal(t, a.Until(), l.Leaf().NotAfter)

	l, err = NewLocal(a, []string{"box.lan"}, now.AddDate(2, 0, 0)) // a clock that was wrong
	require.NoError(t, err)
	require.Error(t, verify(a, leaf(t, l), "box.lan", now))
	require.NoError(t, l.Step(t.Context(), now))
	require.NoError(t, verify(a, leaf(t, l), "box.lan", now))
}

// write makes a certificate for host that vouches for itself.
func write(t *testing.T, dir, certFile, keyFile, host string, from time.Time) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: host}, NotBefore: from, NotAfter: from.AddDate(0, 3, 0), DNSNames: []string{host}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	require.NoError(t, writePEM(filepath.Join(dir, certFile), "CERTIFICATE", der))
	require.NoError(t, writePEM(filepath.Join(dir, keyFile), "PRIVATE KEY", keyDER))
}

func TestFiles(t *testing.T) {
	put := func(t *testing.T, dir, name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for _, c := range []struct {
		name string
		harm func(t *testing.T, dir string)
		host string
		at   time.Time
		want string
	}{
		{"as they are", nil, "box.example.org", now, ""},
		{"another name", nil, "other.example.org", now, "cert.other-name"},
		{"ended", nil, "box.example.org", now.AddDate(0, 3, 1), "cert.ended"},
		{"not yet", nil, "box.example.org", now.AddDate(0, 0, -1), "cert.not-yet"},
		{"no certificate file", func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, "c.pem"))) }, "box.example.org", now, "cert.file-missing"},
		{"no key file", func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, "k.pem"))) }, "box.example.org", now, "cert.file-missing"},
		{"a folder", func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, "k.pem")))
			require.NoError(t, os.Mkdir(filepath.Join(dir, "k.pem"), 0o700))
		}, "box.example.org", now, "cert.file-unreadable"},
		{"an empty certificate", func(t *testing.T, dir string) { put(t, dir, "c.pem", "") }, "box.example.org", now, "cert.no-certificate"},
		{"the key in place of the certificate", func(t *testing.T, dir string) {
			require.NoError(t, os.Rename(filepath.Join(dir, "k.pem"), filepath.Join(dir, "c.pem")))
			put(t, dir, "k.pem", "")
		}, "box.example.org", now, "cert.no-certificate"},
		{"no key in it", func(t *testing.T, dir string) { put(t, dir, "k.pem", "-----BEGIN X-----\n-----END X-----\n") }, "box.example.org", now, "cert.no-key"},
		{"the key of another", func(t *testing.T, dir string) { write(t, dir, "other.pem", "k.pem", "box.example.org", now) }, "box.example.org", now, "cert.key-differs"},
		{"a damaged certificate", func(t *testing.T, dir string) {
			put(t, dir, "c.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
		}, "box.example.org", now, "cert.key-differs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "c.pem", "k.pem", "box.example.org", now)
			if c.harm != nil {
				c.harm(t, dir)
			}
			_, err := OpenFiles(filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem"), c.host, c.at)
			require.Equal(t, c.want, key(t, err))
		})
	}
}

// Files are read again when they change, by connections that begin then; what
// cannot be used leaves the certificate from before.
func TestFilesReload(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "c.pem", "k.pem", "box.example.org", now)
	f, err := OpenFiles(filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem"), "box.example.org", now)
	require.NoError(t, err)
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.TLS, srv.Config.ErrorLog = Config(f.Certificate), log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	served := func() string {
		c, err := tls.Dial("tcp", srv.Listener.Addr().String(), &tls.Config{ServerName: "box.example.org", InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		require.NoError(t, err)
		defer c.Close()
		require.Equal(t, "h2", c.ConnectionState().NegotiatedProtocol)
		return c.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	old := served()
	require.NoError(t, f.Step(t.Context(), now))
	require.Equal(t, old, served())

	write(t, dir, "c.pem", "k.pem", "box.example.org", now.AddDate(0, 2, 0))
	require.Equal(t, old, served(), "until it is looked at")
	require.NoError(t, f.Step(t.Context(), now.AddDate(0, 2, 0)))
	fresh := served()
	require.NotEqual(t, old, fresh)
	require.Equal(t, now.AddDate(0, 5, 0), f.Leaf().NotAfter)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.pem"), []byte("half"), 0o600))
	require.Equal(t, "cert.no-certificate", key(t, f.Step(t.Context(), now)))
	require.NoError(t, f.Step(t.Context(), now), "said once")
	require.Equal(t, fresh, served())
	write(t, dir, "c.pem", "other.pem", "box.example.org", now)
	require.Equal(t, "cert.key-differs", key(t, f.Step(t.Context(), now)))
	require.NoError(t, os.Rename(filepath.Join(dir, "other.pem"), filepath.Join(dir, "k.pem")))
	require.NoError(t, f.Step(t.Context(), now), "the other half came")
	require.NotEqual(t, fresh, served())
	require.NoError(t, os.Remove(filepath.Join(dir, "k.pem")))
	require.Equal(t, "cert.file-missing", key(t, f.Step(t.Context(), now)))
	require.NotEmpty(t, served())
}

// H-02: a name is known to be ours when an authority that this machine trusts
// vouches for it.
func TestPublic(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "c.pem", "k.pem", "box.example.org", now)
	f, err := OpenFiles(filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem"), "box.example.org", now)
	require.NoError(t, err)
	require.False(t, f.Public(now), "it vouches for itself")
	f.roots = x509.NewCertPool()
	f.roots.AddCert(f.current.Leaf)
	require.True(t, f.Public(now))
	require.False(t, f.Public(now.AddDate(1, 0, 0)))
}

// H-08: TLS 1.2 is the least.
func TestConfig(t *testing.T) {
	a, err := OpenAuthority(t.TempDir(), []string{"box.lan"}, time.Now())
	require.NoError(t, err)
	l, err := NewLocal(a, []string{"box.lan"}, time.Now())
	require.NoError(t, err)
	for version, fine := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		inside, outside := net.Pipe()
		server, client := tls.Server(inside, Config(l.Certificate)), tls.Client(outside, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
		done := make(chan error, 1)
		go func() { done <- server.HandshakeContext(t.Context()); inside.Close() }()
		require.Equal(t, fine, client.HandshakeContext(t.Context()) == nil, "%x", version)
		<-done
	}
}

func TestPrivate(t *testing.T) {
	for host, private := range map[string]bool{"box.lan": true, "BOX.LAN": true, "box.local": true, "box": true, "box.home.arpa": true, "fritz.box": true, "192.168.1.20": true,
		"203.0.113.1": true, "::1": true, "box.internal": true, "box.example.org": false, "box.example.org.": false, "box.dyn.example.net": false, "local.example.org": false} {
		require.Equal(t, private, Private(host), host)
	}
}

// H-02: since when TLS works is remembered over restarts, for one name, and
// not by a clock that is wrong.
func TestProven(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	open := func(host string) *Proven {
		p, err := OpenProven(dir, host)
		require.NoError(t, err)
		return p
	}
	works := func(p *Proven, at time.Time) bool {
		on, err := p.Works(at)
		require.NoError(t, err)
		return on
	}
	p := open("box.example.org")
	require.False(t, works(p, time.Unix(3600, 0)))
	require.False(t, works(p, now), "the clock jumped, no day has passed")
	require.False(t, works(p, now.Add(24*time.Hour-time.Second)))
	require.True(t, works(p, now.Add(24*time.Hour)))
	require.True(t, works(open("box.example.org"), now.Add(25*time.Hour)), "after a restart")
	require.False(t, works(open("other.example.org"), now.Add(25*time.Hour)), "another name")
	p = open("box.example.org")
	require.False(t, works(p, now.Add(26*time.Hour)), "it was lost with the other name")
	require.False(t, works(p, now), "a clock that goes back begins anew")
	require.True(t, works(p, now.Add(24*time.Hour)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "proven.json"), []byte("{"), 0o600))
	require.False(t, works(open("box.example.org"), now.Add(48*time.Hour)), "damaged")
}

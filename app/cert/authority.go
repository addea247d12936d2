package cert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glucokeep/app/fault"
)

// Authority is the box's own certificate authority, which people choose to
// trust. It can vouch for one name and what lies under it, for the addresses
// of home networks if that was asked for, and for nothing else in the world.
type Authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// The names of its files inside the folder that Open is given.
const (
	authorityFile    = "authority.pem"
	authorityKeyFile = "authority-key.pem"
)

const (
	authorityYears = 10
	day            = 24 * time.Hour
)

// firstSane is before any box has run: a clock that shows an earlier time was
// never set, as on a small machine without a battery.
var firstSane = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// OpenAuthority opens the authority in folder dir, or makes one there for the
// first of names, and for addresses of home networks if others are addresses.
// One that may not vouch for all of them is refused: a new one would have to
// be trusted on every device anew, which nobody should find out by accident. Its key is protected by the mode
// of its file alone: whoever can read that file can read the box's key and
// data beside it too.
func OpenAuthority(dir string, names []string, now time.Time) (*Authority, error) {
	if now.Before(firstSane) {
		return nil, fault.New(fault.Unavailable, "cert.clock")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of certificates: %w", err)
	}
	a, err := readAuthority(dir)
	if err == errNoAuthority {
		addresses := slices.ContainsFunc(names[1:], func(n string) bool { return net.ParseIP(n) != nil })
		a, err = makeAuthority(dir, names[0], addresses, now)
	}
	if err != nil {
		return nil, err
	}
	if now.After(a.cert.NotAfter) {
		return nil, fault.New(fault.Invalid, "cert.authority-ended", "folder", dir, "date", a.cert.NotAfter.Format(time.DateOnly))
	}
	for _, n := range names {
		if !a.mayName(n) {
			return nil, fault.New(fault.Invalid, "cert.authority-other", "folder", dir, "host", n)
		}
	}
	return a, nil
}

// errNoAuthority says that none was made yet: neither of its files is there.
var errNoAuthority = errors.New("no authority yet")

func readAuthority(dir string) (*Authority, error) {
	certPath, keyPath := filepath.Join(dir, authorityFile), filepath.Join(dir, authorityKeyFile)
	_, certErr := os.Stat(certPath)
	_, keyErr := os.Stat(keyPath)
	if errors.Is(certErr, os.ErrNotExist) && errors.Is(keyErr, os.ErrNotExist) {
		return nil, errNoAuthority
	}
	if info, err := os.Stat(keyPath); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Invalid, "cert.authority-open", "file", keyPath)
	}
	c, err := readPair(certPath, keyPath)
	if err != nil {
		return nil, err
	}
	key, ok := c.PrivateKey.(crypto.Signer)
	if !ok || !c.Leaf.IsCA {
		return nil, fault.New(fault.Invalid, "cert.no-authority", "file", certPath)
	}
	return &Authority{cert: c.Leaf, key: key}, nil
}

// makeAuthority makes a key and a certificate that is bound to host. The key
// is written first: a box that stops in between has no certificate that
// somebody could have trusted, and says what to remove.
func makeAuthority(dir, host string, addresses bool, now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key of authority: %w", err)
	}
	t := authorityTemplate(host, addresses, now)
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key of authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read new authority: %w", err)
	}
	err = writePEM(filepath.Join(dir, authorityKeyFile), "PRIVATE KEY", keyDER)
	if err == nil {
		err = writePEM(filepath.Join(dir, authorityFile), "CERTIFICATE", der)
	}
	return &Authority{cert: cert, key: key}, err
}

// authorityTemplate binds an authority: to servers, so that names of mailboxes
// and people mean nothing in what it signs, to host and what lies under it, and
// to few addresses or none (RFC 5280 §4.2.1.10: a kind of name that is not
// constrained is free, so both are).
func authorityTemplate(host string, addresses bool, now time.Time) *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber:                serial(),
		Subject:                     pkix.Name{CommonName: "Glucokeep " + host + " " + now.UTC().Format("2006-01-02")},
		NotBefore:                   now.Add(-day),
		NotAfter:                    now.AddDate(authorityYears, 0, 0),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
	}
	ip := net.ParseIP(host)
	if ip == nil {
		t.PermittedDNSDomains = []string{host}
	} else {
		t.PermittedDNSDomains = []string{"address-only.invalid"}
	}
	switch {
	case addresses:
		t.PermittedIPRanges = homeRanges()
		if ip != nil && !inRanges(t.PermittedIPRanges, ip) {
			t.PermittedIPRanges = append(t.PermittedIPRanges, single(ip))
		}
	case ip != nil:
		t.PermittedIPRanges = []*net.IPNet{single(ip)}
	default:
		t.ExcludedIPRanges = []*net.IPNet{{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, {IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}}
	}
	return t
}

// homeRanges are the addresses that home networks use (RFC 1918, 4193, 3927,
// 4291) and that an overlay network may (RFC 6598).
func homeRanges() (ranges []*net.IPNet) {
	for _, s := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"} {
		_, r, err := net.ParseCIDR(s)
		if err != nil {
			panic(err) // they are constants
		}
		ranges = append(ranges, r)
	}
	return ranges
}

func inRanges(ranges []*net.IPNet, ip net.IP) bool {
	for _, r := range ranges {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}

func single(ip net.IP) *net.IPNet {
	if v4 := ip.To4(); v4 != nil {
		return &net.IPNet{IP: v4, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}

// mayName reports whether the authority may vouch for host.
func (a *Authority) mayName(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return inRanges(a.cert.PermittedIPRanges, ip)
	}
	for _, d := range a.cert.PermittedDNSDomains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

// DER is the certificate to trust.
func (a *Authority) DER() []byte { return a.cert.Raw }

// PEM is the same as text.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// Name is what devices list it as.
func (a *Authority) Name() string { return a.cert.Subject.CommonName }

// Until is when it ends.
func (a *Authority) Until() time.Time { return a.cert.NotAfter }

// Fingerprint is the SHA-256 of the certificate as devices show it: pairs of
// hexadecimal digits with colons.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.cert.Raw)
	digits := strings.ToUpper(hex.EncodeToString(sum[:]))
	var s strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			s.WriteByte(':')
		}
		s.WriteString(digits[i : i+2])
	}
	return s.String()
}

// serial is 127 random bits (CA/Browser Forum baseline requirements §7.1: 64
// at least).
func serial() *big.Int {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b)
}

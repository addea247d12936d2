package cert

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"sync"
	"time"
)

// Local is a certificate that the box's own authority makes and renews.
type Local struct {
	authority *Authority
	names     []string

	mu      sync.Mutex
	current *tls.Certificate
}

// A certificate lives as long as devices take one (Apple: 398 days at most),
// and is made anew when two months are left. Its key is kept in memory alone:
// a restart makes another.
const (
	leafDays  = 397 // with the day that it is dated back
	leafRenew = 60 * day
)

// NewLocal makes a certificate of authority a for names, the first of which
// is the one people use; further ones are names under it or addresses.
func NewLocal(a *Authority, names []string, now time.Time) (*Local, error) {
	l := &Local{authority: a, names: names}
	return l, l.renew(now)
}

// Certificate is Get.
func (l *Local) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current, nil
}

// Step makes a new certificate in time, also when a clock that was wrong has
// been set.
func (l *Local) Step(_ context.Context, now time.Time) error {
	l.mu.Lock()
	leaf := l.current.Leaf
	l.mu.Unlock()
	renewAt := leaf.NotAfter.Add(-leafRenew)
	if leaf.NotAfter.Equal(l.authority.Until()) { // no later end can be had
		renewAt = leaf.NotAfter
	}
	if now.After(leaf.NotBefore) && now.Before(renewAt) {
		return nil
	}
	return l.renew(now)
}

// Leaf is the certificate as browsers are shown it.
func (l *Local) Leaf() *x509.Certificate {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current.Leaf
}

func (l *Local) renew(now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make key of certificate: %w", err)
	}
	t := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "Glucokeep"}, // no name of a host: some check one that stands here against the constraints of hosts
		NotBefore:    now.Add(-day),                      // clocks of phones differ
		NotAfter:     now.Add((leafDays - 1) * day),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if end := l.authority.Until(); t.NotAfter.After(end) {
		t.NotAfter = end
	}
	for _, n := range l.names {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, l.authority.cert, key.Public(), l.authority.key)
	if err != nil {
		return fmt.Errorf("make certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("read new certificate: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
	return nil
}

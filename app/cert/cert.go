// Package cert gives the box the certificate with which browsers know it:
// from files that somebody else keeps, from an authority of the box's own, or
// from a public one by ACME. It starts no listener and knows no page.
package cert

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"strings"
	"time"
)

// Get is a certificate for a connection that begins, as tls.Config wants it.
type Get func(*tls.ClientHelloInfo) (*tls.Certificate, error)

// Config is how the box speaks TLS: 1.2 at least, HTTP/2 where the browser
// can.
func Config(get Get) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: []string{"h2", "http/1.1"}}
}

// Ends reports whether a certificate ends so soon that its renewal must have
// failed: in two weeks, or after five sixths of a shorter life. Every way to
// renew one begins earlier.
func Ends(c *x509.Certificate, now time.Time) bool {
	return c.NotAfter.Sub(now) < min(14*day, c.NotAfter.Sub(c.NotBefore)/6)
}

// Private reports whether a host is one that anybody may use in their own
// network, so that it is nobody's: an address, a name without a dot, or one
// under an ending that is kept for homes (RFC 2606, 6762, 8375; .internal by
// ICANN, 2024) or that routers make up.
func Private(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return true
	}
	for _, end := range []string{".local", ".localhost", ".home.arpa", ".internal", ".lan", ".home", ".box", ".intranet", ".private", ".corp", ".test", ".example", ".invalid"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}

// Package cert gives the box the certificate with which browsers know it:
// from files that somebody else keeps, from an authority of the box's own, or
// from a public one by ACME. It starts no listener and knows no page.
package cert

import (
	"crypto/tls"
	"net"
	"strings"
)

// Get is a certificate for a connection that begins, as tls.Config wants it.
type Get func(*tls.ClientHelloInfo) (*tls.Certificate, error)

// Config is how the box speaks TLS: 1.2 at least, HTTP/2 where the browser
// can.
func Config(get Get) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: []string{"h2", "http/1.1"}}
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

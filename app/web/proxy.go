package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// behindProxies finds out where a request comes from and whether it was
// encrypted on its way. X-Forwarded-For and X-Forwarded-Proto are believed
// from the proxies that the box was told of and from nobody else; every other
// header of that sort, such as Forwarded or X-Real-IP, is never read.
func (s *server) behindProxies(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		about := requestOf(r.Context())
		about.encrypted = r.TLS != nil
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err == nil && s.trusted(peer.Addr()) {
			about.encrypted = about.encrypted || lastOf(r.Header["X-Forwarded-Proto"]) == "https"
			r.RemoteAddr = net.JoinHostPort(s.rightmost(r.Header["X-Forwarded-For"], peer.Addr()).String(), "0")
		}
		h.ServeHTTP(w, r)
	})
}

func (s *server) trusted(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range s.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// rightmost is the address that the nearest of the trusted proxies saw and
// that is none of theirs: whatever stands left of it, anybody can have
// written. What is no address ends the search.
func (s *server) rightmost(lines []string, peer netip.Addr) netip.Addr {
	chain := strings.Split(strings.Join(lines, ","), ",")
	for i := len(chain) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			return peer
		}
		if peer = a.Unmap().WithZone(""); !s.trusted(peer) {
			return peer
		}
	}
	return peer
}

// lastOf is the last element of a header that is a list.
func lastOf(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	line := lines[len(lines)-1]
	return strings.ToLower(strings.TrimSpace(line[strings.LastIndex(line, ",")+1:]))
}

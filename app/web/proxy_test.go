package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

// behind is a box at https://box.example.org behind proxies.
func behind(t *testing.T, proxies ...string) *box {
	return handlerAt(t, &url.URL{Scheme: "https", Host: "box.example.org"}, func(c *web.Config) {
		for _, p := range proxies {
			c.Proxies = append(c.Proxies, netip.MustParsePrefix(p))
		}
	})
}

// ask sends one request past any network.
func (b *box) ask(method, path, peer string, header http.Header) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader("email=nobody@box.test&password=not+the+right+one"))
	r.Host, r.RemoteAddr = "box.example.org", peer
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// H-09: a header says where a request comes from only when a proxy that the
// box was told of passed it on, and only as far as that proxy saw itself.
func TestForwardedAddresses(t *testing.T) {
	const proxy, other = "10.1.2.3:4000", "192.0.2.77:5000"
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string // the network that a failed sign-in counts against
	}{
		{"a proxy passes on who asked", proxy, []string{"198.51.100.7"}, "198.51.100.7/32"},
		{"what stands left of it was made up", proxy, []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7/32"},
		{"in two headers too", proxy, []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7/32"},
		{"a chain of own proxies", proxy, []string{"203.0.113.9, 198.51.100.7, 10.9.9.9"}, "198.51.100.7/32"},
		{"own proxies alone", proxy, []string{"10.7.7.7, 10.9.9.9"}, "10.7.7.7/32"},
		{"IPv6", proxy, []string{"2001:db8:1:2:3::4"}, "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", proxy, []string{"::ffff:198.51.100.7"}, "198.51.100.7/32"},
		{"a proxy over IPv6", "[fd00::5]:1", []string{"198.51.100.7"}, "198.51.100.7/32"},
		{"a proxy that says nothing", proxy, nil, "10.1.2.3/32"},
		{"nonsense from the nearest", proxy, []string{"198.51.100.7, ' OR 1=1"}, "10.1.2.3/32"},
		{"nonsense farther off", proxy, []string{"unknown, 198.51.100.7"}, "198.51.100.7/32"},
		{"an address with a port", proxy, []string{"198.51.100.7:80"}, "10.1.2.3/32"},
		{"empty", proxy, []string{""}, "10.1.2.3/32"},
		{"no proxy of ours", other, []string{"198.51.100.7"}, ""},
		{"no proxy of ours that names one", other, []string{"10.1.2.3"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := behind(t, "10.0.0.0/8", "fd00::5/128")
			b.account("Ana")
			h := http.Header{"X-Forwarded-Proto": {"https"}, "X-Real-Ip": {"203.0.113.50"}, "Forwarded": {"for=203.0.113.51;proto=https"}}
			if c.forwarded != nil {
				h["X-Forwarded-For"] = c.forwarded
			}
			w := b.ask(http.MethodPost, "/signin", c.peer, h)
			if c.want == "" { // in the clear, whatever it says
				require.Equal(t, http.StatusForbidden, w.Code)
				require.Zero(t, b.count(`SELECT count(*) FROM throttle`))
				return
			}
			require.Equal(t, http.StatusUnauthorized, w.Code, w.Body)
			require.Equal(t, 1, b.count(`SELECT count(*) FROM throttle WHERE bucket = ?`, "net "+c.want))
			require.Equal(t, 1, b.count(`SELECT count(*) FROM throttle WHERE bucket LIKE 'net %'`))
			ip, _, _ := strings.Cut(c.want, "/")
			require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger_origin WHERE ip LIKE ?`, strings.TrimSuffix(ip, "::")+"%"))
		})
	}
}

// S8, H-09: what nobody encrypted gets neither form nor cookie, whatever its headers
// say.
func TestForwardedProto(t *testing.T) {
	const proxy = "10.1.2.3:4000"
	for _, c := range []struct {
		name, peer string
		proto      []string
		encrypted  bool
	}{
		{"a proxy says https", proxy, []string{"https"}, true},
		{"in capitals", proxy, []string{"HTTPS"}, true},
		{"a proxy says http", proxy, []string{"http"}, false},
		{"a proxy says nothing", proxy, nil, false},
		{"the last of a list is the nearest", proxy, []string{"https, http"}, false},
		{"and of lines", proxy, []string{"https", "http"}, false},
		{"somebody else says https", "192.0.2.77:1", []string{"https"}, false},
		{"this machine says https", "127.0.0.1:1", []string{"https"}, false},
		{"an address that is none", "@", []string{"https"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := behind(t, "10.0.0.0/8")
			b.account("Ana")
			h := http.Header{"X-Forwarded-Ssl": {"on"}, "Front-End-Https": {"on"}, "X-Forwarded-Host": {"evil.test"}}
			if c.proto != nil {
				h["X-Forwarded-Proto"] = c.proto
			}
			w := b.ask(http.MethodGet, "/signin?next=/x", c.peer, h)
			if c.encrypted {
				require.Equal(t, http.StatusOK, w.Code)
				require.Contains(t, w.Body.String(), "<form")
				return
			}
			require.Equal(t, http.StatusTemporaryRedirect, w.Code)
			require.Equal(t, "https://box.example.org/signin?next=/x", w.Header().Get("Location"))
			require.NotContains(t, w.Body.String(), "<form")
			require.Empty(t, w.Header().Values("Set-Cookie"))
		})
	}
}

package app

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// H-08: one address gets so many connections and no more, also in all; behind
// a proxy and on the machine itself many people come from one address.
func TestDoors(t *testing.T) {
	from := func(ip string) net.Addr {
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(ip), 4000))
	}
	cases := map[string]struct {
		come []string // addresses, "%d" is a number that counts up
		want int      // get in of 300 each
	}{
		"one address":                          {[]string{"198.51.100.7"}, mostOfAddress},
		"one that is written in another way":   {[]string{"198.51.100.7", "::ffff:198.51.100.7"}, mostOfAddress},
		"two addresses":                        {[]string{"198.51.100.7", "198.51.100.8"}, 2 * mostOfAddress},
		"one house with many addresses":        {[]string{"2001:db8:1:2::%x"}, mostOfAddress},
		"one machine at home":                  {[]string{"192.168.1.20"}, mostOfAddress},
		"a proxy":                              {[]string{"10.1.2.3"}, 300},
		"the machine itself":                   {[]string{"127.0.0.1"}, 300},
		"the machine itself, in another way":   {[]string{"::1"}, 300},
		"more than there is room for in all":   {[]string{"198.51.%d.1", "198.51.%d.2", "198.51.%d.3", "198.51.%d.4", "203.0.%d.1", "203.0.%d.2", "203.0.%d.3", "203.0.%d.4"}, mostConnections},
		"behind a proxy, more than in all":     {[]string{"10.0.0.%d", "10.0.1.%d", "10.0.2.%d", "10.0.3.%d", "10.0.4.%d", "10.0.5.%d", "10.0.6.%d"}, mostConnections},
		"a machine of this one's own, no room": {strings.Split(strings.Repeat("127.0.0.1 ", 7)+"127.0.0.1", " "), mostConnections},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDoors([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
			var leaves []func()
			for _, pattern := range c.come {
				for i := range 300 {
					ip := pattern
					if strings.Contains(ip, "%") {
						ip = fmt.Sprintf(ip, i%250)
					}
					if leave, ok := d.enter(from(ip)); ok {
						leaves = append(leaves, leave)
					}
				}
			}
			require.Len(t, leaves, c.want)
			for _, leave := range leaves {
				leave()
				leave() // twice is once
			}
			require.Zero(t, d.all)
			require.Empty(t, d.open)
			_, ok := d.enter(from("198.51.100.7"))
			require.True(t, ok, "whoever left made room")
		})
	}
	t.Run("a socket in a folder has no address", func(t *testing.T) {
		d := newDoors(nil)
		for range mostOfAddress + 1 {
			_, ok := d.enter(&net.UnixAddr{Name: "/run/x"})
			require.True(t, ok)
		}
	})
}

// H-08: over a real server: who has all that one may have is cut off, others
// come in, and a place is free again when its connection ends.
func TestTheServerHasDoors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	d := newDoors(nil)
	d.most, d.each, d.shared = 4, 3, func(netip.Addr) bool { return false }
	srv := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }), slog.New(slog.DiscardHandler))
	require.NotZero(t, srv.ReadHeaderTimeout)
	require.LessOrEqual(t, srv.ReadHeaderTimeout, 10*time.Second)
	require.LessOrEqual(t, srv.IdleTimeout, 2*time.Minute)
	require.LessOrEqual(t, srv.MaxHeaderBytes, 64<<10)
	go func() { _ = srv.Serve(d.listen(l)) }()
	t.Cleanup(func() { _ = srv.Close() })
	answers := func(c net.Conn) bool {
		require.NoError(t, c.SetDeadline(time.Now().Add(5*time.Second)))
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return false
		}
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return false
		}
		_, err = io.Copy(io.Discard, res.Body)
		return err == nil && res.StatusCode == http.StatusOK
	}
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	var in []net.Conn
	for range 3 {
		c := dial()
		require.True(t, answers(c))
		in = append(in, c)
	}
	require.False(t, answers(dial()), "a fourth")
	require.True(t, answers(in[0]), "those that are in stay")
	require.NoError(t, in[1].Close())
	require.Eventually(t, func() bool { return answers(dial()) }, 5*time.Second, 20*time.Millisecond, "there is room again")
}

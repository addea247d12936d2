package app

import (
	"net"
	"net/netip"
	"sync"
)

// The most connections that may be open: of one address, behind which a whole
// household may be, and in all. Open pages of a thousand streams have room.
const (
	mostOfAddress   = 100
	mostConnections = 2000
)

// doors count the open connections of a box over all its listeners. Who comes
// when there is no room is cut off at once: whoever waited in a queue would
// hold what the others wait for.
type doors struct {
	shared func(netip.Addr) bool // many people come from there: one address counts in all alone
	most   int
	each   int

	mu   sync.Mutex
	open map[netip.Prefix]int
	all  int
}

// newDoors gives doors that know the proxies of a box. What comes from the
// machine itself is mostly a proxy too.
func newDoors(proxies []netip.Prefix) *doors {
	return &doors{most: mostConnections, each: mostOfAddress, open: map[netip.Prefix]int{}, shared: func(a netip.Addr) bool {
		for _, p := range proxies {
			if p.Contains(a) {
				return true
			}
		}
		return a.IsLoopback()
	}}
}

// listen has l count its connections.
func (d *doors) listen(l net.Listener) net.Listener { return &doorListener{l, d} }

// enter counts a connection, if there is room; leave gives its place back,
// once.
func (d *doors) enter(remote net.Addr) (leave func(), ok bool) {
	who := ofOne(remote)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all >= d.most || who.IsValid() && d.open[who] >= d.each && !d.shared(who.Addr()) {
		return nil, false
	}
	d.all++
	d.open[who]++
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.all--
		if d.open[who]--; d.open[who] == 0 {
			delete(d.open, who)
		}
	}), true
}

// ofOne is the part of an address that one machine easily has all of; the zero
// value for what has no address, such as a socket in a folder.
func ofOne(remote net.Addr) netip.Prefix {
	at, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return netip.Prefix{}
	}
	a, bits := at.Addr().Unmap().WithZone(""), 32
	if a.Is6() && !a.IsLoopback() {
		bits = 64
	} else if a.Is6() {
		bits = 128
	}
	p, _ := a.Prefix(bits)
	return p
}

type doorListener struct {
	net.Listener
	doors *doors
}

// Accept gives the next connection that there is room for.
func (l *doorListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if leave, ok := l.doors.enter(c.RemoteAddr()); ok {
			return &doorConn{c, leave}, nil
		}
		_ = c.Close() // nobody is told: an answer would cost what is short
	}
}

type doorConn struct {
	net.Conn
	leave func()
}

// Close closes the connection and makes room.
func (c *doorConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

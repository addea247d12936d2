package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/require"
)

// nameserver is a name server for the zone house.test on this machine alone.
// Records for proofs come by RFC 2136, signed with its key, or as files of a
// folder that a hook program writes.
type nameserver struct {
	address string // host:port, UDP and TCP
	folder  string

	mu      sync.Mutex
	txt     map[string][]string
	updates int // that were signed
}

// The key of the name server, as its administrator gives it away.
const (
	keyName   = "box-key."
	keySecret = "c2VjcmV0Y2FuYXJ5LW9mLXRoZS1uYW1lc2VydmVy" // base64, as RFC 8945 wants it
)

func newNameserver(t *testing.T) *nameserver {
	t.Helper()
	n := &nameserver{folder: t.TempDir(), txt: map[string][]string{}}
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	n.address = udp.LocalAddr().String()
	tcp, err := net.Listen("tcp", n.address)
	require.NoError(t, err)
	all := func(dns.Header) dns.MsgAcceptAction { return dns.MsgAccept } // updates too
	for _, s := range []*dns.Server{{PacketConn: udp}, {Listener: tcp}} {
		s.Handler, s.MsgAcceptFunc, s.TsigSecret = n, all, map[string]string{keyName: keySecret}
		ready := make(chan struct{})
		s.NotifyStartedFunc = func() { close(ready) }
		go func() { _ = s.ActivateAndServe() }()
		<-ready
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return n
}

// ServeDNS answers one message.
func (n *nameserver) ServeDNS(w dns.ResponseWriter, r *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(r)
	m.Authoritative = true
	switch {
	case r.Opcode == dns.OpcodeUpdate && (r.IsTsig() == nil || w.TsigStatus() != nil):
		m.Rcode = dns.RcodeRefused
	case r.Opcode == dns.OpcodeUpdate:
		n.update(r.Ns)
		m.SetTsig(keyName, dns.HmacSHA256, 300, time.Now().Unix())
	case len(r.Question) == 1:
		n.look(m, r.Question[0])
	}
	_ = w.WriteMsg(m)
}

func (n *nameserver) update(records []dns.RR) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.updates++
	for _, rr := range records {
		t, ok := rr.(*dns.TXT)
		if !ok {
			continue
		}
		name := strings.ToLower(t.Hdr.Name)
		if t.Hdr.Class == dns.ClassNONE {
			delete(n.txt, name)
		} else {
			n.txt[name] = append(n.txt[name], strings.Join(t.Txt, ""))
		}
	}
}

func (n *nameserver) look(m *dns.Msg, q dns.Question) {
	head := func(kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: q.Name, Rrtype: kind, Class: dns.ClassINET}
	}
	name := strings.ToLower(q.Name)
	switch {
	case !dns.IsSubDomain("house.test.", name):
		m.Rcode = dns.RcodeNameError
	case q.Qtype == dns.TypeSOA && name == "house.test.":
		m.Answer = append(m.Answer, &dns.SOA{Hdr: head(dns.TypeSOA), Ns: "ns.house.test.", Mbox: "ana.house.test.", Serial: 1, Refresh: 60, Retry: 60, Expire: 60, Minttl: 1})
	case q.Qtype == dns.TypeNS && name == "house.test.":
		m.Answer = append(m.Answer, &dns.NS{Hdr: head(dns.TypeNS), Ns: "ns.house.test."})
	case q.Qtype == dns.TypeA && name == "box.house.test.":
		m.Answer = append(m.Answer, &dns.A{Hdr: head(dns.TypeA), A: net.IPv4(127, 0, 0, 1)})
	case q.Qtype == dns.TypeTXT:
		for _, text := range n.proofs(name) {
			m.Answer = append(m.Answer, &dns.TXT{Hdr: head(dns.TypeTXT), Txt: []string{text}})
		}
	}
}

func (n *nameserver) proofs(name string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := append([]string(nil), n.txt[name]...)
	if text, err := os.ReadFile(filepath.Join(n.folder, strings.TrimSuffix(name, "."))); err == nil {
		all = append(all, strings.TrimSpace(string(text)))
	}
	return all
}

// left counts records that nobody took away.
func (n *nameserver) left(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(n.folder, "_acme-challenge.*"))
	require.NoError(t, err)
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.txt) + len(files)
}

// program is what an administrator writes for a name server that nothing
// speaks to.
func (n *nameserver) program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(n.folder, "hook.sh")
	require.NoError(t, os.WriteFile(path, []byte(`#!/bin/sh
set -eu
env | grep -q ^GLUCOKEEP_ && exit 3
case $1 in
present) printf %s "$3" >"${0%/*}/$2" ;;
cleanup) [ "$(cat "${0%/*}/$2")" = "$3" ] && rm "${0%/*}/$2" ;;
esac
`), 0o700))
	return path
}

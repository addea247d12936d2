package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glucokeep/app/cert"
	"glucokeep/app/fault"
)

// reachFlags say how people come to the box.
type reachFlags struct {
	Listen       string   `help:"Address to listen on. Without --tls only this machine's own, or behind a proxy that --trusted-proxy names." default:"127.0.0.1:8080" placeholder:"ADDR"`
	BaseURL      string   `help:"Address under which people open the box, if it is another than the one it listens on." placeholder:"URL"`
	TLS          string   `name:"tls" help:"Where the certificate comes from: ${enum}. See docs/reach-your-box.md." enum:"off,files,local,acme" default:"off"`
	Cert         string   `help:"With --tls files: the certificate and its chain, PEM. Read again when it changes." type:"path" placeholder:"FILE"`
	Key          string   `help:"With --tls files: its private key, PEM." type:"path" placeholder:"FILE"`
	TLSAlso      []string `name:"tls-also" help:"With --tls local: further names under that of --base-url, or addresses of this machine at home, to be reached by." placeholder:"HOST"`
	ListenHTTP   string   `name:"listen-http" help:"With --tls: a further address, such as :80, that leads whoever comes without encryption to the right one. It shows no form." placeholder:"ADDR"`
	TrustedProxy []string `help:"Address or range of a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed." placeholder:"CIDR"`

	ACME acmeFlags `embed:"" prefix:"acme-"`
}

// reach is how people come to the box, checked.
type reach struct {
	listen, listenHTTP string
	base               *url.URL // nil: localhost at the port that is listened on
	hosts              []string // further Host headers that are ours
	proxies            []netip.Prefix
	tls                *tls.Config                            // nil: none of our own
	leaf               func() *x509.Certificate               // what browsers are shown; nil: as tls
	failed             func() string                          // why the last try to get leaf failed; nil: there is always one
	renew              func(context.Context, time.Time) error // nil: it needs none, or start sees to it
	start              func(context.Context) error            // nil: nothing is to be started
	clear              func(http.Handler) http.Handler        // what is answered in the clear besides; nil: nothing
	trust              *cert.Authority
	proven             func(time.Time) (bool, error) // nil: the name is not known to be ours
	losePasskeys       bool                          // that were made for another host
}

// loopback is how a box is reached that is for this machine alone.
func loopback(listen string) (*reach, error) {
	f := reachFlags{Listen: listen, TLS: "off"}
	return f.open("", time.Now(), nil)
}

// open checks the flags against each other and gets the certificate ready.
// Certificates of the box lie in folder tls of dir.
func (f *reachFlags) open(dir string, now time.Time, log *slog.Logger) (*reach, error) {
	r := &reach{listen: f.Listen, listenHTTP: f.ListenHTTP}
	host, port, err := net.SplitHostPort(f.Listen)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "serve.bad-address")
	}
	if r.proxies, err = proxies(f.TrustedProxy); err != nil {
		return nil, err
	}
	if r.base, err = baseOf(f.BaseURL); err != nil {
		return nil, err
	}
	secure := r.base != nil && r.base.Scheme == "https"
	switch {
	case f.TLS != "off" && !secure:
		return nil, fault.New(fault.Invalid, "serve.tls-base")
	case f.TLS != "off":
		r.hosts = f.alsoHosts(r.base, port)
		return r, f.certify(r, filepath.Join(dir, "tls"), now, log)
	case len(r.proxies) > 0 && !secure:
		return nil, fault.New(fault.Invalid, "serve.proxy-https")
	case secure && len(r.proxies) == 0:
		return nil, fault.New(fault.Invalid, "serve.tls-behind")
	case r.base != nil && !secure && !loops(r.base.Hostname()):
		return nil, fault.New(fault.Invalid, "serve.base-not-secure", "address", r.base.String())
	case !loops(host) && len(r.proxies) == 0:
		return nil, fault.New(fault.Invalid, "serve.loopback-only")
	case f.ListenHTTP != "":
		return nil, fault.New(fault.Invalid, "serve.http-without-tls")
	}
	return r, nil
}

// certify gets the certificate ready.
func (f *reachFlags) certify(r *reach, dir string, now time.Time, log *slog.Logger) error {
	host := r.base.Hostname()
	for _, also := range f.TLSAlso {
		if net.ParseIP(also) == nil && !strings.HasSuffix(also, "."+host) {
			return fault.New(fault.Invalid, "serve.tls-also", "host", also, "base", host)
		}
	}
	switch f.TLS {
	case "files":
		if f.Cert == "" || f.Key == "" {
			return fault.New(fault.Invalid, "serve.tls-files")
		}
		files, err := cert.OpenFiles(f.Cert, f.Key, host, now)
		if err != nil {
			return err
		}
		r.tls, r.leaf, r.renew = cert.Config(files.Certificate), files.Leaf, files.Step
		if files.Public(now) {
			return r.prove(dir, host)
		}
	case "acme":
		return f.ACME.certify(r, dir, log)
	case "local":
		names := append([]string{host}, f.TLSAlso...)
		authority, err := cert.OpenAuthority(dir, names, now)
		if err != nil {
			return err
		}
		leaf, err := cert.NewLocal(authority, names, now)
		if err != nil {
			return err
		}
		r.tls, r.leaf, r.renew, r.trust = cert.Config(leaf.Certificate), leaf.Leaf, leaf.Step, authority
	}
	return nil
}

// prove has browsers told, once TLS has worked for a day, to open nothing
// else: only under a name that is known to be ours, as a year is long.
func (r *reach) prove(dir, host string) error {
	if cert.Private(host) {
		return nil
	}
	p, err := cert.OpenProven(dir, host)
	if err != nil {
		return err
	}
	r.proven = p.Works
	return nil
}

// hsts is proven for the pages: what cannot be remembered is logged.
func (r *reach) hsts(log *slog.Logger) func(time.Time) bool {
	if r.proven == nil {
		return nil
	}
	return func(now time.Time) bool {
		on, err := r.proven(now)
		if err != nil {
			log.Warn("cannot remember since when tls works", "err", err)
		}
		return on
	}
}

// alsoHosts are the further hosts with the ports that they may be asked at.
func (f *reachFlags) alsoHosts(base *url.URL, listened string) (hosts []string) {
	outside := base.Port()
	if outside == "" {
		outside = "443"
	}
	for _, also := range f.TLSAlso {
		for _, port := range []string{outside, listened} {
			h := net.JoinHostPort(also, port)
			hosts = append(hosts, strings.TrimSuffix(h, ":443"))
		}
	}
	return hosts
}

// baseOf reads --base-url: where the box is, without a path.
func baseOf(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return nil, fault.New(fault.Invalid, "serve.bad-base-url")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, fault.New(fault.Invalid, "serve.base-path")
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443") // browsers leave it out
	} else {
		host = strings.TrimSuffix(host, ":80")
	}
	return &url.URL{Scheme: u.Scheme, Host: host}, nil
}

// proxies reads --trusted-proxy. A range that holds a good part of the
// internet would let everybody say where they come from.
func proxies(list []string) (out []netip.Prefix, err error) {
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if a, addrErr := netip.ParseAddr(s); addrErr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "serve.proxy-bad")
		}
		if p.Bits() < 8 {
			return nil, fault.New(fault.Invalid, "serve.proxy-everybody", "proxy", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// loops reports whether host is this machine to itself alone.
func loops(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// secure reports whether people open the box over https.
func (r *reach) secure() bool { return r.base != nil && r.base.Scheme == "https" }

// at completes base and hosts with the port that is listened on.
func (r *reach) at(port string) (base *url.URL, hosts []string) {
	base, hosts = r.base, slices.Clone(r.hosts)
	if base == nil {
		base = &url.URL{Scheme: "http", Host: "localhost:" + port}
	}
	if base.Scheme == "http" {
		hosts = append(hosts, "localhost:"+port, "127.0.0.1:"+port, "[::1]:"+port)
	}
	return base, hosts
}

package app

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"glucokeep/app/cert"
	"glucokeep/app/fault"
)

// acmeFlags say how a public authority is asked for the certificate. The
// secret of the name server stands in a file and in no flag.
type acmeFlags struct {
	Agree     bool          `help:"You agree to the terms of the authority: Let's Encrypt, or the one at --acme-directory."`
	Email     string        `help:"Where the authority may write to." placeholder:"EMAIL"`
	Directory string        `help:"Another authority than Let's Encrypt." placeholder:"URL"`
	Root      string        `help:"Certificate of an authority that this machine does not know, PEM." type:"path" placeholder:"FILE"`
	DNS       string        `name:"dns" help:"Prove the name by a record at its name server: rfc2136, cloudflare or hook. Without, the authority must reach the box at port 443, or at port 80 with --listen-http." enum:",rfc2136,cloudflare,hook" default:"" placeholder:"WAY"`
	Secret    string        `help:"File with the key of RFC 2136 (base64), or Cloudflare's token." type:"path" placeholder:"FILE"`
	Server    string        `help:"Name server of RFC 2136." placeholder:"ADDR"`
	KeyName   string        `help:"Name of the key of RFC 2136." placeholder:"NAME"`
	KeyAlg    string        `help:"Algorithm of the key of RFC 2136." default:"hmac-sha256" placeholder:"NAME"`
	Hook      string        `help:"Program that is run as PROGRAM present|cleanup NAME VALUE." type:"path" placeholder:"PROGRAM"`
	Resolver  []string      `help:"Name server that is asked whether the record is there, where the usual one hides it." placeholder:"ADDR"`
	Wait      time.Duration `help:"How long the record may take." default:"2m" placeholder:"TIME"`
}

// certify gets everything ready; the authority is asked once the box runs.
func (f *acmeFlags) certify(r *reach, dir string, log *slog.Logger) error {
	host := r.base.Hostname()
	if !f.Agree {
		return fault.New(fault.Invalid, "serve.acme-agree")
	}
	if net.ParseIP(host) != nil {
		return fault.New(fault.Invalid, "serve.acme-name", "host", host)
	}
	if u, err := url.Parse(f.Directory); f.Directory != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return fault.New(fault.Invalid, "serve.acme-directory")
	}
	s := cert.ACMESettings{Directory: f.Directory, RootFile: f.Root, Email: f.Email, Host: host, Folder: filepath.Join(dir, "acme"),
		DNS:       cert.DNS{Way: f.DNS, SecretFile: f.Secret, Server: f.Server, KeyName: f.KeyName, KeyAlg: f.KeyAlg, Hook: f.Hook},
		Resolvers: f.Resolver, Patience: f.Wait, TLSPort: portOf(r.listen), HTTPPort: portOf(r.listenHTTP)}
	a, err := cert.NewACME(s, log)
	if err != nil {
		return err
	}
	r.tls, r.leaf, r.failed, r.clear = a.Config(), a.Leaf, a.Failed, a.Answers
	r.start = func(ctx context.Context) error {
		context.AfterFunc(ctx, a.Stop)
		return a.Start(ctx)
	}
	return r.prove(dir, host)
}

// portOf is the port of an address, 0 if there is none.
func portOf(address string) int {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return n
}

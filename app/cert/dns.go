package cert

import (
	"net"
	"os"
	"strings"

	"github.com/caddyserver/certmagic"
	"github.com/libdns/cloudflare"
	"github.com/libdns/rfc2136"

	"glucokeep/app/fault"
)

// DNS is who can put a record beside the box's name to prove that the name is
// ours. A box that nobody outside can reach gets a public certificate so.
type DNS struct {
	Way        string // "rfc2136", "cloudflare", "hook"; "" is none
	SecretFile string // the key of RFC 2136, or Cloudflare's token; read once
	Server     string // of RFC 2136, with its port
	KeyName    string // of RFC 2136
	KeyAlg     string // of RFC 2136, such as hmac-sha256
	Hook       string // the program to run
}

// provider gives the way to do it, and what must stand in no log.
func (d DNS) provider() (certmagic.DNSProvider, []string, error) {
	switch d.Way {
	case "":
		return nil, nil, nil
	case "hook":
		info, err := os.Stat(d.Hook)
		if err != nil {
			return nil, nil, unreadable(err, d.Hook)
		}
		if info.IsDir() || info.Mode().Perm()&0o111 == 0 {
			return nil, nil, fault.New(fault.Invalid, "cert.hook-no-program", "file", d.Hook)
		}
		return hook{d.Hook}, nil, nil
	}
	secret, err := d.secret()
	if err != nil {
		return nil, nil, err
	}
	if d.Way == "cloudflare" {
		return &cloudflare.Provider{APIToken: secret}, []string{secret}, nil
	}
	server := d.Server
	if _, _, err := net.SplitHostPort(server); err != nil && server != "" {
		server = net.JoinHostPort(strings.Trim(server, "[]"), "53")
	}
	if server == "" || d.KeyName == "" {
		return nil, nil, fault.New(fault.Invalid, "cert.dns-incomplete")
	}
	return &rfc2136.Provider{KeyName: d.KeyName, KeyAlg: d.KeyAlg, Key: secret, Server: server}, []string{secret}, nil
}

// secret reads the file of the secret: never a flag, which everybody on the
// machine sees.
func (d DNS) secret() (string, error) {
	if d.SecretFile == "" {
		return "", fault.New(fault.Invalid, "cert.dns-secret")
	}
	text, err := os.ReadFile(d.SecretFile)
	if err != nil {
		return "", unreadable(err, d.SecretFile)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", fault.New(fault.Invalid, "cert.dns-secret-shape", "file", d.SecretFile)
	}
	return secret, nil
}

package cert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/caddyserver/certmagic"

	"glucokeep/app/fault"
)

// ACMESettings are how a public authority is asked for a certificate
// (RFC 8555).
type ACMESettings struct {
	Directory string // address of the authority; "" is Let's Encrypt
	RootFile  string // further authorities to believe when talking to it, PEM; "" is none
	Email     string // where the authority may write to; "" is nowhere
	Host      string // the name that the certificate is for
	Folder    string // keeps account, key and certificate

	DNS       DNS           // zero proves the name at the ports below
	Resolvers []string      // name servers that are asked whether a record is there; none is the system's
	Patience  time.Duration // for a record to be there; 0 is two minutes
	TLSPort   int           // that the box listens on and port 443 of Host leads to
	HTTPPort  int           // the same for port 80; 0 is none
}

// ACME is a certificate that a public authority gives, renewed by itself.
type ACME struct {
	magic  *certmagic.Config
	cache  *certmagic.Cache
	issuer *certmagic.ACMEIssuer
	host   string
	why    atomic.Value // string: why the last try failed, "" since one went well
}

// NewACME gets everything ready and asks nobody yet.
func NewACME(s ACMESettings, log *slog.Logger) (*ACME, error) {
	provider, secrets, err := s.DNS.provider()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.Folder, 0o700); err != nil {
		return nil, unreadable(err, s.Folder)
	}
	zap := zapLogger(log, secrets)
	a := &ACME{host: s.Host}
	a.cache = certmagic.NewCache(certmagic.CacheOptions{Logger: zap,
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.magic, nil }})
	a.magic = certmagic.New(a.cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: s.Folder}, Logger: zap,
		OCSP: certmagic.OCSPConfig{DisableStapling: true}, // nobody else is told that the box is up
		OnEvent: func(_ context.Context, event string, data map[string]any) error {
			switch event {
			case "cert_obtained":
				a.why.Store("")
				log.Info("certificate obtained", "renewal", data["renewal"])
			case "cert_failed":
				a.why.Store((&zapCore{secrets: secrets}).clean(fmt.Sprint(data["error"])))
				log.Warn("certificate not obtained, to be tried again", "renewal", data["renewal"])
			}
			return nil
		}})
	template := certmagic.ACMEIssuer{CA: s.Directory, Email: s.Email, Agreed: true, Logger: zap,
		AltTLSALPNPort: s.TLSPort, AltHTTPPort: s.HTTPPort, DisableHTTPChallenge: s.HTTPPort == 0}
	if template.CA == "" {
		template.CA = certmagic.LetsEncryptProductionCA
	}
	if s.RootFile != "" {
		if template.TrustedRoots, err = rootsWith(s.RootFile); err != nil {
			return nil, err
		}
	}
	if provider != nil {
		template.DisableHTTPChallenge, template.DisableTLSALPNChallenge = true, true
		template.DNS01Solver = &certmagic.DNS01Solver{DNSManager: certmagic.DNSManager{DNSProvider: provider, Resolvers: s.Resolvers,
			PropagationTimeout: s.Patience, Logger: zap}}
	}
	a.issuer = certmagic.NewACMEIssuer(a.magic, template)
	a.magic.Issuers = []certmagic.Issuer{a.issuer}
	return a, nil
}

// rootsWith is what the system believes and the certificates of a file.
func rootsWith(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, unreadable(err, file)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fault.New(fault.Invalid, "cert.no-certificate", "file", file)
	}
	return pool, nil
}

// Start has the certificate obtained and renewed until ctx ends. It returns at
// once: a box starts without its network too.
func (a *ACME) Start(ctx context.Context) error {
	return a.magic.ManageAsync(ctx, []string{a.host})
}

// Stop ends what Start began.
func (a *ACME) Stop() { a.cache.Stop() }

// Leaf is the certificate as browsers are shown it, nil until there is one.
func (a *ACME) Leaf() *x509.Certificate {
	for _, c := range a.cache.AllMatchingCertificates(a.host) {
		if c.Leaf != nil {
			return c.Leaf
		}
	}
	return nil
}

// Failed says why the authority gave no certificate at the last try, in its
// words; "" if none has failed since one went well.
func (a *ACME) Failed() string {
	why, _ := a.why.Load().(string)
	return why
}

// Config is how the box speaks TLS with it; the authority may ask for a proof
// in the handshake itself (RFC 8737).
func (a *ACME) Config() *tls.Config {
	c := Config(a.magic.GetCertificate)
	c.NextProtos = append(c.NextProtos, "acme-tls/1")
	return c
}

// Answers puts the proof that the authority asks for at port 80 (RFC 8555
// §8.3) before h.
func (a *ACME) Answers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil || !a.issuer.HandleHTTPChallenge(w, r) {
			h.ServeHTTP(w, r)
		}
	})
}

package cert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"sync"
	"time"

	"glucokeep/app/fault"
)

// Files is a certificate in two PEM files that another program keeps: an ACME
// client, an overlay network, a clinic's own authority.
type Files struct {
	certFile, keyFile, host string

	mu      sync.Mutex
	current *tls.Certificate
	seen    [2]stamp
	roots   *x509.CertPool // nil: those of the system
}

// stamp tells a file from its next version.
type stamp struct {
	changed time.Time
	size    int64
}

// OpenFiles reads a certificate with its chain, and its key. It refuses, with
// a sentence, files that could not serve host at now.
func OpenFiles(certFile, keyFile, host string, now time.Time) (*Files, error) {
	f := &Files{certFile: certFile, keyFile: keyFile, host: host}
	return f, f.load(now)
}

// Certificate is Get.
func (f *Files) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.current, nil
}

// Step reads the files again when they changed. While what stands there
// cannot be used, the certificate from before stays and Step says why, once a
// change.
func (f *Files) Step(_ context.Context, now time.Time) error {
	next, err := f.stamps()
	f.mu.Lock()
	same := next == f.seen
	f.mu.Unlock()
	if err != nil || same {
		return err
	}
	return f.load(now)
}

func (f *Files) stamps() (s [2]stamp, err error) {
	for i, path := range []string{f.certFile, f.keyFile} {
		info, err := os.Stat(path)
		if err != nil {
			return s, unreadable(err, path)
		}
		s[i] = stamp{info.ModTime(), info.Size()}
	}
	return s, nil
}

func (f *Files) load(now time.Time) error {
	seen, err := f.stamps()
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.seen = seen
	f.mu.Unlock()
	c, err := readPair(f.certFile, f.keyFile)
	if err != nil {
		return err
	}
	switch err := c.Leaf.VerifyHostname(f.host); {
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "cert.other-name", "file", f.certFile, "host", f.host)
	case now.After(c.Leaf.NotAfter):
		return fault.New(fault.Invalid, "cert.ended", "file", f.certFile, "date", c.Leaf.NotAfter.Format(time.DateOnly))
	case now.Before(c.Leaf.NotBefore):
		return fault.New(fault.Invalid, "cert.not-yet", "file", f.certFile, "date", c.Leaf.NotBefore.Format(time.DateOnly))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current = c
	return nil
}

// Leaf is the certificate as browsers are shown it.
func (f *Files) Leaf() *x509.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.current.Leaf
}

// Public reports whether an authority that this machine trusts vouches for
// the certificate, so that the name is known to be its owner's.
func (f *Files) Public(now time.Time) bool {
	f.mu.Lock()
	c := f.current
	f.mu.Unlock()
	between := x509.NewCertPool()
	for _, der := range c.Certificate[1:] {
		if more, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(more)
		}
	}
	_, err := c.Leaf.Verify(x509.VerifyOptions{DNSName: f.host, Roots: f.roots, Intermediates: between, CurrentTime: now})
	return err == nil
}

// readPair reads a certificate and its key and says which of the two is wrong.
func readPair(certFile, keyFile string) (*tls.Certificate, error) {
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return nil, unreadable(err, certFile)
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, unreadable(err, keyFile)
	}
	if !hasBlock(certPEM, "CERTIFICATE") {
		return nil, fault.New(fault.Invalid, "cert.no-certificate", "file", certFile)
	}
	if !hasBlock(keyPEM, "PRIVATE KEY") {
		return nil, fault.New(fault.Invalid, "cert.no-key", "file", keyFile)
	}
	c, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "cert.key-differs", "cert", certFile, "key", keyFile)
	}
	return &c, nil
}

func unreadable(err error, path string) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fault.Wrap(err, fault.Invalid, "cert.file-missing", "file", path)
	case errors.Is(err, os.ErrPermission):
		return fault.Wrap(err, fault.Invalid, "cert.file-closed", "file", path)
	}
	return fault.Wrap(err, fault.Invalid, "cert.file-unreadable", "file", path)
}

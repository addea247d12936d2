package mail

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// certificate makes one for a name, of nobody known; roots trusts it.
func certificate(t *testing.T, name string) (cert tls.Certificate, roots *x509.CertPool, pemFile, keyFile string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if name != "localhost" {
		template.IPAddresses = nil
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	dir := t.TempDir()
	pemFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(pemFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots, pemFile, keyFile
}

// actor is a mail server that says what it is told to.
type actor struct {
	cert    tls.Certificate
	says    map[string]string // command → answer instead of the usual one; "" hangs up, "…" says nothing more
	offers  string            // extensions
	atOnce  bool              // TLS from the first byte
	garbles bool              // is no mail server

	mu    sync.Mutex
	heard []string
}

func (a *actor) listen(t *testing.T) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go a.talk(conn)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func (a *actor) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if a.atOnce {
		conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{a.cert}})
	}
	if a.garbles {
		_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		return
	}
	r := bufio.NewReader(conn)
	say := func(command, usual string) bool {
		text, told := a.says[command]
		if !told {
			text = usual
		}
		if text == "…" {
			time.Sleep(time.Minute)
		}
		if text != "" {
			_, _ = conn.Write([]byte(text + "\r\n"))
		}
		return text != ""
	}
	if !say("", "220 ready") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		a.mu.Lock()
		a.heard = append(a.heard, line)
		a.mu.Unlock()
		command := strings.ToUpper(strings.SplitN(line, " ", 2)[0])
		usual := "250 ok"
		switch command {
		case "EHLO":
			usual = strings.ReplaceAll("250-here\n"+a.offers+"250 8BITMIME", "\n", "\r\n")
		case "DATA":
			usual = "354 go on"
		case "STARTTLS":
			usual = "220 go on"
		case "AUTH":
			usual = "235 welcome"
		case "QUIT":
			usual = "221 bye"
		}
		if !say(command, usual) {
			return
		}
		switch {
		case command == "STARTTLS" && usual == "220 go on":
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{a.cert}})
			r = bufio.NewReader(conn)
		case command == "DATA":
			for line != "." {
				if line, err = r.ReadString('\n'); err != nil {
					return
				}
				line = strings.TrimRight(line, "\r\n")
			}
			if !say(".", "250 taken") {
				return
			}
		}
	}
}

func (a *actor) got() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.heard, "\n")
}

var aLetter = letter{From: "box@box.test", FromName: "Haus Muster", To: "ana@box.test", Subject: "Hallo", Text: "Hallo Ana.\n", Ref: "K7QM-2TRD-X5WB", At: now}

// V-08: whatever a server does, it is understood, and without TLS nothing is
// sent that somebody could read.
func TestWhatServersDo(t *testing.T) {
	cert, roots, _, _ := certificate(t, "localhost")
	elsewhere, _, _, _ := certificate(t, "other.test")
	const starttls, auth = "250-STARTTLS\n", "250-AUTH PLAIN LOGIN\n"
	for name, c := range map[string]struct {
		server *actor
		tls    Encryption
		name   string
		want   outcome
		never  string // what it must not have heard
	}{
		"takes it, TLS later":         {&actor{offers: starttls}, StartTLS, "", outcome{answer: Sent}, ""},
		"takes it, TLS at once":       {&actor{atOnce: true}, TLS, "", outcome{answer: Sent}, "STARTTLS"},
		"takes it after a sign-in":    {&actor{offers: starttls + auth}, StartTLS, "box", outcome{answer: Sent}, ""},
		"takes it at once, signed in": {&actor{atOnce: true, offers: auth}, TLS, "box", outcome{answer: Sent}, ""},
		"takes it on this machine":    {&actor{offers: auth}, None, "box", outcome{answer: Sent}, ""},
		"breaks off after taking it":  {&actor{offers: starttls, says: map[string]string{"RSET": "", "QUIT": ""}}, StartTLS, "", outcome{answer: Sent}, ""},
		"cannot speak privately":      {&actor{offers: auth}, StartTLS, "box", outcome{answer: NoTLS}, "MAIL"},
		"will not speak privately":    {&actor{offers: starttls, says: map[string]string{"STARTTLS": "454 not now"}}, StartTLS, "", outcome{answer: NoSignIn, code: 454, said: "not now"}, "MAIL"},
		"has another's certificate":   {&actor{cert: elsewhere, offers: starttls + auth}, StartTLS, "box", outcome{answer: Certificate}, "AUTH"},
		"has it at once":              {&actor{cert: elsewhere, atOnce: true}, TLS, "box", outcome{answer: Certificate}, "EHLO"},
		"speaks in the open at once":  {&actor{}, TLS, "", outcome{answer: Garbled}, "EHLO"},
		"wants another password":      {&actor{offers: starttls + auth, says: map[string]string{"AUTH": "535 5.7.8 wrong\tpassword"}}, StartTLS, "box", outcome{answer: NoSignIn, code: 535}, "MAIL"},
		"knows no sign-in":            {&actor{offers: starttls}, StartTLS, "box", outcome{answer: NoSignIn}, "MAIL"},
		"does not send for us":        {&actor{offers: starttls, says: map[string]string{"MAIL": "553 not yours"}}, StartTLS, "", outcome{answer: NoSender, code: 553, said: "not yours"}, "RCPT"},
		"does not know Ana":           {&actor{offers: starttls, says: map[string]string{"RCPT": "550 5.1.1 unknown"}}, StartTLS, "", outcome{answer: NoRecipient, code: 550}, "DATA"},
		"asks to come back":           {&actor{offers: starttls, says: map[string]string{"RCPT": "450 4.2.0 greylisted"}}, StartTLS, "", outcome{answer: Later, code: 450}, "DATA"},
		"is too full":                 {&actor{offers: starttls, says: map[string]string{".": "452 full"}}, StartTLS, "", outcome{answer: Later, code: 452, said: "full"}, ""},
		"takes it for spam":           {&actor{offers: starttls, says: map[string]string{".": "554 spam"}}, StartTLS, "", outcome{answer: Refused, code: 554, said: "spam"}, ""},
		"does not want us":            {&actor{says: map[string]string{"": "554 go away"}}, StartTLS, "", outcome{answer: Refused, code: 554, said: "go away"}, "EHLO"},
		"hangs up at once":            {&actor{says: map[string]string{"": ""}}, StartTLS, "", outcome{answer: NoReply}, "EHLO"},
		"hangs up in between":         {&actor{offers: starttls, says: map[string]string{"DATA": ""}}, StartTLS, "", outcome{answer: NoReply}, ""},
		"hangs up before it says so":  {&actor{offers: starttls, says: map[string]string{".": ""}}, StartTLS, "", outcome{answer: NoReply}, ""},
		"is a web server":             {&actor{garbles: true}, StartTLS, "", outcome{answer: Garbled}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.server.cert.PrivateKey == nil {
				c.server.cert = cert
			}
			port := c.server.listen(t)
			s := Settings{Host: "localhost", Port: port, TLS: c.tls, Name: c.name, Sender: "box@box.test"}
			require.Empty(t, s.Check())
			got := smtp{roots: roots}.deliver(t.Context(), s, []byte("secretcanary"), aLetter)
			require.Equal(t, c.want.answer, got.answer, "%+v %s", got, c.server.got())
			require.Equal(t, c.want.code, got.code)
			require.Contains(t, got.said, c.want.said)
			require.NotContains(t, got.kept(), "box.test")
			if c.never != "" {
				require.NotContains(t, c.server.got(), c.never)
			}
			if c.tls != None {
				require.NotContains(t, c.server.got(), "secretcanary")
			}
			if c.want.answer == Sent {
				require.Equal(t, 1, strings.Count(c.server.got(), "RCPT TO:"), "one reader")
				require.Contains(t, c.server.got(), "RCPT TO:<ana@box.test>")
			}
		})
	}
}

func TestServersThatAreNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	s := Settings{Host: "localhost", Port: port, TLS: StartTLS, Sender: "box@box.test"}
	require.Equal(t, NoReply, smtp{}.deliver(t.Context(), s, nil, aLetter).answer)
	s.Host = "no-such-host.invalid"
	require.Contains(t, []Answer{NoHost, TooSlow}, smtp{}.deliver(t.Context(), s, nil, aLetter).answer)

	// One that says nothing holds nothing up.
	silent := &actor{says: map[string]string{"": "…"}}
	s.Host, s.Port = "localhost", silent.listen(t)
	began := time.Now()
	require.Equal(t, TooSlow, smtp{wait: 300 * time.Millisecond}.deliver(t.Context(), s, nil, aLetter).answer)
	require.Less(t, time.Since(began), 10*time.Second)
	cert, roots, _, _ := certificate(t, "localhost")
	silent = &actor{cert: cert, offers: "250-STARTTLS\n", says: map[string]string{"DATA": "…"}}
	s.Port = silent.listen(t)
	require.Equal(t, TooSlow, smtp{wait: 300 * time.Millisecond, roots: roots}.deliver(t.Context(), s, nil, aLetter).answer)
	s.Port = (&actor{cert: cert, offers: "250-STARTTLS\n", says: map[string]string{"DATA": "…"}}).listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began = time.Now()
	require.NotEqual(t, Sent, smtp{roots: roots}.deliver(ctx, s, nil, aLetter).answer, "when the box stops")
	require.Less(t, time.Since(began), sendTimeout/2)
}

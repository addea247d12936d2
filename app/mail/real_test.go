package mail

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"mime"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

// postOffice is Exim, a mail server that people run: on this machine alone,
// with TLS, a name and a password, and a folder that every mail ends in.
// (OpenSMTPD 6.8 as Debian 12 has it cannot use its own key over TLS.)
type postOffice struct {
	*testing.T
	starttls, tls int // ports
	folder        string
	pem           string
	roots         *x509.CertPool
}

const postPassword = "passwordcanary of the post office"

const postRules = `
primary_hostname = box.test
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
smtp_accept_max = 0
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
keep_environment =
begin acl
rcpt:
  deny message = encrypt first
    !encrypted = *
  accept authenticated = *
  deny message = sign in first
begin routers
all:
  driver = accept
  transport = keep
begin transports
keep:
  driver = appendfile
  directory = DIR/kept
  maildir_format
  user = Debian-exim
  envelope_to_add
begin authenticators
PLAIN:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{box}}{eq{$auth3}{PASSWORD}}}}
  server_set_id = $auth2
`

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	exim, err := exec.LookPath("/usr/sbin/exim4")
	if err != nil || os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Exim here, or not root; to have it: packaging/install.sh exim4-daemon-light")
		}
		t.Skip("no Exim here, or not root; to have it: sudo apt-get install exim4-daemon-light")
	}
	dir, err := os.MkdirTemp("", "glucokeep-post-*")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	_, roots, cert, key := certificate(t, "localhost")
	o := &postOffice{T: t, starttls: freePort(t), tls: freePort(t), folder: filepath.Join(dir, "kept"), pem: cert, roots: roots}
	for from, to := range map[string]string{cert: "cert.pem", key: "key.pem"} {
		raw, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), raw, 0o600))
	}
	rules := fmt.Sprintf("daemon_smtp_ports = %d : %d\ntls_on_connect_ports = %d\nspool_directory = DIR/spool\nlog_file_path = DIR/spool/log_%%s\npid_file_path = DIR/spool/pid\n"+
		"tls_certificate = DIR/cert.pem\ntls_privatekey = DIR/key.pem\n", o.starttls, o.tls, o.tls) + postRules
	rules = strings.NewReplacer("DIR", dir, "PASSWORD", postPassword).Replace(rules)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "exim.conf"), []byte(rules), 0o600))
	for _, sub := range []string{"spool", "kept"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, sub), 0o700))
	}
	require.NoError(t, exec.Command("chown", "-R", "Debian-exim", dir).Run())
	require.NoError(t, exec.Command("chown", "root", filepath.Join(dir, "exim.conf")).Run())
	require.NoError(t, os.Chmod(filepath.Join(dir, "exim.conf"), 0o644))
	var said bytes.Buffer
	server := exec.Command(exim, "-bdf", "-C", filepath.Join(dir, "exim.conf"))
	server.Stdout, server.Stderr = &said, &said
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "spool", "log_main"))
			t.Log(said.String(), string(log[max(0, len(log)-3000):]))
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", o.tls))
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, 20*time.Second, 50*time.Millisecond, "Exim does not open")
	return o
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (o *postOffice) settings(way Encryption) Settings {
	s := Settings{Host: "localhost", Port: o.starttls, TLS: way, Name: "box", Sender: "box@box.test"}
	if way == TLS {
		s.Port = o.tls
	}
	return s
}

// got reads every mail that came, once want have.
func (o *postOffice) got(want int) (out []*mail.Message) {
	o.Helper()
	var files []string
	require.Eventually(o, func() bool {
		files, _ = filepath.Glob(filepath.Join(o.folder, "new", "*"))
		return len(files) >= want
	}, 30*time.Second, 50*time.Millisecond)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(o, err)
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		require.NoError(o, err)
		out = append(out, m)
	}
	return out
}

// V-08, X: a real server, TLS both ways, a password: the mail arrives, to one
// reader, as it was written; and what is wrong is said in words.
func TestARealServer(t *testing.T) {
	o := openPostOffice(t)
	b := newBox(t)
	b.post = smtp{roots: o.roots}
	for _, way := range []Encryption{StartTLS, TLS} {
		b.server(o.settings(way), postPassword)
		ref := b.puts(Notice{Kind: Confirm, Link: "/links/TOKEN", Lang: "de"})
		b.step(now)
		require.Equal(t, "sent", b.mail(ref).Answer)
	}
	for _, m := range o.got(2) {
		require.Equal(t, []string{"ana@box.test"}, m.Header["Envelope-To"])
		to, err := m.Header.AddressList("To")
		require.NoError(t, err)
		require.Equal(t, "ana@box.test", to[0].Address)
		require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, "Glucokeep: confirm this address", subject)
		require.Contains(t, m.Header.Get("Received"), "TLS1.3")
	}

	wrong := func(change func(*Settings), password string, post postman) Tried {
		s := o.settings(StartTLS)
		change(&s)
		b.server(s, password)
		b.post = post
		tried, err := b.TryServer(t.Context(), now, actorAna(b), nobodyFrom, Notice{Account: b.account, Address: "ana@box.test"})
		require.NoError(t, err)
		require.NotEqual(t, store.MailWaiting, b.mail(tried.Ref).State, "a test is not tried again")
		return tried
	}
	trusting := smtp{roots: o.roots}
	same := func(*Settings) {}
	require.Equal(t, Sent, wrong(same, postPassword, trusting).Answer)
	tried := wrong(same, "another", trusting)
	require.Equal(t, NoSignIn, tried.Answer)
	require.Equal(t, 535, tried.Code)
	require.NotEmpty(t, tried.Said)
	require.Equal(t, Certificate, wrong(same, postPassword, smtp{}).Answer, "a certificate of nobody known")
	require.Equal(t, NoReply, wrong(func(s *Settings) { s.Port = freePort(t) }, postPassword, trusting).Answer)
	require.NotEqual(t, Sent, wrong(func(s *Settings) { s.Name = "" }, "", trusting).Answer, "without a sign-in")
}

// R-06, X: the box is killed at any moment, again and again; every mail arrives, and
// one that arrives twice is the same by its code.
func TestKilledWhileSending(t *testing.T) {
	if dir := os.Getenv("GLUCOKEEP_MAIL_CHILD"); dir != "" { // this is the process that is killed
		sendUntilKilled(t, dir)
		return
	}
	o := openPostOffice(t)
	b := newBox(t)
	b.server(o.settings(StartTLS), postPassword)
	count, kills := 40, 8
	if os.Getenv("GLUCOKEEP_NIGHTLY") != "" {
		count, kills = 400, 80
	}
	began := time.Now()
	refs, written := map[string]int{}, []string{}
	for range count {
		var ref string
		require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
			ref, err = b.Enqueue(tx, began, Notice{Kind: NewDevice, Account: b.account, Address: "ana@box.test", At: began, Device: "Firefox"})
			return err
		}))
		written = append(written, ref)
	}
	require.NoError(t, b.db.Close())
	for i := 0; ; i++ {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledWhileSending$")
		child.Env = append(os.Environ(), "GLUCOKEEP_MAIL_CHILD="+b.dir, "GLUCOKEEP_MAIL_ROOTS="+o.pem, fmt.Sprintf("GLUCOKEEP_MAIL_BEGAN=%d", began.UnixMilli()))
		require.NoError(t, child.Start())
		done := make(chan error, 1)
		go func() { done <- child.Wait() }()
		patience := time.Minute
		if i < kills {
			patience = time.Duration(20+rand.IntN(150)) * time.Millisecond
		}
		select {
		case err := <-done:
			require.NoError(t, err)
			goto sent
		case <-time.After(patience):
			require.NoError(t, child.Process.Kill())
			<-done
		}
		require.LessOrEqual(t, i, kills, "it does not come to an end")
	}
sent:
	// The server has a mail in its folder a moment after it took it, and some
	// come twice: not their number counts, but that each is there.
	twice, missing := 0, 0
	require.Eventually(t, func() bool {
		twice, missing = 0, 0
		clear(refs)
		for _, m := range o.got(count) {
			ref, _, _ := strings.Cut(strings.Trim(m.Header.Get("Message-Id"), "<>"), "@")
			refs[ref]++
		}
		for _, ref := range written {
			switch n := refs[ref]; {
			case n == 0:
				missing++
			case n > 1:
				twice++
			}
		}
		return missing == 0
	}, 30*time.Second, 100*time.Millisecond, "mails were lost")
	require.Len(t, refs, count, "and none that nobody wrote")
	b.open(false)
	for _, ref := range written {
		require.Equal(t, store.MailSent, b.mail(ref).State)
	}
	t.Logf("%d mails over %d kills: none lost, %d came more than once", count, kills, twice)
}

// sendUntilKilled is what the process does that is killed. Its clock runs
// fast, so that waiting for another try takes no time.
func sendUntilKilled(t *testing.T, dir string) {
	began, err := strconv.ParseInt(os.Getenv("GLUCOKEEP_MAIL_BEGAN"), 10, 64)
	require.NoError(t, err)
	trusted, err := os.ReadFile(os.Getenv("GLUCOKEEP_MAIL_ROOTS"))
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(trusted))
	b := &box{T: t, dir: dir}
	b.open(false)
	b.post = smtp{roots: roots}
	for {
		start := time.UnixMilli(began)
		require.NoError(t, b.Step(context.Background(), start.Add(600*time.Since(start))))
		n, err := b.db.CountWaitingMails(context.Background(), 0)
		require.NoError(t, err)
		if n == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

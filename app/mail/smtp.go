package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"
)

// Answer is how a try to send ended, as a word of ours: the catalogue has the
// sentence under mail.answer.ANSWER.
type Answer string

// The answers.
const (
	Sent        Answer = "sent"
	NoHost      Answer = "no-host"     // there is no machine of this name
	NoReply     Answer = "no-reply"    // nothing listens there
	TooSlow     Answer = "too-slow"    // it took too long
	NoTLS       Answer = "no-tls"      // it cannot speak privately
	Certificate Answer = "certificate" // it could not prove who it is
	NoSignIn    Answer = "no-sign-in"  // name and password were refused
	NoSender    Answer = "no-sender"   // it does not send for this address
	NoRecipient Answer = "no-recipient"
	Later       Answer = "later" // it asked to come back
	Refused     Answer = "refused"
	Garbled     Answer = "garbled" // what answers there is no mail server
	NoPassword  Answer = "no-password"
	NoServer    Answer = "no-server"
	NoWords     Answer = "no-words" // what it says was sealed with a key that is lost
	Gone        Answer = "gone"     // the account is closed or has moved on
	TooLate     Answer = "too-late" // what it says is over
)

// final reports whether another try would end the same way, whatever is done
// about the server.
func (a Answer) final() bool { return a == NoRecipient || a == NoWords }

// outcome is how one try ended.
type outcome struct {
	answer Answer
	code   int    // of the server, 0 none
	said   string // by the server, cleaned; for who manages the box, kept nowhere
}

// kept is an outcome as the outbox keeps it.
func (o outcome) kept() string {
	if o.code == 0 {
		return string(o.answer)
	}
	return fmt.Sprintf("%s %d", o.answer, o.code)
}

// postman brings one letter to the server.
type postman interface {
	deliver(ctx context.Context, s Settings, password []byte, l letter) outcome
}

// sendTimeout bounds both parts of the talk with the server.
const sendTimeout = 20 * time.Second

// smtp is the postman that is used.
type smtp struct {
	roots *x509.CertPool // nil: those of the system
	wait  time.Duration  // 0: sendTimeout
}

func (p smtp) deliver(ctx context.Context, s Settings, password []byte, l letter) outcome {
	msg, err := message(l)
	if err != nil {
		return outcome{answer: NoRecipient}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes the connection, however it went
	c, err := p.client(ctx, s, password)
	if err != nil {
		return outcome{answer: NoHost}
	}
	err = c.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // what goes wrong after the server took it is no failure
		return outcome{answer: Sent}
	}
	return understand(err)
}

// message is l as go-mail sends it. Addresses and subject cannot begin another
// line: addresses are checked here once more, the rest is encoded.
func message(l letter) (*mail.Msg, error) {
	for _, a := range []string{l.From, l.To} {
		if _, err := Address(a); err != nil {
			return nil, err
		}
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP))
	if err := errors.Join(msg.From((&netmail.Address{Name: oneLine(l.FromName), Address: l.From}).String()), msg.To(l.To)); err != nil {
		return nil, err
	}
	_, host, _ := strings.Cut(l.From, "@")
	msg.SetMessageIDWithValue(l.Ref + "@" + host)
	msg.SetDateWithValue(l.At)
	msg.Subject(oneLine(l.Subject))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no replies from machines
	msg.SetBodyString(mail.TypeTextPlain, l.Text)
	return msg, nil
}

// oneLine makes one line of what should be one, without anything that a mail
// program would decode to another.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s), "=?", "= ?")
}

func (p smtp) client(ctx context.Context, s Settings, password []byte) (*mail.Client, error) {
	secure := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: p.roots}
	wait := cmp.Or(p.wait, sendTimeout)
	options := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(wait), mail.WithTLSConfig(secure), mail.WithHELO("localhost"), mail.WithoutNoop()}
	private := secure
	switch s.TLS {
	case TLS:
		options = append(options, mail.WithSSL())
	case None:
		private = nil
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		private = nil
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	options = append(options, mail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
		return dial(ctx, dialing, network, address, private)
	}))
	if s.Name != "" {
		options = append(options, mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin),
			mail.WithUsername(s.Name), mail.WithPassword(string(password)))
		if s.TLS == None {
			options = append(options, mail.WithSMTPAuth(mail.SMTPAuthPlainNoEnc))
		}
	}
	return mail.NewClient(s.Host, options...)
}

// dial connects as long as dialing says, and ends the connection with ctx, so
// that a server that says nothing does not hold up a box that is to stop.
func dial(ctx, dialing context.Context, network, address string, private *tls.Config) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(dialing, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	if private == nil {
		return conn, nil
	}
	talk := tls.Client(conn, private)
	if err := talk.HandshakeContext(dialing); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return talk, nil
}

// understand puts what went wrong into one of the answers.
func understand(err error) outcome {
	if n, ok := errors.AsType[*net.DNSError](err); ok && !n.IsTimeout {
		return outcome{answer: NoHost}
	}
	if isCertificate(err) {
		return outcome{answer: Certificate}
	}
	if n, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && n.Timeout() {
		return outcome{answer: TooSlow}
	}
	if strings.Contains(err.Error(), "does not support STARTTLS") {
		return outcome{answer: NoTLS}
	}
	o := outcome{answer: NoReply}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		o = outcome{answer: refusal(reply.Code), code: reply.Code, said: shown(reply.Msg)}
	}
	if at, ok := errors.AsType[*mail.SendError](err); ok && at.ErrorCode() >= 400 {
		if o.code == 0 {
			o = outcome{answer: refusal(at.ErrorCode()), code: at.ErrorCode(), said: shown(saidIn(at.Error()))}
		}
		if o.answer == Refused {
			switch at.Reason {
			case mail.ErrSMTPMailFrom:
				o.answer = NoSender
			case mail.ErrSMTPRcptTo:
				o.answer = NoRecipient
			}
		}
	}
	if o.code == 0 && strings.Contains(err.Error(), "AUTH") {
		o.answer = NoSignIn
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || o.code == 0 && strings.Contains(err.Error(), "short response") {
		o.answer = Garbled
	}
	return o
}

var replied = regexp.MustCompile(`(?s): [45]\d\d (.*?)(?:, affected recipient|, affected message|$)`)

// saidIn finds what the server said in what go-mail says of it.
func saidIn(text string) string {
	if m := replied.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// refusal is what a code of the server means (RFC 5321 §4.2, RFC 4954 §6).
func refusal(code int) Answer {
	switch {
	case code == 454, code == 530, code == 534, code == 535, code == 538:
		return NoSignIn
	case code >= 400 && code < 500:
		return Later
	}
	return Refused
}

func isCertificate(err error) bool {
	_, verify := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	return verify || authority || host
}

// shown is what a server said, as one short line.
func shown(said string) string {
	runes := []rune(strings.Join(strings.Fields(oneLine(strings.ToValidUTF8(said, ""))), " "))
	return string(runes[:min(len(runes), 200)])
}

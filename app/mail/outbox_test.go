package mail

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/seal"
	"glucokeep/app/store"
)

func TestAMailIsSentOnce(t *testing.T) {
	b := newBox(t)
	require.Empty(t, b.puts(Notice{Kind: NewDevice}), "without a server there is no mail")
	b.server(somewhere, "secretcanary")
	ref := b.puts(Notice{Kind: NewDevice, Device: "Firefox on Linux"})
	require.Regexp(t, `^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$`, ref)
	require.NotEmpty(t, b.mail(ref).Words)
	b.step(now)
	b.step(now.Add(time.Hour))
	require.Len(t, b.sent, 1)
	m := b.mail(ref)
	require.Equal(t, store.MailSent, m.State)
	require.Equal(t, "sent", m.Answer)
	require.Empty(t, m.Words, "what it said is forgotten")
	require.Equal(t, after(0), m.Done)
	l := b.sent[0]
	require.Equal(t, "ana@box.test", l.To)
	for _, want := range []string{"Firefox on Linux", "otter maple lantern kettle", ref, "http://localhost:8080/mail-check"} {
		require.Contains(t, l.Text, want)
	}
	_, ok, err := b.Find(t.Context(), b.account+1, ref)
	require.NoError(t, err)
	require.False(t, ok, "the mail of somebody else is none of mine")
}

// A mail that is not taken is tried again, later each time, until it says
// nothing of use any more.
func TestRetries(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "secretcanary")
	b.answer = outcome{answer: Later, code: 451}
	ref := b.puts(Notice{Kind: PasswordChanged})
	at, tries, pauses := now, 0, []time.Duration{}
	for at.Before(now.Add(48 * time.Hour)) {
		b.step(at)
		m := b.mail(ref)
		if m.State != store.MailWaiting {
			require.Equal(t, store.MailFailed, m.State)
			require.Equal(t, "too-late", m.Answer)
			break
		}
		require.Equal(t, "later 451", m.Answer)
		require.Equal(t, tries+1, m.Tries)
		pauses = append(pauses, m.Next.Time().Sub(at))
		stuck, err := b.Stuck(t.Context())
		require.NoError(t, err)
		require.Equal(t, m.Tries >= 4, stuck == 1)
		b.step(at.Add(time.Second)) // not before its time
		require.Equal(t, tries+1, b.mail(ref).Tries)
		tries, at = m.Tries, m.Next.Time()
	}
	require.Equal(t, []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour}, pauses[:9])
	require.Less(t, tries, 40)
	require.WithinDuration(t, now.Add(24*time.Hour), at, 2*time.Hour)
	require.Empty(t, b.sent)
	b.answer = outcome{answer: Sent}
	b.step(at.Add(time.Hour))
	require.Empty(t, b.sent, "given up is given up")
}

func TestWhatAnotherTryCannotMend(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "secretcanary")
	b.answer = outcome{answer: NoRecipient, code: 550}
	ref := b.puts(Notice{Kind: NewDevice})
	b.step(now)
	require.Equal(t, store.MailFailed, b.mail(ref).State)
	require.Equal(t, "no-recipient 550", b.mail(ref).Answer)
}

// Z-11: whether somebody may still be written to is asked when it is sent.
func TestAClosedAccountGetsNoMail(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "secretcanary")
	ref := b.puts(Notice{Kind: NewDevice})
	b.gone = true
	b.step(now)
	require.Empty(t, b.sent)
	require.Equal(t, store.MailDropped, b.mail(ref).State)
	b.gone = false
	b.step(now.Add(time.Hour))
	require.Empty(t, b.sent)
}

// whenever the box stops, no mail is lost; one that the server took just
// before is sent again under the same code.
func TestNoMailIsLost(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "secretcanary")
	ref := b.puts(Notice{Kind: NewDevice})

	// Stopped after the try was counted, before it was made.
	b.Check = func(context.Context, int64) (Reader, bool, error) { return Reader{}, false, errors.New("power failed") }
	require.Error(t, b.Step(t.Context(), now))
	require.NoError(t, b.db.Close())
	b.open(false)
	b.step(now.Add(time.Second))
	require.Empty(t, b.sent, "it waits for its time")
	require.Equal(t, 1, b.mail(ref).Tries)

	// Stopped after the server took it, before that was noted.
	b.sql(`CREATE TRIGGER stop BEFORE UPDATE ON mail WHEN NEW.state = 'sent' BEGIN SELECT RAISE(ABORT, 'power failed'); END`)
	require.Error(t, b.Step(t.Context(), now.Add(time.Minute)))
	require.Len(t, b.sent, 1)
	require.Equal(t, store.MailWaiting, b.mail(ref).State)
	require.NoError(t, b.db.Close())
	b.open(false)
	b.sql(`DROP TRIGGER stop`)
	b.step(now.Add(2 * time.Hour))
	require.Len(t, b.sent, 2)
	require.Equal(t, b.sent[0].Ref, b.sent[1].Ref, "a reader's program knows that it is the same")
	require.Equal(t, store.MailSent, b.mail(ref).State)
}

// Z-11, X: of two that send at once, one sends.
func TestTwoSendersSendOnce(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "secretcanary")
	ref := b.puts(Notice{Kind: NewDevice})
	kept := b.mail(ref)
	_, err := b.try(t.Context(), now, kept)
	require.NoError(t, err)
	_, err = b.try(t.Context(), now, kept)
	require.NoError(t, err)
	require.Len(t, b.sent, 1)
}

// C-02, C-03: what a waiting mail says, a link among it, and the password of
// the server are not in the database for others to read, do not open in
// another row, and outlast a change of keys.
func TestWhatWaitsIsSealed(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "secretcanary")
	b.puts(Notice{Kind: Confirm, Link: "/links/linkcanary"})
	b.puts(Notice{Kind: NewDevice, Device: "devicecanary"})
	for _, name := range []string{store.FileName, store.FileName + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		require.NoError(t, err)
		for _, canary := range []string{"linkcanary", "secretcanary", "devicecanary"} {
			require.NotContains(t, string(raw), canary)
		}
	}
	require.NoError(t, b.ring.Turn())
	require.NoError(t, b.vault.Turn(t.Context(), now))
	b.step(now)
	require.Len(t, b.sent, 2)
	require.Contains(t, b.sent[0].Text+b.sent[1].Text, "http://localhost:8080/links/linkcanary")
	secret, err := b.vault.Get(t.Context(), "mail")
	require.NoError(t, err)
	require.Equal(t, "secretcanary", string(secret))

	// Rows that were exchanged do not open.
	ref, other := b.puts(Notice{Kind: Confirm, Link: "/links/linkcanary"}), b.puts(Notice{Kind: NewDevice})
	b.sql(`UPDATE mail SET words = CASE ref WHEN ? THEN ? ELSE ? END WHERE ref IN (?, ?)`, ref, b.mail(other).Words, b.mail(ref).Words, ref, other)
	b.sent = nil
	b.step(now)
	require.Empty(t, b.sent)
	require.Equal(t, "no-words", b.mail(ref).Answer)

	// A key that is lost: mails wait until the password is entered again.
	require.NoError(t, b.db.Close())
	require.NoError(t, os.Remove(filepath.Join(b.dir, seal.FileName)))
	b.open(true)
	kept, broken, err := b.Password(t.Context())
	require.NoError(t, err)
	require.True(t, kept && broken)
	ref = b.puts(Notice{Kind: NewDevice})
	b.step(now)
	require.Equal(t, "no-password", b.mail(ref).Answer)
	b.server(somewhere, "secretcanary again")
	b.step(now.Add(time.Hour))
	require.Equal(t, store.MailSent, b.mail(ref).State)
}

// The password stays where it was entered for: whoever changes the server
// must not have it sent elsewhere.
func TestThePasswordStaysWithItsServer(t *testing.T) {
	b := newBox(t)
	for name, change := range map[string]func(*Settings){
		"host": func(s *Settings) { s.Host = "evil.test" }, "port": func(s *Settings) { s.Port = 25 },
		"name": func(s *Settings) { s.Name = "other" }, "encryption": func(s *Settings) { s.TLS = TLS },
	} {
		b.server(somewhere, "secretcanary")
		same := somewhere
		same.Sender = "other@box.test"
		require.NoError(t, b.SetServer(t.Context(), now, audit.Actor{}, audit.From{}, same, nil))
		kept, _, err := b.Password(t.Context())
		require.NoError(t, err)
		require.True(t, kept, "another sender")
		other := same
		change(&other)
		require.NoError(t, b.SetServer(t.Context(), now, audit.Actor{}, audit.From{}, other, nil))
		kept, _, err = b.Password(t.Context())
		require.NoError(t, err)
		require.False(t, kept, "another %s", name)
	}
	b.server(somewhere, "secretcanary")
	ref := b.puts(Notice{Kind: NewDevice})
	require.NoError(t, b.ForgetServer(t.Context(), now, audit.Actor{}, audit.From{}))
	b.step(now)
	require.Equal(t, "no-server", b.mail(ref).Answer)
	kept, _, err := b.Password(t.Context())
	require.NoError(t, err)
	require.False(t, kept)
}

func TestSettingsCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Settings)
		wrong  string
	}{
		"as it is":                      {func(*Settings) {}, ""},
		"an address of a machine":       {func(s *Settings) { s.Host = "192.0.2.7" }, ""},
		"IPv6":                          {func(s *Settings) { s.Host = "2001:db8::1" }, ""},
		"a name with a port":            {func(s *Settings) { s.Host = "mail.box.test:25" }, "host"},
		"an address of the web":         {func(s *Settings) { s.Host = "https://mail.box.test" }, "host"},
		"a name with a line break":      {func(s *Settings) { s.Host = "mail.box.test\r\nX: y" }, "host"},
		"no name":                       {func(s *Settings) { s.Host = "" }, "host"},
		"a long name":                   {func(s *Settings) { s.Host = strings.Repeat("a", 254) }, "host"},
		"port 0":                        {func(s *Settings) { s.Port = 0 }, "port"},
		"port 65536":                    {func(s *Settings) { s.Port = 65536 }, "port"},
		"nothing private":               {func(s *Settings) { s.TLS = None }, "tls"},
		"nothing private on the LAN":    {func(s *Settings) { s.TLS, s.Host = None, "192.168.1.2" }, "tls"},
		"nothing private, but here":     {func(s *Settings) { s.TLS, s.Host = None, "127.0.0.1" }, ""},
		"localhost is here":             {func(s *Settings) { s.TLS, s.Host = None, "localhost" }, ""},
		"a name that begins like it":    {func(s *Settings) { s.TLS, s.Host = None, "localhost.evil.test" }, "tls"},
		"some other way":                {func(s *Settings) { s.TLS = "ssl3" }, "tls"},
		"a sign-in with a line break":   {func(s *Settings) { s.Name = "a\r\nb" }, "name"},
		"a sender with a name":          {func(s *Settings) { s.Sender = "Box <box@box.test>" }, "sender"},
		"a sender with a second header": {func(s *Settings) { s.Sender = "box@box.test\nBcc: x@y.test" }, "sender"},
		"two senders":                   {func(s *Settings) { s.Sender = "a@b.test, c@d.test" }, "sender"},
		"no sender":                     {func(s *Settings) { s.Sender = "" }, "sender"},
	} {
		t.Run(name, func(t *testing.T) {
			s := somewhere
			c.change(&s)
			wrong := s.Check()
			if c.wrong == "" {
				require.Empty(t, wrong)
				return
			}
			require.Len(t, wrong, 1)
			require.Contains(t, wrong, c.wrong)
		})
	}
}

func TestRef(t *testing.T) {
	for typed, want := range map[string]string{
		"K7QM-2TRD-X5WB": "K7QM-2TRD-X5WB", " k7qm2trdx5wb ": "K7QM-2TRD-X5WB", "K7QM–2TRD – X5WB": "K7QM-2TRD-X5WB", "K7QM-2TRD-X5W8": "K7QM-2TRD-X5WB",
		"01QM-2TRD-X5WB": "OIQM-2TRD-X5WB", "": "", "K7QM": "", "K7QM-2TRD-X5WBB": "", "K7QM_2TRD-X5WB": "", "<i>": "", strings.Repeat("A", 500): "", "ÄÖÜM-2TRD-X5WB": "",
	} {
		got, ok := Ref(typed)
		require.Equal(t, want, got, typed)
		require.Equal(t, want != "", ok)
	}
}

func TestSweep(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "")
	ref := b.puts(Notice{Kind: NewDevice})
	b.step(now)
	require.NoError(t, b.Sweep(t.Context(), now.Add(390*24*time.Hour)))
	b.mail(ref)
	require.NoError(t, b.Sweep(t.Context(), now.Add(401*24*time.Hour)))
	_, ok, err := b.Find(t.Context(), b.account, ref)
	require.NoError(t, err)
	require.False(t, ok)
}

package web_test

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	netmail "net/mail"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

// mailForm is the form of a mail server that nobody answers at, with changes.
func mailForm(changes ...string) []string {
	f := form("host", "127.0.0.1", "port", "1", "tls", "none", "name", "box", "password", "servercanary", "sender", "box@box.test")
	for i := 0; i < len(changes); i += 2 {
		f.Set(changes[i], changes[i+1])
	}
	var out []string
	for name := range f {
		out = append(out, name, f.Get(name))
	}
	return out
}

// key is what addresses call an account.
func (b *box) key(name string) (key string) {
	b.Helper()
	raw := b.raw()
	defer raw.Close()
	require.NoError(b, raw.QueryRow(`SELECT key FROM account WHERE name = ?`, name).Scan(&key))
	return key
}

var anyLink = regexp.MustCompile(`/links/[A-Za-z0-9_-]{43}`)

// hands makes a link to hand over and gives its path; undo is "yes" or "".
func (br *browser) hands(name, undo string) string {
	br.Helper()
	a := br.post("/box/links", "account", br.key(name), "undo", undo)
	require.Equal(br, ok, a.status, a.body)
	link := anyLink.FindString(a.body)
	require.NotEmpty(br, link)
	return link
}

// mails counts the mails of a kind that were written.
func (b *box) mails(kind string) int {
	b.Helper()
	return b.count(`SELECT count(*) FROM mail WHERE kind = ?`, kind)
}

func TestTheMailServerPage(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	page := ana.page("/box/mail")
	require.Contains(t, page, "No mail server is set")
	require.NotContains(t, page, "Send a test mail</button>")
	require.Contains(t, ana.page("/box"), "No mail server is set")
	require.Equal(t, unknown, ben.get("/box/mail").status)

	for field, bad := range map[string][]string{
		"host": {"host", "https://mail.box.test/x"}, "port": {"port", "0"}, "tls": {"host", "mail.box.test"}, "sender": {"sender", "box@box.test\r\nBcc: x@y.test"},
		"password": {"password", strings.Repeat("x", 257)}, "name": {"name", strings.Repeat("x", 300)},
	} {
		a := ana.post("/box/mail", mailForm(bad...)...)
		require.Equal(t, unusable, a.status, field)
		require.Contains(t, a.body, `href="#f-`+field+`"`, field)
		require.NotContains(t, a.body, "servercanary", "a password never comes back")
		if field != "name" {
			require.Contains(t, a.body, `value="box"`, "nothing else typed is lost")
		}
	}
	require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
	page = ana.page("/box/mail")
	require.Contains(t, page, "One is kept")
	require.NotContains(t, page, "servercanary")
	require.Contains(t, ana.page("/box"), "A mail server is set.")

	a := ana.post("/box/mail/test")
	require.Equal(t, ok, a.status)
	require.Contains(t, a.body, "Nothing answers there.")
	require.Contains(t, a.body, "given up: Nothing answers there.")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM mail WHERE kind = 'test' AND state = 'failed' AND words IS NULL AND address = 'ana@box.test'`))

	// Who manages the box sees whose mail does not arrive, and no address.
	b.browser().signIn("Ben")
	page = ana.page("/box/mail")
	require.Contains(t, page, "Sign-in from a new device")
	require.NotContains(t, page, "– Ben", "so far it may yet arrive")
	require.NoError(t, b.mail.Step(t.Context(), time.Now()))
	page = ana.page("/box/mail")
	require.Contains(t, page, "– Ben")
	require.Contains(t, page, "waits: Nothing answers there.")
	require.NotContains(t, page, "ben@box.test")
	b.sql(`UPDATE mail SET tries = 4 WHERE state = 'waiting'`)
	require.Contains(t, ana.page("/box"), "One mail cannot be sent.")

	require.Equal(t, see, ana.post("/box/mail", "do", "forget").status)
	require.Equal(t, http.StatusConflict, ana.post("/box/mail/test").status)
	require.Zero(t, b.count(`SELECT count(*) FROM secret WHERE account IS NULL`))
}

// A-10, S47: a device that an account was not seen with before is told about,
// one that it was seen with is not.
func TestANewDeviceIsToldAbout(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
	require.Zero(t, b.mails("new-device"), "before there was a server nobody was written to")
	phone := b.browser()
	phone.signIn("Ana")
	require.Equal(t, 1, b.mails("new-device"))
	phone.signIn("Ana")
	require.Equal(t, 1, b.mails("new-device"), "now it is known")
	b.browser().post("/signin", "email", "ana@box.test", "password", "wrong")
	require.Equal(t, 1, b.mails("new-device"), "nobody signed in")

	// Z-11: an account that is closed before the mail went out gets none.
	post := b.postbox()
	b.owner("Ben", "Jon")
	require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE name = 'Ben'`)
	mails := post.got(b)
	require.Len(t, mails, 1)
	require.Contains(t, mails[0], "Hello Ana,")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM mail WHERE state = 'dropped' AND words IS NULL`))
}

// S7: a code answers for its reader alone, and guessing takes ever longer.
func TestMailCheck(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	require.Contains(t, ana.page("/mail-check"), "sends no mails")
	require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
	b.browser().signIn("Ana")
	var ref string
	raw := b.raw()
	require.NoError(t, raw.QueryRow(`SELECT ref FROM mail`).Scan(&ref))
	require.NoError(t, raw.Close())
	require.Regexp(t, `class="phrase">\w+ \w+ \w+ \w+<`, ana.page("/mail-check"))

	a := ana.post("/mail-check", "ref", " "+strings.ToLower(strings.ReplaceAll(ref, "-", ""))+" ")
	require.Equal(t, ok, a.status)
	require.Contains(t, a.body, "This mail is ours: “Sign-in from a new device”")
	for who, br := range map[string]*browser{"Ben": ben, "Ana": ana} {
		other := ref
		if who == "Ana" {
			other = "AAAA-BBBB-CCCC"
		}
		a = br.post("/mail-check", "ref", other)
		require.Equal(t, ok, a.status)
		require.Contains(t, a.body, "not ours. Delete it.")
	}
	a = ana.post("/mail-check", "ref", "<i>x")
	require.Equal(t, unusable, a.status)
	require.Contains(t, a.body, "&lt;i&gt;x")
	var last answer
	for range 15 {
		last = ben.post("/mail-check", "ref", "AAAA-BBBB-CCCC")
	}
	require.Equal(t, http.StatusTooManyRequests, last.status)
	require.NotEmpty(t, last.header.Get("Retry-After"))
	require.Equal(t, ok, ana.post("/mail-check", "ref", ref).status, "others need not wait")
}

func TestPhrasePage(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, bad := range []string{"", "short", "ana@box.test", "go to https://evil.test", "seven <b>herons</b>", "\u202enetto nezeis"} {
		a := ana.post("/preferences/phrase", "phrase", bad)
		require.Equal(t, unusable, a.status, bad)
		require.Contains(t, a.body, `href="#f-phrase"`)
	}
	require.Equal(t, see, ana.post("/preferences/phrase", "phrase", "  sieben stille   Reiher ").status)
	require.Contains(t, ana.page("/preferences/phrase"), ">sieben stille Reiher<")
	require.Contains(t, ana.page("/preferences"), `href="/preferences/phrase"`)
}

// C-02, C-03, S7: whoever has the database does not know the phrase that
// proves a mail; when the key is lost it is too, and its owner chooses another.
func TestThePhraseIsSealed(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	require.Equal(t, see, ana.post("/preferences/phrase", "phrase", "phrasecanary of herons").status)
	b.sql(`PRAGMA wal_checkpoint(TRUNCATE)`)
	for _, name := range []string{store.FileName, store.FileName + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		if !os.IsNotExist(err) {
			require.NoError(t, err)
		}
		require.NotContains(t, string(raw), "phrasecanary")
	}
	b.sql(`UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE account = (SELECT id FROM account WHERE name = 'Ana')) WHERE name GLOB 'phrase *'`)
	require.NotContains(t, ben.page("/preferences/phrase"), "phrasecanary", "moved to another account it does not open")

	require.Contains(t, ana.page("/preferences/phrase"), "phrasecanary")
	b.sql(`UPDATE secret SET sealed = 'gk1.00000000.AAAA'`) // a key that is lost
	post := b.postbox()
	require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
	b.browser().signIn("Ana")
	require.Contains(t, strings.Join(post.got(b), ""), "Your phrase: lost with the key of the box")
	require.Contains(t, words(ana.page("/security")), "Choose another, so that you know which mails are ours")
	require.Contains(t, words(ana.page("/preferences/phrase")), "Choose another")
	require.Contains(t, words(ana.page("/mail-check")), "Choose another")
	require.Equal(t, see, ana.post("/preferences/phrase", "phrase", "nine more herons").status)
	require.NotContains(t, words(ana.page("/security")), "which mails are ours")
}

// postbox is a mail server on this machine that keeps what it gets, as text.
type postbox struct {
	mu    sync.Mutex
	mails []string
	port  string
}

func (b *box) postbox() *postbox {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	b.Cleanup(func() { _ = l.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(b, err)
	p := &postbox{port: port}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.take(textproto.NewConn(conn))
		}
	}()
	return p
}

func (p *postbox) take(c *textproto.Conn) {
	defer c.Close()
	_ = c.PrintfLine("220 here")
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		switch strings.ToUpper(strings.SplitN(line, " ", 2)[0]) {
		case "EHLO":
			_ = c.PrintfLine("250-here")
			_ = c.PrintfLine("250 AUTH PLAIN")
		case "AUTH":
			_ = c.PrintfLine("235 welcome")
		case "DATA":
			_ = c.PrintfLine("354 go on")
			raw, _ := c.ReadDotBytes()
			m, _ := netmail.ReadMessage(bytes.NewReader(raw))
			body, _ := io.ReadAll(quotedprintable.NewReader(m.Body))
			p.mu.Lock()
			p.mails = append(p.mails, "To: "+m.Header.Get("To")+"\nSubject: "+m.Header.Get("Subject")+"\n\n"+string(body))
			p.mu.Unlock()
			_ = c.PrintfLine("250 taken")
		default:
			_ = c.PrintfLine("250 ok")
		}
	}
}

// got sends what waits and gives the mails that came since it was last asked.
func (p *postbox) got(b *box) []string {
	b.Helper()
	require.NoError(b, b.mail.Step(b.Context(), time.Now().Add(time.Second)))
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.mails
	p.mails = nil
	return out
}

// linkTo is the link in the one mail to an address.
func linkTo(t *testing.T, mails []string, address string) string {
	t.Helper()
	for _, m := range mails {
		if strings.HasPrefix(m, "To: <"+address+">\n") {
			if link := anyLink.FindString(m); link != "" {
				return link
			}
		}
	}
	require.Fail(t, "no link to "+address, strings.Join(mails, "\n---\n"))
	return ""
}

// S19, S7: an address is proven by the link that went there, and by no look at
// it; a change is told to both, and the old one takes it back.
func TestConfirmingAndChangingAnAddress(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	post := b.postbox()
	require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
	require.Contains(t, ana.page("/preferences/address"), "Not confirmed yet")

	require.Equal(t, see, ana.post("/preferences/address/confirm").status)
	link := linkTo(t, post.got(b), "ana@box.test")
	anybody := b.browser()
	for range 3 { // programs that look through mails
		a := anybody.get(link)
		require.Equal(t, ok, a.status)
		require.Contains(t, a.body, "ana@box.test")
		require.Equal(t, "no-store", a.header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", a.header.Get("Referrer-Policy"))
	}
	require.Contains(t, ana.page("/preferences/address"), "Not confirmed yet")
	require.Equal(t, ok, anybody.post(link).status)
	require.Contains(t, ana.page("/preferences/address"), "Confirmed on")
	require.Equal(t, unknown, anybody.post(link).status, "once")
	require.Equal(t, unknown, anybody.get(link).status)
	require.Equal(t, http.StatusConflict, ana.post("/preferences/address/confirm").status)

	// Another address: who it is was shown just now and is not asked again, both
	// are written to, and it counts when it is proven.
	require.NotContains(t, ana.page("/preferences/address"), `type="password"`)
	a := ana.post("/preferences/address", "email", "ana@@new.test")
	require.Equal(t, unusable, a.status)
	require.Contains(t, a.body, `value="ana@@new.test"`)
	require.Empty(t, post.got(b))
	require.Equal(t, see, ana.post("/preferences/address", "email", "ana@new.test").status)
	mails := post.got(b)
	require.Len(t, mails, 2)
	require.Contains(t, strings.Join(mails, ""), "another address was asked for")
	require.Contains(t, ana.page("/preferences/address"), "ana@new.test takes its place")
	link = linkTo(t, mails, "ana@new.test")
	require.Equal(t, ok, anybody.post(link).status)
	mails = post.got(b)
	require.Len(t, mails, 2)
	undo := linkTo(t, mails, "ana@box.test")
	require.Contains(t, ana.page("/preferences/address"), "ana@new.test", "the session goes on")
	require.Equal(t, http.StatusUnauthorized, b.browser().post("/signin", "email", "ana@box.test", "password", password).status)
	require.Equal(t, see, b.browser().post("/signin", "email", "ana@new.test", "password", password).status)
	post.got(b)

	// Whoever has the account now changes it again; the oldest address has the
	// last word, and every session ends.
	require.Equal(t, see, ana.post("/preferences/address", "email", "ana@evil.test").status)
	require.Equal(t, ok, anybody.post(linkTo(t, post.got(b), "ana@evil.test")).status)
	second := linkTo(t, post.got(b), "ana@new.test")
	require.Contains(t, anybody.get(undo).body, "every session of it ends")
	require.Equal(t, ok, anybody.post(undo).status)
	require.Equal(t, see, ana.get("/preferences/address").status, "signed out")
	require.Equal(t, unknown, anybody.post(second).status, "a later change is void with it")
	require.Len(t, post.got(b), 2, "both are told")
	ana.signIn("Ana")
	require.Contains(t, ana.page("/preferences/address"), "Confirmed on", "it was proven before")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE email = 'ana@box.test'`))

	// An address that somebody else has: only who reads its mail finds out.
	require.Equal(t, see, ben.post("/preferences/address", "email", "ana@box.test").status)
	link = linkTo(t, post.got(b), "ana@box.test")
	a = anybody.post(link)
	require.Equal(t, http.StatusConflict, a.status)
	require.Equal(t, ok, anybody.get(link).status, "and it is not used up")

	// A link ends with its hour, with the sessions, and with a newer one.
	require.Equal(t, see, ben.post("/preferences/address", "email", "ben@new.test").status)
	first := linkTo(t, post.got(b), "ben@new.test")
	require.Equal(t, unknown, anybody.get(link).status)
	b.sql(`UPDATE account SET epoch = epoch + 1 WHERE name = 'Ben'`)
	require.Equal(t, unknown, anybody.get(first).status, "ended with the sessions")
	b.sql(`UPDATE account SET epoch = epoch - 1 WHERE name = 'Ben'`)
	require.Equal(t, ok, anybody.get(first).status)
	b.sql(`UPDATE address_link SET expires_ms = 1`)
	require.Equal(t, unknown, anybody.post(first).status, "expired")
	require.Zero(t, b.count(`SELECT count(*) FROM address_link WHERE secret LIKE '%' || ? || '%'`, strings.TrimPrefix(first, "/links/")), "no token is kept")
	_, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)

	// Nobody's mailbox is flooded.
	var last answer
	for range 6 {
		last = ben.post("/preferences/address", "email", "victim@new.test")
	}
	require.Equal(t, http.StatusTooManyRequests, last.status)
	require.NotEmpty(t, last.header.Get("Retry-After"))
	require.LessOrEqual(t, b.count(`SELECT count(*) FROM mail WHERE address = 'victim@new.test'`), 4)
}

// A-08's like: of fifty that use a link at once, one does.
func TestALinkIsUsedOnce(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	link := ana.hands("Ana", "")
	var used atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if b.browser().post(link).status == ok {
				used.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, used.Load())
	require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action = 'address.proven'`))
}

// Without a mail server everything works by links that are handed over.
func TestHandingOver(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	require.Contains(t, ben.page("/preferences/address"), "can hand you the link")
	require.NotContains(t, ben.page("/preferences/address"), "Send me the link")
	page := ana.page("/box/links")
	require.Equal(t, 2, strings.Count(page, `<span class="quiet">Confirms the address that they sign in with.`))
	require.NotContains(t, page, "ben@box.test")
	require.Equal(t, see, ben.post("/preferences/address", "email", "ben@new.test").status)
	require.Contains(t, ana.page("/box/links"), "Confirms another address")
	require.Equal(t, ok, b.browser().post(ana.hands("Ben", "")).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE email = 'ben@new.test' AND confirmed_ms IS NOT NULL`))
	require.Contains(t, ana.page("/box/links"), "Takes back their earlier address")
	require.Equal(t, ok, b.browser().post(ana.hands("Ben", "yes")).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE email = 'ben@box.test'`))
	require.Equal(t, see, ben.get("/").status)
	require.Zero(t, b.count(`SELECT count(*) FROM mail`))
	ben.signIn("Ben")
	require.Equal(t, unknown, ben.post("/box/links", "account", b.key("Ana")).status, "who does not manage the box makes none")
	require.Equal(t, unknown, ana.post("/box/links", "account", b.key("Ana"), "undo", "yes").status, "nothing was changed")
}

// A camera reads what stands beside the code. zbar shares no code with us.
func TestTheCodeCanBeRead(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no zbarimg here; to have it: packaging/install.sh zbar-tools")
		}
		t.Skip("no zbarimg here; to have it: sudo apt-get install zbar-tools")
	}
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	a := ana.post("/box/links", "account", b.key("Ana"))
	svg := regexp.MustCompile(`viewBox="-4 -4 (\d+) \d+"[\s\S]*?<path class="qr-ink" d="([^"]*)"`).FindStringSubmatch(a.body)
	require.NotNil(t, svg)
	side, err := strconv.Atoi(svg[1])
	require.NoError(t, err)
	const scale = 6
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg[2], -1) {
		require.Equal(t, run[3], run[4])
		x, _ := strconv.Atoi(run[1])
		y, _ := strconv.Atoi(run[2])
		n, _ := strconv.Atoi(run[3])
		draw.Draw(img, image.Rect((x+4)*scale, (y+4)*scale, (x+4+n)*scale, (y+5)*scale), image.Black, image.Point{}, draw.Src)
	}
	file := filepath.Join(t.TempDir(), "code.png")
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, img))
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
	read, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output()
	require.NoError(t, err)
	require.Equal(t, b.url.String()+anyLink.FindString(a.body), strings.TrimSpace(string(read)))
}

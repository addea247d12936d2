package mail

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// I-04: what somebody calls themselves or their box cannot make a link, turn
// text around, hide anything or begin another line.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Ana Muster":                              "Ana Muster",
		"Dr. Lee":                                 "Dr. Lee",
		"O'Neill-Østergård 李雷":                    "O'Neill-Østergård 李雷",
		"שרה כהן":                                 "שרה כהן",
		"Ana\r\nBcc: x@evil.test":                 "Ana Bcc: x evil test",
		"Ana\x00\x1b[31m\u0085\u2028x":            "Ana [31m x",
		"\u202eevil\u202c \u2066x\u2069":          "evil x",
		"A\u200bn\u200da\ufeff\u00ad":             "Ana",
		"https://evil.test/login now":             "now",
		"HTTP:\\\\evil.test x":                    "x",
		"hxxp://evil":                             "",
		"www.evil.test/x?y":                       "",
		"verify at evil.test/login":               "verify at evil test/login",
		"e\u200bvil.te\u200bst":                   "evil test",
		"htt\u200bps://evil.test":                 "",
		"evil。test evil．test":                     "evil test evil test",
		"a.b.c.d":                                 "a b c d",
		"javascript:alert(1)":                     "",
		"mailto:x@y.test":                         "y test",
		"<a href='https://evil.test'>x</a>":       "a href=' x /a",
		"":                                        "",
		strings.Repeat("ä", 61):                   strings.Repeat("ä", 59) + "…",
		strings.Repeat("x", 60):                   strings.Repeat("x", 60),
		strings.Repeat("https://evil.test ", 500): "",
		"\xff\xfeAna":                             "Ana",
	} {
		require.Equal(t, want, Clean(in), "%q", in)
	}
}

var linkish = regexp.MustCompile(`(?i)://|www\.|[\pL\pN]\.[\pL\pN]|@`)

func TestCleanLaw(t *testing.T) {
	parts := []string{"http://", "https:", "//", "www.", "evil", ".", "test", "@", "\r\n", "\u202e", "\u200b", " ", "ä", "\\", ":", "javascript:", "\x00", "<", "。"}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "any") + strings.Join(rapid.SliceOf(rapid.SampledFrom(parts)).Draw(t, "parts"), "")
		out := Clean(in)
		require.LessOrEqual(t, utf8.RuneCountInString(out), maxName)
		require.True(t, utf8.ValidString(out))
		require.False(t, strings.ContainsFunc(out, func(r rune) bool { return unicode.IsControl(r) || hidden(r) }), "%q", out)
		require.NotRegexp(t, linkish, out)
		require.Equal(t, out, Clean(out), "clean stays clean")
	})
}

// headers are all that a mail has. More would be somebody's.
var headers = []string{"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}

// rendered is a letter as it goes over the wire, read again by the standard
// library, which shares no code with what wrote it.
func rendered(t *testing.T, l letter) (*mail.Message, string) {
	t.Helper()
	msg, err := message(l)
	require.NoError(t, err)
	var raw bytes.Buffer
	_, err = msg.WriteTo(&raw)
	require.NoError(t, err)
	got, err := mail.ReadMessage(bytes.NewReader(raw.Bytes()))
	require.NoError(t, err)
	var names []string
	for name, values := range got.Header {
		require.Len(t, values, 1, name)
		names = append(names, name)
	}
	slices.Sort(names)
	require.Equal(t, headers, names)
	require.Equal(t, "quoted-printable", got.Header.Get("Content-Transfer-Encoding"))
	body, err := io.ReadAll(quotedprintable.NewReader(got.Body))
	require.NoError(t, err)
	return got, strings.ReplaceAll(string(body), "\r\n", "\n")
}

var hostile = []string{
	"x\r\nBcc: evil@evil.test", "x\nBcc: evil@evil.test", "x\rBcc: evil@evil.test", "x\r\n\r\nbody", "x\r\n.\r\nMAIL FROM:<evil@evil.test>", "x\x00y", "x\u2028Bcc: y", "x\u0085Bcc: y",
	"=?utf-8?q?x=0D=0ABcc:_evil?=", "x\" <evil@evil.test>, \"y", "x>, <evil@evil.test", "\\\r\n\t", strings.Repeat("x", 5000), strings.Repeat("ä ", 3000), "\u202egnp.exe", "x, evil@evil.test", "x;evil@evil.test", "(x)",
}

// V-08: nothing in a name, a subject or a text becomes a header, a second
// recipient or the end of the mail.
func TestNothingBecomesAHeader(t *testing.T) {
	fine := letter{From: "box@box.test", FromName: "Haus Muster", To: "ana@box.test", Subject: "Hallo", Text: "Hallo Ana.\n", Ref: "K7QM-2TRD-X5WB", At: now}
	for _, bad := range hostile {
		for field, set := range map[string]func(*letter){
			"name": func(l *letter) { l.FromName = bad }, "subject": func(l *letter) { l.Subject = bad }, "text": func(l *letter) { l.Text = "before\n" + bad + "\n.\nafter\n" },
		} {
			l := fine
			set(&l)
			got, body := rendered(t, l)
			to, err := got.Header.AddressList("To")
			require.NoError(t, err)
			require.Len(t, to, 1)
			require.Equal(t, "ana@box.test", to[0].Address)
			from, err := got.Header.AddressList("From")
			require.NoError(t, err, "%s %q", field, bad)
			require.Len(t, from, 1, "%s %q", field, bad)
			require.Equal(t, "box@box.test", from[0].Address)
			require.Equal(t, "<K7QM-2TRD-X5WB@box.test>", got.Header.Get("Message-Id"))
			subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
			require.NoError(t, err)
			require.NotContains(t, subject, "\n")
			require.NotContains(t, body, "\r\nBcc")
			if field == "text" {
				require.True(t, strings.HasSuffix(body, "\n.\nafter\n"), "%q", body)
			} else {
				require.Equal(t, "Hallo Ana.\n", body, "%s %q", field, bad)
			}
		}
		for field, set := range map[string]func(*letter, string){"to": func(l *letter, s string) { l.To = s }, "from": func(l *letter, s string) { l.From = s }} {
			for _, address := range []string{bad, "ana@box.test" + bad, bad + "@box.test", "<ana@box.test>", "Ana <ana@box.test>", "ana@box.test, ben@box.test", "", "ana"} {
				l := fine
				set(&l, address)
				_, err := message(l)
				if err == nil { // then it is one address and nothing else
					a, e := mail.ParseAddress(address)
					require.NoError(t, e, "%s %q", field, address)
					require.Equal(t, address, a.Address)
					require.NotContains(t, address, "\n")
				}
			}
		}
	}
}

func TestPhrases(t *testing.T) {
	for _, lang := range []string{"en", "de", ""} {
		seen := map[string]bool{}
		for range 200 {
			p := NewPhrase(lang)
			require.Len(t, strings.Fields(p), phraseWords)
			checked, err := CheckPhrase(p)
			require.NoError(t, err, p)
			require.Equal(t, p, checked)
			seen[p] = true
		}
		require.Len(t, seen, 200)
	}
	for typed, fine := range map[string]bool{
		"seven quiet herons": true, "  seven   quiet herons ": true, "Über sieben Brücken": true, "short": false, strings.Repeat("x", 61): false, strings.Repeat("x", 60): true,
		"see https://evil.test": false, "see evil.test now": false, "a\u202eb and so on": false, "line\nbreak is a space": true, "Ana Muster": false, "ana MUSTER": false, "": false, "<b>seven herons</b>": false,
	} {
		got, err := CheckPhrase(typed, "Ana Muster")
		require.Equal(t, fine, err == nil, "%q: %v", typed, err)
		if fine {
			require.Equal(t, strings.Join(strings.Fields(typed), " "), got)
		}
	}
}

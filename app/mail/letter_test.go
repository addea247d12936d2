package mail

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

var update = flag.Bool("update", false, "write golden files")

var anyRef = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}`)

// I-04, V-08: every mail in both languages, as it is sent: the reader's
// phrase, a code, links of the box alone, no value, no form, nothing fetched,
// nothing attached.
func TestLetters(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "")
	b.sql(`INSERT INTO box (name, value) VALUES ('name', 'Haus Muster'), ('zone', 'Europe/Berlin')`)
	for _, lang := range []string{"en", "de"} {
		for _, kind := range Kinds() {
			link := ""
			if kind == Confirm || kind == AddressChanged {
				link = "/links/TOKEN"
			}
			if kind == Welcome || kind == RenewalLink {
				link = "/" + string(kind) + "/TOKEN"
			}
			if kind == RecoveryRequested || kind == RecoveryVouched {
				link = "/stop/TOKEN"
			}
			kept := b.mail(b.puts(Notice{Kind: kind, Link: link, Device: "Firefox on Linux", Other: "Ben Beispiel", Lang: lang}))
			l, err := b.write(t.Context(), now, somewhere, kept, Reader{Name: "Ana Muster", Phrase: "otter maple lantern kettle"})
			require.NoError(t, err)
			got, body := rendered(t, l)
			require.Equal(t, "text/plain; charset=UTF-8", got.Header.Get("Content-Type"), "no parts, no files")
			for _, word := range regexp.MustCompile(`\S*://\S*`).FindAllString(body, -1) {
				require.Regexp(t, `^http://localhost:8080/((links|welcome|renewal-link|stop)/TOKEN|mail-check)$`, word, "links of the box alone")
			}
			require.Equal(t, 1, strings.Count(body, "otter maple lantern kettle"))
			require.Equal(t, 1, strings.Count(body, kept.Ref))
			require.NotRegexp(t, `(?i)mg/dl|mmol|glucose|glukose|insulin|<[a-z]|\[mail|\{`, l.Subject+body)
			text := anyRef.ReplaceAllString(fmt.Sprintf("Subject: %s\n\n%s", l.Subject, body), "AAAA-BBBB-CCCC")
			golden := filepath.Join("testdata", string(kind)+"."+lang+".txt")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(text), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), text)
		}
	}
}

// I-04: what people call themselves, and their box, makes no link and no line.
func TestHostileNamesInLetters(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "")
	for _, bad := range append(hostile, "https://evil.test/login", "evil.test", "Verify at www.evil.test", "\u202emoc.live") {
		b.sql(`INSERT OR REPLACE INTO box (name, value) VALUES ('name', ?)`, bad)
		for _, n := range []Notice{{Kind: NewDevice, Device: bad}, {Kind: PartnerEnded, Other: bad}} {
			kept := b.mail(b.puts(n))
			l, err := b.write(t.Context(), now, somewhere, kept, Reader{Name: bad, Phrase: "otter maple lantern kettle"})
			require.NoError(t, err)
			got, body := rendered(t, l)
			require.NotRegexp(t, `(?i)evil\.test|www\.`, body+l.Subject+got.Header.Get("From"))
			require.NotContains(t, body, "\u202e")
			lines := map[Kind]int{NewDevice: 10, PartnerEnded: 8}
			require.Equal(t, lines[n.Kind], strings.Count(body, "\n"), body)
			require.Equal(t, 1, strings.Count(body, "://"), "the one to /mail-check")
		}
	}
}

// A reader who chose a language is written to in it, whatever they asked in.
func TestLanguageOfALetter(t *testing.T) {
	b := newBox(t)
	b.server(somewhere, "")
	kept := b.mail(b.puts(Notice{Kind: Test, Lang: "en"}))
	require.Equal(t, store.MailWaiting, kept.State)
	for lang, want := range map[string]string{"de": "Guten Tag Ana", "en": "Hello Ana", "": "Hello Ana"} {
		l, err := b.write(t.Context(), now, somewhere, kept, Reader{Name: "Ana", Lang: lang, Phrase: "p"})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(l.Text, want), l.Text)
		require.True(t, strings.HasPrefix(l.Subject, "Glucokeep: "), "a box without a name")
	}
}

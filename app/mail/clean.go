package mail

import (
	"regexp"
	"strings"
	"unicode"
)

// maxName is how much of a name stands in a mail, in characters.
const maxName = 60

// Clean makes a name that somebody chose safe to stand in a mail: one line of
// at most 60 characters, without control characters, marks that turn the
// direction of text or cannot be seen, and without anything that a mail
// program makes a link of. Invitations and names are how others send spam in
// a box's name (security.md I-04).
func Clean(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case hidden(r):
			return -1
		case unicode.IsSpace(r), unicode.IsControl(r), strings.ContainsRune("@\uff20<>", r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	for before := ""; before != name; { // what is taken out may join two halves
		before = name
		name = dotted.ReplaceAllString(address.ReplaceAllString(name, " "), "$1 $2")
	}
	name = strings.Join(strings.Fields(name), " ")
	runes := []rune(name)
	if len(runes) > maxName {
		name = strings.TrimSpace(string(runes[:maxName-1])) + "…"
	}
	return name
}

var (
	address = regexp.MustCompile(`(?i)[a-z0-9+.-]*:\s*[/\\]+\S*|www\.\S*|\b(?:mailto|javascript|data|tel):\S*`)
	dotted  = regexp.MustCompile(`([\pL\pN])[.\x{3002}\x{ff0e}\x{ff61}]([\pL\pN])`)
)

// hidden reports whether r turns the direction of text or is not seen.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == '\u034f' || r == '\u3164' || r == '\uffa0'
}

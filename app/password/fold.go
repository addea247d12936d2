package password

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func normal(s string) string { return norm.NFKC.String(s) }

// fold gives small letters without accents, as people write their name when a
// form does not like it: "Jürgen" is "jurgen".
func fold(s string) string {
	s = strings.ReplaceAll(strings.ToLower(norm.NFKD.String(s)), "ß", "ss")
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}

// german writes umlauts out: "Jürgen" is "juergen" too.
var german = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "ae", "Ö", "oe", "Ü", "ue")

// spellings are the folded ways in which a name is written.
func spellings(s string) []string {
	s = normal(s)
	plain, written := fold(s), fold(german.Replace(s))
	if plain == written {
		return []string{plain}
	}
	return []string{plain, written}
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// unsubstituted undoes the substitutions that everybody knows, guessers first
// of all. one is what 1, ! and | stand for: i or l.
func unsubstituted(r, one rune) rune {
	switch r {
	case '0':
		return 'o'
	case '1', '!', '|':
		return one
	case '3', '€':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7', '+':
		return 't'
	case '8':
		return 'b'
	}
	return r
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' }

// pads reports whether r is what people put around a word to make it longer:
// digits and the signs of a keyboard.
func pads(r rune) bool {
	return r < 0x80 && !isLetter(r) || r == '€' || r == '§' || r == '´' || r == '°'
}

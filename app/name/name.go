// Package name says what a name is that people, boxes and files go by: it is
// where everything that will stand as a name in sentences of ours is cleaned.
package name

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean is a name as it is kept: valid UTF-8, trimmed, and without marks that
// nobody sees or that turn the direction of the text around it, by which a
// name could pass for another or rearrange a sentence. Names that are written
// from right to left stay as they are. Control characters stay too: whoever
// takes a name refuses them.
func Clean(s string) string {
	in := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	out := make([]rune, 0, len(in))
	for i, r := range in {
		switch {
		case joins(r):
			if i > 0 && i+1 < len(in) && joined(in[i-1]) && joined(in[i+1]) {
				out = append(out, r)
			}
		case Hidden(r):
		case unicode.In(r, unicode.Zl, unicode.Zp):
			out = append(out, ' ')
		default:
			out = append(out, r)
		}
	}
	return strings.TrimSpace(string(out))
}

// Plain reports whether s may be kept as it was typed: one line of valid UTF-8
// without control characters and without what Clean takes away. What people
// name things by is refused unless it is; their own names are cleaned instead,
// since keyboards for scripts from right to left put marks in by themselves.
func Plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) && Clean(s) == strings.TrimSpace(s)
}

// Turns reports whether r turns the direction of the text after it: the
// embeddings, overrides and isolates of Unicode Standard Annex 9.
func Turns(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }

// Hidden reports whether r shows nothing of itself: format characters, and
// letters that are blank (Unicode Technical Standard 39, section 5.3).
func Hidden(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u034f':
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// joins reports whether r is one of the two marks that say whether letters
// hang together. Persian and Indic names are spelt with them.
func joins(r rune) bool { return r == '\u200c' || r == '\u200d' }

// joined reports whether a joining mark beside r can mean something. In
// scripts whose letters never change by their neighbours it only hides.
func joined(r rune) bool {
	return !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han) && r > unicode.MaxASCII && !unicode.IsSpace(r) && !Hidden(r)
}

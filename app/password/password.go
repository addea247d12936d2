// Package password says whether a new password is good enough, and makes good
// ones. It asks for length and refuses what is guessed first: passwords that
// were published, a well-known word with padding, the pattern of a keyboard,
// and what anybody knows of the family. It knows no rule about classes of
// characters, and no account: whoever asks says what is known about them.
package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"glucokeep/app/fault"
)

// The least lengths of a password in characters after NFKC: when it is the
// only factor (NIST SP 800-63B-4 §3.1.1), and beside a second one.
const (
	Least           = 15
	LeastWithSecond = 14
)

// What is refused before anything looks at it: nobody types that much, and a
// hash of it would take as long as a stranger likes.
const (
	Most      = 256  // characters
	MostBytes = 1024 // as sent
)

// About is what others know, or can find out, about whoever will use a
// password. None of it may stand in the password.
type About struct {
	Second bool     // there is a second factor
	Name   string   // of the account
	Email  string   // of the account
	Box    string   // what the household calls its box
	Host   string   // under which people reach it, "" if it has no name of its own
	People []Person // whose data the account may see
}

// Person is somebody whose data is kept.
type Person struct {
	Name string
	Born string // "2014-03-09", "" not known
}

// Least is the least length under the circumstances of a, in characters.
func (a About) Least() int {
	if a.Second {
		return LeastWithSecond
	}
	return Least
}

// Normal is the form of a password that is counted and hashed: the same
// characters typed on two systems are one password.
func Normal(password string) string { return normal(password) }

// check says what is wrong with a password that is on no list, as a fault of
// kind Invalid, nil if nothing. The first reason that applies is given, the
// plainest first.
func check(password string, a About) error {
	if len(password) > MostBytes {
		return fault.New(fault.Invalid, "password.long", "max", Most)
	}
	p := normal(password)
	switch n := utf8.RuneCountInString(p); {
	case n < a.Least():
		return fault.New(fault.Invalid, "password.short", "min", a.Least())
	case n > Most:
		return fault.New(fault.Invalid, "password.long", "max", Most)
	}
	f := newFolded(p)
	for _, reason := range []func(folded) string{a.personal, device, product, repeated, pattern, wordy} {
		if key := reason(f); key != "" {
			return fault.New(fault.Invalid, key)
		}
	}
	return nil
}

// folded is a password in the forms in which it is compared.
type folded struct {
	typed    []rune // after NFKC
	runes    []rune // small letters without marks
	squeezed string // runes without what is neither letter nor digit
	forms    []form // as it stands, and with the usual substitutions undone, in both readings of 1
}

// form is a squeezed text that knows where something was left out of it.
type form struct {
	text string
	gaps map[int]bool // before these bytes
}

func newFolded(p string) folded {
	f := folded{typed: []rune(p), runes: []rune(fold(p))}
	f.squeezed = squeeze(string(f.runes))
	f.forms = append(f.forms, newForm(f.runes))
	for _, one := range []rune{'i', 'l'} {
		undone := make([]rune, len(f.runes))
		for i, r := range f.runes {
			undone[i] = unsubstituted(r, one)
		}
		f.forms = append(f.forms, newForm(undone))
	}
	return f
}

func newForm(s []rune) form {
	var b strings.Builder
	gaps, gap := map[int]bool{}, false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap {
			gaps[b.Len()], gap = true, false
		}
		b.WriteRune(r)
	}
	return form{b.String(), gaps}
}

// holds reports whether parts stand in f one behind the other. Something that
// is no letter may stand between parts, but not within one: "plant usher" is
// not Lantus.
func (f folded) holds(parts ...string) bool {
	word := strings.Join(parts, "")
	for _, form := range f.forms {
		for from := 0; ; from++ {
			i := strings.Index(form.text[from:], word)
			if i < 0 {
				break
			}
			from += i
			if form.whole(from, parts) {
				return true
			}
		}
	}
	return false
}

// whole reports whether there is no gap within any of parts, which stand at
// byte at, and no letter beside one at either end that is a single letter.
func (f form) whole(at int, parts []string) bool {
	letter := func(i int) bool { return i >= 0 && i < len(f.text) && (isLetter(rune(f.text[i])) || f.text[i] >= 0x80) }
	end := at + len(strings.Join(parts, ""))
	if len(parts[0]) == 1 && !f.gaps[at] && letter(at-1) || len(parts[len(parts)-1]) == 1 && !f.gaps[end] && letter(end) {
		return false
	}
	for _, part := range parts {
		for i := 1; i < len(part); i++ {
			if f.gaps[at+i] {
				return false
			}
		}
		at += len(part)
	}
	return true
}

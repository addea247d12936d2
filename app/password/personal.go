package password

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// personal refuses what anybody knows of the family.
func (a About) personal(f folded) string {
	if f.holdsName(a.Name, 3) {
		return "password.own-name"
	}
	for _, p := range a.People {
		if f.holdsName(p.Name, 3) {
			return "password.person-name"
		}
		if slices.ContainsFunc(birthdays(p.Born), func(s string) bool { return strings.Contains(f.squeezed, s) }) {
			return "password.birthday"
		}
	}
	for _, part := range addressParts(a.Email) {
		if f.holdsName(part, 3) {
			return "password.email"
		}
	}
	host := strings.Split(a.Host, ".")
	if f.holdsName(a.Box, 5) || slices.ContainsFunc(host[:max(1, len(host)-1)], func(part string) bool { return f.holdsName(part, 4) }) {
		return "password.box"
	}
	return ""
}

// particles are parts of names and addresses that say nothing of anybody.
var particles = strings.Fields("and box com dad das del den der die doc dos edu fam frau gov haus herr home house jun los mail mom mrs mum net org prof sen test the und van von")

// holdsName reports whether name as a whole, or a part of it of least letters
// or more, stands in f. What is as short as many syllables counts only where
// it stands by itself: "Ana" is not in "banana".
func (f folded) holdsName(name string, least int) bool {
	for _, s := range spellings(name) {
		parts := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if whole := squeeze(s); len(parts) > 1 && utf8.RuneCountInString(whole) >= 5 && f.holds(parts...) {
			return true
		}
		for _, part := range parts {
			n := utf8.RuneCountInString(part)
			switch {
			case n < least || slices.Contains(particles, part):
			case n >= 5 && f.holds(part), n < 5 && f.standsAlone([]rune(part)):
				return true
			}
		}
	}
	return false
}

// standsAlone reports whether word stands in f without a letter beside it, or
// with the change of case that people use for a gap: "MilaSummer".
func (f folded) standsAlone(word []rune) bool {
	for _, s := range [][]rune{f.runes, []rune(fold(string(f.typed)))} {
		for i := 0; i+len(word) <= len(s); i++ {
			if !slices.Equal(s[i:i+len(word)], word) {
				continue
			}
			end := i + len(word)
			if (i == 0 || !unicode.IsLetter(s[i-1]) || f.capital(i)) && (end == len(s) || !unicode.IsLetter(s[end]) || f.capital(end)) {
				return true
			}
		}
	}
	return false
}

// capital reports whether a capital letter was typed at i, where what was
// folded has as many characters as what was typed.
func (f folded) capital(i int) bool {
	return len(f.typed) == len(f.runes) && unicode.IsUpper(f.typed[i]) && (i == 0 || !unicode.IsUpper(f.typed[i-1]))
}

// addressParts are the parts of an e-mail address that tell something: the
// local part, its words, and the domain without its end.
func addressParts(email string) (parts []string) {
	local, domain, _ := strings.Cut(email, "@")
	if at := strings.LastIndex(domain, "."); at >= 0 {
		domain = domain[:at]
	}
	return append([]string{local}, strings.Split(domain, ".")...)
}

// months as people write them into a date, folded.
var months = [12][]string{{"jan", "january", "januar"}, {"feb", "february", "februar"}, {"mar", "march", "marz", "maerz", "mrz"}, {"apr", "april"},
	{"may", "mai"}, {"jun", "june", "juni"}, {"jul", "july", "juli"}, {"aug", "august"}, {"sep", "sept", "september"},
	{"oct", "october", "okt", "oktober"}, {"nov", "november"}, {"dec", "december", "dez", "dezember"}}

// birthdays are the usual spellings of a date, squeezed: day, month and year
// in any usual order, in two digits or as many as there are, the year in four
// or two, the month as a word too. born is "2014-03-09".
func birthdays(born string) (out []string) {
	if len(born) != len("2014-03-09") {
		return nil
	}
	year, month, day := born[:4], born[5:7], born[8:]
	names := []string{month, strings.TrimPrefix(month, "0")}
	if m := int(month[0]-'0')*10 + int(month[1]-'0'); m >= 1 && m <= 12 {
		names = append(names, months[m-1]...)
	}
	for _, y := range []string{year, year[2:]} {
		for _, m := range names {
			for _, d := range []string{day, strings.TrimPrefix(day, "0")} {
				for _, s := range []string{d + m + y, m + d + y, y + m + d, y + d + m} {
					if len(s) >= 6 { // fewer digits stand in too much that is random
						out = append(out, s)
					}
				}
			}
		}
	}
	return out
}

package mail

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"glucokeep/app/fault"
)

// Address reads one address that a mail can be sent to, or gives a fault of
// kind Invalid: no name around it, no quotes, nothing that cannot be seen, and
// nothing that could become a second line or a second address. It is where
// every address that the box keeps comes through.
func Address(s string) (string, error) {
	odd := func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || hidden(r) || strings.ContainsRune(`"\,;:<>()[]`, r)
	}
	if len(s) > 254 || !utf8.ValidString(s) || strings.ContainsFunc(s, odd) {
		return "", errNoAddress
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return "", errNoAddress
	}
	_, domain, _ := strings.Cut(s, "@")
	if strings.Contains(domain, "@") || !hostName(domain) && !foreign(domain) {
		return "", errNoAddress
	}
	return s, nil
}

// foreign reports whether a domain has letters of other scripts. Whether there
// is such a domain is its mail server's to say.
func foreign(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" {
			return false
		}
	}
	return strings.ContainsFunc(domain, func(r rune) bool { return r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) })
}

var errNoAddress = fault.New(fault.Invalid, "account.email-invalid")

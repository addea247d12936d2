package mail

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// V-08: what no mail can be sent to is no address, nor is what would show as
// another.
func TestAddress(t *testing.T) {
	for _, good := range []string{"ana@example.org", "ana.muster+box@mail.example.org", "o'neill@example.org", "ana@localhost", "jürgen@bücher.example",
		"a_b-c@xn--bcher-kva.example", "סבתא@example.org"} {
		got, err := Address(good)
		require.NoError(t, err, good)
		require.Equal(t, good, got)
	}
	for what, bad := range map[string]string{
		"nothing": "", "no domain": "ana", "an empty domain": "ana@", "nobody": "@example.org", "two at once": "a@x.org,b@x.org",
		"an override behind it": "a@x.org\u202e", "an override within": "a\u202eb@x.org", "no width": "a\u200b@x.org", "quotes": `"a b"@x.org`,
		"quotes that need not be": `"ab"@x.org`, "a name around it": "Ana <a@x.org>", "brackets": "<a@x.org>", "a comment": "a@x.org(me)", "a route": "a@b@x.org",
		"a literal": "a@[127.0.0.1]", "a second line": "a@x.org\r\nBcc: b@x.org", "a blank": "a @x.org", "no UTF-8": "a@x.org\xff", "no UTF-8 before": "\xff@x.org",
		"a domain of dots": "a@x..org", "a domain that ends in a dot": "a@x.org.", "a domain that begins with a hyphen": "a@-x.org", "foreign dots": "a@ü..org",
		"a quoted sign in the domain": "a@x_\"y.org", "a backslash": `a\@x.org`,
	} {
		_, err := Address(bad)
		require.ErrorIs(t, err, errNoAddress, what)
	}
}

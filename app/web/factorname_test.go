package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
)

// I-04: the name of a factor is what its owner sees; one that is not is
// refused, and stands in its field as it was typed.
func TestTheNameOfAFactor(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, bad := range []string{"My\u202ephone", "My\u200bphone", "My\xffphone", "My\nphone"} {
		a := ana.post("/security/app", "name", bad)
		require.Equal(t, unusable, a.status, "%q", bad)
		require.Contains(t, words(a.body), "signs that nobody sees", "%q", bad)
	}
	require.Zero(t, b.count(`SELECT count(*) FROM factor`))
	require.Equal(t, see, ana.post("/security/app", "name", "הטלפון שלי").status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM factor WHERE name = 'הטלפון שלי'`))
}

// V-08: no account has an address that no mail can be sent to.
func TestAnAddressThatMailsCannotBeSentTo(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, bad := range []string{"a@x.org\u202e", `"a b"@x.org`, "Ana <a@x.org>", "a@x.org\xff"} {
		a := ana.post("/preferences/address", "email", bad)
		require.Equal(t, unusable, a.status, "%q", bad)
		require.Contains(t, words(a.body), "that mails can be sent to")
		_, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: bad, Name: "Otto", Password: password})
		require.Error(t, err)
	}
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account`))
}

package password

import (
	"crypto/rand"
	_ "embed" // the words
	"math/big"
	"strings"
	"sync"
)

// The words that phrases are made of, one a line; THIRD_PARTY.md says where
// they come from.
var (
	//go:embed phrase.en.txt
	english string
	//go:embed phrase.de.txt
	deutsch string
)

var phraseWords = map[string]func() []string{
	"en": sync.OnceValue(func() []string { return strings.Fields(english) }),
	"de": sync.OnceValue(func() []string { return strings.Fields(deutsch) }),
}

// phraseLength is how many words a phrase has: six of 7,700 or more are 77
// bits, which no flood of guesses reaches.
const phraseLength = 6

// NewPhrase makes a passphrase of six words of a language ("en" or "de"),
// which Check takes. Nobody but the caller has seen it.
func NewPhrase(lang string, good func(string) bool) string {
	list := phraseWords["en"]
	if l, ok := phraseWords[lang]; ok {
		list = l
	}
	return first(good, func() string {
		var words []string
		for range phraseLength {
			all := list()
			words = append(words, all[upTo(len(all))])
		}
		return strings.Join(words, " ")
	})
}

// signs are what a random password is made of: no two look alike, and none
// needs a keyboard of one country.
const signs = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// NewRandom makes a password of 20 random characters in four groups: 116 bits.
func NewRandom(good func(string) bool) string {
	return first(good, func() string {
		var b strings.Builder
		for i := range 20 {
			if i > 0 && i%5 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(signs[upTo(len(signs))])
		}
		return b.String()
	})
}

// first gives the first that is good. What nothing made is good for would be
// a mistake of whoever asks; after a hundred the last comes back.
func first(good func(string) bool, make func() string) (made string) {
	for range 100 {
		if made = make(); good == nil || good(made) {
			break
		}
	}
	return made
}

// upTo is a number from 0 to n-1, each as likely.
func upTo(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // never: crypto/rand ends the program instead
	}
	return int(i.Int64())
}

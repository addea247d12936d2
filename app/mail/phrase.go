package mail

import (
	"crypto/rand"
	_ "embed" // lists of words
	"math/big"
	"strings"
	"unicode/utf8"

	"glucokeep/app/fault"
)

// The words that a phrase is suggested from: things that one can picture, easy
// to tell apart when read out.
//
//go:embed words/en.txt
var englishWords string

//go:embed words/de.txt
var germanWords string

// phraseWords is how many words a suggested phrase has.
const phraseWords = 4

// NewPhrase suggests a phrase in a language.
func NewPhrase(lang string) string {
	list := strings.Fields(englishWords)
	if lang == "de" {
		list = strings.Fields(germanWords)
	}
	var chosen []string
	for len(chosen) < phraseWords {
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(list)))) // never fails: crypto/rand ends the program instead
		chosen = append(chosen, list[n.Int64()])
	}
	return strings.Join(chosen, " ")
}

// The length of a phrase, in characters.
const (
	minPhrase = 8
	maxPhrase = 60
)

// CheckPhrase gives a phrase as it is kept, or a fault of kind Invalid: it is
// a line that is safe to stand in a mail and not easily guessed.
func CheckPhrase(typed string, personal ...string) (string, error) {
	phrase := strings.Join(strings.Fields(typed), " ")
	n := utf8.RuneCountInString(phrase)
	switch {
	case n < minPhrase || n > maxPhrase:
		return "", fault.New(fault.Invalid, "phrase.length", "min", minPhrase, "max", maxPhrase)
	case Clean(phrase) != phrase:
		return "", fault.New(fault.Invalid, "phrase.plain")
	}
	for _, p := range personal {
		if p != "" && strings.EqualFold(p, phrase) {
			return "", fault.New(fault.Invalid, "phrase.personal")
		}
	}
	return phrase, nil
}

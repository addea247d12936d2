package password

import (
	_ "embed" // the lists
	"strings"
	"sync"
)

// The lists that every box has. packaging/passwordlist makes both; what they
// come from, and under which licence, is in THIRD_PARTY.md.

// common is every listed password of LeastWithSecond or more characters.
//
//go:embed common.list
var common string

// words are the most frequent words that listed passwords are made of: small
// letters alone, without the digits and signs around them.
//
//go:embed words.list
var words string

// embedded opens both once. They stay where the program's file is mapped:
// asking them takes no memory.
var embedded = sync.OnceValue(func() (lists struct{ common, words *list }) {
	for text, to := range map[*string]**list{&common: &lists.common, &words: &lists.words} {
		l, err := openList(strings.NewReader(*text), int64(len(*text)))
		if err != nil {
			panic(err) // the program was built with a damaged list
		}
		*to = l
	}
	return lists
})

// isWord reports whether s, small letters alone, is a well-known word.
func isWord(s string) bool {
	found, err := embedded().words.has(wordKey(s))
	return err == nil && found // a string in memory can always be read
}

// isCommon reports whether a password is on the list that every box has.
func isCommon(password string) bool {
	found, err := embedded().common.hasPassword(password)
	return err == nil && found
}

package password

import "slices"

// The lengths of words that are looked for.
const (
	shortestWord = 4
	longestWord  = 24
)

// wordy refuses one well-known word with digits and signs around it, and two
// of them joined: what people make of a short password when it must be long.
// A walk, a sequence or a date beside a word counts as a word.
func wordy(f folded) string {
	const tooMany = 3
	s := f.runes
	type cover struct{ cost, words int }
	best := make([]cover, len(s)+1)
	for i := range best {
		best[i].cost = tooMany
	}
	best[0].cost = 0
	for i := range s {
		from := best[i]
		if from.cost >= tooMany {
			continue
		}
		reach := func(n, cost, words int) {
			to := &best[i+n]
			if c := from.cost + cost; c < to.cost || c == to.cost && from.words+words > to.words {
				*to = cover{c, from.words + words}
			}
		}
		if pads(s[i]) {
			reach(1, 0, 0)
		}
		for _, n := range wordsFrom(s, i) {
			reach(n, 1, 1)
		}
		for as, n := range longest(s, i) {
			for ; n >= 3 && shape(as) != again; n-- {
				reach(n, 1, 0)
			}
		}
	}
	switch end := best[len(s)]; {
	case end.cost >= tooMany || end.words == 0:
		return ""
	case end.cost == 1:
		return "password.word"
	}
	return "password.words"
}

// wordsFrom gives the lengths of the well-known words that begin at i, also
// of those that are written with the usual substitutions.
func wordsFrom(s []rune, i int) (lengths []int) {
	for _, one := range []rune{'i', 'l'} {
		var word []byte
		real := false // has a letter that is one
		for k := i; k < len(s) && k-i < longestWord; k++ {
			r := unsubstituted(s[k], one)
			if !isLetter(r) {
				break
			}
			real = real || isLetter(s[k])
			word = append(word, byte(r))
			if n := k - i + 1; n >= shortestWord && real && !slices.Contains(lengths, n) && isWord(string(word)) {
				lengths = append(lengths, n)
			}
		}
		if !slices.ContainsFunc(s[i:min(len(s), i+longestWord)], func(r rune) bool { return r == '1' || r == '!' || r == '|' }) {
			break // both readings are the same
		}
	}
	return lengths
}

package password

import "unicode"

// fewest is of how many different characters a password must be.
const fewest = 6

// repeated refuses the same few characters over and over: a block shorter
// than a password, again and again, with or without digits and signs around.
func repeated(f folded) string {
	different := map[rune]bool{}
	for _, r := range f.typed {
		different[unicode.ToLower(r)] = true
	}
	if len(different) < fewest || blocks(f.runes) {
		return "password.repeats"
	}
	core := trimPads(f.runes)
	if len(core) >= 8 && 2*len(core) >= len(f.runes) && blocks(core) {
		return "password.repeats"
	}
	return ""
}

// blocks reports whether s is one block, two or more times, which may break
// off in the last.
func blocks(s []rune) bool {
	for size := 1; size <= len(s)/2 && size < Least; size++ {
		same := true
		for i := size; i < len(s) && same; i++ {
			same = s[i] == s[i-size]
		}
		if same {
			return true
		}
	}
	return false
}

func trimPads(s []rune) []rune {
	for len(s) > 0 && pads(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && pads(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// apiece is of how many independent pieces a password must be at least, where
// a walk over the keyboard, a sequence, a date or a run of one character is
// one piece, and so is any character outside of these.
const apiece = 6

// shape is what a piece of a password is.
type shape uint8

const (
	single shape = iota
	walk
	sequence
	date
	again
)

var shapeReasons = map[shape]string{walk: "password.walk", sequence: "password.sequence", date: "password.date", again: "password.repeats"}

// pattern refuses what is made of few such pieces.
func pattern(f folded) string {
	for _, s := range [][]rune{f.runes, released(f.runes), undoubled(f.runes)} {
		if key := fewPieces(s, len(s)); key != "" {
			return key
		}
	}
	if joined := []rune(f.squeezed); len(joined) >= 8 && 2*len(joined) >= len(f.runes) { // 24-12-2019 31-12-2020
		return fewPieces(joined, 0)
	}
	return ""
}

// undoubled is s with each run of a character as one.
func undoubled(s []rune) (out []rune) {
	for i, r := range s {
		if i == 0 || r != s[i-1] {
			out = append(out, r)
		}
	}
	return out
}

// longest gives, for each shape, how many characters of s from i on have it.
func longest(s []rune, i int) [again + 1]int {
	return [...]int{walk: walkFrom(s, i), sequence: sequenceFrom(s, i), date: dateFrom(s, i), again: runFrom(s, i)}
}

// fewPieces covers s with as few pieces as can be, and names the shape of
// most of it if they are too few, and at most singles of them are single
// characters.
func fewPieces(s []rune, singles int) string {
	type cover struct {
		pieces int
		length [again + 1]int // characters by shape
	}
	best := make([]cover, len(s)+1)
	for i := range best {
		best[i].pieces = i + 1
	}
	best[0].pieces = 0
	for i := range s {
		if best[i].pieces >= apiece {
			continue
		}
		reach := func(n int, as shape) {
			if to := &best[i+n]; best[i].pieces+1 < to.pieces || n > 1 && best[i].pieces+1 == to.pieces && to.length[single] > best[i].length[single] {
				*to = best[i]
				to.pieces++
				to.length[as] += n
			}
		}
		reach(1, single)
		for as, n := range longest(s, i) {
			if as := shape(as); as == date && n > 0 {
				reach(n, as) // part of a date is none
				continue
			}
			for ; n >= 3; n-- {
				reach(n, shape(as))
			}
		}
	}
	end := best[len(s)]
	if end.pieces >= apiece || end.length[single] > singles {
		return ""
	}
	most := walk
	for _, as := range []shape{sequence, date, again} {
		if end.length[as] > end.length[most] {
			most = as
		}
	}
	return shapeReasons[most]
}

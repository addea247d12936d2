package password

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The words list: how many words, and of how many bytes an entry is. Of five
// bytes one in ten million strings is taken for a word by mistake.
const (
	wordCount = 100_000
	wordWidth = 5
)

// MakeEmbedded makes the two lists of the program from a list of published
// passwords, the most frequent first, and says how many entries they have.
// Only packaging/passwordlist calls it.
func MakeEmbedded(src io.Reader, made time.Time, commonTo, wordsTo io.Writer) (passwords, words int, err error) {
	var full, short [][]byte
	seen := map[string]bool{}
	lines := bufio.NewScanner(src)
	for lines.Scan() {
		p := lines.Text()
		if utf8.RuneCountInString(normal(p)) >= LeastWithSecond {
			full = append(full, plainKey(p)[:maxWidth])
		}
		if word := wordOf(p); len(seen) < wordCount && len(word) >= shortestWord && len(word) <= longestWord && !seen[word] && !dull(word) {
			seen[word] = true
			short = append(short, wordKey(word)[:wordWidth])
		}
	}
	if err := lines.Err(); err != nil {
		return 0, 0, err
	}
	const from = "SecLists, 10 million passwords, top 1,000,000"
	if passwords, err = writeList(commonTo, full, Info{Format: 1, Kind: Plain, Width: maxWidth, Made: made, From: from}); err != nil {
		return 0, 0, err
	}
	words, err = writeList(wordsTo, short, Info{Format: 1, Kind: Plain, Width: wordWidth, Made: made, From: from})
	return passwords, words, err
}

// wordOf is the word that a password was made of, "" if it is none: without
// the digits and signs around it, usual substitutions undone.
func wordOf(p string) string {
	word := strings.Map(func(r rune) rune { return unsubstituted(r, 'i') }, string(trimPads([]rune(fold(p)))))
	for _, r := range word {
		if !isLetter(r) {
			return ""
		}
	}
	return word
}

// dull reports whether word is one or two letters again and again; package
// functions for repeats have their own reason.
func dull(word string) bool {
	different := map[rune]bool{}
	for _, r := range word {
		different[r] = true
	}
	return len(different) < 3
}

func writeList(w io.Writer, entries [][]byte, i Info) (int, error) {
	slices.SortFunc(entries, bytes.Compare)
	entries = slices.CompactFunc(entries, bytes.Equal)
	i.Count = int64(len(entries))
	head, err := header(i)
	if err != nil {
		return 0, err
	}
	_, err = w.Write(append(head, bytes.Join(entries, nil)...))
	return len(entries), err
}

package format

import "bytes"

const delimLines = 30

// delimiter is the delimiter of a table: the one whose count of columns stays
// the same on most of the first lines. The first line alone would mislead,
// since exports begin with a preamble of its own shape.
func delimiter(text []byte) byte {
	best, bestScore := byte(','), 0
	for _, d := range []byte{';', '\t', ','} {
		if s := delimScore(text, d); s > bestScore {
			best, bestScore = d, s
		}
	}
	return best
}

// delimScore is the number of lines that have the usual count of delimiters d
// times that count: a decimal comma stands in most rows of a semicolon file
// too, but never dozens of times.
func delimScore(text []byte, d byte) int {
	counts := map[int]int{}
	for lines := 0; lines < delimLines && len(text) > 0; {
		i := bytes.IndexAny(text, "\r\n")
		line := text
		if i < 0 {
			text = nil
		} else {
			line, text = text[:i], text[i+1:]
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		lines++
		if n := outsideQuotes(line, d); n > 0 {
			counts[n]++
		}
	}
	score := 0
	for n, lines := range counts {
		score = max(score, n*lines)
	}
	return score
}

func outsideQuotes(line []byte, d byte) int {
	n, quoted := 0, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == d && !quoted:
			n++
		}
	}
	return n
}

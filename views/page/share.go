package page

import "strconv"

// part is a piece of a bar, in percent of its width.
type part struct{ Class, X, Width string }

// shares are new, known and refused rows as parts of all. What is there at
// all is at least a hundredth wide, so that one refused row among thousands
// is seen.
func shares(fresh, known, refused int) []part {
	counts := []float64{float64(fresh), float64(known), float64(refused)}
	classes := []string{"part-new", "part-known", "part-refused"}
	sum := counts[0] + counts[1] + counts[2]
	if sum == 0 {
		return nil
	}
	total := 0.0
	for i, c := range counts {
		if c > 0 {
			counts[i] = max(c/sum, 0.01)
		}
		total += counts[i]
	}
	var parts []part
	x := 0.0
	for i, c := range counts {
		if c > 0 {
			width := 100 * c / total
			parts = append(parts, part{Class: classes[i], X: hundredths(x), Width: hundredths(width)})
			x += width
		}
	}
	return parts
}

func hundredths(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }

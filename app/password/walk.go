package password

import "strings"

// keyboards are the keys by row and column: American, German, French, and the
// block of digits. Capital letters and what needs Shift lie on the same keys.
var keyboards = func() (out []keyboard) {
	for _, rows := range [][]string{
		{"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"},
		{"!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"", "ZXCVBNM<>?"},
		{"1234567890ß´", "qwertzuiopü+", "asdfghjklöä#", "yxcvbnm,.-"},
		{"1234567890", "qwertzuiopu+", "asdfghjkloa#", "yxcvbnm,.-"}, // as folded
		{"!\"§$%&/()=?`", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", "YXCVBNM;:_"},
		{"1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"},
		{"789", "456", "123", "0"},
	} {
		k := keyboard{small: len(rows[0]) < 10}
		for y, row := range rows {
			x := 0
			for _, r := range row {
				k.keys[r] = [2]int{x + 1, y + 1}
				x++
			}
		}
		out = append(out, k)
	}
	return out
}()

// keyboard is where its keys lie, column and row from 1; 0 is nowhere.
type keyboard struct {
	keys  [0x100][2]int
	small bool // the block of digits, where everything lies beside everything
}

func (k *keyboard) at(r rune) [2]int {
	if r < 0 || int(r) >= len(k.keys) {
		return [2]int{}
	}
	return k.keys[r]
}

// shifted and plain are the two halves of the first keyboard: a walk may hold
// Shift for a while.
const (
	shifted = `!@#$%^&*()_+{}:"<>?`
	plain   = `1234567890-=[];',./`
)

// released is s as if nobody had held Shift on an American keyboard.
func released(s []rune) []rune {
	out := make([]rune, len(s))
	for i, r := range s {
		if at := strings.IndexRune(shifted, r); at >= 0 {
			r = rune(plain[at])
		}
		out[i] = r
	}
	return out
}

// walkFrom is how many characters of s from i on lie beside each other on a
// keyboard: at least three in one direction, or five with turns; 0 if fewer.
func walkFrom(s []rune, i int) (length int) {
	for n := range keyboards {
		keyboard := &keyboards[n]
		straight, turning := 1, 1
		var way [2]int
		onWay := true
		for k := i + 1; k < len(s); k++ {
			a, b := keyboard.at(s[k-1]), keyboard.at(s[k])
			step := [2]int{b[0] - a[0], b[1] - a[1]}
			if a[0] == 0 || b[0] == 0 || step == [2]int{} || max(step[0], -step[0]) > 1 || max(step[1], -step[1]) > 1 {
				break
			}
			turning++
			if k == i+1 {
				way = step
			}
			if onWay = onWay && step == way; onWay {
				straight++
			}
		}
		if straight >= 3 {
			length = max(length, straight)
		}
		if turning >= 5 && !keyboard.small {
			length = max(length, turning)
		}
	}
	return length
}

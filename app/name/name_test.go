package name_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/name"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"a plain name", " Mila Müller ", "Mila Müller"},
		{"an override in the middle", "Mi\u202ela", "Mila"},
		{"an isolate that is never closed", "\u2066Mila", "Mila"},
		{"a file that hides its ending", "evil\u202egpj.csv", "evilgpj.csv"},
		{"marks of direction", "\u200eMila\u200f\u061c", "Mila"},
		{"a space without width", "Mi\u200bla\ufeff\u2060", "Mila"},
		{"a joiner between Latin letters", "Mi\u200dla", "Mila"},
		{"a soft hyphen and tags", "Mi\u00adla\U000e0041", "Mila"},
		{"blank letters alone", "\u3164\u115f", ""},
		{"nothing but marks", "\u202e\u2066 \u200b", ""},
		{"a line of its own", "Mila\u2028Tom", "Mila Tom"},
		{"Arabic", "محمد عبد الله", "محمد عبد الله"},
		{"Hebrew beside Latin", "שרה Cohen", "שרה Cohen"},
		{"Persian with its non-joiner", "علی\u200cرضا", "علی\u200cرضا"},
		{"Devanagari with its joiner", "क्\u200dष", "क्\u200dष"},
		{"a joiner at the end", "علی\u200c", "علی"},
		{"a family of one sign", "👩\u200d👧", "👩\u200d👧"},
		{"not UTF-8", "Mi\xffla", "Mi\uFFFDla"},
	} {
		t.Run(c.what, func(t *testing.T) { require.Equal(t, c.want, name.Clean(c.in)) })
	}
}

// What people name things by is kept as they typed it, or not at all.
func TestPlain(t *testing.T) {
	for _, good := range []string{"My phone", " My phone ", "הטלפון שלי", "هاتفي", "علی\u200cرضا", "Télé 2 📱", "👩\u200d👧"} {
		require.True(t, name.Plain(good), "%q", good)
	}
	for _, bad := range []string{"My\u202ephone", "\u2066My phone", "My\u200bphone", "My\nphone", "My\x00phone", "My\xffphone", "My\u2028phone", "\u3164", "My\u00adphone"} {
		require.False(t, name.Plain(bad), "%q", bad)
	}
}

// A clean name is clean, whatever it was made of.
func TestCleanTwiceIsCleanOnce(t *testing.T) {
	marks := rapid.SampledFrom([]rune("aé\u202e\u2066\u200b\u200c\u200dعक👩 \u2028\u3164"))
	rapid.Check(t, func(t *rapid.T) {
		once := name.Clean(string(rapid.SliceOf(rapid.OneOf(marks, rapid.Rune())).Draw(t, "name")))
		require.True(t, utf8.ValidString(once))
		require.Equal(t, once, name.Clean(once))
		for _, r := range once {
			require.False(t, name.Turns(r))
		}
	})
}

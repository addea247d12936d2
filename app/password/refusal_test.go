package password_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/password"
)

// at most one in a thousand of what a person or a password manager makes
// up at random is refused, though all that is known of the family counts. The
// seed is fixed, so the figure is.
func TestWhatIsRandomIsNotRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 26)) // #nosec G404 -- a test that must fail the same way twice
	read := func(file string) []string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return strings.Fields(string(text))
	}
	en, de := read("phrase.en.txt"), read("phrase.de.txt")
	phrase := func(list []string, n int, between string) func() string {
		return func() string {
			for {
				var w []string
				for range n {
					w = append(w, list[r.IntN(len(list))])
				}
				if p := strings.Join(w, between); len(p) >= password.Least {
					return p
				}
			}
		}
	}
	const small, capital, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	signs := func(from string, n int) func() string {
		return func() string {
			b := make([]byte, n)
			for i := range b {
				b[i] = from[r.IntN(len(from))]
			}
			return string(b)
		}
	}
	kinds := map[string]func() string{
		"six English words":                phrase(en, 6, " "),
		"five English words and dashes":    phrase(en, 5, "-"),
		"four English words and blanks":    phrase(en, 4, " "),
		"five English words joined":        phrase(en, 5, ""),
		"six German words":                 phrase(de, 6, " "),
		"five German words and full stops": phrase(de, 5, "."),
		"four German words and blanks":     phrase(de, 4, " "),
		"15 of all signs of a keyboard":    signs(small+capital+digits+"!\"#$%&'()*+,-./:;<=>?@[]^_{|}~", 15),
		"16 letters and digits":            signs(small+capital+digits, 16),
		"20 small letters":                 signs(small, 20),
		"15 small letters":                 signs(small, 15),
		"18 small letters and digits":      signs(small+digits, 18),
		"32 hexadecimal digits":            signs("0123456789abcdef", 32),
		"18 digits":                        signs(digits, 18),
		"four groups as made here": func() string {
			return signs(small+capital+digits, 5)() + "-" + signs(small+digits, 5)() + "-" + signs(small+capital, 5)() + "-" + signs(digits+capital, 5)()
		},
	}
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	const each = 7_000
	all, refused, began := 0, 0, time.Now()
	for _, name := range names {
		n, reasons := 0, map[string]int{}
		for range each {
			if key := reason(t, kinds[name](), family); key != "" {
				n++
				reasons[key]++
			}
		}
		t.Logf("%-34s %d of %d refused %v", name, n, each, reasons)
		all, refused = all+each, refused+n
		require.LessOrEqual(t, n, each*3/1000, name)
	}
	t.Logf("%d of %d refused: %.3f %%, bar 0.1 %%; %s for each", refused, all, 100*float64(refused)/float64(all), time.Since(began)/time.Duration(all))
	require.GreaterOrEqual(t, all, 100_000)
	require.LessOrEqual(t, refused, all/1000)
}

// S13: what the product makes is taken, differs each time, and is in the
// reader's language.
func TestMade(t *testing.T) {
	seen := map[string]bool{}
	first := 0 // tries that were refused and made anew: words that happen to go together, once in thousands
	good := func(p string) bool {
		if reason(t, p, password.About{}) == "" {
			return true
		}
		first++
		return false
	}
	for range 2_000 {
		for lang, want := range map[string]int{"en": 5, "de": 5, "xx": 5} {
			p := password.NewPhrase(lang, good)
			require.Equal(t, want, strings.Count(p, " "))
			require.False(t, seen[p])
			seen[p] = true
			require.Empty(t, reason(t, p, password.About{}), p)
		}
		p := password.NewRandom(good)
		require.Regexp(t, `^[a-zA-Z2-9]{5}(-[a-zA-Z2-9]{5}){3}$`, p)
		require.False(t, seen[p])
		seen[p] = true
		require.Empty(t, reason(t, p, password.About{}), p)
	}
	require.Less(t, first, 80, "of 8,000")
	tries := 0
	password.NewPhrase("en", func(string) bool { tries++; return tries == 3 })
	require.Equal(t, 3, tries, "one that is not good is made anew")
	tries = 0
	password.NewRandom(func(string) bool { tries++; return false })
	require.Equal(t, 100, tries, "but not for ever")
}

func TestWordsOfPhrases(t *testing.T) {
	for file, least := range map[string]int{"phrase.en.txt": 7_700, "phrase.de.txt": 8_100} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		words := strings.Fields(string(text))
		require.GreaterOrEqual(t, len(words), least)
		require.True(t, slices.IsSorted(words) || file == "phrase.de.txt")
		slices.Sort(words)
		require.Len(t, slices.Compact(slices.Clone(words)), len(words), "%s: each word once, or it is likelier", file)
		for _, w := range words {
			require.Regexp(t, `^[a-z]{3,9}$`, w)
		}
	}
}

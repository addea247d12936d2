package password_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/fault"
	"glucokeep/app/password"
)

// family is what is known about whoever chooses the passwords below.
var family = password.About{Name: "Katharina Eva Zimmermann", Email: "kathi.z-mann@examplehouse.test", Box: "Haus Sonnenhügel", Host: "kiste.wolkenheim.example",
	People: []password.Person{{Name: "Mila Zimmermann", Born: "2014-03-09"}, {Name: "Jürgen Öztürk"}}}

// reason is the catalogue key under which a password is refused, "" if it is
// taken.
func reason(t testing.TB, p string, a password.About) string {
	t.Helper()
	err := password.InFolder("").Check(p, a)
	if err == nil {
		return ""
	}
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, fault.Invalid, f.Kind)
	for _, arg := range f.Args {
		require.NotContains(t, p+" ", arg, "the reason does not repeat the password")
	}
	return f.Key
}

// A-01, A-02, A-03, S11, S12: what is refused, and for which reason; there are
// no rules about classes of characters.
func TestCheck(t *testing.T) {
	owls := "🦉🪿🐸🌵🍋🚲🎻🪁🧀🎺🐝🚂"
	cases := map[string]struct{ password, want string }{
		"14 letters are short":                         {"fjordlanternmi", "password.short"},
		"15 letters will do":                           {"fjordlanzernmil", ""},
		"nothing is short":                             {"", "password.short"},
		"blanks are characters":                        {"a h w q m r x k", ""},
		"15 blanks are one character":                  {strings.Repeat(" ", 15), "password.repeats"},
		"small letters alone":                          {"seven quiet herons wade", ""},
		"capital letters alone":                        {"SEVEN QUIET HERONS WADE", ""},
		"digits alone":                                 {"390571826403917", ""},
		"marks alone":                                  {"!?=)(/&%$§+*#'-{", ""},
		"classes do not help a short one":              {"Aa1!Bb2?Cc3.D", "password.short"},
		"a random one of 15 characters of four kinds":  {"kV9#tq2Lw!x7Zr&", ""},
		"six words":                                    {"copper violin drifts past eleven barns", ""},
		"six words in German":                          {"kupfer geige treibt an elf scheunen vorbei", ""},
		"four words without blanks":                    {"violinbarnmosscopper", ""},
		"14 emoji are short":                           {owls + "🍉🪁", "password.short"},
		"15 emoji":                                     {owls + "🍉🪵🧦", ""},
		"15 umlauts count as 15":                       {"äöüßéèñçøåłőžšč", ""},
		"14 umlauts in 28 bytes are short":             {"äöüßéèñçøåłőžš", "password.short"},
		"combining marks are composed before counting": {strings.Repeat("a\u0308", 14), "password.short"},
		"a ligature counts as what it stands for":      {"ﬃxqdvfghwjklm", ""},
		"full-width letters count as letters":          {"ｓｅｖｅｎ ｑｕｉｅｔ ｈｅｒｏｎｓ", ""},
		"200 characters":                               {strings.Repeat("seven quiet herons wade at dawn, ", 7)[:200], ""},
		"256 characters":                               {strings.Repeat("seven quiet herons wade at dawn, ", 8)[:256], ""},
		"257 characters are long":                      {strings.Repeat("seven quiet herons wade at dawn, ", 8)[:257], "password.long"},
		"1,025 bytes are long":                         {strings.Repeat(owls[:32], 32) + "x", "password.long"},
		"a megabyte is long":                           {strings.Repeat("x", 1<<20), "password.long"},
		"few characters that grow long":                {strings.Repeat("\ufdfa", 100), "password.long"},

		"on the list":                         {"1q2w3e4r5t6y7u8i", "password.listed"},
		"on the list, in capitals":            {"1Q2W3E4R5T6Y7U8I", "password.listed"},
		"on the list, in full-width":          {"１q2w3e4r5t6y7u8i", "password.listed"},
		"on the list rather than a pattern":   {"passwordpassword", "password.listed"},
		"digits on the list":                  {"123456789123456789", "password.listed"},
		"one letter again and again":          {strings.Repeat("k", 23), "password.repeats"},
		"two letters again and again":         {strings.Repeat("kv", 11), "password.repeats"},
		"six letters again and again":         {strings.Repeat("kvmwtp", 3), "password.repeats"},
		"a block with digits behind":          {"tulpentulpentulpen7", "password.repeats"},
		"a block and its beginning":           {"heronsheronsher", "password.repeats"},
		"fourteen characters twice":           {"kV9#tq2Lw!x7ZrkV9#tq2Lw!x7Zr", "password.repeats"},
		"a long one twice":                    {"kV9#tq2Lw!x7Zr&kV9#tq2Lw!x7Zr&", ""},
		"a word, a year and signs":            {"Summer2026!!!!!", "password.word"},
		"signs before a word":                 {"!!!2026!!!Summer", "password.word"},
		"a word with substitutions":           {"$umm3r-20262027", "password.word"},
		"a word with its l as 1":              {"1iverp00l-82736455", "password.word"},
		"a word in random digits":             {"83640dragon91725", "password.word"},
		"two words joined":                    {"dragonsunshine7", "password.words"},
		"two words and a year":                {"Sunshine!Monkey2026", "password.words"},
		"two words with substitutions":        {"P@ssw0rdDr4g0n!", "password.words"},
		"a word and a walk":                   {"dragon-lkjhgfdsa", "password.words"},
		"three words":                         {"dragon sunshine herons", ""},
		"a keyboard row":                      {"qwertyuiop[]asdf", "password.walk"},
		"a keyboard row with digits":          {"asdfghjklqwertz17", "password.walk"},
		"columns of a keyboard":               {"bgtvfrcdexswzaq", "password.walk"},
		"columns with digits":                 {"2wsx3edc4rfv5tgb", "password.walk"},
		"a German keyboard":                   {"qwertzuiopü+asdfg", "password.walk"},
		"German columns":                      {"4rfv3edc2wsx1qay", "password.walk"},
		"German letters at the right":         {"jklöä#jklöä#zuiop", "password.walk"},
		"a French keyboard":                   {"azertyuiopqsdfgh", "password.walk"},
		"a walk with turns":                   {"zgvbhujnmkiolpok", "password.walk"},
		"the same walk backwards":             {"poiuytrewqlkjhg", "password.walk"},
		"held shift":                          {"QAZ@WSX#EDC$RFV", "password.walk"},
		"the alphabet":                        {"bcdefghijklmnopq", "password.sequence"},
		"the alphabet in twos":                {"acegikmoqsuwyzxv", "password.sequence"},
		"the alphabet in doubles":             {"aabbccddeeffgghhii", "password.sequence"},
		"counting on":                         {"7890123456789012", "password.sequence"},
		"counting in threes":                  {"123 321 123 456 78", "password.walk"},
		"dates":                               {"24.12.2019-31.12.2020", "password.date"},
		"dates in American":                   {"12/24/2019 12/31/2020", "password.date"},
		"dates without marks":                 {"2412201931122020", "password.date"},
		"years":                               {"1987-1991-2014-2019", "password.date"},
		"bytes that are no text":              {"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5\xf4\xf3\xf2\xf1", "password.repeats"},
		"the first name":                      {"seven herons of katharina", "password.own-name"},
		"the first name in disguise":          {"7 quiet K@thar1nas wade", "password.own-name"},
		"the last name in capitals":           {"HERONS ZIMMERMANN DAWN", "password.own-name"},
		"a short first name by itself":        {"seven herons wade with eva", "password.own-name"},
		"a short first name by its capital":   {"sevenHeronsWadeEva7", "password.own-name"},
		"a short name inside of a word":       {"seven herons evade dawn", ""},
		"the child":                           {"herons wade for mila at dawn", "password.person-name"},
		"the child, joined by a capital":      {"quietHeronsMilaWade", "password.person-name"},
		"the child's name in another word":    {"a familar heron wades on", ""},
		"a name without its dots":             {"seven jurgens wade at dawn", "password.person-name"},
		"a name with its dots written out":    {"seven juergens wade at dawn", "password.person-name"},
		"a name with its dots":                {"sieben Öztürks waten hier", "password.person-name"},
		"a birthday":                          {"herons wade 09.03.2014 here", "password.birthday"},
		"a birthday in American":              {"herons wade 03092014 here", "password.birthday"},
		"a birthday, the year first":          {"herons wade 2014-03-09", "password.birthday"},
		"a birthday in short":                 {"herons wade 090314 here", "password.birthday"},
		"a birthday without noughts":          {"herons wade 9.3.2014 here", "password.birthday"},
		"a birthday with its month":           {"herons wade 9 March 2014", "password.birthday"},
		"a birthday with its month in German": {"reiher waten 9. März 2014", "password.birthday"},
		"another day":                         {"herons wade 17.08.2014 here", ""},
		"the address":                         {"kathi.z-mann seven herons", "password.email"},
		"a part of the address":               {"seven kathis wade at dawn", "password.email"},
		"the domain":                          {"my ExampleHouse of herons", "password.email"},
		"the box":                             {"haussonnenhugel quiet herons", "password.box"},
		"a word of the box":                   {"Sonnenhügel und sieben Reiher", "password.box"},
		"the host of the box":                 {"nine wolkenheim herons", "password.box"},
		"a part of the host, by itself":       {"nine herons in a kiste", "password.box"},
		"a pump and a year":                   {"Medtronic780G!2026", "password.pump"},
		"a pump with its sign":                {"my t:slim X2 hums softly", "password.pump"},
		"a pump in disguise":                  {"seven 0mn1p0ds at the lake", "password.pump"},
		"a sensor":                            {"Dexcom G7 is on my arm", "password.sensor"},
		"a sensor of another make":            {"FreeStyle-Libre quiet 3x", "password.sensor"},
		"a meter":                             {"an Accu-Chek in the drawer", "password.meter"},
		"a maker":                             {"medtronic herons wade here", "password.maker"},
		"an insulin":                          {"lantus keeps herons wading", "password.insulin"},
		"two words that make an insulin":      {"gallant usher keeps herons", ""},
		"an app":                              {"nightscout herons wading", "password.app"},
		"the product":                         {"herons wade at glucokeep", "password.product"},
		"the illness":                         {"herons without Diabetes", "password.product"},
		"an everyday word that is a device":   {"tandem guardian clarity contour", ""},
	}
	require.GreaterOrEqual(t, len(cases), 50)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, reason(t, c.password, family), "%q", c.password) })
	}
}

// S11: 14 characters will do beside a second factor, and no fewer.
func TestTheLeastLength(t *testing.T) {
	alone, second := password.About{}, password.About{Second: true}
	require.Equal(t, 15, alone.Least())
	require.Equal(t, 14, second.Least())
	require.Equal(t, "password.short", reason(t, "kV9#tq2Lw!x7Zr", alone))
	require.Empty(t, reason(t, "kV9#tq2Lw!x7Zr", second))
	require.Equal(t, "password.short", reason(t, "kV9#tq2Lw!x7Z", second))
	require.Equal(t, "password.listed", reason(t, "michaeljackson", second), "the list holds what is so short")
}

// A name is no reason for somebody who does not bear it.
func TestNobodyElsesName(t *testing.T) {
	for _, p := range []string{"seven herons of katharina", "herons wade 09.03.2014 here", "my ExampleHouse of herons"} {
		require.Empty(t, reason(t, p, password.About{}), p)
	}
	for _, odd := range []string{"", " ", "-", "@", "🦉", "\xff", "ß", strings.Repeat("x", 500)} {
		a := password.About{Name: odd, Email: odd, Box: odd, People: []password.Person{{Name: odd, Born: odd}}}
		require.Empty(t, reason(t, "seven quiet herons wade", a), odd)
	}
}

// A-03: the list is whole: as many entries as it says, and each found again.
func TestTheListInTheProgram(t *testing.T) {
	in, err := password.InFolder("").InUse()
	require.NoError(t, err)
	require.Len(t, in, 1)
	require.GreaterOrEqual(t, in[0].Count, int64(15_000))
	require.Equal(t, password.Plain, in[0].Kind)
	require.NotZero(t, in[0].Made)
	require.Contains(t, in[0].From, "SecLists")
	for _, p := range []string{"1q2w3e4r5t6y7u8i", "passwordpassword", "123456789123456789", "1qaz2wsx3edc4rfv", "Correcthorsebatterystaple"} {
		found, err := password.InFolder("").Listed(p)
		require.NoError(t, err)
		require.Equal(t, !strings.Contains(p, "orrect"), found || strings.Contains(p, "orrect") && found, p)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("seven quiet herons wade", "Ana", "ana@box.test", "2014-03-09")
	f.Add("\xff\ufdfaß€´", "", "@", "2014-99-99")
	f.Fuzz(func(t *testing.T, p, name, mail, born string) {
		a := password.About{Name: name, Email: mail, Box: name, People: []password.Person{{Name: mail, Born: born}}}
		if key := reason(t, p, a); key == "" {
			require.LessOrEqual(t, len(p), password.MostBytes)
			require.Empty(t, reason(t, p, password.About{}), "who is less known is not refused more")
		}
	})
}

func ExampleNewRandom() {
	fmt.Println(len(password.NewRandom(nil)))
	// Output: 23
}

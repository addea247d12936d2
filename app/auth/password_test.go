package auth_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// length counts characters after NFKC, there are no rules of
// classes, and what an attacker guesses first is refused with the reason.
func TestCheckPassword(t *testing.T) {
	cases := map[string]struct{ password, want string }{
		"14 letters are short":                         {"fjordlanternmi", "password.short"},
		"15 letters will do":                           {"fjordlanternmil", ""},
		"nothing is short":                             {"", "password.short"},
		"blanks are characters":                        {"a b c d e f g h", ""},
		"15 blanks are one character":                  {strings.Repeat(" ", 15), "password.repeats"},
		"small letters alone":                          {"seven quiet herons wade", ""},
		"capital letters alone":                        {"SEVEN QUIET HERONS", ""},
		"digits alone":                                 {"390571826403917", ""},
		"marks alone":                                  {"!?=)(/&%$§+*#'-", ""},
		"classes do not help a short one":              {"Aa1!Aa1!Aa1!A", "password.short"},
		"14 emoji are short":                           {strings.Repeat("🦉🪿🐸🌵🍋🚲🎻", 2), "password.short"},
		"15 emoji of 7 kinds":                          {strings.Repeat("🦉🪿🐸🌵🍋🚲🎻", 2) + "🦉", ""},
		"15 umlauts count as 15":                       {"äöüßéèñçøåłőžšč", ""},
		"14 umlauts in 28 bytes are short":             {"äöüßéèñçøåłőžš", "password.short"},
		"combining marks are composed before counting": {strings.Repeat("a\u0308", 14), "password.short"},
		"a ligature counts as what it stands for":      {"ﬃbcdefghijklm", ""},
		"full-width letters count as letters":          {"ｓｅｖｅｎ ｑｕｉｅｔ ｈｅｒｏｎ", ""},
		"64 letters":                                   {strings.Repeat("sevenher", 8), ""},
		"256 letters":                                  {strings.Repeat("sevenher", 32), ""},
		"257 letters are long":                         {strings.Repeat("sevenher", 32) + "s", "password.long"},
		"1,024 bytes of 256 characters":                {strings.Repeat("🦉🪿🐸🌵🍋🚲🎻🪁", 32), ""},
		"1,025 bytes are long":                         {strings.Repeat("🦉🪿🐸🌵🍋🚲🎻🪁", 32) + "x", "password.long"},
		"a megabyte is long":                           {strings.Repeat("x", 1<<20), "password.long"},
		"few characters that grow long":                {strings.Repeat("\ufdfa", 100), "password.long"},
		"one letter again and again":                   {strings.Repeat("a", 20), "password.repeats"},
		"two letters again and again":                  {strings.Repeat("ab", 10), "password.repeats"},
		"five letters again and again":                 {strings.Repeat("abcde", 4), "password.repeats"},
		"six letters again and again":                  {strings.Repeat("abcdef", 3), ""},
		"the product's name":                           {"glucokeep123456", "password.personal"},
		"the product's name twice":                     {"GlucokeepGlucokeep!", "password.personal"},
		"the illness":                                  {"diabetes-diabetes", "password.personal"},
		"password":                                     {"passwordpassword1", "password.personal"},
		"glucose":                                      {"glucoseglucose12", "password.personal"},
		"in full-width letters":                        {"ｐａｓｓｗｏｒｄpassword", "password.personal"},
		"the name":                                     {"Katharina-Katharina", "password.personal"},
		"the address":                                  {"kathi.zimmermann2", "password.personal"},
		"the host of the address":                      {"examplehouse1234", "password.personal"},
		"an address of short parts, whole":             {"ana@box.org ana@box.org", "password.personal"},
		"a name as a small part":                       {"katharina owns seven herons", ""},
		"a name of three letters does not count":       {"eva reads all night long", ""},
		"bytes that are no text":                       {"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5\xf4\xf3\xf2\xf1", "password.repeats"},
	}
	require.GreaterOrEqual(t, len(cases), 30)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := auth.CheckPassword(c.password, "Katharina", "Eva", "kathi.zimmermann@examplehouse.test", "ana@box.org")
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			f, ok := err.(*fault.Error)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.want, f.Key)
			require.Equal(t, fault.Invalid, f.Kind)
			for _, a := range f.Args {
				require.NotContains(t, c.password+" ", a, "the reason does not repeat the password")
			}
		})
	}
}

// what the product asks for is at least what OWASP lists.
func TestTheCostOfAHash(t *testing.T) {
	memory, passes, lanes := auth.StrongForTest()
	require.GreaterOrEqual(t, memory, uint32(19*1024))
	require.GreaterOrEqual(t, passes, uint32(2))
	require.Equal(t, uint8(1), lanes)
}

// a hash that was made with weaker parameters is made anew at sign-in.
func TestAWeakerHashIsMadeAnewAtSignIn(t *testing.T) {
	b := newBox(t)
	b.ana()
	b.auth.SetCostForTest(128, 2)
	require.Error(t, b.browser().signIn(anaMail, password+"?", "192.0.2.1"))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE password LIKE '$argon2id$v=19$m=64,t=1,p=1$%'`), "not for a wrong password")
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE password LIKE '$argon2id$v=19$m=128,t=2,p=1$%'`))
	b.hashes.Count()
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, 1, b.hashes.Count(), "once is enough")
}

// what looks the same is the same password on every keyboard.
func TestPasswordsAreEqualAfterNFKC(t *testing.T) {
	const composed, decomposed = "schöne Gänse am Flüßchen", "scho\u0308ne Ga\u0308nse am Flu\u0308ßchen"
	b := newBox(t)
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: anaMail, Name: "Ana", Password: composed})
	require.NoError(t, err)
	require.NoError(t, b.browser().signIn(anaMail, decomposed, "192.0.2.1"))
	require.NoError(t, b.browser().signIn(anaMail, "ｓchöne Gänse am Flüßchen", "192.0.2.1"))
	require.Error(t, b.browser().signIn(anaMail, "schone Ganse am Flüßchen", "192.0.2.1"))
	require.Error(t, b.browser().signIn(anaMail, strings.ToUpper(composed), "192.0.2.1"), "but letters keep their case")
	require.Error(t, b.browser().signIn(anaMail, composed+" ", "192.0.2.1"), "and nothing is cut off")
}

// bytes over the limit never reach the hash, whose time would
// otherwise be the attacker's to choose; the answer costs the same.
func TestALongPasswordIsRefusedBeforeHashing(t *testing.T) {
	b := newBox(t)
	b.ana()
	longest := 0
	b.hashes.During = func(p []byte) { longest = max(longest, len(p)) }
	for _, n := range []int{1025, 1 << 20} {
		err := b.browser().signIn(anaMail, strings.Repeat("x", n), "192.0.2.1")
		require.Equal(t, fault.SignIn, fault.KindOf(err))
	}
	require.Zero(t, longest)
	require.Equal(t, 2, b.hashes.Count(), "one hash each, as for any other try")
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: strings.Repeat("xyzuvwab", 129)})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Zero(t, b.hashes.Count())
}

// however many come at once, two hashes run.
func TestTwoHashesRunAtOnce(t *testing.T) {
	b := newBox(t)
	b.ana()
	b.hashes.During = func([]byte) { time.Sleep(5 * time.Millisecond) }
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			_, _ = b.auth.AddAccount(t.Context(), audit.Actor{}, audit.From{}, auth.NewAccount{Email: anaMail, Name: "Ana", Password: password})
		})
	}
	wg.Wait()
	require.Equal(t, 12, b.hashes.Count())
	require.Equal(t, 2, b.hashes.Peak())
}

func TestADamagedHashLetsNobodyIn(t *testing.T) {
	b := newBox(t)
	b.ana()
	good := "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	require.NoError(t, auth.ParsePHCForTest(good))
	for name, phc := range map[string]string{
		"empty parts":        "$$$$$",
		"another algorithm":  strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":    strings.Replace(good, "v=19", "v=16", 1),
		"no passes":          strings.Replace(good, "t=1", "t=0", 1),
		"no lanes":           strings.Replace(good, "p=1", "p=0", 1),
		"all the memory":     strings.Replace(good, "m=64", "m=4294967295", 1),
		"a negative cost":    strings.Replace(good, "m=64", "m=-1", 1),
		"a cut hash":         good[:len(good)-1],
		"an empty hash":      good[:len(good)-43],
		"salt that is no 64": strings.Replace(good, "$AAAA", "$!!!!", 1),
		"plain text":         password,
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, auth.ParsePHCForTest(phc))
			b.sql(`UPDATE account SET password = ?`, phc)
			require.Error(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
			b.sql(`DELETE FROM throttle`)
		})
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=99999999999,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, phc string) { _ = auth.ParsePHCForTest(phc) })
}

func FuzzCheckPassword(f *testing.F) {
	f.Add(password, "Ana", anaMail)
	f.Add("\xff\ufdfa", "", "@")
	f.Fuzz(func(t *testing.T, p, name, mail string) {
		if err := auth.CheckPassword(p, name, mail); err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
		} else {
			require.LessOrEqual(t, len(p), 1024)
			require.NoError(t, auth.CheckPassword(p), "fewer words never refuse more")
		}
	})
}

package auth_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
	pass "glucokeep/app/password"
	"glucokeep/app/share"
)

const better = "copper violin drifts past eleven barns"

// identity is who the browser is signed in as.
func (br *browser) identity() (id auth.Identity) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		var err error
		id, _, err = br.auth.Identify(ctx, true)
		require.NoError(br, err)
	})
	return id
}

// change tries to change the password of whoever is signed in.
func (br *browser) change(current, plain string) (err error) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		id, ok, e := br.auth.Identify(ctx, true)
		require.NoError(br, e)
		require.True(br, ok)
		err = br.auth.ChangePassword(ctx, id, from("192.0.2.1"), current, plain)
	})
	return err
}

// learn gives the box a list of published passwords.
func (b *box) learn(lines string) pass.Update {
	b.Helper()
	u, err := b.auth.Lists().Update(b.Context(), pass.Source{Reader: strings.NewReader(lines), Name: "test"}, time.Now())
	require.NoError(b, err)
	return u
}

// S-05: another password ends every session but the one in which it was
// changed, and that one goes on under a new token.
func TestChangePassword(t *testing.T) {
	b := newBox(t)
	id := b.ana()
	here, there := b.browser(), b.browser()
	require.NoError(t, here.signIn(anaMail, password, "192.0.2.1"))
	require.NoError(t, there.signIn(anaMail, password, "192.0.2.2"))
	before := here.cookie.Value
	lines := len(b.lines())
	require.NoError(t, here.change(password, better))
	require.Equal(t, []string{"account.password-own ok", "sign-in ok"}, b.lines()[lines:], "L-01")
	require.NotEqual(t, before, here.cookie.Value, "S-01")
	require.Equal(t, id, here.who(true))
	require.Zero(t, there.who(true), "the other device")
	here.cookie.Value = before
	require.Zero(t, here.who(true), "the token before")
	require.Equal(t, fault.SignIn, fault.KindOf(b.browser().signIn(anaMail, password, "192.0.2.1")))
	require.NoError(t, b.browser().signIn(anaMail, better, "192.0.2.1"))
}

func TestChangesThatAreRefused(t *testing.T) {
	b := newBox(t)
	id := b.ana()
	_, err := share.New(b.db, b.ledger).AddPerson(t.Context(), b.now(), share.Viewer{Console: true}, share.NewPerson{Name: "Mila", Zone: "UTC", Unit: "mg/dL", Owner: id})
	require.NoError(t, err)
	b.sql(`UPDATE person SET born = '2014-03-09'`)
	require.NoError(t, b.auth.NameBox(t.Context(), auth.Identity{Account: id}, audit.From{}, auth.Box{Name: "Haus Sonnenhügel", Zone: "UTC", Unit: "mg/dL"}, ""))
	br := b.browser()
	require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"))
	for name, c := range map[string]struct{ current, plain, want string }{
		"a wrong current one":      {"something else entirely", better, "password.current-wrong"},
		"no current one":           {"", better, "password.current-wrong"},
		"the same again":           {password, password, "password.same"},
		"a short one":              {password, "short", "password.short"},
		"a listed one":             {password, "1q2w3e4r5t6y7u8i", "password.listed"},
		"the account's name":       {password, "herons wade for Ana here", "password.own-name"},
		"a followed person":        {password, "herons wade for mila here", "password.person-name"},
		"their birthday (S12)":     {password, "herons wade 9.3.2014 here", "password.birthday"},
		"the box":                  {password, "sonnenhugel herons wading", "password.box"},
		"a pump (S12)":             {password, "Medtronic780G!2026", "password.pump"},
		"with a wrong current one": {"wrong", "short", "password.current-wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			err := br.change(c.current, c.plain)
			require.Equal(t, c.want, key(err))
			require.Equal(t, id, br.who(true), "the session goes on")
			b.sql(`DELETE FROM throttle`)
		})
	}
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"), "nothing was changed")
	require.NoError(t, br.change(password, better))
}

// Who has the session but not the password guesses it no faster than at the
// way in; the failures of strangers do not keep the owner from a change.
func TestGuessingTheCurrentPassword(t *testing.T) {
	b := newBox(t)
	b.ana()
	br := b.browser()
	require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"))
	require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "192.0.2.1", 10_000))
	for range 6 {
		require.Equal(t, "password.current-wrong", key(br.change("a wrong password", better)))
	}
	require.Equal(t, "account.password-own failed", b.lines()[len(b.lines())-1], "L-01")
	b.hashes.Count()
	require.Equal(t, "signin.wait-seconds", key(br.change(password, better)))
	require.Zero(t, b.hashes.Count(), "a try that has to wait costs nothing")
	b.add(3 * time.Second)
	require.NoError(t, br.change(password, better))
}

func key(err error) string {
	f, ok := err.(*fault.Error)
	if !ok {
		return fmt.Sprint(err)
	}
	return f.Key
}

// S14: a list that comes later is compared at the next sign-in, silently; a
// password on it opens the page to change it and nothing else, on every
// device, until another is set. A sign-in after that compares nothing.
func TestAPasswordThatIsPublishedLater(t *testing.T) {
	sum := sha1.Sum([]byte(password))
	for name, list := range map[string]string{
		"a plain list":                    "some other password\n" + strings.ToUpper(password) + "\n",
		"the download of breached hashes": fmt.Sprintf("%040X:9\r\n%X:3\r\n", 1, sum),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.ana()
			early := b.browser()
			require.NoError(t, early.signIn(anaMail, password, "192.0.2.1"))
			require.False(t, early.identity().MustChange)
			b.learn(list)
			require.False(t, early.identity().MustChange, "nobody can know before the next sign-in")
			late := b.browser()
			require.NoError(t, late.signIn(anaMail, password, "192.0.2.2"))
			require.True(t, late.identity().MustChange)
			require.True(t, early.identity().MustChange, "and so everywhere")
			require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE password_listed_ms > 0`))

			b = b.reopen()
			again := b.browser()
			require.NoError(t, again.signIn(anaMail, password, "192.0.2.2"))
			require.True(t, again.identity().MustChange, "a restart does not forget")
			require.NoError(t, os.RemoveAll(filepath.Join(b.dir, pass.Folder)))
			require.NoError(t, again.signIn(anaMail, password, "192.0.2.2"))
			require.True(t, again.identity().MustChange, "nor does a list that is taken away: it was published")
			b.learn(list)
			require.Equal(t, "password.same", key(again.change(password, password)))
			require.NoError(t, again.change(password, better))
			require.False(t, again.identity().MustChange)
			require.NoError(t, b.browser().signIn(anaMail, better, "192.0.2.2"))
		})
	}
}

// A password that was set while its list was in use is not compared again,
// and one that is on no list is compared once a list.
func TestComparedOnceAList(t *testing.T) {
	b := newBox(t)
	b.ana()
	lists := func() (s string) {
		raw := b.raw()
		defer raw.Close()
		require.NoError(t, raw.QueryRow(`SELECT password_lists FROM account`).Scan(&s))
		return s
	}
	first := lists()
	require.Contains(t, first, "plain")
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, first, lists())
	b.learn("some other password\n")
	require.Equal(t, first, lists())
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.NotEqual(t, first, lists())
}

// A list that is damaged keeps nobody out and nobody from changing; somebody
// is told, and the comparison is made up for when the list is whole again.
func TestADamagedList(t *testing.T) {
	b := newBox(t)
	b.ana()
	var told []error
	b.auth.Report = func(err error) { told = append(told, err) }
	b.learn(password + "\n")
	file := filepath.Join(b.dir, pass.Folder, "plain.list")
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, bytes.Repeat([]byte{'x'}, 900), 0o600))
	br := b.browser()
	require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"))
	require.False(t, br.identity().MustChange)
	require.NotEmpty(t, told)
	require.NoError(t, b.auth.ResetPassword(t.Context(), audit.Actor{Console: true}, audit.From{}, anaMail, better))
	require.NoError(t, b.auth.ResetPassword(t.Context(), audit.Actor{Console: true}, audit.From{}, anaMail, password), "nobody could know")
	require.NoError(t, os.WriteFile(file, whole, 0o600))
	require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"))
	require.True(t, br.identity().MustChange)
}

func TestSuggestions(t *testing.T) {
	b := newBox(t)
	b.ana()
	br := b.browser()
	require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"))
	id := br.identity()
	seen := map[string]bool{}
	for range 20 {
		for _, words := range []bool{true, false} {
			p, err := b.auth.SuggestPassword(t.Context(), id, words, "de")
			require.NoError(t, err)
			require.Equal(t, words, strings.Contains(p, " "))
			require.False(t, seen[p])
			seen[p] = true
		}
	}
}

// L-01: another list leaves one line, whoever brought it; the list in the
// program none.
func TestNoticeLists(t *testing.T) {
	b := newBox(t)
	b.ana()
	before := len(b.lines())
	require.NoError(t, b.auth.NoticeLists(t.Context()))
	require.Len(t, b.lines(), before)
	b.learn("some other password\n")
	for range 3 {
		require.NoError(t, b.auth.NoticeLists(t.Context()))
	}
	require.Equal(t, []string{"passwords.updated ok"}, b.lines()[before:])
	b = b.reopen()
	require.NoError(t, b.auth.NoticeLists(t.Context()))
	require.NoError(t, os.RemoveAll(filepath.Join(b.dir, pass.Folder)))
	require.NoError(t, b.auth.NoticeLists(t.Context()))
	require.Equal(t, []string{"passwords.updated ok", "passwords.updated ok"}, b.lines()[before:], "and so does one that is taken away")
}

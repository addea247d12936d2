package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/auth"
)

// S19: what somebody would get in by again, as a table of what they have.
func TestAgain(t *testing.T) {
	codes := auth.Codes{Left: 3, Made: time.Now(), Saved: true}
	for _, c := range []struct {
		name                   string
		has                    auth.WaysBack
		phone, password, both  auth.Back
		inPhone, inPass, inTwo bool
	}{
		{"a password alone", auth.WaysBack{Password: true}, auth.ByPassword, auth.NeedFactor, auth.NeedPartners, true, false, false},
		{"an app and codes", auth.WaysBack{Password: true, Apps: 1, Codes: codes}, auth.ByCode, auth.ByCodeAndApp, auth.NeedPartners, true, true, false},
		{"an app and no codes left", auth.WaysBack{Password: true, Apps: 1, Codes: auth.Codes{Made: time.Now(), Saved: true}}, auth.NeedCodes, auth.NeedCodes, auth.NeedPartners, false, false, false},
		{"two apps, which may be on one phone", auth.WaysBack{Password: true, Apps: 2}, auth.NeedCodes, auth.NeedCodes, auth.NeedPartners, false, false, false},
		{"codes that are not saved", auth.WaysBack{Password: true, Apps: 1, Codes: auth.Codes{Left: 10, Made: time.Now()}}, auth.NeedCodes, auth.NeedCodes, auth.NeedPartners, false, false, false},
		{"a passkey and codes", auth.WaysBack{Password: true, Passkeys: 1, Codes: codes}, auth.ByCode, auth.ByPasskey, auth.NeedPartners, true, true, false},
		{"one whom they trust", auth.WaysBack{Password: true, Apps: 1, Counting: 1}, auth.NeedCodes, auth.NeedCodes, auth.NeedPartners, false, false, false},
		{"two whom they trust", auth.WaysBack{Password: true, Apps: 1, Counting: 2}, auth.ByPartners, auth.ByPartners, auth.ByPartners, true, true, true},
		{"everything", auth.WaysBack{Password: true, Apps: 1, Codes: codes, Counting: 3}, auth.ByCode, auth.ByCodeAndApp, auth.ByPartners, true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, []auth.Again{{Loss: auth.LostPhone, In: c.inPhone, Back: c.phone}, {Loss: auth.LostPassword, In: c.inPass, Back: c.password},
				{Loss: auth.LostBoth, In: c.inTwo, Back: c.both}, {Loss: auth.LostAddress, In: true, Back: auth.ByNoMailNeeded}}, c.has.Again())
		})
	}
}

// S19: a reminder every 180 days, not sooner, not twice after a restart, not
// while the clock stands still, and none for an account that is closed.
func TestReminders(t *testing.T) {
	b := newBox(t)
	ana, ben := b.member(anaMail, "Ana"), b.member("ben@box.test", "Ben")
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE id = ?`, ben.Account)
	days := func(n int) { b.add(time.Duration(n) * 24 * time.Hour) }
	reminded := func() (n int) {
		for range 3 {
			require.NoError(t, b.auth.Remind(t.Context(), b.now()))
		}
		for _, l := range b.lines() {
			if l == "recovery.reminded ok" {
				n++
			}
		}
		return n
	}
	due := func() bool {
		since, err := b.auth.ReminderDue(t.Context(), ana)
		require.NoError(t, err)
		return !since.IsZero()
	}
	require.Equal(t, 0, reminded())
	days(179)
	require.Equal(t, 0, reminded())
	require.False(t, due())
	days(1)
	require.Equal(t, 1, reminded())
	require.True(t, due())
	b = b.reopen()
	days(179)
	require.Equal(t, 1, reminded(), "not twice in 180 days, although nobody answered")
	require.True(t, due(), "the page goes on asking")
	days(1)
	require.Equal(t, 2, reminded())
	days(100)
	require.NoError(t, b.auth.AllCurrent(t.Context(), ana, from("192.0.2.1")))
	require.False(t, due())
	require.Contains(t, b.lines(), "recovery.current ok")
	days(179)
	require.Equal(t, 2, reminded(), "counted from the answer")
	days(1)
	require.Equal(t, 3, reminded())
	require.Equal(t, 0, b.count(`SELECT count(*) FROM recovery_check WHERE account = ?`, ben.Account))
	b.sql(`UPDATE account SET disabled_ms = NULL`)
	require.Equal(t, 4, reminded(), "an account that is open again is asked, once")
}

package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
)

// S-05: what ended a session ends an act of it that had begun before, however
// late its body comes; it changes nothing and leads to no new session.
func TestAnActOfASessionThatEnded(t *testing.T) {
	acts := map[string]func(ctx context.Context, b *box, id auth.Identity) error{
		"a phrase": func(ctx context.Context, b *box, id auth.Identity) error {
			return b.auth.SetPhrase(ctx, id, from("192.0.2.1"), "five calm herons wait")
		},
		"an app": func(ctx context.Context, b *box, id auth.Identity) error {
			_, err := b.auth.AddApp(ctx, id, "Theirs")
			return err
		},
		"recovery codes": func(ctx context.Context, b *box, id auth.Identity) error {
			return b.auth.NewCodes(ctx, id, from("192.0.2.1"))
		},
		"an address": func(ctx context.Context, b *box, id auth.Identity) error {
			return b.auth.AskAddress(ctx, id, from("192.0.2.1"), "theirs@box.test")
		},
		"a trusted person": func(ctx context.Context, b *box, id auth.Identity) error {
			return b.auth.NamePartner(ctx, id, from("192.0.2.1"), "ben@box.test")
		},
	}
	ends := map[string]func(ctx context.Context, b *box, id auth.Identity) error{
		"a new password at the console": func(ctx context.Context, b *box, _ auth.Identity) error {
			return b.auth.ResetPassword(ctx, audit.Actor{Console: true}, audit.From{}, anaMail, "seven quiet herons sleep")
		},
		"being signed out": func(ctx context.Context, b *box, id auth.Identity) error {
			b.sql(`UPDATE credential SET ended_ms = 1 WHERE id = ?`, id.Credential)
			return nil
		},
	}
	for act, do := range acts {
		for end, over := range ends {
			t.Run(act+" after "+end, func(t *testing.T) {
				b, br := keyBox(t)
				var lines int
				br.as(func(ctx context.Context, id auth.Identity) {
					require.NoError(t, over(ctx, b, id))
					lines = len(b.lines())
					require.Equal(t, fault.Forbidden, fault.KindOf(do(ctx, b, id)))
				})
				require.Len(t, b.lines(), lines)
				require.Zero(t, br.who(false), "nobody is signed in")
			})
		}
	}
}

// A partner who was given another password may be somebody else: what they
// vouched is gone, and their agreement ages anew.
func TestAPartnerWithANewPassword(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, _ := b.four()
	b.trusts(ana, ben, cleo)
	token, code := b.asks(anaMail)
	require.NoError(t, b.vouches(ben, ana, code))
	require.NoError(t, b.auth.ResetPassword(t.Context(), audit.Actor{Console: true}, audit.From{}, "ben@box.test", "seven quiet herons sleep"))
	require.NoError(t, b.vouches(cleo, ana, code))
	b.add(25 * time.Hour)
	b.age(25 * time.Hour)
	require.Error(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne), "one of the two is in doubt")
	require.Zero(t, b.count(`SELECT count(*) FROM recovery_partner WHERE partner = ? AND aged_for_ms > ?`, ben.Account, (26*time.Hour).Milliseconds()))
}

// The links by which a request is stopped go by the box's key: with a turned
// one the request ends too.
func TestATurnedKeyEndsRequests(t *testing.T) {
	b := newBox(t)
	ana, ben, cleo, _ := b.four()
	b.trusts(ana, ben, cleo)
	token, code := b.asks(anaMail)
	require.NoError(t, b.vouches(ben, ana, code))
	require.NoError(t, b.vouches(cleo, ana, code))
	b.add(25 * time.Hour)
	b.age(25 * time.Hour)
	require.NoError(t, b.ring.Turn())
	require.NoError(t, b.vault.Turn(t.Context(), b.now()))
	require.Zero(t, b.count(`SELECT count(*) FROM recovery_request WHERE ended_ms IS NULL`))
	require.Error(t, b.auth.UseAsked(t.Context(), from("192.0.2.7"), token, anewOne))
}

package app

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

// a box whose passkeys were made for another host is not served, unless
// that is accepted.
func TestAnotherHostIsNotServed(t *testing.T) {
	b, _, done, err := temporary(t.Context(), storetest.Schema(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, done()) })
	id, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "ana@box.test", Name: "Ana", Password: "nine calm otters drift"})
	require.NoError(t, err)
	require.NoError(t, b.auth.UsePasskeys(t.Context(), &url.URL{Scheme: "https", Host: "box.test"}, false))
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.AddPasskey(store.Passkey{Factor: store.Factor{Key: store.NewKey(), Account: id, Name: "Phone", Created: 1, Tested: 1},
			Credential: []byte{1}, Public: []byte{1}, RP: "box.test"})
		if err == nil {
			_, err = tx.ConfirmFactors(id, 2, 0)
		}
		return err
	}))
	at, err := loopback("127.0.0.1:0")
	require.NoError(t, err)
	opened := errors.New("it opened")
	serve := func() error {
		return b.serve(t.Context(), at, slog.New(slog.DiscardHandler), func(string) error { return opened })
	}
	err = serve()
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "passkey.host-changed", f.Key)
	require.Equal(t, []any{"count", 1, "before", "box.test", "host", "localhost"}, f.Args)
	at.losePasskeys = true
	require.ErrorIs(t, serve(), opened)
	at.losePasskeys = false
	require.ErrorIs(t, serve(), opened, "said once")
	list, err := b.db.Passkeys(context.Background(), id)
	require.NoError(t, err)
	require.False(t, list[0].Works())
}

package vault_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/seal"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/vault"
)

// C-02: a secret opens in its own row alone; one that was exchanged with
// another, or written over, is said to be damaged and gives nothing.
func TestSecretsOfExchangedRowsDoNotOpen(t *testing.T) {
	dir := t.TempDir()
	ring, err := seal.Open(dir, true)
	require.NoError(t, err)
	db := storetest.OpenIn(t, dir)
	v := vault.New(db, audit.New(db, ring.Key("ledger")), ring)
	put := func(name, secret string) {
		t.Helper()
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return v.Put(tx, name, 0, []byte(secret)) }))
	}
	put("mail", "one")
	put("other", "two")
	one, err := db.Secret(t.Context(), "mail")
	require.NoError(t, err)
	two, err := db.Secret(t.Context(), "other")
	require.NoError(t, err)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.SetSecret("mail", 0, two); err != nil {
			return err
		}
		return tx.SetSecret("other", 0, one)
	}))
	for _, name := range []string{"mail", "other"} {
		got, err := v.Get(t.Context(), name)
		require.Equal(t, fault.Unavailable, fault.KindOf(err))
		require.Nil(t, got)
	}
	lost, err := v.Lost(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"mail", "other"}, lost)
	put("mail", "three")
	got, err := v.Get(t.Context(), "mail")
	require.NoError(t, err)
	require.Equal(t, "three", string(got))
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return v.Drop(tx, "mail") }))
	got, err = v.Get(t.Context(), "mail")
	require.NoError(t, err)
	require.Nil(t, got, "forgotten is not lost")
}

// C-03: a turn of the keys seals what opens, leaves what does not, says how
// many of each, and is over.
func TestTurn(t *testing.T) {
	dir := t.TempDir()
	ring, err := seal.Open(dir, true)
	require.NoError(t, err)
	db := storetest.OpenIn(t, dir)
	v := vault.New(db, audit.New(db, ring.Key("ledger")), ring)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		if err := v.Put(tx, "mail", 0, []byte("one")); err != nil {
			return err
		}
		return tx.SetSecret("other", 0, "gk1.00000000.AAAA")
	}))
	require.NoError(t, ring.Turn())
	v = vault.New(db, audit.New(db, ring.Key("ledger"), ring.OlderLedgerKeys()...), ring)
	require.NoError(t, v.Turn(t.Context(), time.Now()))
	require.False(t, ring.Turning())
	got, err := v.Get(t.Context(), "mail")
	require.NoError(t, err)
	require.Equal(t, "one", string(got))
	lost, err := v.Lost(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"other"}, lost)
	var details []string
	require.NoError(t, db.Ledger(t.Context(), 0, func(r store.LedgerRow) error {
		details = append(details, r.Action+" "+r.Detail)
		return nil
	}))
	require.Equal(t, []string{`key.turned {"lost":1,"sealed":1}`}, details)
}

package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// CredentialKind is one of the kinds of credential in schema.sql.
type CredentialKind string

// The kinds. Streams, keys, push subscriptions and displays join them in the
// same table.
const (
	SessionCredential CredentialKind = "session" // a browser that signed in
	HalfCredential    CredentialKind = "half"    // a browser that owes a second factor yet: it lets nobody in
	DeviceCredential  CredentialKind = "device"  // a browser that owes no second factor
	ResetCredential   CredentialKind = "reset"   // a link from the console
	RenewCredential   CredentialKind = "renew"   // a link from the page of who manages the box
	WelcomeCredential CredentialKind = "welcome" // a link to the first password of an account
)

// Credential lets somebody in without a password typed just now.
type Credential struct {
	ID      int64
	Kind    CredentialKind
	Secret  string // hash of the token
	Account int64
	Epoch   int64 // the account's when it was made
	State   []byte
	Origin  string // ledger origin of its making
	Created record.Millis
	Active  record.Millis
	Expires record.Millis
}

// Credential finds a live one: not ended, not past its end, of an enabled
// account whose epoch it still has, and of a grant that has not moved on.
// ErrNone if there is none.
func (db *DB) Credential(ctx context.Context, kind CredentialKind, secret string, now record.Millis) (Credential, error) {
	var out []Credential
	err := rows(ctx, db, func(rs *sql.Rows) error {
		var c Credential
		err := rs.Scan(&c.ID, &c.Kind, &c.Secret, &c.Account, &c.Epoch, &c.State, &c.Origin,
			(*int64)(&c.Created), (*int64)(&c.Active), (*int64)(&c.Expires))
		out = append(out, c)
		return err
	}, `SELECT c.id, c.kind, c.secret, c.account, c.epoch, c.state, coalesce(c.origin, ''), c.created_ms, c.active_ms, c.expires_ms
		FROM credential AS c JOIN account AS a ON a.id = c.account LEFT JOIN grant AS g ON g.id = c.grant
		WHERE c.kind = ? AND c.secret = ? AND c.ended_ms IS NULL AND c.expires_ms > ?
		AND a.disabled_ms IS NULL AND a.epoch = c.epoch
		AND (c.grant IS NULL OR (g.epoch = c.grant_epoch AND g.revoked_ms IS NULL))`, string(kind), secret, int64(now))
	return one(out, err)
}

// CredentialEnded gives the account of a credential whether it is over or not,
// as long as its row is kept and the account lives in the same epoch.
func (db *DB) CredentialEnded(ctx context.Context, kind CredentialKind, secret string) (account int64, err error) {
	var out []int64
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var id int64
		err := rs.Scan(&id)
		out = append(out, id)
		return err
	}, `SELECT a.id FROM credential AS c JOIN account AS a ON a.id = c.account AND a.epoch = c.epoch AND a.disabled_ms IS NULL
		WHERE c.kind = ? AND c.secret = ?`, string(kind), secret)
	return one(out, err)
}

// PutCredential makes a credential, or brings the state of a live one up to
// date. It never revives: a secret that was ended stays dead, and so does one
// whose account has moved to another epoch. put says whether it is live now.
func (tx *Tx) PutCredential(c Credential) (put bool, err error) {
	n, err := tx.changed(`
		INSERT INTO credential (kind, secret, account, epoch, state, origin, created_ms, active_ms, expires_ms)
		SELECT ?1, ?2, id, ?4, ?5, ?6, ?7, ?8, ?9 FROM account WHERE id = ?3 AND epoch = ?4 AND disabled_ms IS NULL
		ON CONFLICT (secret) DO UPDATE SET state = excluded.state, expires_ms = excluded.expires_ms
		WHERE credential.ended_ms IS NULL AND credential.account = excluded.account AND credential.epoch = excluded.epoch`,
		string(c.Kind), c.Secret, c.Account, c.Epoch, c.State, nullText(c.Origin),
		int64(c.Created), int64(c.Active), int64(c.Expires))
	return n > 0, err
}

// TouchCredential notes an act of a person.
func (tx *Tx) TouchCredential(id int64, now record.Millis) error {
	return tx.exec(`UPDATE credential SET active_ms = max(active_ms, ?) WHERE id = ?`, int64(now), id)
}

// CredentialLives reports whether a credential opens anything at an instant.
func (tx *Tx) CredentialLives(id int64, now record.Millis) (lives bool, err error) {
	err = row(context.Background(), tx, `SELECT EXISTS (SELECT 1 FROM credential AS c JOIN account AS a ON a.id = c.account
		WHERE c.id = ? AND c.ended_ms IS NULL AND c.expires_ms > ? AND a.disabled_ms IS NULL AND a.epoch = c.epoch)`, []any{id, int64(now)}, &lives)
	return lives, err
}

// EndCredential ends one credential. The row stays as a tombstone.
func (tx *Tx) EndCredential(kind CredentialKind, secret string, now record.Millis) error {
	return tx.exec(`UPDATE credential SET ended_ms = ?, state = NULL WHERE kind = ? AND secret = ? AND ended_ms IS NULL`,
		int64(now), string(kind), secret)
}

// SweepCredentials removes tombstones and credentials that are past their end.
func (tx *Tx) SweepCredentials(now record.Millis) error {
	return tx.exec(`DELETE FROM credential WHERE expires_ms < ?`, int64(now))
}

// TakeCredential ends a live credential for whoever does what it is for. taken
// is false when it is not live any more: of many who come with it, one gets it.
func (tx *Tx) TakeCredential(kind CredentialKind, secret string, now record.Millis) (taken bool, err error) {
	n, err := tx.changed(`UPDATE credential SET ended_ms = ?1, state = NULL WHERE kind = ?2 AND secret = ?3 AND ended_ms IS NULL AND expires_ms > ?1
		AND epoch = (SELECT epoch FROM account WHERE id = credential.account AND disabled_ms IS NULL)`, int64(now), string(kind), secret)
	return n == 1, err
}

// EndOwnCredential ends a credential of an account by its row. ended is false
// when the account has none there that lives.
func (tx *Tx) EndOwnCredential(account, id int64, now record.Millis) (ended bool, err error) {
	n, err := tx.changed(`UPDATE credential SET ended_ms = ?, state = NULL WHERE account = ? AND id = ? AND ended_ms IS NULL`, int64(now), account, id)
	return n == 1, err
}

// EndOtherCredentials ends all credentials of an account but one, and says how
// many there were.
func (tx *Tx) EndOtherCredentials(account, but int64, now record.Millis) (int64, error) {
	return tx.changed(`UPDATE credential SET ended_ms = ?1, state = NULL WHERE account = ?2 AND id <> ?3 AND ended_ms IS NULL AND expires_ms > ?1`,
		int64(now), account, but)
}

// EndCredentials ends all live credentials of a kind of an account, and says
// how many there were.
func (tx *Tx) EndCredentials(account int64, kind CredentialKind, now record.Millis) (int64, error) {
	return tx.changed(`UPDATE credential SET ended_ms = ?1, state = NULL WHERE account = ?2 AND kind = ?3 AND ended_ms IS NULL AND expires_ms > ?1
		AND epoch = (SELECT epoch FROM account WHERE id = ?2)`, int64(now), account, string(kind))
}

// KeepCredentials ends the oldest live credentials of a kind of an account, so
// that no more than most are left.
func (tx *Tx) KeepCredentials(account int64, kind CredentialKind, most int, now record.Millis) error {
	return tx.exec(`UPDATE credential SET ended_ms = ?1, state = NULL WHERE id IN (
		SELECT id FROM credential WHERE account = ?2 AND kind = ?3 AND ended_ms IS NULL AND expires_ms > ?1 ORDER BY created_ms DESC, id DESC LIMIT -1 OFFSET ?4)`,
		int64(now), account, string(kind), most)
}

// Held is a live credential with where it was made.
type Held struct {
	Credential
	IP, Device string
}

// Credentials lists the live credentials of a kind of an account, the last
// used first.
func (db *DB) Credentials(ctx context.Context, account int64, kind CredentialKind, now record.Millis) ([]Held, error) {
	return credentials(ctx, db, account, kind, now)
}

// Credentials lists the live credentials of a kind of an account, the last
// used first.
func (tx *Tx) Credentials(account int64, kind CredentialKind, now record.Millis) ([]Held, error) {
	return credentials(context.Background(), tx, account, kind, now)
}

func credentials(ctx context.Context, r reader, account int64, kind CredentialKind, now record.Millis) (out []Held, err error) {
	err = rows(ctx, r, func(rs *sql.Rows) error {
		h := Held{Credential: Credential{Kind: kind, Account: account}}
		err := rs.Scan(&h.ID, &h.Secret, &h.Epoch, &h.State, (*int64)(&h.Created), (*int64)(&h.Active), (*int64)(&h.Expires), &h.IP, &h.Device)
		out = append(out, h)
		return err
	}, `SELECT c.id, c.secret, c.epoch, c.state, c.created_ms, c.active_ms, c.expires_ms, coalesce(o.ip, ''), coalesce(o.device, '')
		FROM credential AS c JOIN account AS a ON a.id = c.account AND a.epoch = c.epoch LEFT JOIN ledger_origin AS o ON o.origin = c.origin
		WHERE c.account = ? AND c.kind = ? AND c.ended_ms IS NULL AND c.expires_ms > ? ORDER BY c.active_ms DESC, c.id DESC`,
		account, string(kind), int64(now))
	return out, err
}

package store

import (
	"context"
	"database/sql"
	"strings"

	"glucokeep/app/record"
)

// Passkey is a factor of kind PasskeyFactor with what is known of its key.
type Passkey struct {
	Factor
	Handle     []byte // of its account
	Credential []byte // id of the key, of one account alone
	Public     []byte // COSE key
	RP         string // host under which it works
	Count      uint32 // signatures, as it says
	Flags      byte   // of the authenticator data of its last answer
	Transports []string
}

const passkeyRows = `SELECT f.id, f.key, f.account, f.kind, f.name, f.last_step, f.created_ms, coalesce(f.tested_ms, 0), coalesce(f.confirmed_ms, 0),
	coalesce(f.used_ms, 0), coalesce(f.disabled_ms, 0), a.handle, p.credential, p.public, p.rp, p.count, p.flags, p.transports
	FROM passkey AS p JOIN factor AS f ON f.id = p.factor JOIN account AS a ON a.id = f.account WHERE `

func passkeys(ctx context.Context, r reader, where string, args ...any) (out []Passkey, err error) {
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var p Passkey
		var ways string
		err := rs.Scan(&p.ID, &p.Key, &p.Account, &p.Kind, &p.Name, &p.LastStep, (*int64)(&p.Created), (*int64)(&p.Tested), (*int64)(&p.Confirmed),
			(*int64)(&p.Used), (*int64)(&p.Disabled), &p.Handle, &p.Credential, &p.Public, &p.RP, &p.Count, &p.Flags, &ways)
		if ways != "" {
			p.Transports = strings.Split(ways, ",")
		}
		out = append(out, p)
		return err
	}, passkeyRows+where, args...)
	return out, err
}

// Passkeys lists the passkeys of an account, also those that do not count yet
// or open nothing, the oldest first.
func (db *DB) Passkeys(ctx context.Context, account int64) ([]Passkey, error) {
	return passkeys(ctx, db, `f.account = ? ORDER BY f.id`, account)
}

// Passkeys lists the passkeys of an account, as DB.Passkeys.
func (tx *Tx) Passkeys(account int64) ([]Passkey, error) {
	return passkeys(context.Background(), tx, `f.account = ? ORDER BY f.id`, account)
}

// Passkey finds a passkey by the handle of its account and its own id, both;
// ErrNone where they do not belong together or the account is closed.
func (db *DB) Passkey(ctx context.Context, handle, credential []byte) (Passkey, error) {
	return one(passkeys(ctx, db, `a.handle = ? AND p.credential = ? AND a.disabled_ms IS NULL`, handle, credential))
}

// PasskeyByID finds a passkey by its factor's row; ErrNone if it is gone or
// its account is closed.
func (tx *Tx) PasskeyByID(factor int64) (Passkey, error) {
	return one(passkeys(context.Background(), tx, `f.id = ? AND a.disabled_ms IS NULL`, factor))
}

// AccountHandle is what passkeys know an account by.
func (db *DB) AccountHandle(ctx context.Context, account int64) (handle []byte, err error) {
	err = row(ctx, db, `SELECT handle FROM account WHERE id = ?`, []any{account}, &handle)
	return handle, err
}

// AddPasskey inserts a passkey that gave a right answer and does not count
// yet. added is false when some account has a key of that id already.
func (tx *Tx) AddPasskey(p Passkey) (added bool, err error) {
	var there int
	if err := row(context.Background(), tx, `SELECT count(*) FROM passkey WHERE credential = ?`, []any{p.Credential}, &there); err != nil || there > 0 {
		return false, err
	}
	p.Kind = PasskeyFactor
	id, err := tx.AddFactor(p.Factor)
	if err != nil {
		return false, err
	}
	return true, tx.exec(`INSERT INTO passkey (factor, credential, public, rp, count, flags, transports) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, p.Credential, p.Public, p.RP, int64(p.Count), int64(p.Flags), strings.Join(p.Transports, ","))
}

// UsePasskey keeps what a passkey said of itself in its last answer.
func (tx *Tx) UsePasskey(factor int64, count uint32, flags byte, now record.Millis) error {
	if err := tx.exec(`UPDATE passkey SET count = ?, flags = ? WHERE factor = ?`, int64(count), int64(flags), factor); err != nil {
		return err
	}
	return tx.exec(`UPDATE factor SET used_ms = ? WHERE id = ?`, int64(now), factor)
}

// DisableFactor has a factor open nothing any more.
func (tx *Tx) DisableFactor(factor int64, now record.Millis) error {
	return tx.exec(`UPDATE factor SET disabled_ms = ? WHERE id = ? AND disabled_ms IS NULL`, int64(now), factor)
}

// PasskeysElsewhere counts the passkeys that count and work under another
// host than rp alone.
func (tx *Tx) PasskeysElsewhere(rp string) (n int, err error) {
	err = row(context.Background(), tx, `SELECT count(*) FROM passkey AS p JOIN factor AS f ON f.id = p.factor WHERE p.rp <> ? AND f.confirmed_ms IS NOT NULL`,
		[]any{rp}, &n)
	return n, err
}

// DisablePasskeysElsewhere has those passkeys open nothing any more.
func (tx *Tx) DisablePasskeysElsewhere(rp string, now record.Millis) error {
	return tx.exec(`UPDATE factor SET disabled_ms = ? WHERE disabled_ms IS NULL AND id IN (SELECT factor FROM passkey WHERE rp <> ?)`, int64(now), rp)
}

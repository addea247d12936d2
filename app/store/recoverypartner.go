package store

import (
	"context"
	"database/sql"
	"time"

	"glucokeep/app/record"
)

// RecoveryPartner is somebody whom an account trusts to let it in again, or
// whom it asked.
type RecoveryPartner struct {
	ID      int64
	Key     string
	Account int64
	Partner int64  // 0: nobody has the address
	Address string // as it was named
	Created record.Millis
	Agreed  record.Millis // 0: not yet
	Aged    time.Duration // how long the box ran since
	// Of the two accounts, as they are now.
	AccountName, PartnerName     string
	AccountClosed, PartnerClosed bool
}

func partners(ctx context.Context, r reader, where string, args ...any) (out []RecoveryPartner, err error) {
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var p RecoveryPartner
		var aged int64
		err := rs.Scan(&p.ID, &p.Key, &p.Account, &p.Partner, &p.Address, (*int64)(&p.Created), (*int64)(&p.Agreed), &aged,
			&p.AccountName, &p.PartnerName, &p.AccountClosed, &p.PartnerClosed)
		p.Aged = time.Duration(aged) * time.Millisecond
		out = append(out, p)
		return err
	}, `SELECT p.id, p.key, p.account, coalesce(p.partner, 0), p.address, p.created_ms, coalesce(p.agreed_ms, 0), p.aged_for_ms,
		o.name, coalesce(w.name, ''), o.disabled_ms IS NOT NULL, coalesce(w.disabled_ms IS NOT NULL, 0)
		FROM recovery_partner AS p JOIN account AS o ON o.id = p.account LEFT JOIN account AS w ON w.id = p.partner
		WHERE p.ended_ms IS NULL AND `+where+` ORDER BY p.id`, args...)
	return out, err
}

// RecoveryPartners lists whom an account trusts or asked.
func (db *DB) RecoveryPartners(ctx context.Context, account int64) ([]RecoveryPartner, error) {
	return partners(ctx, db, `p.account = ?`, account)
}

// RecoveryPartners lists them within a transaction.
func (tx *Tx) RecoveryPartners(account int64) ([]RecoveryPartner, error) {
	return partners(context.Background(), tx, `p.account = ?`, account)
}

// RecoveryPartnerOf lists who trusts an account or asked it.
func (db *DB) RecoveryPartnerOf(ctx context.Context, partner int64) ([]RecoveryPartner, error) {
	return partners(ctx, db, `p.partner = ? AND o.disabled_ms IS NULL`, partner)
}

// RecoveryPartner finds what lives between two accounts by its key, from
// either side; ErrNone if there is none.
func (tx *Tx) RecoveryPartner(key string) (RecoveryPartner, error) {
	return one(partners(context.Background(), tx, `p.key = ?`, key))
}

// AddRecoveryPartner notes that an account named somebody.
func (tx *Tx) AddRecoveryPartner(p RecoveryPartner) error {
	return tx.exec(`INSERT INTO recovery_partner (key, account, partner, address, created_ms) VALUES (?, ?, ?, ?, ?)`,
		p.Key, p.Account, null(p.Partner), p.Address, int64(p.Created))
}

// AgreeRecoveryPartner notes that whoever was named agreed. agreed is false
// when they did before, or it ended.
func (tx *Tx) AgreeRecoveryPartner(id int64, now record.Millis) (agreed bool, err error) {
	n, err := tx.changed(`UPDATE recovery_partner SET agreed_ms = ? WHERE id = ? AND agreed_ms IS NULL AND ended_ms IS NULL`, int64(now), id)
	return n == 1, err
}

// EndRecoveryPartner ends what is between two accounts. ended is false when it
// is over.
func (tx *Tx) EndRecoveryPartner(id int64, now record.Millis) (ended bool, err error) {
	n, err := tx.changed(`UPDATE recovery_partner SET ended_ms = ? WHERE id = ? AND ended_ms IS NULL`, int64(now), id)
	return n == 1, err
}

// Ageing reports whether AgeRecovery would change anything.
func (db *DB) Ageing(ctx context.Context, agreed, vouched time.Duration, now record.Millis) (yes bool, err error) {
	err = row(ctx, db, `SELECT EXISTS (SELECT 1 FROM recovery_partner WHERE ended_ms IS NULL AND agreed_ms IS NOT NULL AND aged_for_ms < ?)
		OR EXISTS (SELECT 1 FROM recovery_vouch AS v JOIN recovery_request AS r ON r.id = v.request
			WHERE r.ended_ms IS NULL AND r.expires_ms > ? AND v.vouched_ms IS NOT NULL AND v.aged_for_ms < ?)`,
		[]any{agreed.Milliseconds(), int64(now), vouched.Milliseconds()}, &yes)
	return yes, err
}

// AgeRecovery lets time pass for what must wait: agreements, and vouches of
// requests that are open. It takes the time that went by since it was last
// called, not the time that a clock shows; what came since begins with 0.
func (tx *Tx) AgeRecovery(by, agreed, vouched time.Duration, now record.Millis) error {
	if err := tx.exec(`UPDATE recovery_partner SET aged_for_ms = CASE WHEN aged_for_ms < 0 THEN 0 ELSE aged_for_ms + ? END WHERE ended_ms IS NULL AND agreed_ms IS NOT NULL AND aged_for_ms < ?`,
		by.Milliseconds(), agreed.Milliseconds()); err != nil {
		return err
	}
	return tx.exec(`UPDATE recovery_vouch SET aged_for_ms = CASE WHEN aged_for_ms < 0 THEN 0 ELSE aged_for_ms + ? END WHERE vouched_ms IS NOT NULL AND aged_for_ms < ?
		AND request IN (SELECT id FROM recovery_request WHERE ended_ms IS NULL AND expires_ms > ?)`, by.Milliseconds(), vouched.Milliseconds(), int64(now))
}

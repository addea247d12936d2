package store

import (
	"context"
	"database/sql"
	"fmt"
)

// SetSecret keeps a sealed secret; account 0 is the box.
func (tx *Tx) SetSecret(name string, account int64, sealed string) error {
	return tx.exec(`INSERT INTO secret (name, account, sealed) VALUES (?1, ?2, ?3)
		ON CONFLICT (name) DO UPDATE SET account = excluded.account, sealed = excluded.sealed`, name, null(account), sealed)
}

// DropSecret forgets a secret.
func (tx *Tx) DropSecret(name string) error {
	return tx.exec(`DELETE FROM secret WHERE name = ?`, name)
}

// Secret gives a sealed secret; ErrNone if there is none.
func (db *DB) Secret(ctx context.Context, name string) (sealed string, err error) {
	err = row(ctx, db, `SELECT sealed FROM secret WHERE name = ?`, []any{name}, &sealed)
	return sealed, err
}

// Sealed is one sealed text and where it lies.
type Sealed struct{ Table, Column, Row, Text string }

// sealedTexts are all columns with sealed texts: how to list and to replace
// them. A new one belongs here, or it would not outlast its key.
var sealedTexts = []struct{ table, column, list, replace string }{
	{"secret", "sealed", `SELECT name, sealed FROM secret ORDER BY name`, `UPDATE secret SET sealed = ? WHERE name = ?`},
	{"mail", "words", `SELECT ref, words FROM mail WHERE words IS NOT NULL ORDER BY id`, `UPDATE mail SET words = ? WHERE ref = ?`},
}

func sealed(ctx context.Context, r reader) (out []Sealed, err error) {
	for _, s := range sealedTexts {
		if err := rows(ctx, r, func(rs *sql.Rows) error {
			at := Sealed{Table: s.table, Column: s.column}
			err := rs.Scan(&at.Row, &at.Text)
			out = append(out, at)
			return err
		}, s.list); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Sealed lists every sealed text.
func (tx *Tx) Sealed() ([]Sealed, error) { return sealed(context.Background(), tx) }

// Sealed lists every sealed text.
func (db *DB) Sealed(ctx context.Context) ([]Sealed, error) { return sealed(ctx, db) }

// Reseal puts another text where s lies.
func (tx *Tx) Reseal(s Sealed, text string) error {
	for _, at := range sealedTexts {
		if at.table == s.Table && at.column == s.Column {
			return tx.exec(at.replace, text, s.Row)
		}
	}
	return fmt.Errorf("nothing sealed lies in %s.%s", s.Table, s.Column)
}

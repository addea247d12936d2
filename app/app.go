// Package app wires the box together and is its command line. Everything else
// is handed in plain constructors, top to bottom; nothing here decides
// anything.
package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/app/health"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/mail"
	"glucokeep/app/read"
	"glucokeep/app/seal"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/vault"
)

// Box is an open box: its database and the services over it.
type Box struct {
	db     *store.DB
	ledger *audit.Ledger
	keys   *seal.Ring
	vault  *vault.Vault
	auth   *auth.Auth
	mail   *mail.Mails
	share  *share.Share
	read   *read.Read
	ingest *ingest.Ingest
	intake *intake.Intake

	clock      func() time.Time // of pages and data; that of sign-in always goes right
	calibrated bool             // somebody measured how fast this machine hashes
	demo       bool             // everything in it is made up
	cut        *audit.CutError  // what was cut off the ledger while the box was closed, nil nothing
	works      []work           // done beside serving, besides the usual
	health     *health.Health
}

// Open opens the box in folder dir, or makes one there. keyFile names its key
// file if it is not where seal.Find looks; secure says that the box is reached
// over TLS. A box whose ledger was written with another key is refused: lines
// added to it could be verified by neither.
func Open(ctx context.Context, dir, keyFile, schema string, secure bool) (*Box, error) {
	b, err := look(ctx, dir, keyFile, schema, secure)
	if err != nil {
		return nil, err
	}
	known, err := b.ledger.Knows(ctx)
	if err == nil && !known {
		err = fault.New(fault.Conflict, "seal.wrong-key", "file", seal.Find(dir, keyFile))
	}
	if err == nil {
		b.cut, err = b.ledger.NoteCut(ctx, time.Now())
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// look is Open for whoever only wants to know how the box is: also of one
// whose key is another box's.
func look(ctx context.Context, dir, keyFile, schema string, secure bool) (b *Box, err error) {
	_, err = os.Stat(filepath.Join(dir, store.FileName))
	fresh := errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	// The key before the database: a box that stops in between starts again.
	keys, err := seal.OpenFile(seal.Find(dir, keyFile), fresh)
	if err != nil {
		return nil, err
	}
	b = &Box{clock: time.Now, keys: keys}
	if b.db, err = store.Open(ctx, dir, schema); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.db.Close())
			b = nil
		}
	}()
	incoming := filepath.Join(dir, "incoming")

	b.ledger = audit.New(b.db, keys.Key("ledger"), keys.OlderLedgerKeys()...)
	b.vault = vault.New(b.db, b.ledger, keys)
	if err := keys.Tidy(); err != nil {
		return nil, err
	}
	if keys.Turning() {
		if err := b.vault.Turn(ctx, time.Now()); err != nil {
			return nil, err
		}
	}
	b.auth = auth.New(b.db, b.ledger, keys.Key("device cookie"), secure)
	if b.calibrated, err = b.auth.LoadCost(ctx); err != nil {
		return nil, err
	}
	b.mail = mail.New(b.db, b.ledger, b.vault)
	b.auth.UseMail(b.mail)
	b.auth.UseVault(b.vault)
	b.share = share.New(b.db, b.ledger)
	b.read = read.New(b.db, b.ledger)
	b.ingest = ingest.New(b.db, b.ledger, intake.Reread(incoming))
	b.health = health.New(b.db, b.ledger, b.ingest, schema)
	b.intake, err = intake.New(b.ingest, incoming)
	return b, err
}

// Close ends the spans of the ledger and closes the database.
func (b *Box) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(b.intake.Close(), b.ledger.Close(ctx, b.clock()), b.db.Close())
}

// console is the viewer at the command line: whoever has the box's files.
func console() share.Viewer { return share.Viewer{Console: true} }

// reader opens a person's data for somebody at the console; name is a name or
// a key.
func (b *Box) reader(ctx context.Context, action share.Action, name, what string) (*read.Reader, share.Scope, error) {
	now := time.Now()
	key, err := b.share.ByName(ctx, console(), name, now)
	if err != nil {
		return nil, share.Scope{}, err
	}
	scope, err := b.share.Scope(ctx, console(), action, key, now)
	if err != nil {
		return nil, scope, err
	}
	r, err := b.read.Open(ctx, scope, what, now)
	return r, scope, err
}

// temporary makes a box in a folder of its own that goes away with done.
func temporary(ctx context.Context, schema string) (b *Box, dir string, done func() error, err error) {
	if dir, err = os.MkdirTemp("", "glucokeep-*"); err != nil {
		return nil, "", nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	if b, err = Open(ctx, dir, filepath.Join(dir, seal.FileName), schema, false); err != nil {
		return nil, "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return b, dir, func() error { return errors.Join(b.Close(), os.RemoveAll(dir)) }, nil
}

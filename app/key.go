package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/seal"
	"glucokeep/app/store"
	"glucokeep/app/vault"
)

type keyCommand struct {
	Rotate keyRotateCommand `cmd:"" help:"Make a new key and seal everything with it. The box must be stopped for it; it takes a moment."`
	Lost   keyLostCommand   `cmd:"" help:"Go on without the key file, when it is lost for good: makes a new one and says what must be entered again."`
}

type keyRotateCommand struct{ dataFlag }

// Run makes a new key. Opening the box with it does the rest, as it would
// after a power cut in between.
func (c *keyRotateCommand) Run(ctx context.Context, r *terminal) error {
	if err := r.with(ctx, c.Data, func(b *Box) error { return b.keys.Turn() }); err != nil {
		return err
	}
	return r.with(ctx, c.Data, func(b *Box) error {
		r.say("seal.turned")
		return r.warnLost(ctx, b)
	})
}

type keyLostCommand struct{ dataFlag }

// Run makes a new key for a box whose key is lost.
func (c *keyLostCommand) Run(ctx context.Context, r *terminal) (err error) {
	if err := isBox(c.Data); err != nil {
		return err
	}
	db, err := store.Open(ctx, c.Data, r.schema)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ring, err := newRing(ctx, db, seal.Find(c.Data, r.keyFile))
	if err != nil {
		return err
	}
	ledger := audit.New(db, ring.Key("ledger"), ring.OlderLedgerKeys()...)
	lines, err := ledger.Adopt(ctx, time.Now())
	if err != nil {
		return err
	}
	r.say("seal.replaced", "count", lines)
	return r.sayLost(ctx, vault.New(db, ledger, ring))
}

// newRing makes a new key file for db. One that is there and does not fit is
// kept under another name: it may be another box's. One that fits is no loss.
func newRing(ctx context.Context, db *store.DB, path string) (*seal.Ring, error) {
	ring, err := seal.OpenFile(path, false)
	if err == nil {
		known, err := audit.New(db, ring.Key("ledger"), ring.OlderLedgerKeys()...).Knows(ctx)
		if err != nil || known {
			return nil, errors.Join(err, fault.New(fault.Conflict, "seal.nothing-lost"))
		}
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && (f.Key == "seal.key-open" || f.Key == "seal.key-unreadable") {
		return nil, err // it may well be the right one
	}
	if _, err := os.Lstat(path); err == nil {
		aside := path + time.Now().UTC().Format(".20060102-150405")
		if err := os.Rename(path, aside); err != nil {
			return nil, fmt.Errorf("put the key file aside: %w", err)
		}
	}
	return seal.OpenFile(path, true)
}

// warnLost says what nobody can open any more and somebody must enter again.
func (r *terminal) warnLost(ctx context.Context, b *Box) error { return r.sayLost(ctx, b.vault) }

func (r *terminal) sayLost(ctx context.Context, v *vault.Vault) error {
	lost, err := v.Lost(ctx)
	said := map[string]bool{}
	for _, name := range lost {
		name, _, _ = strings.Cut(name, " ") // the rest says whose
		if said[name] {
			continue
		}
		said[name] = true
		r.warn("seal.enter-again", "what", r.locale.T("seal.secret."+name))
	}
	return err
}

// isBox refuses a folder that holds no box: a mistake in its name.
func isBox(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, store.FileName)); err != nil {
		return fault.Wrap(err, fault.NotFound, "check.no-box")
	}
	return nil
}

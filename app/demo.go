package app

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/demo"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/web"
)

type demoCommand struct {
	Listen string `help:"Address to listen on; only this machine's own." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Seed   uint64 `help:"Another number gives another person." default:"1"`
	Days   int    `help:"Days of data." default:"90"`
	Log    string `help:"How much to write to the log: ${enum}." enum:"debug,info,warn,error" default:"warn"`
}

// Run serves a box with an invented person until the context ends, and takes
// it away.
func (c *demoCommand) Run(ctx context.Context, r *terminal) (err error) {
	if err := loopbackOnly(c.Listen); err != nil {
		return err
	}
	b, _, done, err := temporary(ctx, r.schema)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	password, err := b.invent(ctx, c.Seed, min(max(c.Days, 1), 1830))
	if err != nil {
		return err
	}
	return b.serve(ctx, c.Listen, "", r.logger(c.Log), func(address string) error {
		r.say("demo.open", "address", address)
		r.say("demo.sign-in", "email", demoEmail, "password", password)
		r.say("demo.stop")
		return nil
	})
}

const demoEmail = "demo@example.org"

// invent fills an empty box with one person and an account that holds their
// data, and gives its password, which is another each time.
func (b *Box) invent(ctx context.Context, seed uint64, days int) (password string, err error) {
	password = strings.ToLower(rand.Text())
	account, err := b.auth.AddAccount(ctx, audit.Actor{Box: true}, audit.From{}, auth.NewAccount{Email: demoEmail, Name: "Alex Sample",
		Password: password, Admin: true})
	if err != nil {
		return "", err
	}
	of := demo.People()[0]
	zone, err := loadZone(web.BoxZone())
	if err != nil {
		return "", err
	}
	p, err := b.share.AddPerson(ctx, time.Now(), share.Viewer{Account: account}, share.NewPerson{Name: of.Name, Zone: zone.String(), Unit: "mg/dL", Owner: account})
	if err != nil {
		return "", err
	}
	now := time.Now()
	return password, b.inventData(ctx, p, of, seed, zone, now.AddDate(0, 0, -days), now)
}

// inventData brings an invented person's data in by the one door.
func (b *Box) inventData(ctx context.Context, p store.Person, of demo.Person, seed uint64, zone *time.Location, from, until time.Time) error {
	batches := func(yield func(record.Batch, error) bool) {
		for _, batch := range demo.Generate(of, seed, zone, from, until) {
			if !yield(batch, nil) {
				return
			}
		}
	}
	_, err := b.ingest.Accept(ctx, until, ingest.Import{Person: p.ID, Actor: audit.Actor{Box: true}, Zone: zone, Format: demo.Format, Label: demo.Format}, batches, nil)
	return err
}

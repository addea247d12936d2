package app

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/demo"
	"glucokeep/app/share"
	"glucokeep/app/text"
	"glucokeep/app/web"
)

// play is a demonstration: a box and the invented people in it.
type play struct {
	box   *Box
	seed  uint64
	days  int
	start time.Time

	zone     *time.Location
	cast     []*actor
	accounts []demoAccount
	behind   bool // only the last hours were made before the start
}

// demoAccount is who can sign in. The password is another at each start.
type demoAccount struct {
	says            string // catalogue key of the line that tells it
	id              int64
	email, password string
}

// invent fills the box with a family or a clinic, who write in the language of
// the console.
func (p *play) invent(ctx context.Context, clinic bool, in text.Locale) (err error) {
	if p.zone, err = loadZone(web.BoxZone()); err != nil {
		return err
	}
	members := demo.Household(p.start, p.zone)
	desk := demo.Member{Account: "demo@example.org", Person: demo.Person{Name: "Alex Sample"}}
	if clinic {
		members, p.behind = demo.Clinic(p.start, p.zone), true
		desk.Account, desk.Name = "clinic@example.org", in.T("demo.desk")
	}
	for i := range members {
		members[i].Lang = in.Lang
	}
	for i, m := range append([]demo.Member{desk}, members...) {
		if m.Account == "" {
			continue
		}
		if err := p.account(ctx, m, i == 0); err != nil {
			return err
		}
	}
	p.cast = make([]*actor, len(members))
	return together(len(members), func(i int) error {
		a, err := p.engage(ctx, members[i])
		p.cast[i] = a
		return err
	})
}

// account adds an account with a password of its own making; the first one
// also manages the box.
func (p *play) account(ctx context.Context, m demo.Member, admin bool) (err error) {
	a := demoAccount{says: "demo.sign-in-own", email: m.Account, password: strings.ToLower(rand.Text())}
	if admin {
		a.says = "demo.sign-in"
	}
	a.id, err = p.box.auth.AddAccount(ctx, audit.Actor{Box: true}, audit.From{},
		auth.NewAccount{Email: a.email, Name: m.Name, Password: a.password, Admin: admin})
	p.accounts = append(p.accounts, a)
	return err
}

// engage adds a person of the demonstration and what is known of them at the
// start.
func (p *play) engage(ctx context.Context, m demo.Member) (*actor, error) {
	a := &actor{Member: m, zone: p.zone}
	if m.Zone != "" {
		var err error
		if a.zone, err = loadZone(m.Zone); err != nil {
			return nil, err
		}
	}
	owner := p.accounts[0].id
	kept, err := p.box.share.AddPerson(ctx, p.start, share.Viewer{Account: owner},
		share.NewPerson{Name: m.Name, Zone: a.zone.String(), Unit: m.Unit.String(), Owner: owner})
	if err != nil {
		return nil, err
	}
	a.Key, a.id = kept.Key, kept.ID
	for _, own := range p.accounts[1:] {
		if own.email != m.Account {
			continue
		}
		if err := p.box.share.AddOwner(ctx, p.start, share.Viewer{Account: owner}, a.id, own.id); err != nil {
			return nil, err
		}
	}
	return a, p.past(ctx, a)
}

// writers is how many people are made at a time: more than there are
// processors, since those who wait for the disk share a commit.
const writers = 16

// together does n things, some at a time, and returns when all are done.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(writers, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = guarded(func() error { return do(i) })
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

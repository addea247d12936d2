package app

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/fault"
)

type demoCommand struct {
	Listen string `help:"Address to listen on; only this machine's own." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Clinic bool   `help:"A clinic of 500 people instead of a family of three. Their last twelve hours are there at once, the days before within a few minutes."`
	Seed   uint64 `help:"Another number gives other days. The same number gives the same on the same date." default:"1"`
	Days   int    `help:"Days of data." default:"90"`
	Speed  int    `help:"How many times as fast as usual time runs from the start on, 1 to 60: at 60 a reading comes every 5 seconds. The pages' clock runs along; sign-in keeps the true time." default:"1" placeholder:"N"`
	Log    string `help:"How much to write to the log: ${enum}." enum:"debug,info,warn,error" default:"warn"`
}

const (
	maxSpeed = 60
	maxDays  = 1830 // five years
)

// Run serves a box with invented people until the context ends, and takes it
// away.
func (c *demoCommand) Run(ctx context.Context, r *terminal) (err error) {
	at, err := loopback(c.Listen)
	if err != nil {
		return err
	}
	if c.Speed < 1 || c.Speed > maxSpeed {
		return fault.New(fault.Invalid, "demo.speed", "max", maxSpeed)
	}
	if c.Days < 1 || c.Days > maxDays {
		return fault.New(fault.Invalid, "demo.days", "max", maxDays)
	}
	b, _, done, err := temporary(ctx, r.schema)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	b.beDemo(faster(time.Now(), c.Speed))
	p := &play{box: b, seed: c.Seed, days: c.Days, start: b.clock()}
	if err := p.invent(ctx, c.Clinic, r.locale); err != nil {
		return err
	}
	b.works = append(b.works, work{"demo readings", time.Second, p.goOn})
	if p.behind {
		b.works = append(b.works, work{"demo days before", 0, func(ctx context.Context, _ time.Time) error {
			if err := p.fill(ctx); err != nil {
				return err
			}
			r.say("demo.filled", "count", p.days)
			return nil
		}})
	}
	return b.serve(ctx, at, r.logger(c.Log), func(address string) error {
		r.say("demo.open", "address", address)
		for _, a := range p.accounts {
			r.say(a.says, "email", a.email, "password", a.password)
		}
		if p.behind {
			r.say("demo.filling", "count", p.days)
		}
		r.say("demo.stop")
		return nil
	})
}

// beDemo makes a box that nobody uses yet one of made-up people. A browser keeps
// cookies by host and not by port: signing in here must not sign out of a box
// of one's own on the same machine.
func (b *Box) beDemo(clock func() time.Time) {
	b.demo, b.clock = true, clock
	b.auth.Sessions.Cookie.Name += "-demo"
}

// faster is a clock that is right at start and runs speed times as fast from
// then on.
func faster(start time.Time, speed int) func() time.Time {
	if speed == 1 {
		return time.Now // stays right when the machine sleeps
	}
	return func() time.Time { return start.Add(time.Duration(speed) * time.Since(start)) }
}

package app

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/app/store"
)

type statsCommand struct {
	dataFlag
	answerFlags
	Person string `help:"Whose figures: name or key of a person of the box." placeholder:"NAME"`
	File   string `help:"A file to read without keeping it, or - for standard input." placeholder:"FILE"`
	Zone   string `help:"Time zone of the file's device, when the file does not say; UTC if left out. With --person, the zone of the days instead of the person's own." placeholder:"ZONE"`
	From   string `help:"First day, for example 2026-03-01." placeholder:"DAY"`
	To     string `help:"Last day, included." placeholder:"DAY"`
	JSON   bool   `name:"json" help:"Print JSON; docs/stats.md says what each figure is."`
}

// Run prints figures.
func (c *statsCommand) Run(ctx context.Context, r *terminal) error {
	if c.File != "" { // also where GLUCOKEEP_PERSON names somebody
		return c.ofFile(ctx, r)
	}
	if c.Person == "" {
		return fault.New(fault.Invalid, "stats.of-whom")
	}
	return r.with(ctx, c.Data, func(b *Box) error {
		rd, scope, err := b.reader(ctx, share.View, c.Person, "console:stats")
		if err != nil {
			return err
		}
		zone := c.Zone
		if zone == "" {
			zone = scope.Person().Zone
		}
		return c.print(ctx, r, rd, zone)
	})
}

// ofFile brings the file into a box that goes away, so that its figures are
// just those that it would have once it was kept.
func (c *statsCommand) ofFile(ctx context.Context, r *terminal) (err error) {
	b, _, done, err := temporary(ctx, r.schema)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	zone, err := loadZone(c.Zone)
	if err != nil {
		return err
	}
	who, err := b.nobody(ctx)
	if err != nil {
		return err
	}
	f, err := b.intake.Open(c.File, r.In, c.options())
	if err != nil {
		return err
	}
	defer f.Close()
	found, err := b.intake.Import(ctx, time.Now(), ingest.Import{Person: who, Actor: audit.Actor{Console: true}, Zone: zone}, f,
		func(intake.Found) error { return nil })
	if err != nil {
		return err
	}
	if found.Rejected > 0 {
		r.warn("stats.rejected", "count", found.Rejected)
	}
	if found.UnitDoubt {
		r.warn("web.import.unit-doubt")
	}
	rd, _, err := b.reader(ctx, share.View, nobodyName, "console:stats")
	if err != nil {
		return err
	}
	return c.print(ctx, r, rd, zone.String())
}

func (c *statsCommand) print(ctx context.Context, r *terminal, rd *read.Reader, zone string) error {
	loc, err := loadZone(zone)
	if err != nil {
		return err
	}
	p, err := c.period(ctx, rd, loc)
	if err != nil {
		return err
	}
	d, err := report.Gather(ctx, rd, loc, p)
	if err != nil {
		return err
	}
	s := report.ComputeStats(d)
	if rd.Person().Ranges != metrics.Standard().ID {
		r.warn("stats.standard")
	}
	if c.JSON {
		return r.json(s)
	}
	l := r.locale
	l.Unit = rd.Person().Unit
	return report.WriteText(r.Out, l, s)
}

// period is from --from to --to, by default all there is.
func (c *statsCommand) period(ctx context.Context, rd *read.Reader, loc *time.Location) (p report.Period, err error) {
	first, last, _, err := rd.Span(ctx)
	if err != nil {
		return p, err
	}
	from, to := metrics.DateOf(first, loc), metrics.DateOf(last, loc)
	for _, f := range []struct {
		text string
		into *metrics.Date
	}{{c.From, &from}, {c.To, &to}} {
		if f.text == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, f.text)
		if err != nil {
			return p, fault.Wrap(err, fault.Invalid, "web.no-such-date")
		}
		*f.into = metrics.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
	}
	if c.To == "" && to.Start(loc) < from.Start(loc) { // nothing that late: an empty period, not a mistake
		to = from
	}
	if c.From == "" && to.Start(loc) < from.Start(loc) {
		from = to
	}
	if to.Start(loc) < from.Start(loc) {
		return p, fault.New(fault.Invalid, "period.backwards")
	}
	p = report.Dates(from, to, loc)
	if now := record.At(time.Now()); now > p.From { // what has not happened yet is nothing that was given
		p.Until = min(p.Until, now)
	}
	return p, nil
}

// nobodyName is the person of a box that goes away.
const nobodyName = "nobody"

// nobody makes a person in a box that goes away, held by an account that can
// never sign in.
func (b *Box) nobody(ctx context.Context) (id int64, err error) {
	err = b.db.Write(ctx, func(tx *store.Tx) error {
		now := time.Now()
		account, err := tx.AddAccount(store.Account{Key: store.NewKey(), Email: "nobody@invalid", Name: nobodyName, Created: record.At(now)})
		if err != nil {
			return err
		}
		p, err := b.share.AddPersonIn(tx, now, console(), share.NewPerson{Name: nobodyName, Zone: "UTC", Unit: "mg/dL", Owner: account})
		id = p.ID
		return err
	})
	return id, err
}

package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/format"
	"glucokeep/app/ingest"
	"glucokeep/app/intake"
	"glucokeep/app/record"
	"glucokeep/app/share"
)

// answerFlags are the person's answers to what a file does not say.
type answerFlags struct {
	Format        string            `help:"Read the file as this format instead of recognising it; see docs/formats.md." placeholder:"ID"`
	DateOrder     string            `help:"Order of dates when the file does not decide it: dmy, mdy or ymd." enum:",dmy,mdy,ymd" default:""`
	Unit          string            `help:"Unit of glucose when no heading says it: mg/dL or mmol/L." enum:",mg/dL,mmol/L" default:""`
	ExchangeGrams float64           `help:"Grams of carbohydrate in one exchange, for pumps that count exchanges." placeholder:"G"`
	Column        map[string]string `help:"Which column of an unknown table is what, for example time=When;glucose=Sugar." mapsep:";" placeholder:"OURS=THEIRS"`
}

func (a answerFlags) options() format.Options {
	return format.Options{Format: a.Format, DateOrder: format.DateOrder(a.DateOrder), Unit: a.Unit, GramsPerExchange: a.ExchangeGrams, Columns: a.Column}
}

type importCommand struct {
	dataFlag
	answerFlags
	File           string `arg:"" help:"The exported file, or - for standard input."`
	Person         string `help:"Whose data it is: name or key. May be left out when the box keeps one person, and with --dry-run." placeholder:"NAME"`
	Zone           string `help:"Time zone of the device, when the file does not say; usually the person's." placeholder:"ZONE"`
	DryRun         bool   `help:"Say what the file holds and keep nothing."`
	AcceptRejected bool   `help:"Keep the good rows although others cannot be used."`
	JSON           bool   `name:"json" help:"Print JSON."`
}

// Run brings a file in.
func (c *importCommand) Run(ctx context.Context, r *terminal) error {
	if c.DryRun && c.Person == "" { // looking needs no box
		b, _, done, err := temporary(ctx, r.schema)
		if err != nil {
			return err
		}
		return errors.Join(c.run(ctx, r, b, ingest.Import{}), done())
	}
	return r.with(ctx, c.Data, func(b *Box) error {
		p, err := b.importFor(ctx, c.Person)
		if err != nil {
			return err
		}
		if c.Zone == "" {
			c.Zone = p.Zone
		}
		return c.run(ctx, r, b, ingest.Import{Person: p.ID})
	})
}

// person is as much of a person as an import needs.
type person struct {
	ID   int64
	Zone string
}

// importFor finds whom an import is for: the one named, or the only one.
func (b *Box) importFor(ctx context.Context, name string) (person, error) {
	now := time.Now()
	if name == "" {
		scopes, err := b.share.Persons(ctx, console(), now)
		if err != nil {
			return person{}, err
		}
		if len(scopes) != 1 {
			return person{}, fault.New(fault.Invalid, "import.which-person", "count", len(scopes))
		}
		name = scopes[0].Person().Key
	}
	key, err := b.share.ByName(ctx, console(), name, now)
	if err != nil {
		return person{}, err
	}
	scope, err := b.share.Scope(ctx, console(), share.Import, key, now)
	p := scope.Person()
	return person{p.ID, p.Zone}, err
}

func (c *importCommand) run(ctx context.Context, r *terminal, b *Box, imp ingest.Import) error {
	zone, err := loadZone(c.Zone)
	if err != nil {
		return err
	}
	if g := c.ExchangeGrams; g != 0 && !(g >= 1 && g <= 100) {
		return fault.New(fault.Invalid, "web.import.grams")
	}
	f, err := b.intake.Open(c.File, r.In, c.options())
	if err != nil {
		return err
	}
	defer f.Close()
	if imp.Person == 0 { // a dry run without a box
		if imp.Person, err = b.nobody(ctx); err != nil {
			return err
		}
	}
	imp.Actor, imp.Zone = audit.Actor{Console: true}, zone
	if c.DryRun {
		found, err := b.intake.Preview(ctx, time.Now(), imp, f)
		if err != nil {
			return err
		}
		return c.report(r, found, zone, false)
	}
	found, err := b.intake.Import(ctx, time.Now(), imp, f, func(found intake.Found) error {
		if found.UnitDoubt && !c.AcceptRejected {
			return errors.Join(c.report(r, found, zone, false), fault.New(fault.Invalid, "import.unit-doubt"))
		}
		if found.Rejected > 0 && !c.AcceptRejected {
			return errors.Join(c.report(r, found, zone, false), fault.New(fault.Invalid, "import.rejects-console", "count", found.Rejected))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.report(r, found, zone, true)
}

func loadZone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fault.New(fault.Invalid, "person.zone-unknown")
	}
	return loc, nil
}

// importJSON is what import prints for programs.
type importJSON struct {
	Format   string         `json:"format"`
	Kept     bool           `json:"kept"`
	Upload   string         `json:"upload,omitempty"`
	Counts   map[string]int `json:"counts"`
	First    string         `json:"first"`
	Last     string         `json:"last"`
	New      int            `json:"new"`
	Known    int            `json:"known"`
	Repeated int            `json:"repeated"`
	Clashing int            `json:"clashing"`
	Replaced int            `json:"replaced"`
	Rejected []rejectJSON   `json:"rejected"`
	Rejects  int            `json:"rejected_count"` // all of them; the list holds the first
	Warnings []string       `json:"warnings"`
}

type rejectJSON struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

// report says what was found, for people or programs.
func (c *importCommand) report(r *terminal, found intake.Found, zone *time.Location, kept bool) error {
	at := func(m record.Millis) string {
		if found.First == 0 && found.Last == 0 {
			return ""
		}
		return m.Time().In(zone).Format(time.RFC3339)
	}
	warnings := warningsOf(r, found)
	if c.JSON {
		out := importJSON{Format: found.Format.ID, Kept: kept, Counts: found.Counts, First: at(found.First), Last: at(found.Last),
			New: found.New, Known: found.Known, Repeated: found.Repeated, Clashing: found.Clashing, Replaced: found.Replaced, Rejected: []rejectJSON{}, Rejects: found.Rejected, Warnings: warnings}
		if kept {
			out.Upload = found.Upload
		}
		for _, j := range found.Rejects {
			out.Rejected = append(out.Rejected, rejectJSON{Line: j.Line, Column: j.Column, Reason: r.locale.T(j.Key, j.Args...)})
		}
		return r.json(out)
	}
	r.say("import.format", "format", found.Format.Name)
	if !found.Format.Proven {
		r.say("import.constructed")
	}
	if len(found.Sources) > 1 {
		for _, src := range found.Sources {
			device := src.Device
			if device == "" {
				device = r.locale.T("web.import.device-unnamed")
			}
			fmt.Fprintf(r.Out, "  %s %s\n", device, src.Serial)
		}
	}
	for _, name := range found.Kinds() {
		fmt.Fprintf(r.Out, "  %7s  %s\n", r.locale.Integer(found.Counts[name]), r.locale.T("web.kind."+name))
	}
	if found.First != 0 || found.Last != 0 {
		r.say("import.span", "first", r.locale.DateTime(found.First.Time().In(zone)), "last", r.locale.DateTime(found.Last.Time().In(zone)), "zone", zone.String())
	}
	r.say("import.counts", "new", r.locale.Integer(found.New+found.Replaced), "known", r.locale.Integer(found.Known), "rejected", r.locale.Integer(found.Rejected))
	for _, j := range found.Rejects[:min(len(found.Rejects), 20)] {
		fmt.Fprintln(r.Out, "  "+rejectLine(r, j))
	}
	if more := found.Rejected - 20; more > 0 {
		r.say("preview.more", "count", more)
	}
	for _, w := range warnings {
		fmt.Fprintln(r.Out, "! "+w)
	}
	if c.DryRun {
		r.say("import.nothing-kept")
	}
	return nil
}

func rejectLine(r *terminal, j record.Reject) string {
	var where []string
	if j.Line > 0 {
		where = append(where, r.locale.T("import.line", "line", strconv.Itoa(j.Line)))
	}
	if j.Column != "" {
		where = append(where, j.Column)
	}
	where = append(where, r.locale.T(j.Key, j.Args...))
	return strings.Join(where, ": ")
}

func warningsOf(r *terminal, found intake.Found) []string {
	out := found.Warnings(r.locale.T)
	if found.Exchanges > 0 {
		out = append(out, r.locale.T("import.exchanges", "count", found.Exchanges))
	}
	return out
}

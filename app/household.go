package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/app/share"
)

type accountCommand struct {
	Add      accountAddCommand      `cmd:"" help:"Let somebody sign in."`
	List     accountListCommand     `cmd:"" help:"List who can sign in."`
	Password accountPasswordCommand `cmd:"" help:"Give an account another password and end its sessions."`
	Reset    accountResetCommand    `cmd:"" help:"Let somebody in again who lost their password or second factor: prints a link by which they set a new password and lose the second factors. The owner's security page says so for good. Stop the box first."`
}

type accountAddCommand struct {
	dataFlag
	Email         string `required:"" help:"E-mail address to sign in with."`
	Name          string `required:"" help:"Name as others see it."`
	Admin         bool   `help:"May manage the box. That alone lets nobody see data."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input, one line, so that it stands in no history."`
	JSON          bool   `name:"json" help:"Print JSON."`
}

// Run adds an account.
func (c *accountAddCommand) Run(ctx context.Context, r *terminal) error {
	password, err := r.line()
	if err != nil {
		return err
	}
	return r.open(ctx, c.Data, func(b *Box) error {
		_, err := b.auth.AddAccount(ctx, audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: c.Email, Name: c.Name,
			Password: password, Admin: c.Admin, Lang: r.locale.Lang})
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(map[string]any{"email": c.Email, "name": c.Name, "admin": c.Admin})
		}
		r.say("account.added")
		return nil
	})
}

type accountPasswordCommand struct {
	dataFlag
	Email         string `required:"" help:"Whose password."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input, one line, so that it stands in no history."`
}

// Run replaces a password.
func (c *accountPasswordCommand) Run(ctx context.Context, r *terminal) error {
	password, err := r.line()
	if err != nil {
		return err
	}
	return r.with(ctx, c.Data, func(b *Box) error {
		if err := b.auth.ResetPassword(ctx, audit.Actor{Console: true}, audit.From{}, c.Email, password); err != nil {
			return err
		}
		r.say("account.password-set")
		return nil
	})
}

type accountResetCommand struct {
	dataFlag
	Email   string `required:"" help:"Whose account."`
	BaseURL string `help:"Address under which people open the box." default:"http://127.0.0.1:8080" placeholder:"URL"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Run makes the link of a reset.
func (c *accountResetCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		path, err := b.auth.MakeReset(ctx, audit.Actor{Console: true}, c.Email)
		if err != nil {
			return err
		}
		link := strings.TrimSuffix(c.BaseURL, "/") + path
		if c.JSON {
			return r.json(map[string]any{"email": c.Email, "link": link})
		}
		r.say("reset.link")
		fmt.Fprintln(r.Out, link)
		r.say("reset.marked")
		return nil
	})
}

// line reads one line of standard input.
func (r *terminal) line() (string, error) {
	line, err := bufio.NewReader(r.In).ReadString('\n')
	if err != nil && line == "" {
		return "", fault.Wrap(err, fault.Invalid, "account.no-password")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type accountListCommand struct {
	dataFlag
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the accounts.
func (c *accountListCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		list, err := b.db.Accounts(ctx)
		if err != nil {
			return err
		}
		out := []map[string]any{}
		for _, a := range list {
			out = append(out, map[string]any{"email": a.Email, "name": a.Name, "admin": a.Admin, "created": a.Created.Time().Format(time.RFC3339)})
		}
		return r.list(c.JSON, out, "email", "name", "admin", "created")
	})
}

type personCommand struct {
	Add  personAddCommand  `cmd:"" help:"Start to keep somebody's data."`
	List personListCommand `cmd:"" help:"List whose data is kept."`
	Set  personSetCommand  `cmd:"" help:"Change a person's name, time zone, unit, ranges or night."`
}

type personAddCommand struct {
	dataFlag
	Name  string `required:"" help:"Name as others see it."`
	Zone  string `required:"" help:"Time zone of their days, for example Europe/Berlin."`
	Unit  string `default:"mg/dL" enum:"mg/dL,mmol/L" help:"Unit of glucose on their pages: ${enum}."`
	Owner string `required:"" placeholder:"EMAIL" help:"Account that holds the data and decides who sees it."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// Run adds a person.
func (c *personAddCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		owner, err := b.auth.AccountByEmail(ctx, c.Owner)
		if err != nil {
			return err
		}
		p, err := b.share.AddPerson(ctx, time.Now(), console(), share.NewPerson{Name: c.Name, Zone: c.Zone, Unit: c.Unit, Owner: owner})
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(map[string]any{"key": p.Key, "name": p.Name, "zone": p.Zone, "unit": p.Unit})
		}
		r.say("person.added", "key", p.Key)
		return nil
	})
}

type personListCommand struct {
	dataFlag
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the persons.
func (c *personListCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		scopes, err := b.share.Persons(ctx, console(), time.Now())
		if err != nil {
			return err
		}
		out := []map[string]any{}
		for _, s := range scopes {
			p := s.Person()
			out = append(out, map[string]any{"key": p.Key, "name": p.Name, "zone": p.Zone, "unit": p.Unit, "ranges": p.Ranges})
		}
		return r.list(c.JSON, out, "name", "zone", "unit", "ranges", "key")
	})
}

// with opens the box in dir for one command. A folder that holds no box is a
// mistake in its name.
func (r *terminal) with(ctx context.Context, dir string, do func(*Box) error) error {
	if err := isBox(dir); err != nil {
		return err
	}
	return r.open(ctx, dir, do)
}

// open is with for a command that may make the box.
func (r *terminal) open(ctx context.Context, dir string, do func(*Box) error) (err error) {
	b, err := Open(ctx, dir, r.keyFile, r.schema, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	r.warnCut(b)
	return do(b)
}

// warnCut says that lines were cut off the ledger, to whoever opened the box
// first since then.
func (r *terminal) warnCut(b *Box) {
	if b.cut != nil {
		r.warn("serve.ledger-cut", "line", b.cut.Seq)
	}
}

// look is with for a command that changes nothing: also of a box whose key is
// another box's, so that somebody can find out.
func (r *terminal) look(ctx context.Context, dir string, do func(*Box) error) (err error) {
	if err := isBox(dir); err != nil {
		return err
	}
	b, err := look(ctx, dir, r.keyFile, r.schema, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return do(b)
}

// json prints v for programs.
func (r *terminal) json(v any) error {
	e := json.NewEncoder(r.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

// list prints rows as JSON or as a table with the given columns.
func (r *terminal) list(asJSON bool, rows []map[string]any, columns ...string) error {
	if asJSON {
		return r.json(rows)
	}
	w := tabwriter.NewWriter(r.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ToUpper(strings.Join(columns, "\t")))
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = fmt.Sprint(row[c])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

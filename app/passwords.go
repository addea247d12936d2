package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/password"
	"glucokeep/app/store"
)

type passwordsCommand struct {
	Update    passwordsUpdateCommand    `cmd:"" help:"Give the box a list of published passwords: a plain one, one a line, or the public download of breached hashes (SHA1:count). A running box uses it at once."`
	List      passwordsListCommand      `cmd:"" help:"Say which lists of published passwords are in use, and of when."`
	Calibrate passwordsCalibrateCommand `cmd:"" help:"Measure this machine and choose how much work a password hash is, for example after the box moved to another one. Stop the box first."`
}

type passwordsUpdateCommand struct {
	dataFlag
	File string `arg:"" help:"The list; - reads standard input, for example of a program that unpacks it."`
	Seen int64  `help:"Of breached hashes, leave out what was seen fewer times. The full list takes 8 bytes for each." default:"1" placeholder:"N"`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run brings in a list.
func (c *passwordsUpdateCommand) Run(ctx context.Context, r *terminal) error {
	src := password.Source{Reader: r.In, Name: "standard input", Seen: c.Seen}
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fault.Wrap(err, fault.NotFound, "passwords.no-file")
		}
		defer f.Close()
		src.Reader, src.Name = f, filepath.Base(c.File)
	}
	if _, err := os.Stat(filepath.Join(c.Data, store.FileName)); err != nil {
		return fault.Wrap(err, fault.NotFound, "check.no-box")
	}
	// The database stays closed: a running box has it, and notices the list.
	u, err := password.InFolder(c.Data).Update(ctx, src, time.Now())
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(map[string]any{"kind": u.Kind, "count": u.Count, "lines": u.Lines, "short": u.Short, "again": u.Again, "seldom": u.Few})
	}
	r.say("passwords.updated", "count", u.Count, "lines", u.Lines)
	r.say("passwords.at-once")
	return nil
}

type passwordsListCommand struct {
	dataFlag
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the lists.
func (c *passwordsListCommand) Run(_ context.Context, r *terminal) error {
	in, err := password.InFolder(c.Data).InUse()
	if err != nil {
		return err
	}
	out := []map[string]any{}
	for _, l := range in {
		file := l.File
		if file == "" {
			file = r.locale.T("passwords.in-program")
		}
		out = append(out, map[string]any{"kind": l.Kind, "count": l.Count, "made": l.Made.Format(time.DateOnly), "from": l.From, "file": file})
	}
	return r.list(c.JSON, out, "kind", "count", "made", "from", "file")
}

type passwordsCalibrateCommand struct{ dataFlag }

// Run measures the machine.
func (c *passwordsCalibrateCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		cost, err := b.auth.Calibrate(ctx, audit.Actor{Console: true})
		if err != nil {
			return err
		}
		r.say("passwords.calibrated", "ms", cost.Took.Milliseconds(), "mib", cost.MemoryMiB, "passes", cost.Passes)
		return nil
	})
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/report"
	"glucokeep/app/share"
)

type dumpCommand struct {
	dataFlag
	Person string `required:"" placeholder:"NAME" help:"Whose data: name or key."`
	Out    string `required:"" placeholder:"FILE" help:"Zip file to write; - is standard output."`
}

// Run writes all data of a person and says beside the output how much it was.
func (c *dumpCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		var rows map[string]int
		err := c.open(r, func(w io.Writer) (err error) {
			rows, err = c.write(ctx, b, w)
			return err
		})
		if err != nil {
			return err
		}
		others := 0
		for name, n := range rows {
			if name != "glucose.csv" && name != "person.csv" {
				others += n
			}
		}
		fmt.Fprintln(r.Err, r.locale.T("dump.written", "readings", rows["glucose.csv"], "records", others))
		return nil
	})
}

// open hands the place to write to: standard output, or a file of its own,
// which goes away again when it could not be written whole.
func (c *dumpCommand) open(r *terminal, write func(io.Writer) error) error {
	if c.Out == "-" {
		return write(r.Out)
	}
	// Not over a file that is there, and readable by its owner alone.
	f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Conflict, "dump.cannot-write")
	}
	if err = errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(c.Out))
	}
	return nil
}

func (c *dumpCommand) write(ctx context.Context, b *Box, w io.Writer) (rows map[string]int, err error) {
	rd, scope, err := b.reader(ctx, share.Export, c.Person, "console:dump")
	if err != nil {
		return nil, err
	}
	loc, err := loadZone(scope.Person().Zone)
	if err != nil {
		return nil, err
	}
	from, until, _, err := rd.Extent(ctx)
	if err != nil {
		return nil, err
	}
	return report.WriteArchive(ctx, w, rd, loc, report.Period{From: from, Until: until}, time.Now(), Version())
}

package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/store"
)

type checkCommand struct {
	dataFlag
	JSON bool `name:"json" help:"Print JSON."`
}

// Run looks whether the box is sound.
func (c *checkCommand) Run(ctx context.Context, r *terminal) error {
	return r.look(ctx, c.Data, func(b *Box) error {
		out, err := b.health.Check(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			err = r.json(out)
		} else {
			r.say("check.counted", "pages", r.locale.Integer(out.Pages), "records", r.locale.Integer(out.Records), "lines", r.locale.Integer(int(out.Ledger)))
			for _, f := range out.Findings {
				fmt.Fprintln(r.Out, "! "+r.locale.T("check."+f.What, "where", f.Where))
			}
			if out.Sound {
				r.say("check.sound")
				r.say("check.covers")
			}
		}
		if err == nil && !out.Sound {
			err = fault.New(fault.Conflict, "check.unsound", "count", len(out.Findings))
		}
		return err
	})
}

type sqlCommand struct {
	dataFlag
	Query string `arg:"" help:"A SELECT; docs/data-model.md lists the tables. Readings are rows of the view glucose."`
}

// Run answers a question in SQL as CSV.
func (c *sqlCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		err := b.db.Write(ctx, func(tx *store.Tx) error {
			return b.ledger.Append(tx, time.Now(), audit.Event{Actor: audit.Actor{Console: true}, Action: audit.BoxQueried})
		})
		if err != nil {
			return err
		}
		w := csv.NewWriter(r.Out)
		headed := false
		err = b.db.Select(ctx, c.Query, func(columns []string, values []any) error {
			if !headed {
				headed = true
				if err := w.Write(columns); err != nil {
					return err
				}
			}
			row := make([]string, len(values))
			for i, v := range values {
				if v != nil {
					row[i] = fmt.Sprint(v)
				}
			}
			return w.Write(row)
		})
		w.Flush()
		return errors.Join(err, w.Error())
	})
}

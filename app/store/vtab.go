package store

import (
	"errors"
	"strings"
	"sync"

	"modernc.org/sqlite/vtab"

	"glucokeep/app/record"
)

// registerPages makes the table-valued function glucose_page(page, day) known
// to the driver, once for the process: the driver's names are global and it
// refuses a second registration.
var registerPages = sync.OnceValue(func() error { return vtab.RegisterModule(nil, "glucokeep_page", pageModule{}) })

type pageModule struct{}

// The columns of glucose_page; page and day, hidden, are its arguments.
var pageTable = []string{"at_ms INTEGER", "value REAL", "unit TEXT", "mg_dl REAL", "flag TEXT", "scan INTEGER", "trend INTEGER",
	"offset_min INTEGER", "quality INTEGER", "received_ms INTEGER", "modified_ms INTEGER", "upload INTEGER", "deleted INTEGER",
	"page BLOB HIDDEN", "day INTEGER HIDDEN"}

const (
	pageArgument = 13
	dayArgument  = 14
)

func (pageModule) Create(ctx vtab.Context, args []string) (vtab.Table, error) {
	return pageModule{}.Connect(ctx, args)
}

func (pageModule) Connect(ctx vtab.Context, _ []string) (vtab.Table, error) {
	// SQLITE_VTAB_INNOCUOUS: decoding a blob is safe inside a view, which
	// trusted_schema(0) otherwise refuses.
	if err := ctx.Config(2); err != nil {
		return nil, err
	}
	return pageRows{}, ctx.Declare("CREATE TABLE x(" + strings.Join(pageTable, ", ") + ")")
}

type pageRows struct{}

func (pageRows) BestIndex(info *vtab.IndexInfo) error {
	found := 0
	for i := range info.Constraints {
		c := &info.Constraints[i]
		if c.Usable && c.Op == vtab.OpEQ && (c.Column == pageArgument || c.Column == dayArgument) {
			c.ArgIndex, c.Omit = c.Column-pageArgument, true
			found++
		}
	}
	info.EstimatedCost, info.EstimatedRows = 300, 300
	if found < 2 {
		info.EstimatedCost = 1e18 // without its arguments it gives no rows
		for i := range info.Constraints {
			info.Constraints[i].ArgIndex = -1
		}
		return nil
	}
	info.IdxNum = 1
	return nil
}

func (pageRows) Open() (vtab.Cursor, error) { return &pageCursor{}, nil }
func (pageRows) Disconnect() error          { return nil }
func (pageRows) Destroy() error             { return nil }

type pageCursor struct {
	es []Entry
	i  int
}

func (c *pageCursor) Filter(idxNum int, _ string, args []vtab.Value) (err error) {
	c.es, c.i = nil, 0
	if idxNum != 1 || len(args) != 2 {
		return nil
	}
	page, ok1 := args[0].([]byte)
	day, ok2 := args[1].(int64)
	if !ok1 || !ok2 {
		return errors.New("glucose_page wants (page, day)")
	}
	c.es, err = decodePage(day, page)
	return err
}

func (c *pageCursor) Next() error           { c.i++; return nil }
func (c *pageCursor) Eof() bool             { return c.i >= len(c.es) }
func (c *pageCursor) Rowid() (int64, error) { return int64(c.i), nil }
func (c *pageCursor) Close() error          { return nil }

func (c *pageCursor) Column(col int) (vtab.Value, error) {
	e := &c.es[c.i]
	switch col {
	case 0:
		return int64(e.At), nil
	case 1:
		return e.Value.Native(), nil
	case 2:
		return e.Value.Unit.String(), nil
	case 3:
		return float64(e.Value.MgDL()), nil
	case 4:
		return flagWord(e.Flags), nil
	case 5:
		return truth(e.Flags.Has(record.Scan)), nil
	case 6:
		return int64(e.Trend), nil
	case 7:
		return int64(e.Offset), nil
	case 8:
		return int64(e.Quality), nil
	case 9:
		return int64(e.Received), nil
	case 10:
		return int64(e.Modified), nil
	case 11:
		return e.Upload, nil
	case 12:
		return truth(e.Deleted), nil
	}
	return nil, nil
}

func flagWord(f record.Flags) string {
	switch {
	case f.Has(record.BelowRange):
		return "below"
	case f.Has(record.AboveRange):
		return "above"
	}
	return ""
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"glucokeep/app/record"
)

// LogKinds are the kinds of record that the care log shows. Doses come last:
// among those of a closed loop the few of a person are the longest to find.
var LogKinds = []record.Kind{record.KindNote, record.KindActivity, record.KindCarbs, record.KindFingerstick, record.KindDose}

// LogRow is a record as the care log shows it.
type LogRow struct {
	Stored
	From   Source
	Author string // name of the account that wrote it; "" when nobody here did
	ByHand bool   // written on a page of this box, not brought by a file or device
}

// LogFilter says which records of the care log are wanted.
type LogFilter struct {
	Kinds  []record.Kind // nil is LogKinds
	ByHand bool          // only what was written here
	Since  record.Millis // only from then on; 0 is no limit
}

const writtenHere = `EXISTS (SELECT 1 FROM upload AS u WHERE u.id = r.upload AND u.format = '` + record.LogFormat + `')`

// LogRows lists records of the care log in [from, until], newest first, at
// most limit of them after the first skip of those at until itself. What a
// device gave by itself, every five minutes on some, is not among them.
func (db *DB) LogRows(ctx context.Context, person int64, f LogFilter, from, until record.Millis, skip, limit int) ([]LogRow, error) {
	kinds := f.Kinds
	if kinds == nil {
		kinds = LogKinds
	}
	if f.Since != 0 {
		from = max(from, f.Since)
	}
	// What was written here is little among much, so it is found by its sources
	// and not by time.
	sources := []int64{0}
	if f.ByHand {
		list, err := db.Sources(ctx, person)
		if err != nil {
			return nil, err
		}
		sources = nil
		for _, s := range list {
			if s.Format == record.LogFormat {
				sources = append(sources, s.ID)
			}
		}
	}
	var all []Stored
	for _, k := range kinds {
		where, order := `r.person = ? AND r.kind = ? AND r.at_ms >= ? AND r.at_ms <= ?`, ` ORDER BY r.at_ms DESC, r.id DESC LIMIT ?`
		if f.ByHand { // + keeps SQLite from the index by time
			where = `r.person = ? AND r.kind = ? AND +r.at_ms >= ? AND +r.at_ms <= ? AND r.source = ? AND ` + writtenHere
			order = ` ORDER BY +r.at_ms DESC, r.id DESC LIMIT ?`
		}
		if k == record.KindDose {
			where += ` AND k.automated = 0`
		}
		for _, source := range sources {
			args := []any{person, string(k), int64(from), int64(until)}
			if f.ByHand {
				args = append(args, source)
			}
			list, err := records(ctx, db, k, where+order, append(args, skip+limit)...)
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
		}
		slices.SortFunc(all, func(a, b Stored) int {
			return cmp.Or(cmp.Compare(b.Base().At, a.Base().At), cmp.Compare(b.ID, a.ID))
		})
		if n := skip + limit; len(all) > n { // the page is full: what is older is not on it
			from = max(from, all[n-1].Base().At)
		}
	}
	for skip > 0 && len(all) > 0 && all[0].Base().At == until {
		all, skip = all[1:], skip-1
	}
	return logRows(ctx, db, all[:min(limit, len(all))])
}

// logRows adds to records where they came from and who wrote them.
func logRows(ctx context.Context, r reader, list []Stored) ([]LogRow, error) {
	froms, authors, byHand := map[int64]Source{}, map[string]string{}, map[int64]bool{}
	out := make([]LogRow, len(list))
	for i, s := range list {
		from, ok := froms[s.Source]
		if !ok {
			err := rows(ctx, r, func(rs *sql.Rows) (err error) {
				from, err = scanSource(rs)
				return err
			}, `SELECT `+sourceColumns+` FROM source WHERE id = ?`, s.Source)
			if err != nil {
				return nil, err
			}
			froms[s.Source] = from
		}
		out[i] = LogRow{Stored: s, From: from}
		if from.Format != record.LogFormat {
			continue
		}
		here, ok := byHand[s.Upload]
		if !ok {
			err := row(ctx, r, `SELECT format = '`+record.LogFormat+`' FROM upload WHERE id = ?`, []any{s.Upload}, &here)
			if err != nil {
				return nil, err
			}
			byHand[s.Upload] = here
		}
		if out[i].ByHand = here; !here { // a file can claim any author
			continue
		}
		name, ok := authors[from.Serial]
		if !ok {
			err := row(ctx, r, `SELECT name FROM account WHERE key = ?`, []any{from.Serial}, &name)
			if err != nil && !errors.Is(err, ErrNone) {
				return nil, err
			}
			authors[from.Serial] = name
		}
		out[i].Author = name
	}
	return out, nil
}

const ofLog = `r.person = ? AND r.kind = ? AND r.key = ? AND r.source IN (SELECT s.id FROM source AS s WHERE s.person = r.person AND s.format = '` +
	record.LogFormat + `')`

func logEntry(ctx context.Context, r reader, person int64, key string) (LogRow, error) {
	for _, k := range LogKinds {
		list, err := records(ctx, r, k, ofLog, person, string(k), key)
		if err != nil {
			return LogRow{}, err
		}
		if len(list) > 0 {
			return one(logRows(ctx, r, list[:1]))
		}
	}
	return LogRow{}, ErrNone
}

// LogEntry finds what somebody wrote into a person's care log, by its key;
// ErrNone if it is not there or was removed.
func (db *DB) LogEntry(ctx context.Context, person int64, key string) (LogRow, error) {
	return logEntry(ctx, db, person, key)
}

// LogEntry finds what somebody wrote into a person's care log, by its key;
// ErrNone if it is not there or was removed.
func (tx *Tx) LogEntry(person int64, key string) (LogRow, error) {
	return logEntry(context.Background(), tx, person, key)
}

// LogNear lists a person's records of one of LogKinds in [from, until], also
// those of devices but not the doses that a device gave by itself.
func (tx *Tx) LogNear(person int64, k record.Kind, from, until record.Millis) ([]LogRow, error) {
	ctx := context.Background()
	own := ``
	if k == record.KindDose {
		own = ` AND k.automated = 0`
	}
	list, err := records(ctx, tx, k, `r.person = ? AND r.kind = ? AND r.at_ms >= ? AND r.at_ms <= ?`+own+` ORDER BY r.at_ms, r.id`,
		person, string(k), int64(from), int64(until))
	if err != nil {
		return nil, err
	}
	return logRows(ctx, tx, list)
}

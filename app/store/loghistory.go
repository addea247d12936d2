package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"glucokeep/app/record"
)

// RemoveRecord takes a record away and keeps it as a revision.
func (tx *Tx) RemoveRecord(person, account, upload int64, old Stored, at record.Millis) error {
	original, err := json.Marshal(old.Record)
	if err != nil {
		return err
	}
	err = tx.AddRevision(Revision{Person: person, Kind: string(old.Kind()), Source: old.Source, Record: old.Base().Key, Act: Removed,
		Original: string(original), Received: old.Received, Upload: upload, Account: account, Changed: at})
	if err != nil {
		return err
	}
	return tx.exec(`DELETE FROM record WHERE id = ?`, old.ID)
}

// original is the record that stood there before r, nil for one that was
// restored.
func (r Revision) original() (record.Record, error) {
	t, err := tableOf(record.Kind(r.Kind))
	if err != nil || r.Act == Restored {
		return nil, err
	}
	rec, _ := t.fresh()
	if err := json.Unmarshal([]byte(r.Original), rec); err != nil {
		return nil, fmt.Errorf("damaged revision")
	}
	return rec, nil
}

// LogRevision is what stood in the care log before somebody changed it.
type LogRevision struct {
	Revision
	Was record.Record // nil when nothing stood there: it was restored
}

func logRevisions(ctx context.Context, r reader, where string, args ...any) ([]LogRevision, error) {
	list, err := revisions(ctx, r, where, args...)
	if err != nil {
		return nil, err
	}
	out := make([]LogRevision, len(list))
	for i, v := range list {
		was, err := v.original()
		if err != nil {
			return nil, err
		}
		out[i] = LogRevision{Revision: v, Was: was}
	}
	return out, nil
}

const ofLogRevision = `v.person = ? AND v.kind = ? AND v.record = ? AND v.source IN (SELECT s.id FROM source AS s WHERE s.person = v.person AND s.format = '` +
	record.LogFormat + `') ORDER BY v.id DESC`

func logHistory(ctx context.Context, r reader, person int64, key string) (out []LogRevision, err error) {
	for _, k := range LogKinds {
		list, err := logRevisions(ctx, r, ofLogRevision, person, string(k), key)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

// LogHistory lists what was done to an entry of the care log, newest first.
func (db *DB) LogHistory(ctx context.Context, person int64, key string) ([]LogRevision, error) {
	return logHistory(ctx, db, person, key)
}

// LogHistory lists what was done to an entry of the care log, newest first.
func (tx *Tx) LogHistory(person int64, key string) ([]LogRevision, error) {
	return logHistory(context.Background(), tx, person, key)
}

// LogRemovals lists the entries of a person's care log that were removed since
// then and are not back, the last removed first.
func (db *DB) LogRemovals(ctx context.Context, person int64, since record.Millis, limit int) ([]LogRevision, error) {
	return logRevisions(ctx, db, `v.person = ? AND v.act = 'removed' AND v.changed_ms >= ?
		AND EXISTS (SELECT 1 FROM source AS s WHERE s.id = v.source AND s.format = '`+record.LogFormat+`')
		AND NOT EXISTS (SELECT 1 FROM revision AS w WHERE w.person = v.person AND w.kind = v.kind AND w.record = v.record AND w.source = v.source AND w.id > v.id)
		ORDER BY v.id DESC LIMIT ?`, person, int64(since), limit)
}

// LogRemoved reports whether the last thing that was done to a record of the
// care log is that somebody removed it.
func (tx *Tx) LogRemoved(person, source int64, k record.Kind, key string) (bool, error) {
	var act string
	err := row(context.Background(), tx, `SELECT act FROM revision WHERE person = ? AND kind = ? AND record = ? AND source = ? ORDER BY id DESC LIMIT 1`,
		[]any{person, string(k), key, source}, &act)
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	return RevisionAct(act) == Removed, err
}

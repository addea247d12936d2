package store

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"time"

	"glucokeep/app/record"
)

// BreakForTest ends the transaction behind the writer's back, as SQLite does
// by itself when the disk is full.
func (tx *Tx) BreakForTest() error {
	if err := tx.exec("ROLLBACK"); err != nil {
		return err
	}
	return errors.New("disk full")
}

// ExecForTest runs any statement.
func (tx *Tx) ExecForTest(q string, args ...any) error { return tx.exec(q, args...) }

// WaitForQueueForTest returns when n writers wait for their turn.
func (db *DB) WaitForQueueForTest(n int) {
	for {
		db.mu.Lock()
		k := len(db.queue)
		db.mu.Unlock()
		if k >= n {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Page codec for tests.
var (
	EncodePage     = encodePage
	DecodePage     = decodePage
	AppendReadings = appendReadings
	SortEntries    = sortEntries
	EncodeBasals   = encodeBasals
	DecodeBasals   = decodeBasals
)

// BasalRowsForTest is Basals from the records themselves.
func (db *DB) BasalRowsForTest(ctx context.Context, person int64, from, until record.Millis) ([]*record.Basal, error) {
	return basalRows(ctx, db, person, from, until)
}

// Checksummed puts the right checksum at the end of page.
func Checksummed(page []byte) []byte {
	if len(page) < 4 {
		return page
	}
	body := slices.Clone(page[:len(page)-4])
	return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, castagnoli))
}

// StepsForTest puts other migration steps in place until the function that it
// gives is called.
func StepsForTest(text ...string) func() {
	was := steps
	steps = text
	return func() { steps = was }
}

// RecordsForTest lists all records of a kind.
func (tx *Tx) RecordsForTest(person int64, k record.Kind) ([]Stored, error) {
	return records(context.Background(), tx, k, `r.person = ? AND r.kind = ? ORDER BY r.id`, person, string(k))
}

// LeaveDueForTest sets the rates of a day to 2 without making its page anew, as
// nothing can but a mistake.
func (db *DB) LeaveDueForTest(person, day int64) error {
	return (&Tx{db: db}).exec(`UPDATE basal SET rate_u_h = 2
		WHERE record IN (SELECT id FROM record WHERE person = ? AND kind = 'basal' AND at_ms >= ?)`, person, int64(DayStart(day)))
}

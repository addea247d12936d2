package store

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"glucokeep/app/record"
)

// Upload is one import, or one uploader's readings of one UTC day.
type Upload struct {
	ID      int64
	Key     string
	Person  int64
	Account int64 // 0: the console
	By      string
	Live    string // "" for a file; uploader and day for live readings
	Format  string
	Label   string
	Zone    string
	Options string // JSON
	Bytes   int64
	SHA256  []byte
	Report  string // JSON
	Created record.Millis
	Undone  record.Millis // 0: not
}

const uploadColumns = `u.id, u.key, u.person, u.account, coalesce(a.name, ''), coalesce(u.live, ''), u.format, u.label, u.zone,
	u.options, u.bytes, u.sha256, u.report, u.created_ms, coalesce(u.undone_ms, 0)`

func scanUpload(rs *sql.Rows) (u Upload, err error) {
	var account sql.NullInt64
	err = rs.Scan(&u.ID, &u.Key, &u.Person, &account, &u.By, &u.Live, &u.Format, &u.Label, &u.Zone,
		&u.Options, &u.Bytes, &u.SHA256, &u.Report, (*int64)(&u.Created), (*int64)(&u.Undone))
	u.Account = account.Int64
	return u, err
}

func uploads(ctx context.Context, r reader, where string, args ...any) ([]Upload, error) {
	var out []Upload
	err := rows(ctx, r, func(rs *sql.Rows) error {
		u, err := scanUpload(rs)
		out = append(out, u)
		return err
	}, `SELECT `+uploadColumns+` FROM upload AS u LEFT JOIN account AS a ON a.id = u.account WHERE `+where, args...)
	return out, err
}

// Uploads lists a person's imports, newest first. What people wrote into the
// care log is none: it is taken back entry by entry, not by the day.
func (db *DB) Uploads(ctx context.Context, person int64, limit int) ([]Upload, error) {
	return uploads(ctx, db, `u.person = ? AND u.format <> '`+record.LogFormat+`' ORDER BY u.created_ms DESC, u.id DESC LIMIT ?`, person, limit)
}

// UploadByKey finds one import of a person; ErrNone if it is not theirs.
func (db *DB) UploadByKey(ctx context.Context, person int64, key string) (Upload, error) {
	return one(uploads(ctx, db, `u.person = ? AND u.key = ? AND u.format <> '`+record.LogFormat+`'`, person, key))
}

// KeptUploads lists the imports of everybody that must have an original.
func (db *DB) KeptUploads(ctx context.Context) ([]Upload, error) {
	return uploads(ctx, db, `u.undone_ms IS NULL AND u.sha256 IS NOT NULL ORDER BY u.id`)
}

// LiveUpload finds the upload row of an uploader's day; ErrNone if there is none.
func (tx *Tx) LiveUpload(live string) (Upload, error) {
	return one(uploads(context.Background(), tx, `u.live = ?`, live))
}

// Upload finds an upload by its row id.
func (tx *Tx) Upload(id int64) (Upload, error) {
	return one(uploads(context.Background(), tx, `u.id = ?`, id))
}

func one[T any](list []T, err error) (T, error) {
	var zero T
	if err != nil {
		return zero, err
	}
	if len(list) == 0 {
		return zero, ErrNone
	}
	return list[0], nil
}

// AddUpload inserts u and gives its row id.
func (tx *Tx) AddUpload(u Upload) (int64, error) {
	kind := "file"
	if u.Live != "" {
		kind = "live"
	}
	return tx.insert(`
		INSERT INTO upload (key, person, account, kind, live, format, label, zone, options, bytes, sha256, report, created_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		u.Key, u.Person, null(u.Account), kind, nullText(u.Live), u.Format, u.Label, u.Zone, u.Options,
		u.Bytes, u.SHA256, u.Report, int64(u.Created))
}

// SetUpload keeps what is known once all of it was read.
func (tx *Tx) SetUpload(id int64, bytes int64, sha256 []byte, report string) error {
	return tx.exec(`UPDATE upload SET bytes = ?, sha256 = ?, report = ? WHERE id = ?`, bytes, sha256, report, id)
}

// AddChunk keeps the next piece of an upload's compressed original.
func (tx *Tx) AddChunk(upload int64, n int, piece []byte) error {
	return tx.exec(`INSERT INTO upload_chunk (upload, n, bytes) VALUES (?, ?, ?)`, upload, n, piece)
}

// Original reads the compressed original of an upload, piece by piece.
func (tx *Tx) Original(upload int64) io.Reader { return &chunks{r: tx, upload: upload} }

// Original reads the compressed original of an upload, piece by piece.
func (db *DB) Original(upload int64) io.Reader { return &chunks{r: db, upload: upload} }

type chunks struct {
	r      reader
	upload int64
	n      int
	piece  []byte
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.piece) == 0 {
		err := row(context.Background(), c.r, `SELECT bytes FROM upload_chunk WHERE upload = ? AND n = ?`, []any{c.upload, c.n}, &c.piece)
		if errors.Is(err, ErrNone) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		c.n++
	}
	k := copy(p, c.piece)
	c.piece = c.piece[k:]
	return k, nil
}

// SpanUpload notes that an upload spoke of a source from first to last.
func (tx *Tx) SpanUpload(upload, source int64, first, last record.Millis) error {
	return tx.exec(`
		INSERT INTO upload_source (upload, source, first_ms, last_ms) VALUES (?, ?, ?, ?)
		ON CONFLICT (upload, source) DO UPDATE
		SET first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)`,
		upload, source, int64(first), int64(last))
}

// UploadSpan is the time that an upload spoke of for one source.
type UploadSpan struct {
	Source      int64
	First, Last record.Millis
}

// Spans lists the sources of an upload.
func (tx *Tx) Spans(upload int64) ([]UploadSpan, error) {
	var out []UploadSpan
	err := rows(context.Background(), tx, func(rs *sql.Rows) error {
		var s UploadSpan
		err := rs.Scan(&s.Source, (*int64)(&s.First), (*int64)(&s.Last))
		out = append(out, s)
		return err
	}, `SELECT source, first_ms, last_ms FROM upload_source WHERE upload = ? ORDER BY source`, upload)
	return out, err
}

// zoneReach is how far, in ms, two imports may have put one wall clock apart
// by reading it in different zones.
const zoneReach = 27 * 3600 * 1000

// Overlapping lists the uploads, oldest first, that are not undone and spoke
// of a source and time that upload id spoke of too, by instant or wall clock.
func (tx *Tx) Overlapping(id int64) ([]Upload, error) {
	return uploads(context.Background(), tx, `u.id <> ?1 AND u.undone_ms IS NULL AND EXISTS (
		SELECT 1 FROM upload_source AS mine JOIN upload_source AS theirs ON theirs.source = mine.source
		WHERE mine.upload = ?1 AND theirs.upload = u.id
		AND theirs.first_ms <= mine.last_ms + ?2 AND theirs.last_ms >= mine.first_ms - ?2) ORDER BY u.created_ms, u.id`, id, zoneReach)
}

// UndoUpload marks an upload as undone and forgets its original bytes: an
// import of the wrong file must not stay in the box. Its readings and records
// are taken away by package ingest before.
func (tx *Tx) UndoUpload(id int64, at record.Millis) error {
	if err := tx.exec(`DELETE FROM upload_chunk WHERE upload = ?`, id); err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM upload_source WHERE upload = ?`, id); err != nil {
		return err
	}
	return tx.exec(`UPDATE upload SET undone_ms = ? WHERE id = ?`, int64(at), id)
}

func null(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Package intake is a file on its way in: staged on disk, recognised by its
// content, previewed, and handed to the one door, package ingest. The import
// page and the command line share it.
package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/format"
	"glucokeep/app/ingest"
	"glucokeep/app/name"
)

// Intake brings files in.
type Intake struct {
	in  *ingest.Ingest
	dir string
	staged
}

// New makes the way in to in. Files wait in folder dir, which is emptied
// first: what a former run left there was never confirmed.
func New(in *ingest.Ingest, dir string) (*Intake, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("empty the folder of waiting files: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of waiting files: %w", err)
	}
	return &Intake{in: in, dir: dir, staged: newStaged()}, nil
}

// File is an opened file with what the person says of it.
type File struct {
	*os.File
	Size    int64
	Label   string // its name as the person knows it
	Options format.Options
}

// Open opens a file that somebody at the console names. Standard input ("-")
// and anything else that cannot be read twice is spooled to disk first.
func (i *Intake) Open(path string, stdin io.Reader, opt format.Options) (*File, error) {
	if path == "-" {
		return i.spool(stdin, path, opt, 0)
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, fault.Wrap(err, fault.NotFound, "import.no-such-file")
		}
		return nil, fault.Wrap(err, fault.Invalid, "import.unreadable-file")
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, errors.Join(err, f.Close())
	case info.IsDir():
		return nil, errors.Join(fault.New(fault.Invalid, "import.is-a-folder"), f.Close())
	case !info.Mode().IsRegular():
		defer f.Close()
		return i.spool(f, filepath.Base(path), opt, 0)
	}
	return &File{File: f, Size: info.Size(), Label: name.Clean(filepath.Base(path)), Options: opt}, nil
}

// spool copies r to a file that goes away when it is closed. Over limit bytes
// (0: none) it is a fault of kind TooLarge.
func (i *Intake) spool(r io.Reader, label string, opt format.Options, limit int64) (*File, error) {
	f, err := os.CreateTemp(i.dir, "spool-*")
	if err != nil {
		return nil, fmt.Errorf("spool file: %w", err)
	}
	// The name goes now, the file with its last handle, however we end.
	// Where that is not possible New empties the folder.
	_ = os.Remove(f.Name())
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	n, err := io.Copy(f, r)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("spool file: %w", err), f.Close())
	}
	if limit > 0 && n > limit {
		return nil, errors.Join(fault.New(fault.TooLarge, "import.too-large", "megabytes", limit>>20), f.Close())
	}
	return &File{File: f, Size: n, Label: name.Clean(label), Options: opt}, nil
}

func (f *File) input() format.Input { return format.Input{ReaderAt: f.File, Size: f.Size} }

// Found is what a file turned out to be.
type Found struct {
	Format format.Format
	ingest.Report
}

// Detect recognises the format of f. A table whose columns the person named is
// read by them.
func (f *File) Detect() (format.Format, error) {
	opt := f.Options
	if opt.Format == "" && len(opt.Columns) > 0 {
		opt.Format = format.GenericID
	}
	return format.Detect(f.input(), opt)
}

// Columns gives the headings and first rows of a table that no format
// recognises, for the person to say what its columns are.
func (f *File) Columns() (format.GenericTable, error) { return format.GenericPreview(f.input()) }

// Preview says what Import would do.
func (i *Intake) Preview(ctx context.Context, now time.Time, imp ingest.Import, f *File) (found Found, err error) {
	if found.Format, err = f.Detect(); err != nil {
		return found, gone(err)
	}
	i.describe(&imp, f, found.Format)
	found.Report, err = i.in.Preview(ctx, now, imp, format.Read(found.Format, f.input(), f.Options))
	return found, gone(err)
}

// Import brings f in: all of it or, when confirm or the file objects, nothing.
func (i *Intake) Import(ctx context.Context, now time.Time, imp ingest.Import, f *File, confirm func(Found) error) (found Found, err error) {
	if found.Format, err = f.Detect(); err != nil {
		return found, gone(err)
	}
	i.describe(&imp, f, found.Format)
	imp.Original = io.NewSectionReader(f, 0, f.Size)
	report, err := i.in.Accept(ctx, now, imp, format.Read(found.Format, f.input(), f.Options), func(r ingest.Report) error {
		if confirm == nil {
			return nil
		}
		return confirm(Found{found.Format, r})
	})
	found.Report = report
	return found, gone(err)
}

// gone says in words that a file was forgotten while it was read, as when the
// person cancels in another window.
func gone(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return fault.Wrap(err, fault.NotFound, "import.not-waiting")
	}
	return err
}

func (i *Intake) describe(imp *ingest.Import, f *File, detected format.Format) {
	imp.Format, imp.Label, imp.Options = detected.ID, f.Label, f.Options
}

// Reread gives the function by which ingest reads originals again. The
// original is unpacked into folder dir, since formats read a file more than
// once.
func Reread(dir string) ingest.Reread {
	return func(_ context.Context, id, options string, original io.Reader) (ingest.Batches, func() error, error) {
		var opt format.Options
		if err := json.Unmarshal([]byte(options), &opt); err != nil {
			return nil, nil, fmt.Errorf("answers of an earlier import: %w", err)
		}
		opt.Format = id
		i := &Intake{dir: dir}
		f, err := i.spool(original, "", opt, 0)
		if err != nil {
			return nil, nil, err
		}
		detected, err := f.Detect()
		if err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
		return format.Read(detected, f.input(), opt), f.Close, nil
	}
}

// questions are the faults of a file that the person can answer by
// format.Options.
var questions = []string{"format.date-order-undecided", "format.unit-missing", "format.unit-likely", "format.mapping-missing", "format.looks-table"}

// IsQuestion reports whether err says that the file leaves something open that
// the person can answer.
func IsQuestion(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && slices.Contains(questions, f.Key)
}

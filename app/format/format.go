// Package format reads the files that people bring: exports of vendor clouds,
// pumps, phone apps and our own. Each format is one file of this package; it
// recognises its own by content, never by name, and streams a file of any
// size into batches of records. It repairs no clock and stores nothing: that
// is package ingest.
package format

import (
	"fmt"
	"io"
	"iter"
	"sort"

	"glucokeep/app/fault"
	"glucokeep/app/record"
)

// Input is a file: it can be read from any place and more than once, so that
// a zip archive opens and a date order can be decided before the first row.
type Input struct {
	io.ReaderAt
	Size int64 // bytes
}

// Options are the answers of the person to what the file does not say. The
// zero value asks for nothing special.
type Options struct {
	DateOrder        DateOrder         // when the file itself does not decide
	Unit             string            // "mg/dL" or "mmol/L", when no heading says it
	GramsPerExchange float64           // for pumps that count carbohydrate exchanges
	Columns          map[string]string // generic CSV: our field → heading of the file
	Format           string            // ID of the format to use instead of detection
}

// DateOrder is the order of day, month and year in a written date.
type DateOrder string

// The orders; AnyOrder lets the file decide.
const (
	AnyOrder     DateOrder = ""
	DayMonthYear DateOrder = "dmy"
	MonthDayYear DateOrder = "mdy"
	YearMonthDay DateOrder = "ymd"
)

// Format is one kind of file.
type Format struct {
	ID   string // stable for ever: it is part of a record's identity
	Name string // as people call the file; a proper name, not translated
	// Proven says that the reader was tested against a real file of the
	// vendor; false is "constructed, not seen" in docs/formats.md and on the
	// import page.
	Proven bool
	// Match recognises the format from the head of the file.
	Match func(h *Head) bool
	// Parse reads the file and hands batches to out. It returns an error only
	// when the file as a whole cannot be read on; a bad row becomes a Reject
	// and the rows after it still count.
	Parse func(in Input, opt Options, out *Sink) error
}

var formats []Format

func register(f Format) Format {
	for _, g := range formats {
		if g.ID == f.ID {
			panic("format: registered twice: " + f.ID)
		}
	}
	formats = append(formats, f)
	sort.Slice(formats, func(i, j int) bool { return formats[i].ID < formats[j].ID })
	return f
}

// All lists the formats by ID.
func All() []Format { return append([]Format(nil), formats...) }

// Detect names the format of a file by its content. A file that no format
// recognises gives a fault of kind Invalid that says what it looks like.
func Detect(in Input, opt Options) (Format, error) {
	if opt.Format != "" {
		for _, f := range formats {
			if f.ID == opt.Format {
				return f, nil
			}
		}
		return Format{}, fault.New(fault.Invalid, "format.unknown-id")
	}
	h, err := readHead(in)
	if err != nil {
		return Format{}, err
	}
	for _, f := range formats {
		if f.Match(h) {
			return f, nil
		}
	}
	return Format{}, h.unknown()
}

// Read streams the records of a file in f. The error is a fault that says
// what the person can do; batches that came before it must not be kept.
func Read(f Format, in Input, opt Options) iter.Seq2[record.Batch, error] {
	return func(yield func(record.Batch, error) bool) {
		out := &Sink{format: f.ID, yield: yield}
		err := f.Parse(in, opt, out)
		if err == nil {
			err = out.flush()
		}
		if err != nil && !out.stopped {
			yield(record.Batch{}, err)
		}
	}
}

// errStopped ends a parse whose reader has had enough.
var errStopped = fmt.Errorf("reader stopped")

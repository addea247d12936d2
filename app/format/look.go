package format

import (
	"bytes"
	"strings"

	"glucokeep/app/fault"
)

// looks are things that people bring by mistake, by their first bytes. The
// key's sentence says what it is and what to do.
var looks = []struct {
	key    string
	starts []string
}{
	{"format.looks-picture", []string{"\x89PNG", "\xFF\xD8\xFF", "GIF8", "II*\x00", "MM\x00*"}},
	{"format.looks-pdf", []string{"%PDF-"}},
	{"format.looks-old-spreadsheet", []string{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"}},
	{"format.looks-database", []string{"SQLite format 3\x00"}},
	{"format.looks-archive", []string{"Rar!", "7z\xBC\xAF\x27\x1C", "\xFD7zXZ", "BZh", "\x28\xB5\x2F\xFD"}},
}

// unknown says what a file that no format recognises looks like. The keys:
// format.looks-empty, -picture, -pdf, -spreadsheet (xlsx, ods), -document,
// -old-spreadsheet, -database, -archive, -apple-health, -html, -xml, -json,
// -binary, -table (delimited text without a known heading: the page offers to
// map its columns), -text; format.archive-unknown for a zip without a file
// that we know. None has places.
func (h *Head) unknown() error { return fault.New(fault.Invalid, h.looksLike()) }

func (h *Head) looksLike() string {
	if h.Entries != nil {
		return h.archiveLooksLike()
	}
	if len(bytes.TrimSpace(h.Start)) == 0 || !h.Binary && strings.TrimSpace(h.Text) == "" {
		return "format.looks-empty"
	}
	for _, l := range looks {
		for _, s := range l.starts {
			if bytes.HasPrefix(h.Start, []byte(s)) {
				return l.key
			}
		}
	}
	if len(h.Start) >= 12 && string(h.Start[:4]) == "RIFF" || len(h.Start) >= 12 && string(h.Start[4:8]) == "ftyp" {
		return "format.looks-picture"
	}
	if h.Binary {
		return "format.looks-binary"
	}
	if h.JSON != 0 {
		return "format.looks-json"
	}
	start := strings.ToLower(strings.TrimSpace(h.Text[:min(len(h.Text), 4096)]))
	switch {
	case strings.Contains(start, "<healthdata"):
		return "format.looks-apple-health"
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"):
		return "format.looks-html"
	case strings.HasPrefix(start, "<"):
		return "format.looks-xml"
	case len(h.Rows) > 1 && len(h.Rows[0]) > 1 && len(h.Rows[1]) > 1:
		return "format.looks-table"
	}
	return "format.looks-text"
}

func (h *Head) archiveLooksLike() string {
	if len(h.Entries) == 0 {
		return "format.looks-empty"
	}
	for _, e := range h.Entries {
		switch {
		case e.Name == "workbook.xml", e.Name == "sharedstrings.xml", e.Name == "mimetype" && strings.Contains(e.Text, "spreadsheet"):
			return "format.looks-spreadsheet"
		case e.Name == "document.xml", e.Name == "mimetype":
			return "format.looks-document"
		case e.Name == "export.xml", strings.Contains(e.Text, "<HealthData"):
			return "format.looks-apple-health"
		case bytes.HasPrefix(e.Start, []byte("SQLite format 3\x00")):
			return "format.looks-database"
		}
	}
	return faultNothingKnown
}

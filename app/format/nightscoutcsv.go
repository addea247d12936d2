package format

import (
	"glucokeep/app/record"
)

// The table that Nightscout's API answers with when asked for entries.csv (or
// .tsv, .txt): five columns without a heading. Source: Nightscout
// cgm-remote-monitor, lib/server/entries.js.
var _ = register(Format{
	ID:    "nightscout-csv",
	Name:  "Nightscout entries.csv",
	Match: func(h *Head) bool { return h.any(isNightscoutCSV) },
	Parse: parseNightscoutCSV,
})

// The columns, in their order.
const (
	csvDateString = iota
	csvDate       // unix milliseconds
	csvValue      // mg/dL
	csvDirection
	csvDevice
)

func isNightscoutCSV(h *Head) bool {
	if len(h.Rows) == 0 || len(h.Rows[0]) < 4 || len(h.Rows[0]) > 5 {
		return false
	}
	row := h.Rows[0]
	at, zoned, ok := when([]byte(row[csvDateString]), YearMonthDay)
	ms, isMs := whole([]byte(row[csvDate]))
	_, isNumber := number([]byte(row[csvValue]))
	return ok && zoned && isMs && (isNumber || row[csvValue] == "") && absolute(at-record.Millis(ms)) < 2*dayMillis
}

func parseNightscoutCSV(in Input, _ Options, out *Sink) error {
	return each(in, out, isNightscoutCSV, func(f file) error {
		t, err := f.table()
		if err != nil {
			return err
		}
		n := nightscout{feed: feed{out: out}}
		for t.next() {
			if t.blank() {
				continue
			}
			if t.quoted || t.unended && len(t.row) < csvDirection {
				n.reject(t.line, "", rejectTruncated)
				continue
			}
			if err := n.csvEntry(t); err != nil {
				return err
			}
		}
		if t.err() != nil {
			return t.err()
		}
		return n.finish()
	})
}

func (n *nightscout) csvEntry(t *table) error {
	return n.row(t, fields{
		"date": cellText(t.cell(csvDate)), "dateString": cellText(t.cell(csvDateString)), "type": "sgv",
		"sgv": cellText(t.cell(csvValue)), "direction": cellText(t.cell(csvDirection)), "device": cellText(t.cell(csvDevice)),
	})
}

// row reads an entry that stands in a row of a table.
func (n *nightscout) row(t *table, f fields) error {
	if f.word("sgv") == "" { // a meter value or calibration: the table has no column for it
		n.skip()
		return n.took(0)
	}
	err := n.entry(f, t.line)
	if bad, ok := err.(*fieldFault); ok { //nolint:errorlint // made here, unwrapped
		n.reject(t.line, bad.column, bad.key)
		err = nil
	}
	if err != nil {
		return err
	}
	return n.took(0)
}

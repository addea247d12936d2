package format

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"glucokeep/app/record"
)

// Glucokeep's own export: a zip of tables, or one of them alone. The writer
// (package report) uses the very headings below; their exact order is how the
// files are known again. Every time is an instant, so nothing is assumed when
// they are read. What the columns hold:
//
//   - id: the record's Common.Key, or empty.
//   - time_utc: RFC 3339 with Z, to the millisecond if there are any.
//     time_local, zone and imported_at are for people and are not read.
//   - utc_offset_min: Offset; time_quality: zoned, assumed-zone,
//     dst-ambiguous or dst-gap.
//   - device, serial, source and interval_min: the Source, source being its
//     Format.
//   - extra: Common.Extra as a JSON object of texts, or empty.
//   - numbers with a decimal point; what is not known is empty; 0 or 1 for
//     no or yes; durations in seconds.
//   - glucose: original_value and original_unit are read, mg_dl and mmol_l
//     are for people. flag: below, above, scan, backfilled, set apart by
//     blanks. trend by Nightscout's names (TrendName). rejected: a calibration
//     that the sensor refused.
//   - insulin kind bolus or injection: subtype is the Delivery, insulin is
//     rapid or long. kind basal: subtype scheduled or automated; kinds temp
//     and suspend are basal, too. kind daily_total: units is the total.
//   - events kind ketone (value in mmol/L), note (text), alarm (text is its
//     name, subtype cleared or empty), activity (text is its name, subtype the
//     intensity), event (subtype is the EventKind, text the detail, value the
//     amount).
//
// In the flavour for Excel a text that a spreadsheet would run as a formula
// has ' before it (CWE-1236); reading takes it off.
var (
	GlucoseColumns = []string{
		"id", "time_utc", "time_local", "zone", "utc_offset_min", "kind", "mg_dl", "mmol_l", "original_value", "original_unit",
		"flag", "trend", "device", "serial", "source", "imported_at", "time_quality", "interval_min", "meter", "rejected", "extra",
	}
	InsulinColumns = []string{
		"id", "time_utc", "time_local", "zone", "utc_offset_min", "kind", "subtype", "insulin", "units", "units_programmed",
		"units_extended", "units_recommended", "rate_u_h", "percent", "duration_s", "carbs_g", "automated", "unspecified",
		"units_basal", "units_bolus", "units_automated", "device", "serial", "source", "time_quality", "interval_min", "extra",
	}
	CarbsColumns = []string{
		"id", "time_utc", "time_local", "zone", "utc_offset_min", "carbs_g", "exchanges", "food", "unspecified",
		"device", "serial", "source", "time_quality", "interval_min", "extra",
	}
	EventColumns = []string{
		"id", "time_utc", "time_local", "zone", "utc_offset_min", "kind", "subtype", "value", "duration_s", "text",
		"device", "serial", "source", "time_quality", "interval_min", "extra",
	}
	SettingColumns = []string{
		"id", "time_utc", "time_local", "zone", "utc_offset_min", "name", "value", "unit",
		"device", "serial", "source", "time_quality", "interval_min", "extra",
	}
)

// OwnID is the ID of our own export's format.
const OwnID = "glucokeep-csv"

var _ = register(Format{
	ID:     OwnID,
	Name:   "Glucokeep",
	Proven: true, // it is our own
	Match:  func(h *Head) bool { return h.any(isOwn) },
	Parse:  parseOwn,
})

// ownTables is how to read a row of each table, by its headings.
var ownTables = []struct {
	columns []string
	read    func(o *own, at record.Millis) error
}{
	{GlucoseColumns, (*own).glucoseRow},
	{InsulinColumns, (*own).insulinRow},
	{CarbsColumns, (*own).carbsRow},
	{EventColumns, (*own).eventRow},
	{SettingColumns, (*own).settingRow},
}

func ownTable(h headings) int {
	for i, t := range ownTables {
		if len(h) == len(t.columns) && slices.EqualFunc(h, t.columns, func(h heading, c string) bool { return h.full == c }) {
			return i
		}
	}
	return -1
}

func isOwnHead(h headings) bool { return ownTable(h) >= 0 }

func isOwn(h *Head) bool { return len(h.Rows) > 0 && isOwnHead(newHeadings(h.Rows[0])) }

// isOwnOrBeside knows also the files of the archive that hold no records.
func isOwnOrBeside(h *Head) bool {
	return isOwn(h) || h.Name == "readme.txt" || h.Name == "person.csv" || h.Name == "devices.csv"
}

func parseOwn(in Input, _ Options, out *Sink) error {
	return each(in, out, isOwnOrBeside, func(f file) error {
		if f.head.Name != "" && !isOwn(f.head) {
			return nil
		}
		s, err := f.sheet(out, isOwnHead)
		if err != nil {
			return err
		}
		o := own{sheet: s, col: map[string]int{}, read: ownTables[ownTable(s.head)].read}
		for i := range s.head {
			o.col[s.head[i].full] = i
		}
		for {
			if ok, err := o.step(); !ok {
				return err
			}
			if err := o.row(); err != nil {
				return err
			}
		}
	})
}

// own reads one table.
type own struct {
	*sheet
	col  map[string]int
	read func(o *own, at record.Millis) error
}

func (o *own) row() error {
	i := o.col["time_utc"]
	at, zoned, ok := when(o.cell(i), YearMonthDay)
	if !ok || !zoned {
		return o.reject(i, rejectTime)
	}
	src := record.Source{Device: o.word("device"), Serial: o.word("serial"), Format: o.word("source")}
	if !isFormatID(src.Format) {
		return o.reject(o.col["source"], rejectKind)
	}
	if m, ok := whole(o.cell(o.col["interval_min"])); ok && m > 0 && m <= 24*60 {
		src.Interval = time.Duration(m) * time.Minute
	}
	if err := o.out.restore(src, record.Instant, ""); err != nil {
		return err
	}
	return o.read(o, at)
}

// isFormatID reports whether s can be the ID of a format, driver or
// connector; empty is our own.
func isFormatID(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// word is a short text of the named column.
func (o *own) word(column string) string { return unquoted(o.name(o.col[column])) }

// text is the text of the named column.
func (o *own) longText(column string) string { return unquoted(o.text(o.col[column])) }

// unquoted takes off the ' that keeps a spreadsheet from running the text.
func unquoted(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s[1:])[0]) {
		return s[1:]
	}
	return s
}

// common is the shared part of the row's record.
func (o *own) base(at record.Millis) record.Common {
	c := o.common(at)
	c.Key = o.word("id")
	c.Offset, c.Quality = o.clock()
	if b := o.cell(o.col["extra"]); len(b) > 0 {
		_ = json.Unmarshal([]byte(unquoted(cellText(b))), &c.Extra) // what is no object of texts is left out
	}
	return c
}

// clock is the offset and quality of the row's time.
func (o *own) clock() (offset int16, q record.Quality) {
	if m, ok := whole(o.cell(o.col["utc_offset_min"])); ok && m >= -14*60 && m <= 14*60 {
		offset = int16(m)
	}
	for i, name := range qualityNames {
		if string(o.cell(o.col["time_quality"])) == name {
			q = record.Quality(i)
		}
	}
	return offset, q
}

// qualityNames are the words of record.Quality, in its order.
var qualityNames = [...]string{"zoned", "assumed-zone", "dst-ambiguous", "dst-gap"}

// QualityName is the word for q in our exports.
func QualityName(q record.Quality) string {
	if int(q) < len(qualityNames) {
		return qualityNames[q]
	}
	return ""
}

// TrendName is Nightscout's name of an arrow, "" for none.
func TrendName(t record.Trend) string {
	for name, v := range nightscoutTrends {
		if v == t {
			return name
		}
	}
	return ""
}

// FlagNames are the words of f for the column flag, "" for none.
func FlagNames(f record.Flags) string {
	var words []string
	for _, w := range [...]string{"below", "above", "scan", "backfilled"} {
		if f.Has(ownFlags[w]) {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

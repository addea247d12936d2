package report

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/format"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// WriteArchive writes all data of a period as our own CSV tables in a zip:
// readable by any program, and by our own import, to the record. Rows are
// streamed; nothing larger than a month of one table is held. It gives how
// many rows each table got, by the name of its file.
func WriteArchive(ctx context.Context, w io.Writer, r *read.Reader, loc *time.Location, p Period, now time.Time, version string) (rows map[string]int, err error) {
	z := zip.NewWriter(w)
	e := &exporter{ctx: ctx, zip: z, r: r, loc: loc, period: p, now: now}
	for _, table := range []struct {
		name    string
		columns []string
		write   func() error
	}{
		{"glucose.csv", format.GlucoseColumns, e.glucose},
		{"insulin.csv", format.InsulinColumns, e.insulin},
		{"carbs.csv", format.CarbsColumns, e.carbs},
		{"events.csv", format.EventColumns, e.events},
		{"settings.csv", format.SettingColumns, e.settings},
	} {
		if err := e.table(table.name, table.columns, table.write); err != nil {
			return nil, fmt.Errorf("write %s: %w", table.name, err)
		}
	}
	person := r.Person()
	err = e.table("person.csv", personColumns, func() error { return e.write(personColumns, personCells(person)) })
	if err != nil {
		return nil, err
	}
	readme, err := e.create("README.txt")
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(readme, "Glucokeep export, form 1, written by %s.\r\nTimes in time_utc are UTC, in time_local those of %s. "+
		"docs/formats.md of the project describes every column.\r\nThese files can be imported again.\r\n\r\n", version, loc); err != nil {
		return nil, err
	}
	rows = map[string]int{}
	for _, f := range e.files {
		if _, err := fmt.Fprintf(readme, "%s: %d rows, SHA-256 %s\r\n", f.name, f.rows, f.sum); err != nil {
			return nil, err
		}
		rows[f.name] = f.rows
	}
	return rows, z.Close()
}

// exporter writes the tables of one archive.
type exporter struct {
	ctx    context.Context
	zip    *zip.Writer
	r      *read.Reader
	loc    *time.Location
	period Period
	now    time.Time
	csv    *csv.Writer
	rows   int
	files  []exported
	source map[int64]read.Source
}

type exported struct {
	name, sum string
	rows      int
}

func (e *exporter) table(name string, columns []string, write func() error) error {
	f, err := e.create(name)
	if err != nil {
		return err
	}
	h := sha256.New()
	e.csv, e.rows = csv.NewWriter(io.MultiWriter(f, h)), 0
	e.csv.UseCRLF = true
	if err := e.csv.Write(columns); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	e.csv.Flush()
	e.files = append(e.files, exported{name, hex.EncodeToString(h.Sum(nil)), e.rows})
	return e.csv.Error()
}

// create begins a file of the archive.
func (e *exporter) create(name string) (io.Writer, error) {
	return e.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: e.now.UTC()})
}

// cells is one row by column name.
type cells map[string]string

func (e *exporter) write(columns []string, c cells) error {
	row := make([]string, len(columns))
	for i, name := range columns {
		row[i] = c[name]
	}
	e.rows++
	return e.csv.Write(row)
}

// moment fills the columns of time.
func (e *exporter) moment(c cells, at record.Millis, offset int16, q record.Quality) {
	utc := at.Time()
	c["time_utc"] = utc.Format("2006-01-02T15:04:05.999Z")
	c["time_local"] = utc.In(e.loc).Format("2006-01-02T15:04:05.999")
	c["zone"] = e.loc.String()
	c["utc_offset_min"] = strconv.Itoa(int(offset))
	c["time_quality"] = format.QualityName(q)
}

func (e *exporter) from(c cells, s read.Source) {
	c["device"], c["serial"], c["source"] = s.Device, s.Serial, s.Format
	if s.IntervalMin > 0 {
		c["interval_min"] = strconv.Itoa(int(s.IntervalMin))
	}
}

// month is how much of a table is held at once.
const month = record.Millis(31 * 24 * time.Hour / time.Millisecond)

func (e *exporter) glucose() error {
	for from := e.period.From; from < e.period.Until; from += month {
		series, err := e.r.Glucose(e.ctx, from, min(from+month, e.period.Until))
		if err != nil {
			return err
		}
		for _, s := range series {
			for _, r := range s.Readings {
				c := cells{"kind": "cgm", "trend": ""}
				e.moment(c, r.At, r.Offset, r.Quality)
				e.from(c, s.Source)
				value(c, r.Value, r.Flags)
				if r.Trend != record.NoTrend {
					c["trend"] = format.TrendName(r.Trend)
				}
				if err := e.write(format.GlucoseColumns, c); err != nil {
					return err
				}
			}
		}
	}
	err := e.sparse(record.KindFingerstick, format.GlucoseColumns, func(c cells, s record.Record) {
		r := s.(*record.Fingerstick)
		c["kind"], c["meter"] = "bg", r.Meter
		value(c, r.Value, r.Flags)
	})
	if err != nil {
		return err
	}
	return e.sparse(record.KindCalibration, format.GlucoseColumns, func(c cells, s record.Record) {
		r := s.(*record.Calibration)
		c["kind"], c["rejected"] = "cal", yes(r.Rejected)
		value(c, r.Value, 0)
	})
}

// value fills the columns of a concentration.
func value(c cells, g unit.Glucose, f record.Flags) {
	c["mg_dl"] = g.Format(unit.MgDL, ".")
	c["mmol_l"] = g.Format(unit.MmolL, ".")
	c["original_value"], c["original_unit"] = number(g.Native()), g.Unit.String()
	for _, w := range []struct {
		flag record.Flags
		word string
	}{{record.BelowRange, "below"}, {record.AboveRange, "above"}, {record.Scan, "scan"}, {record.Backfilled, "backfilled"}} {
		if f.Has(w.flag) {
			if c["flag"] != "" {
				c["flag"] += " "
			}
			c["flag"] += w.word
		}
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// known prints a number, and nothing for the zero that means unknown.
func known(v float64) string {
	if v == 0 {
		return ""
	}
	return number(v)
}

func seconds(d time.Duration) string { return known(d.Seconds()) }

func yes(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// sparse writes the records of one kind; fill adds the columns of the kind.
func (e *exporter) sparse(k record.Kind, columns []string, fill func(cells, record.Record)) error {
	if e.source == nil {
		var err error
		if e.source, err = e.r.Sources(e.ctx); err != nil {
			return err
		}
	}
	for from := e.period.From; from < e.period.Until; from += month {
		stored, err := e.r.Records(e.ctx, k, from, min(from+month, e.period.Until))
		if err != nil {
			return err
		}
		if err := e.records(stored, columns, fill); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) records(stored []read.Stored, columns []string, fill func(cells, record.Record)) error {
	for _, s := range stored {
		base := s.Base()
		c := cells{"id": base.Key}
		e.moment(c, base.At, base.Offset, base.Quality)
		e.from(c, e.source[s.Source])
		if len(base.Extra) > 0 {
			extra, err := json.Marshal(base.Extra)
			if err != nil {
				return err
			}
			c["extra"] = string(extra)
		}
		fill(c, s.Record)
		if err := e.write(columns, c); err != nil {
			return err
		}
	}
	return nil
}

// personColumns are the columns of the file about the person: own limits as
// four numbers from very low to very high, the night in hours of their clock.
var personColumns = []string{"name", "zone", "unit", "ranges", "own_limits_mgdl", "own_limits_mmol", "night_from", "night_until", "born", "record"}

func personCells(p read.Person) cells {
	c := cells{"name": p.Name, "zone": p.Zone, "unit": p.Unit, "ranges": p.Ranges, "born": p.Born, "record": p.Record,
		"night_from": strconv.Itoa(p.NightFrom), "night_until": strconv.Itoa(p.NightUntil)}
	if p.Ranges == metrics.OwnID {
		list := func(limits [4]int32) string {
			var words []string
			for _, milli := range limits {
				words = append(words, strconv.FormatFloat(float64(milli)/1000, 'f', -1, 64))
			}
			return strings.Join(words, " ")
		}
		c["own_limits_mgdl"], c["own_limits_mmol"] = list(p.Own.MgDL), list(p.Own.MmolL)
	}
	return c
}

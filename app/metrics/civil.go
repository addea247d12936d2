package metrics

import (
	"fmt"
	"math"
	"time"

	"glucokeep/app/record"
)

// Date is a calendar date in the person's zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the date of an instant in zone loc.
func DateOf(at record.Millis, loc *time.Location) Date {
	y, m, d := at.Time().In(loc).Date()
	return Date{y, m, d}
}

// String is the date as YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Add is the date n days on.
func (d Date) Add(n int) Date {
	y, m, day := time.Date(d.Year, d.Month, d.Day+n, 12, 0, 0, 0, time.UTC).Date()
	return Date{y, m, day}
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// Start is the first instant of the date in zone loc: where summer time
// begins at midnight that is 01:00, where it ends after midnight the earlier
// of the two midnights.
func (d Date) Start(loc *time.Location) record.Millis {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	if y, m, day := t.Date(); (Date{y, m, day}) != d || t.Hour() != 0 || t.Minute() != 0 {
		// Midnight does not exist. The bounds of a zone are instants of change.
		begin, end := t.ZoneBounds()
		if (Date{y, m, day}) != d {
			return record.At(end)
		}
		return record.At(begin)
	}
	begin, _ := t.ZoneBounds()
	if !begin.IsZero() {
		_, before := begin.Add(-time.Millisecond).In(loc).Zone()
		_, now := t.Zone()
		if first := t.Add(-time.Duration(before-now) * time.Second); before > now && first.Before(begin) {
			t = first
		}
	}
	return record.At(t)
}

// Minutes is the length of the date in zone loc: 1440, or 1380 and 1500 when
// summer time begins and ends.
func (d Date) Minutes(loc *time.Location) int {
	return int(int64(d.Add(1).Start(loc)-d.Start(loc)) / minuteMS)
}

// clock tells wall time fast: it keeps the zone's offset until it changes.
type clock struct {
	loc         *time.Location
	offset      int64 // ms east of UTC between from and until
	from, until int64 // unix ms
}

func newClock(loc *time.Location) *clock { return &clock{loc: loc, from: 1, until: 0} }

// wall is the local date and time of an instant, in ms as if it were UTC.
func (c *clock) wall(at record.Millis) int64 {
	ms := int64(at)
	if ms < c.from || ms >= c.until {
		c.seek(at)
	}
	return ms + c.offset
}

// day is the local date of an instant as a number of days since 1970.
func (c *clock) day(at record.Millis) int64 { return floorDiv(c.wall(at), dayMS) }

func (c *clock) seek(at record.Millis) {
	t := at.Time().In(c.loc)
	_, seconds := t.Zone()
	begin, end := t.ZoneBounds()
	c.offset, c.from, c.until = int64(seconds)*1000, math.MinInt64, math.MaxInt64
	if !begin.IsZero() {
		c.from = begin.UnixMilli()
	}
	if !end.IsZero() {
		c.until = end.UnixMilli()
	}
}

// dateOfDay is the date of a number of days since 1970.
func dateOfDay(n int64) Date {
	y, m, d := time.UnixMilli(n * dayMS).UTC().Date()
	return Date{y, m, d}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

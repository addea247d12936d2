package store

import (
	"context"
	"database/sql"
	"encoding/binary"
)

// HistogramStep is the width of a step of a Stat's histogram in mg/dL.
const HistogramStep = 5

// HistogramSteps is how many steps a Stat's histogram can have.
const HistogramSteps = histogramSteps

// AddTo adds the histogram of s to bins, whose place i counts the readings
// from 5·i up to 5·(i+1) mg/dL.
func (s *Stat) AddTo(bins *[HistogramSteps]int) {
	rest := s.Histogram
	for i := 0; i < len(bins) && len(rest) > 0; i++ {
		n, size := binary.Uvarint(rest)
		if size <= 0 {
			return
		}
		bins[i] += int(n)
		rest = rest[size:]
	}
}

// Reach is what kind of days DaysOf looks for.
type Reach uint8

// The days with a reading below or above the standard ranges. The borders in
// mg/dL are those of the mmol/L ranges where they are wider: 3.9 mmol/L is
// 70.26 mg/dL.
const (
	ReachLow Reach = iota
	ReachVeryLow
	ReachHigh
	ReachVeryHigh
)

var reaches = map[Reach]string{
	ReachLow:      `(very_low + low > 0 OR min < 70.27)`,
	ReachVeryLow:  `(very_low > 0 OR min < 54.05)`,
	ReachHigh:     `(high + very_high > 0 OR max > 180)`,
	ReachVeryHigh: `(very_high > 0 OR max > 250)`,
}

// DaysOf lists the UTC days on which a source of the person has a reading of
// that reach: the first of them from day on, or the last up to day, nearest
// first, each once and at most limit.
func (db *DB) DaysOf(ctx context.Context, person int64, reach Reach, day int64, forward bool, limit int) (days []int64, err error) {
	direction := `day <= ? AND n > 0 AND ` + reaches[reach] + ` ORDER BY day DESC LIMIT ?`
	if forward {
		direction = `day >= ? AND n > 0 AND ` + reaches[reach] + ` ORDER BY day LIMIT ?`
	}
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var d int64
		days = append(days, 0)
		err := rs.Scan(&d)
		days[len(days)-1] = d
		return err
	}, `SELECT DISTINCT day FROM glucose_stat WHERE person = ? AND `+direction, person, day, limit)
	return days, err
}

// HighestOf gives the largest value in mg/dL that a person's statistics know
// from a UTC day on, 0 without readings.
func (db *DB) HighestOf(ctx context.Context, person, firstDay int64) (float64, error) {
	var top sql.NullFloat64
	err := row(ctx, db, `SELECT max(max) FROM glucose_stat WHERE person = ? AND day >= ? AND n > 0`, []any{person, firstDay}, &top)
	return top.Float64, err
}

package carelog

import (
	"slices"
	"time"
)

// Instants gives the instants at which a clock on the wall of zone showed that
// date and time, the earlier first: one mostly, none in the hour that is left
// out when clocks go forward, two in the hour that repeats when they go back.
func Instants(date time.Time, hour, minute int, zone *time.Location) (out []time.Time) {
	wall := time.Date(date.Year(), date.Month(), date.Day(), hour, minute, 0, 0, time.UTC)
	for _, near := range []time.Duration{-26 * time.Hour, 0, 26 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		same := at.Hour() == hour && at.Minute() == minute && at.YearDay() == wall.YearDay() && at.Year() == wall.Year()
		if same && !slices.ContainsFunc(out, at.Equal) {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

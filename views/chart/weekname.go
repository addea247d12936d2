package chart

import (
	"context"
	"strings"

	"glucokeep/app/text"
)

// weekDayName says all that a panel shows, for those who do not see it.
func weekDayName(ctx context.Context, d WeekDay) string {
	parts := []string{d.Name}
	if d.InRange != "" {
		parts = append(parts, text.T(ctx, "chart.week.in-range", "share", d.InRange))
	}
	for _, s := range []string{d.Carbs, d.Insulin} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

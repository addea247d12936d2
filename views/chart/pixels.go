package chart

import (
	"math"
	"strconv"
	"time"

	geometry "glucokeep/app/chart"
)

// pixels prints a place in pixels to a tenth.
func pixels(v float64) string { return strconv.FormatFloat(geometry.Round(v), 'f', -1, 64) }

// minutes is m minutes, rounded to a whole one.
func minutes(m float64) time.Duration { return time.Duration(math.Round(m)) * time.Minute }

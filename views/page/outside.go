package page

import (
	"context"

	"glucokeep/app/text"
)

// outside says how many readings the sensor could not measure; nothing when
// it measured all.
func outside(ctx context.Context, n int) string {
	if n == 0 {
		return ""
	}
	return text.T(ctx, "profile.outside", "count", n)
}

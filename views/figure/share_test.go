package figure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSharesAsPrinted(t *testing.T) {
	for _, c := range []struct {
		name         string
		exact        [5]float64
		want         [5]string
		below, above string
	}{
		{"parts add to their printed sum", [5]float64{0, 0, 46.6, 11.6, 41.8}, [5]string{"0%", "0%", "47%", "11%", "42%"}, "0%", "53%"},
		{"a trace of lows is not rounded away", [5]float64{0.1, 0.3, 70.6, 24, 5}, [5]string{"<1%", "<1%", "71%", "24%", "5%"}, "<1%", "29%"},
		{"half a percent of lows is a number", [5]float64{0, 0.5, 79.5, 15, 5}, [5]string{"0%", "1%", "79%", "15%", "5%"}, "1%", "20%"},
		{"two traces are no percent between them", [5]float64{0.4, 0.4, 99.2, 0, 0}, [5]string{"<1%", "<1%", "100%", "0%", "0%"}, "<1%", "0%"},
		{"a trace beside a percent", [5]float64{0.4, 3, 66.6, 20, 10}, [5]string{"<1%", "3%", "67%", "20%", "10%"}, "3%", "30%"},
		{"all in range", [5]float64{0, 0, 100, 0, 0}, [5]string{"0%", "0%", "100%", "0%", "0%"}, "0%", "0%"},
		{"thirds", [5]float64{0, 100. / 3, 100. / 3, 100. / 3, 0}, [5]string{"0%", "34%", "33%", "33%", "0%"}, "34%", "33%"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := NewShares(c.exact)
			var got [5]string
			for i := range got {
				got[i] = s.Of(mgdl, VeryLow+Class(i))
			}
			require.Equal(t, c.want, got)
			require.Equal(t, c.below, s.Below(mgdl))
			require.Equal(t, c.above, s.Above(mgdl))
		})
	}
	require.Equal(t, "<1\u00a0%", NewShares([5]float64{0, 0.2, 99.8, 0, 0}).Below(mmol))
	require.Equal(t, [5]int{}, NewShares([5]float64{}).whole, "no readings, no shares")
}

// Whatever the shares are, printed parts add to printed sums and to 100, no
// number is a whole percent off, and no low is said not to be there.
func TestPrintedSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Counts of readings, many of them few: what pages really divide.
		var counts [5]int
		all := 0
		for i := range counts {
			counts[i] = rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(0, 4032)).Draw(t, "count")
			all += counts[i]
		}
		if all == 0 {
			t.Skip()
		}
		var exact [5]float64
		for i := range counts {
			exact[i] = 100 * float64(counts[i]) / float64(all)
		}
		s := NewShares(exact)
		sum := 0
		for i, w := range s.whole {
			sum += w
			require.Less(t, math.Abs(float64(w)-exact[i]), 1.0, "a part is a percent off")
			require.GreaterOrEqual(t, w, 0)
			if counts[i] == 0 {
				require.Zero(t, w, "nothing is printed as something")
			}
			if i < 2 && exact[i] > 0 && exact[i] < leastPrinted {
				require.Equal(t, "<1%", s.Of(mgdl, VeryLow+Class(i)))
			}
			if i < 2 && counts[i] > 0 {
				require.NotEqual(t, "0%", s.Of(mgdl, VeryLow+Class(i)))
			}
		}
		require.Equal(t, 100, sum)
		require.Equal(t, s.WholeBelow(), s.whole[0]+s.whole[1])
		require.Less(t, math.Abs(float64(s.WholeBelow())-s.BelowExact()), 1.0)
		require.Less(t, math.Abs(float64(s.WholeAbove())-s.AboveExact()), 1.0)
	})
}

func TestSigned(t *testing.T) {
	require.Equal(t, "+5", Signed(mgdl, 5, 0))
	require.Equal(t, "−0,3", Signed(mmol, -0.3, 1))
	require.Equal(t, "±0.0", Signed(mgdl, -0.04, 1))
}

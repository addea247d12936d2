package format

import (
	"strings"
	"testing"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
)

func TestWordsOfOurExportReadBack(t *testing.T) {
	head := strings.Join(GlucoseColumns, ",") + "\n"
	for trend := record.NoTrend; trend <= record.TripleDown; trend++ {
		for quality := record.Zoned; quality <= record.Skipped; quality++ {
			for flags := record.Flags(0); flags < 16; flags++ {
				if flags.Has(record.BelowRange | record.AboveRange) {
					continue // no value is both, see TestOurValueLiesNotBeyondBothEnds
				}
				cells := map[string]string{
					"time_utc": "2025-05-01T08:00:00.125Z", "utc_offset_min": "-210", "kind": "cgm", "original_value": "7.8", "original_unit": "mmol/L",
					"flag": FlagNames(flags), "trend": TrendName(trend), "time_quality": QualityName(quality), "source": "libreview-csv",
				}
				row := make([]string, len(GlucoseColumns))
				for i, c := range GlucoseColumns {
					row[i] = cells[c]
				}
				b := readAs(t, OwnID, head+strings.Join(row, ",")+"\n", Options{})
				require.Len(t, b, 1)
				require.Empty(t, b[0].Rejects)
				require.Equal(t, record.Source{Format: "libreview-csv"}, b[0].Source)
				require.Equal(t, record.Instant, b[0].Clock)
				r := b[0].Glucose[0]
				require.Equal(t, [3]any{trend, quality, flags}, [3]any{r.Trend, r.Quality, r.Flags})
				require.EqualValues(t, -210, r.Offset)
				require.EqualValues(t, 125, r.At%1000)
			}
		}
	}
}

// V-06: what the export for Excel marked comes back as it was.
func TestATextThatASpreadsheetWouldRunComesBackWithoutItsMark(t *testing.T) {
	for in, want := range map[string]string{
		"'=1+1": "=1+1", "'@x": "@x", "'+4": "+4", "'-4": "-4", "'＝x": "＝x", "'tis": "'tis", "=1": "=1", "'": "'", "": "",
	} {
		require.Equal(t, want, unquoted(in))
	}
}

func TestOurHeadingsMustBeExact(t *testing.T) {
	for i, table := range ownTables {
		require.Equal(t, i, ownTable(newHeadings(table.columns)))
		require.Equal(t, -1, ownTable(newHeadings(table.columns[1:])))
		require.Equal(t, -1, ownTable(newHeadings(append(table.columns[1:len(table.columns):len(table.columns)], table.columns[0]))))
	}
}

// TestARowThatNamesAForeignSourceIsRefused: the source is part of a record's
// identity, so it must at least look like one of ours.
func TestARowThatNamesAForeignSourceIsRefused(t *testing.T) {
	file := strings.Replace(string(sample(t, "own-settings.csv")), "clarity-csv", "../x", 1)
	b := one(readAs(t, OwnID, file, Options{}))
	require.Empty(t, b.Sparse)
	require.Equal(t, []string{"2 source reject.kind-unknown"}, rejectLines(b))
}

// TestOurValueLiesNotBeyondBothEnds: what the flag says must be possible.
func TestOurValueLiesNotBeyondBothEnds(t *testing.T) {
	file := string(sample(t, "own-glucose.csv"))
	changed := strings.Replace(file, "mg/dL,below,", "mg/dL,below above,", 1)
	require.NotEqual(t, file, changed)
	require.Contains(t, rejectLines(one(readAs(t, OwnID, changed, Options{}))), "3 flag reject.flag-contradicts")
}

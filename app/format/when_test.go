package format

import (
	"strings"
	"testing"
	"time"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
)

func TestWhen(t *testing.T) {
	for _, c := range []struct {
		name, in string
		order    DateOrder
		want     string // RFC 3339, UTC
		zoned    bool
	}{
		{"ISO with T", "2019-10-14T16:42:37", "", "2019-10-14T16:42:37Z", false},
		{"as Excel saves it", "2025-05-01 0:01:47", "", "2025-05-01T00:01:47Z", false},
		{"CareLink", "2021/07/25 09:35:28", "", "2021-07-25T09:35:28Z", false},
		{"without seconds", "2025-10-26 00:05", "", "2025-10-26T00:05:00Z", false},
		{"a fraction of a second", "2025-10-26T00:05:01.250", "", "2025-10-26T00:05:01.25Z", false},
		{"German", "01.05.2021 08:00", DayMonthYear, "2021-05-01T08:00:00Z", false},
		{"German with two digits of a year", "1.5.21 8:00", DayMonthYear, "2021-05-01T08:00:00Z", false},
		{"American", "8/17/2025 0:15", MonthDayYear, "2025-08-17T00:15:00Z", false},
		{"LibreView of a day-first account", "12-04-1961 22:30", DayMonthYear, "1961-04-12T22:30:00Z", false},
		{"LibreView of an American account", "11-22-2024 09:35 PM", MonthDayYear, "2024-11-22T21:35:00Z", false},
		{"midnight by twelve hours", "11-22-2024 12:00 AM", MonthDayYear, "2024-11-22T00:00:00Z", false},
		{"noon by twelve hours", "11-22-2024 12:00 PM", MonthDayYear, "2024-11-22T12:00:00Z", false},
		{"a narrow no-break space before PM", "4/7/2026, 7:59:42\u202FPM", MonthDayYear, "2026-04-07T19:59:42Z", false},
		{"Spanish p. m.", "7/4/2026 7:59 p.\u00A0m.", DayMonthYear, "2026-04-07T19:59:00Z", false},
		{"set apart by blanks", "08 10 2026 07:00:00", DayMonthYear, "2026-10-08T07:00:00Z", false},
		{"2014 CareLink", "12/30/13 00:00:00", MonthDayYear, "2013-12-30T00:00:00Z", false},
		{"UTC", "2025-05-01T08:00:00Z", "", "2025-05-01T08:00:00Z", true},
		{"an offset", "2025-05-01T08:00:00+02:00", "", "2025-05-01T06:00:00Z", true},
		{"an offset without colon, set apart", "2024-05-01 08:00:00 -0530", "", "2024-05-01T13:30:00Z", true},
		{"a date alone is its midnight", "2025-05-01", "", "2025-05-01T00:00:00Z", false},
		{"a leap day", "29.02.2024 00:00", DayMonthYear, "2024-02-29T00:00:00Z", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, zoned, ok := when([]byte(c.in), c.order)
			require.True(t, ok)
			require.Equal(t, c.want, at.Time().Format(time.RFC3339Nano))
			require.Equal(t, c.zoned, zoned)
		})
	}
}

func TestWhenRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		order    DateOrder
	}{
		{"nothing", "", ""},
		{"a date whose order is not known", "03/04/2025 10:00", AnyOrder},
		{"a month 13", "13/13/2025 10:00", DayMonthYear},
		{"30 February", "2025-02-30 10:00", ""},
		{"29 February of no leap year", "2023-02-29 10:00", ""},
		{"hour 24", "2025-02-03 24:00", ""},
		{"hour 13 PM", "2025-02-03 13:00 PM", ""},
		{"minute 60", "2025-02-03 10:60", ""},
		{"words", "yesterday", ""},
		{"something after it", "2025-02-03 10:00 or so", ""},
		{"mixed marks", "2025-02/03 10:00", ""},
		{"year 3000", "3000-02-03 10:00", ""},
		{"an offset of a day", "2025-02-03T10:00:00+24:00", ""},
		{"a number", "44958.5", DayMonthYear},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, ok := when([]byte(c.in), c.order)
			require.False(t, ok)
		})
	}
}

// FuzzWhen compares what both read with the time package.
func FuzzWhen(f *testing.F) {
	f.Add("2025-05-01T08:00:00", "ymd")
	f.Add("1.5.21 8:00 p. m.", "dmy")
	f.Add("2025-05-01T08:00:00.5+02:00", "")
	f.Fuzz(func(t *testing.T, s, order string) {
		at, zoned, ok := when([]byte(s), DateOrder(order))
		if !ok {
			return
		}
		y := at.Time().Year()
		require.True(t, y >= 1899 && y <= 2200)
		layout := "2006-01-02T15:04:05"
		if zoned {
			layout = time.RFC3339
		}
		if want, err := time.Parse(layout, s); err == nil {
			require.Equal(t, record.At(want), at)
		}
	})
}

func TestDateOrder(t *testing.T) {
	type row struct {
		date string
		hour int
	}
	night := func(dates ...string) (rows []row) { // one reading an hour through midnights
		for _, d := range dates {
			for h := range 24 {
				rows = append(rows, row{d, h})
			}
		}
		return rows
	}
	for _, c := range []struct {
		name   string
		rows   []row
		made   string
		chosen DateOrder
		want   DateOrder // "" for undecided
	}{
		{"a year in front", []row{{"2025/03/04", 1}}, "", "", YearMonthDay},
		{"a day over 12 in front", []row{{"03/04/2025", 1}, {"13/04/2025", 1}}, "", "", DayMonthYear},
		{"a day over 12 behind", []row{{"03/04/2025", 1}, {"03/14/2025", 1}}, "", "", MonthDayYear},
		{"what the file proves beats what the person chose", []row{{"13/04/2025", 1}}, "", MonthDayYear, DayMonthYear},
		{"what the person chose beats a likelihood", night("03/04/2025", "04/04/2025"), "", MonthDayYear, MonthDayYear},
		{"readings through midnight step by a day, day first", night("03/04/2025", "04/04/2025"), "", "", DayMonthYear},
		{"readings through midnight step by a day, month first", night("04/03/2025", "04/04/2025"), "", "", MonthDayYear},
		{"newest first is as good", []row{{"04/04/2025", 0}, {"03/04/2025", 23}, {"03/04/2025", 22}}, "", "", DayMonthYear},
		{"only one order runs one way", []row{{"01/02/2025", 8}, {"03/02/2025", 8}, {"02/03/2025", 8}, {"01/04/2025", 8}}, "", "", DayMonthYear},
		{"one day alone is undecided", []row{{"03/04/2025", 8}, {"03/04/2025", 9}, {"03/04/2025", 10}, {"03/04/2025", 11}}, "", "", AnyOrder},
		{"the file's own date proves it", []row{{"03/04/2025", 8}}, "13/05/2025", "", DayMonthYear},
		{"no row lies after the file was made", []row{{"01/12/2025", 8}}, "02/12/2025", "", AnyOrder},
		{"a row after the file was made rules an order out", []row{{"03/11/2025", 8}}, "04/03/2025", "", MonthDayYear},
		{"rows that prove both orders are a question", []row{{"13/06/2024", 1}, {"06/14/2024", 2}, {"05/06/2024", 3}}, "", "", AnyOrder},
		{"which the person answers", []row{{"13/06/2024", 1}, {"06/14/2024", 2}, {"05/06/2024", 3}}, "", DayMonthYear, DayMonthYear},
		{"a contradiction far down is found", append(append([]row{{"13/06/2024", 1}}, night("05/06/2024", "06/06/2024")...), row{"06/14/2024", 2}), "", "", AnyOrder},
		{"rows against the file's own date are a question", []row{{"13/06/2024", 1}, {"05/06/2024", 2}}, "06/25/2024", "", AnyOrder},
		{"which the person answers, too", []row{{"13/06/2024", 1}, {"05/06/2024", 2}}, "06/25/2024", DayMonthYear, DayMonthYear},
		{"two dates of the file against each other are a question", []row{{"05/06/2024", 2}}, "06/25/2024 13/06/2024", "", AnyOrder},
		{"a year in front stands against any date of the file", []row{{"2024/06/05", 2}}, "06/25/2024 13/06/2024", "", YearMonthDay},
		{"no date at all", nil, "", "", YearMonthDay},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v orderVote
			for _, made := range strings.Fields(c.made) {
				v.notAfter([]byte(made))
			}
			for _, r := range c.rows {
				if !v.see([]byte(r.date), r.hour) {
					break
				}
			}
			got, err := v.decide(c.chosen)
			if c.want == AnyOrder {
				require.EqualError(t, err, faultDateOrder)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestSpan(t *testing.T) {
	for in, want := range map[string]time.Duration{"0:20:00": 20 * time.Minute, "01:30:05": 90*time.Minute + 5*time.Second, "36:00:00": 36 * time.Hour} {
		got, ok := span([]byte(in))
		require.True(t, ok, in)
		require.Equal(t, want, got)
	}
	for _, in := range []string{"", "20", "0:20", "0:60:00", "0:00:60", "a:b:c", "-1:00:00", "1:2:3:4", "12345:00:00"} {
		_, ok := span([]byte(in))
		require.False(t, ok, in)
	}
}

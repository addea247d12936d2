package format

import (
	"fmt"
	"testing"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// encodings are the same text in every encoding that can hold it.
func encodings(t *testing.T, text string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"UTF-8 with a mark": append([]byte(utf8BOM), text...)}
	for name, e := range map[string]unicode.Endianness{"UTF-16LE": unicode.LittleEndian, "UTF-16BE": unicode.BigEndian} {
		b, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		require.NoError(t, err)
		all[name+" with a mark"] = b
		all[name+" without"] = b[2:]
	}
	if b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text)); err == nil {
		all["Windows-1252"] = b
	}
	return all
}

func glucoseSet(batches []record.Batch) map[string]bool {
	set := map[string]bool{}
	for _, b := range batches {
		for _, r := range b.Glucose {
			set[fmt.Sprint(b.Source.Serial, r.At, r.Value, r.Flags)] = true
		}
		for _, r := range b.Sparse {
			switch r := r.(type) {
			case *record.Fingerstick:
				set[fmt.Sprint(b.Source.Serial, r.At, r.Value)] = true
			case *record.Calibration:
				set[fmt.Sprint(b.Source.Serial, r.At, r.Value)] = true
			case *record.Dose:
				// The amount of a bolus whose other row was cut off is not known.
				if !r.Unspecified {
					set[fmt.Sprint(b.Source.Serial, r.Units)] = true
				}
			case *record.Carbs:
				set[fmt.Sprint(b.Source.Serial, r.At, r.Grams)] = true
			}
		}
	}
	return set
}

func one2(_ Format, batches []record.Batch) []record.Batch { return batches }

func kindNames(b record.Batch) map[string]int {
	n := map[string]int{}
	for _, r := range b.Sparse {
		n[string(r.Kind())]++
	}
	return n
}

package format

import (
	"bytes"
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// limits are where a sensor stops measuring, in mg/dL: what it shows beyond
// is LOW or HIGH.
type limits struct{ low, high float64 }

// The limits of the makers, as their manuals give them.
var (
	dexcomLimits    = limits{40, 400}
	medtronicLimits = limits{40, 400}
	libreLimits     = limits{40, 500}
)

// clippedWords are the words that stand in place of a number which a sensor
// or meter could not measure, in the languages of the exports.
var clippedWords = map[string]record.Flags{
	"low": record.BelowRange, "lo": record.BelowRange, "niedrig": record.BelowRange, "tief": record.BelowRange,
	"bas": record.BelowRange, "faible": record.BelowRange, "bajo": record.BelowRange, "baja": record.BelowRange,
	"basso": record.BelowRange, "bassa": record.BelowRange, "laag": record.BelowRange, "låg": record.BelowRange,
	"lågt": record.BelowRange, "lav": record.BelowRange, "lavt": record.BelowRange, "baixo": record.BelowRange,
	"niski": record.BelowRange, "niskie": record.BelowRange, "nízká": record.BelowRange, "matala": record.BelowRange,
	"high": record.AboveRange, "hi": record.AboveRange, "hoch": record.AboveRange, "haut": record.AboveRange,
	"élevé": record.AboveRange, "alto": record.AboveRange, "alta": record.AboveRange, "hoog": record.AboveRange,
	"hög": record.AboveRange, "högt": record.AboveRange, "høj": record.AboveRange, "høy": record.AboveRange,
	"høyt": record.AboveRange, "wysoki": record.AboveRange, "wysokie": record.AboveRange, "vysoká": record.AboveRange,
	"korkea": record.AboveRange,
}

// clippedWord gives the flag of a word for "could not measure further".
func clippedWord(b []byte) (record.Flags, bool) {
	if len(b) < 2 || len(b) > 16 {
		return 0, false
	}
	f, ok := clippedWords[strings.ToLower(cellText(b))]
	return f, ok
}

// readGlucose reads a cell: a number in u, or a word or a "<40" for a value
// that the device could not measure, which becomes the limit and a flag. key
// is "" or the reason why it is no glucose.
func readGlucose(b []byte, u unit.Concentration, lim limits) (g unit.Glucose, f record.Flags, key string) {
	mant, scale, ok := decimal(b)
	if !ok {
		if f, ok := clippedWord(b); ok {
			return lim.at(f), f, ""
		}
		b = trim(b)
		i := bytes.IndexAny(b, "<>")
		if i != 0 {
			return g, 0, rejectNumber
		}
		if f = record.BelowRange; b[0] == '>' {
			f = record.AboveRange
		}
		if mant, scale, ok = decimal(b[1:]); !ok {
			return g, 0, rejectNumber
		}
	}
	g, ok = glucoseOf(mant, scale, u)
	if !ok || !g.Possible() {
		return g, 0, rejectGlucose
	}
	return g, f, ""
}

// at is the limit on the side that f names. It is in mg/dL whatever the file
// uses: that is what the sensor's limit is defined in.
func (l limits) at(f record.Flags) unit.Glucose {
	if f.Has(record.BelowRange) {
		return unit.MgDLValue(l.low)
	}
	return unit.MgDLValue(l.high)
}

// contradicts says whether g cannot carry the flags f: no sensor stops
// measuring low at 100 mg/dL or above, none high at 200 or below, and no value
// lies beyond both ends. Such a row is refused: which of the two is wrong
// nobody but its writer knows.
func contradicts(g unit.Glucose, f record.Flags) bool {
	v := g.MgDL()
	return f.Has(record.BelowRange|record.AboveRange) ||
		f.Has(record.BelowRange) && v >= 100 || f.Has(record.AboveRange) && v <= 200
}

// glucoseOf keeps mant / 10^scale to a thousandth, half rounded up.
func glucoseOf(mant int64, scale int, u unit.Concentration) (unit.Glucose, bool) {
	if mant < 0 || mant > 1_000_000_000_000_000 {
		return unit.Glucose{}, false
	}
	for ; scale < 3 && mant <= 1_000_000_000; scale++ {
		mant *= 10
	}
	if scale < 3 {
		return unit.Glucose{}, false
	}
	if scale > 3 {
		p := int64(pow10[min(scale-3, len(pow10)-1)])
		mant = (mant + p/2) / p
	}
	if mant > 1_000_000_000 {
		return unit.Glucose{}, false
	}
	return unit.Glucose{Milli: int32(mant), Unit: u}, true
}

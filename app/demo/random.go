package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
)

// stream is a source of chance. Its generator and the way from words to
// numbers are fixed here, because those of the standard library may change.
type stream struct{ pcg *rand.PCG }

// newStream seeds a stream by its name: the same name gives the same numbers.
// Different concerns use different streams, so that more noise of the sensor
// moves no meal.
func newStream(seed uint64, person, name, of string) stream {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%s/%s", seed, person, name, of))
	return stream{rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))}
}

// part is uniform from 0 (included) to 1 (not included).
func (s stream) part() float64 { return float64(s.pcg.Uint64()>>11) / (1 << 53) }

// between is uniform from a to b.
func (s stream) between(a, b float64) float64 { return a + (b-a)*s.part() }

// chance is true with probability p.
func (s stream) chance(p float64) bool { return s.part() < p }

// normal is a standard normal number by Box and Muller (1958). It always
// takes two words, so that draws stay in step.
func (s stream) normal() float64 {
	u, v := 1-s.part(), s.part()
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*v)
}

// quantise rounds state that goes on into the next step: floating point
// differs in its last digits between processors.
func quantise(v float64) float64 { return math.Round(v*1e6) / 1e6 }

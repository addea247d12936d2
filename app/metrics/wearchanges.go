package metrics

import (
	"slices"
	"strings"
	"time"

	"glucokeep/app/record"
)

// sameChange is how near two words about a change of site or reservoir are
// about one change: rewinding, filling the tubing and the cannula take a
// while, and a second source tells it again.
const sameChange = record.Millis(3 * time.Hour / time.Millisecond)

// Changes are the instants at which the infusion site and the reservoir were
// changed, in order, each change once. A source that tells changes itself is
// believed; of one that tells none a fill of the cannula is a change of site,
// and a rewind or a fill of the tubing one of the reservoir.
func Changes(events []DeviceEvent) (sites, reservoirs []record.Millis) {
	by := map[int64]*changes{}
	for _, e := range events {
		c := by[e.Source]
		if c == nil {
			c = &changes{}
			by[e.Source] = c
		}
		c.add(e)
	}
	for _, c := range by {
		if len(c.sites) == 0 {
			c.sites = c.cannulas
		}
		if len(c.reservoirs) == 0 {
			c.reservoirs = c.fills
		}
		sites, reservoirs = append(sites, c.sites...), append(reservoirs, c.reservoirs...)
	}
	return once(sites), once(reservoirs)
}

// changes is what one source told of them.
type changes struct{ sites, reservoirs, cannulas, fills []record.Millis }

func (c *changes) add(e DeviceEvent) {
	switch e.Event.Event {
	case record.SiteChange:
		c.sites = append(c.sites, e.At)
	case record.ReservoirChange:
		c.reservoirs = append(c.reservoirs, e.At)
	case record.Rewind:
		c.fills = append(c.fills, e.At)
	case record.Prime:
		switch detail := strings.ToLower(e.Detail); {
		case strings.Contains(detail, "cannula"), detail == "fixed": // Medtronic's word
			c.cannulas = append(c.cannulas, e.At)
		case strings.Contains(detail, "tubing"), detail == "manual":
			c.fills = append(c.fills, e.At)
		}
	}
}

// once leaves one of instants that lie near each other.
func once(list []record.Millis) []record.Millis {
	slices.Sort(list)
	var out []record.Millis
	for i, at := range list {
		if i == 0 || at-list[i-1] > sameChange {
			out = append(out, at)
		}
	}
	return out
}

// MedianDays is the median time between changes in days; NaN with fewer than
// two.
func MedianDays(changes []record.Millis) float64 {
	var gaps []float64
	for i := 1; i < len(changes); i++ {
		gaps = append(gaps, float64(changes[i]-changes[i-1])/float64(dayMS))
	}
	if len(gaps) == 0 {
		return undefined
	}
	slices.Sort(gaps)
	return quantile(gaps, 0.5)
}

// AutomatedShare is the percentage of the time with a known basal rate in
// which the device set the rate by itself; NaN without such a time, or when
// no rate was automated at all: then the data do not tell modes apart. The
// time is that of the period from (included) to until (not included).
func AutomatedShare(basals []*record.Basal, from, until record.Millis) (percent float64, known time.Duration) {
	var automated, all record.Millis
	for _, s := range BasalSpans(basals, from, until) {
		all += s.Until - s.From
		if s.Basal == record.AutomatedBasal {
			automated += s.Until - s.From
		}
	}
	if automated == 0 {
		return undefined, time.Duration(all) * time.Millisecond
	}
	return 100 * float64(automated) / float64(all), time.Duration(all) * time.Millisecond
}

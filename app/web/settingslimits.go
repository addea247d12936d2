package web

import (
	"math"
	"strconv"
	"strings"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/share"
	"glucokeep/app/unit"
	"glucokeep/views/page"
)

// shownLimits are the limits that the form of a person shows: their own, or to
// begin with those that count now.
func shownLimits(p read.Person) metrics.OwnLimits {
	if p.Own != (metrics.OwnLimits{}) {
		return p.Own
	}
	return metrics.LimitsOf(ranges(p))
}

func concentration(name string) unit.Concentration {
	if name == unit.MmolL.String() {
		return unit.MmolL
	}
	return unit.MgDL
}

// limit prints a limit, in thousandths of unit in, with all its decimals: a
// field that showed fewer would change the limit when it is sent back.
func (v *visit) limit(in unit.Concentration, milli int32) string {
	decimals := metrics.LimitDecimals(in)
	for math.Mod(float64(milli), math.Pow10(3-decimals)) != 0 {
		decimals++
	}
	return v.locale.Decimal(float64(milli)/1000, decimals)
}

// keptLimits says the own limits in both units, the reader's first: a reading
// is judged by those of the unit that its device measures in, and the others
// are rounded.
func (v *visit) keptLimits(own metrics.OwnLimits) string {
	if own == (metrics.OwnLimits{}) {
		return ""
	}
	list := func(c unit.Concentration) string {
		var all []string
		for _, milli := range own.In(c) {
			if milli > 0 {
				all = append(all, v.limit(c, milli))
			}
		}
		return strings.Join(all, " · ") + " " + c.String()
	}
	first, second := unit.MgDL, unit.MmolL
	if concentration(v.locale.Unit) == unit.MmolL {
		first, second = second, first
	}
	return v.t("settings.limits.kept", "first", list(first), "second", list(second))
}

// tooFine is the catalogue key that refuses a limit with too many decimals.
func tooFine(in unit.Concentration) string {
	if in == unit.MmolL {
		return "ranges.too-fine.mmol"
	}
	return "ranges.too-fine.mgdl"
}

// limitsSent reads the own limits, which are in the unit that the form was
// drawn with, and says which are none. A very high that was left empty is no
// such band. A number that is finer than people read its unit is refused and
// not rounded, unless it stands so already.
func (v *visit) limitsSent(p *page.Settings, before metrics.OwnLimits) (own metrics.OwnLimits, wrong map[string]string) {
	wrong = map[string]string{}
	if !knownUnit(p.LimitUnit) {
		p.LimitUnit = v.locale.Unit
		wrong["limit-unit"] = v.t("settings.limits.unit-unknown", "unit", p.LimitUnit)
		return before, wrong
	}
	in := concentration(p.LimitUnit)
	var values [4]float64
	for i, name := range share.LimitFields {
		sent := strings.TrimSpace(p.Limits[i])
		if sent == "" && i == metrics.VeryHighLimit {
			continue
		}
		n, err := strconv.ParseFloat(strings.Replace(sent, ",", ".", 1), 64)
		switch {
		case err != nil || !(n > 0 && n < 10_000):
			wrong[name] = v.t("ranges.bounds." + name)
			continue
		case !metrics.LimitFits(in, n) && n != float64(before.In(in)[i])/1000:
			wrong[name] = v.t(tooFine(in))
		}
		values[i] = n
	}
	return before.With(in, values), wrong
}

package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/metrics"
	"glucokeep/app/share"
	"glucokeep/app/unit"
)

type personSetCommand struct {
	dataFlag
	Person string  `required:"" placeholder:"NAME" help:"Who: name or key."`
	Name   string  `help:"New name."`
	Zone   string  `help:"New time zone of their days. Readings stay at their instants."`
	Unit   string  `enum:",mg/dL,mmol/L" default:"" help:"New unit of glucose on their pages: mg/dL or mmol/L."`
	Ranges string  `enum:",standard,older,pregnancy,pregnancy-other,own" default:"" help:"What their values are judged by: standard, older, pregnancy (type 1), pregnancy-other or own."`
	Limits string  `placeholder:"A,B,C,D" help:"Own limits, in the unit of their pages: very low, low, high, very high; a very high of 0 is none. Used with --ranges own."`
	Night  string  `placeholder:"FROM-UNTIL" help:"Hours of their night, for example 22-6."`
	Born   *string `placeholder:"YYYY-MM-DD" help:"Date of birth, for the head of reports; empty takes it away."`
	Record *string `help:"Number of a clinic's record, for the head of reports; empty takes it away."`
}

// Run changes a person.
func (c *personSetCommand) Run(ctx context.Context, r *terminal) error {
	return r.with(ctx, c.Data, func(b *Box) error {
		now := time.Now()
		key, err := b.share.ByName(ctx, console(), c.Person, now)
		if err != nil {
			return err
		}
		scope, err := b.share.Scope(ctx, console(), share.Manage, key, now)
		if err != nil {
			return err
		}
		change := share.Change{Name: c.Name, Zone: c.Zone, Unit: c.Unit, Ranges: c.Ranges, Born: c.Born, Record: c.Record}
		if c.Limits != "" {
			in := scope.Person().Unit
			if c.Unit != "" {
				in = c.Unit
			}
			own, err := parseLimits(c.Limits, in, scope.Person().Own)
			if err != nil {
				return err
			}
			change.Own = &own
		}
		if c.Night != "" {
			if change.Night, err = parseNight(c.Night); err != nil {
				return err
			}
		}
		if _, err := b.share.SetPerson(ctx, now, scope, change); err != nil {
			return err
		}
		r.say("person.changed")
		return nil
	})
}

// parseLimits reads four numbers of a unit.
func parseLimits(s, in string, before metrics.OwnLimits) (metrics.OwnLimits, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return before, fault.New(fault.Invalid, "ranges.four")
	}
	c := unit.MgDL
	if in == unit.MmolL.String() {
		c = unit.MmolL
	}
	var values [4]float64
	for i, p := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || v < 0 || v > 1000 {
			return before, fault.New(fault.Invalid, "ranges.four")
		}
		if !metrics.LimitFits(c, v) {
			if c == unit.MmolL {
				return before, fault.New(fault.Invalid, "ranges.too-fine.mmol")
			}
			return before, fault.New(fault.Invalid, "ranges.too-fine.mgdl")
		}
		values[i] = v
	}
	return before.With(c, values), nil
}

// parseNight reads "22-6".
func parseNight(s string) (*share.Night, error) {
	from, until, ok := strings.Cut(s, "-")
	a, err1 := strconv.Atoi(strings.TrimSpace(from))
	z, err2 := strconv.Atoi(strings.TrimSpace(until))
	if !ok || err1 != nil || err2 != nil {
		return nil, fault.New(fault.Invalid, "settings.night-wrong")
	}
	return &share.Night{From: a, Until: z}, nil
}

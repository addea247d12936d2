package demo

import (
	"math"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// wear tells when sensors and infusion sites are changed. It is computed from
// the number of the change and nothing else, so that any date can be asked.
type wear struct {
	person string
	seed   uint64
	zone   *time.Location
	sensor sensor
	shift  float64 // days by which this person's changes are offset from 1970
	story  script

	session session // last answers
	site    site
}

func newWear(p Person, a *archetype, seed uint64, zone *time.Location) *wear {
	s := newStream(seed, p.ID, "wear", "shift")
	return &wear{person: p.ID, seed: seed, zone: zone, sensor: a.sensor, shift: s.between(0, a.sensor.life), story: p.Stories}
}

// session is one sensor's time on the body.
type session struct {
	ended   record.Millis // the one before was taken off
	began   record.Millis
	reads   record.Millis // warm-up over
	until   record.Millis // taken off
	bias    float64       // relative error at the start, decaying
	seconds record.Millis // its readings lie so many ms after the five minutes
}

func (w *wear) change(k int) (at record.Millis, s stream) {
	s = newStream(w.seed, w.person, "session", strconv.Itoa(k))
	day := metrics.Date{Year: 1970, Month: time.January, Day: 1}.Add(int(math.Floor(w.shift + float64(k)*w.sensor.life)))
	at = clockTime(day, s.between(17, 20.5), w.zone)
	return w.story.postpone(at), s
}

// sessionAt is the sensor that is on the body, or last was, at an instant.
func (w *wear) sessionAt(at record.Millis) session {
	if w.session.ended <= at && at < w.session.until {
		return w.session
	}
	k := int(math.Floor((float64(at)/86_400_000-w.shift)/w.sensor.life)) + 1
	for {
		ended, s := w.change(k)
		if ended > at {
			k--
			continue
		}
		until, _ := w.change(k + 1)
		began := ended + record.Millis(math.Round(s.between(2, 100)))*minuteMS
		w.session = w.story.fail(session{
			ended: ended, began: began, until: until, reads: began + record.Millis(w.sensor.warmUp.Milliseconds()),
			bias: s.normal() * 0.05, seconds: record.Millis(s.between(0, 299)) * 1000,
		}, at)
		return w.session
	}
}

// site is an infusion site of a pump.
type site struct {
	began, until record.Millis
	failsFrom    record.Millis // until when it works; until for a good one
}

const siteHours = 78

func (w *wear) siteChange(k int) (record.Millis, stream) {
	s := newStream(w.seed, w.person, "site", strconv.Itoa(k))
	hours := float64(k)*siteHours + w.shift*24 + min(max(s.normal()*10, -20), 20)
	at := record.Millis(math.Round(hours*60)) * minuteMS
	local := at.Time().In(w.zone)
	day := metrics.DateOf(at, w.zone)
	switch h := float64(local.Hour()) + float64(local.Minute())/60; {
	case h < 7:
		return clockTime(day, 7+h/7, w.zone), s // nobody gets up for it
	case h > 22:
		return clockTime(day, 20+(h-22), w.zone), s
	}
	return at, s
}

// siteAt is the infusion site in use at an instant.
func (w *wear) siteAt(at record.Millis) site {
	if w.site.began <= at && at < w.site.until {
		return w.site
	}
	k := int(math.Floor((float64(at)/3_600_000-w.shift*24)/siteHours)) + 1
	for {
		began, s := w.siteChange(k)
		if began > at {
			k--
			continue
		}
		until, _ := w.siteChange(k + 1)
		w.site = site{began: began, until: until, failsFrom: until}
		if hours := s.between(3, 5); s.chance(1.0 / 25) {
			w.site.failsFrom = until - record.Millis(math.Round(hours*60))*minuteMS
		}
		return w.site
	}
}

// strength is how well insulin gets in through the site: weaker in its first
// hour and a half, and much weaker while it fails.
func (s site) strength(at record.Millis) float64 {
	switch {
	case at >= s.failsFrom:
		return 0.4
	case at < s.began+90*minuteMS:
		return 0.8
	}
	return 1
}

package metrics

import (
	"math"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// AR2 is Nightscout's forecast (ar2 plugin): a second-order autoregression of
// ln(g/140) in steps of five minutes.
type AR2 struct {
	Points [6]unit.MgPerDl // in 5, 10 … 30 minutes, clipped to 36..400, whole mg/dL as Nightscout shows them
	Loss   float64         // how far from 120 mg/dL on average; above 0.05 warn, above 0.10 urgent
}

// AR2 coefficients and limits of cgm-remote-monitor's ar2.js.
const (
	ar2Reference = 140
	ar2First     = 1.716
	ar2Second    = -0.723
	ar2Lowest    = 36
	ar2Highest   = 400
)

// ForecastAR2 forecasts from the glucose five minutes ago and now; NaN in
// gives NaN out. Use Delta's Before and Now.
func ForecastAR2(before, now unit.MgPerDl) AR2 {
	a, b := math.Log(float64(before)/ar2Reference), math.Log(float64(now)/ar2Reference)
	var out AR2
	for i := range out.Points {
		a, b = b, ar2First*b+ar2Second*a
		p := math.Round(min(max(ar2Reference*math.Exp(b), ar2Lowest), ar2Highest))
		out.Points[i] = unit.MgPerDl(p)
		lost := math.Log10(p / 120)
		out.Loss += lost * lost / 5
	}
	return out
}

// Outlook is our own short forecast: the slope of the last 20 minutes, damped
// so that it levels off: p(h) = g + s·h·(1 − h/90) for h up to 30 minutes. No
// page shows it; the alerts that are to come will ring by it.
type Outlook struct {
	Now  unit.MgPerDl // newest reading; NaN when nothing can be foretold
	Rate Rate         // over 20 minutes
}

const (
	outlookWindow  = 20 * time.Minute
	outlookGap     = 11 * time.Minute
	outlookFurther = 30 * time.Minute
	dampingMinutes = 90
	urgentSoon     = 55 // mg/dL; urgent low soon is at or below this in 20 minutes
	urgentFall     = -1 // mg/dL/min, at least this fast a fall
)

// OutlookAt forecasts from the readings up to the moment at. It is undefined
// from fewer than three readings, across a gap of more than 11 minutes, from
// a clipped reading and from one that is no longer fresh.
func OutlookAt(rs []record.Reading, at record.Millis) Outlook {
	o := Outlook{Now: missing(), Rate: slope(rs, at, outlookWindow, outlookGap)}
	if !Defined(o.Rate) {
		return o
	}
	for i := len(rs) - 1; i >= 0; i-- {
		if rs[i].At <= at && counted(rs[i]) {
			o.Now = rs[i].Statistic()
			break
		}
	}
	return o
}

// In is the glucose after a time of at most 30 minutes; NaN beyond.
func (o Outlook) In(after time.Duration) unit.MgPerDl {
	if after < 0 || after > outlookFurther {
		return missing()
	}
	h := after.Minutes()
	return o.Now + unit.MgPerDl(float64(o.Rate)*h*(1-h/dampingMinutes))
}

// UrgentLowSoon reports whether glucose is at or below 55 mg/dL in 20 minutes
// and falls by at least 1 mg/dL per minute.
func (o Outlook) UrgentLowSoon() bool {
	return o.In(20*time.Minute) <= urgentSoon && o.Rate <= urgentFall
}

// LowAhead reports whether glucose falls to the limit or below within 30
// minutes. One evaluation is not yet an alert: see the alert rules.
func (o Outlook) LowAhead(limit unit.MgPerDl) bool {
	return o.In(outlookFurther) <= limit && o.Rate < 0
}

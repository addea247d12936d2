package report

import (
	"math"
	"strconv"
	"time"

	"glucokeep/app/format"
	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Number is a figure in JSON; one that cannot be given is null.
type Number float64

// MarshalJSON writes the number with all its digits, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// Stats is all figures of a period, for programs: the JSON that "glucokeep
// stats --json" prints, described in docs/stats.md. Concentrations are in
// mg/dL, shares in percent, times are the person's wall clock.
type Stats struct {
	Readings int    `json:"readings"`
	First    string `json:"first"`
	Last     string `json:"last"`
	Zone     string `json:"zone"`
	From     string `json:"from"`
	Until    string `json:"until"`

	Sufficient  bool `json:"sufficient"`   // 14 days with at least 70 % of readings
	BelowSensor int  `json:"below_sensor"` // readings shown as LOW
	AboveSensor int  `json:"above_sensor"` // readings shown as HIGH
	Dropped     int  `json:"dropped"`      // readings that another source told better

	GridStep    int `json:"grid_dt0_min"`
	GridDays    int `json:"grid_days"`
	GridPresent int `json:"grid_points_present"`

	Mean   Number `json:"mean"`
	Median Number `json:"median"`
	SD     Number `json:"sd"`
	CV     Number `json:"cv"`
	IQR    Number `json:"iqr"`
	Min    Number `json:"min"`
	Max    Number `json:"max"`
	GMI    Number `json:"gmi"`
	GMIMol Number `json:"gmi_mmol_mol"`
	EA1c   Number `json:"ea1c"`

	Shares Percents `json:"pct"`

	GRI      Number `json:"gri"`
	GRIHypo  Number `json:"gri_hypo_component"`
	GRIHyper Number `json:"gri_hyper_component"`
	GRIZone  string `json:"gri_zone"`
	LBGI     Number `json:"lbgi"`
	HBGI     Number `json:"hbgi"`
	JIndex   Number `json:"j_index"`
	MODD     Number `json:"modd"`

	CONGA  map[string]Number `json:"conga"`
	Active ActiveStats       `json:"active"`

	Episodes  []EpisodeStats `json:"episodes"`
	LongHyper EpisodeStats   `json:"episodes_extended_hyper"` // above 250 mg/dL for more than two hours

	AGPRaw    []HourStats `json:"agp_hourly_raw"`
	AGPSmooth []HourStats `json:"agp_hourly_smoothed_141"`
	AGPGrid   []HourStats `json:"agp_grid_on_the_hour"`

	Daily []DayStats `json:"daily"`

	Trend    *TrendStats   `json:"trend"`
	Forecast *ForecastStat `json:"forecast_ar2"`
	Insulin  *InsulinStats `json:"insulin"`
}

// Percents are shares of time by consensus range, whatever the person's own
// ranges are.
type Percents struct {
	VeryLow  Number `json:"tbr2_lt54"`
	Low      Number `json:"tbr1_54_to_lt70"`
	Below    Number `json:"tbr_lt70"`
	Target   Number `json:"tir_70_180"`
	High     Number `json:"tar1_gt180_to_250"`
	VeryHigh Number `json:"tar2_gt250"`
	Above    Number `json:"tar_gt180"`
	Tight    Number `json:"titr_70_140"`
	Pregnant Number `json:"preg_63_140"`
	Over140  Number `json:"gt140"`
}

// ActiveStats is how much of the time the sensor gave readings.
type ActiveStats struct {
	Percent  Number `json:"percent"`          // docs/stats.md: gaps counted
	Spanned  Number `json:"percent_spanned"`  // by count
	Calendar Number `json:"percent_calendar"` // of the whole period
	Days     Number `json:"ndays"`            // from first to last reading, to a tenth
}

// EpisodeStats counts the episodes of one rule.
type EpisodeStats struct {
	Type     string `json:"type"`
	Level    string `json:"level"`
	Total    int    `json:"total"`
	PerDay   Number `json:"per_day"`
	Duration Number `json:"mean_duration_min"`
	Glucose  Number `json:"mean_glucose"`
}

// HourStats are the percentiles of one hour of the day.
type HourStats struct {
	Hour  *int   `json:"hour,omitempty"`
	Clock string `json:"clock,omitempty"`
	N     *int   `json:"n,omitempty"`
	Days  *int   `json:"n_days,omitempty"`
	P05   Number `json:"p05"`
	P25   Number `json:"p25"`
	P50   Number `json:"p50"`
	P75   Number `json:"p75"`
	P95   Number `json:"p95"`
}

// DayStats are the figures of one local date.
type DayStats struct {
	Date   string `json:"date"`
	N      int    `json:"n"`
	Mean   Number `json:"mean"`
	SD     Number `json:"sd"`
	Min    Number `json:"min"`
	Max    Number `json:"max"`
	TBR2   Number `json:"tbr2"`
	TBR1   Number `json:"tbr1"`
	TIR    Number `json:"tir"`
	TAR1   Number `json:"tar1"`
	TAR2   Number `json:"tar2"`
	Active Number `json:"active_percent"`
}

// TrendStats is where glucose was going at the last reading.
type TrendStats struct {
	Rate  Number `json:"rate_mg_dl_min"`
	Arrow string `json:"arrow"`
}

// ForecastStat is Nightscout's AR2 forecast from the last two readings.
type ForecastStat struct {
	Points []Number `json:"points"` // in 5 to 30 minutes
	Loss   Number   `json:"loss"`
}

// InsulinStats are averages per day that counts.
type InsulinStats struct {
	Days      int    `json:"days"`
	LeftOut   int    `json:"days_left_out"`
	Total     Number `json:"total_units_per_day"`
	Bolus     Number `json:"bolus_units_per_day"`
	Unsaid    Number `json:"unsaid_units_per_day"` // of Bolus
	Basal     Number `json:"basal_units_per_day"`
	Automated Number `json:"automated_units_per_day"`
	BasalPart Number `json:"basal_percent"`
	Carbs     Number `json:"carbs_g_per_day"`
	CarbDays  int    `json:"carb_days"`
}

// ComputeStats computes all figures of d.
func ComputeStats(d Data) Stats {
	rs := metrics.Counted(d.Readings)
	sum := metrics.Summarize(rs)
	grid := metrics.NewGrid(rs, d.Zone)
	suff := metrics.SufficiencyOf(rs, d.Zone)
	active := metrics.ActiveOf(rs, d.From, d.Until)
	standard, pregnancy := metrics.SharesOf(rs, metrics.Standard()), metrics.SharesOf(rs, metrics.Pregnancy())

	s := Stats{
		Readings: sum.N, Zone: d.Zone.String(), From: wall(d.From, d.Zone), Until: wall(d.Until, d.Zone),
		Sufficient: suff.Enough, BelowSensor: sum.BelowSensor, AboveSensor: sum.AboveSensor, Dropped: d.Dropped,
		GridStep: int(grid.Step.Minutes()), GridDays: grid.Days, GridPresent: grid.Present(),
		Mean: Number(sum.Mean), Median: Number(sum.Median), SD: Number(sum.SD), CV: Number(sum.CV), IQR: Number(sum.IQR),
		Min: Number(sum.Min), Max: Number(sum.Max), GMI: Number(sum.GMI), GMIMol: Number(sum.GMIMmolMol), EA1c: Number(sum.EA1c),
		Shares: Percents{VeryLow: Number(standard.VeryLow), Low: Number(standard.Low), Below: Number(standard.Below()),
			Target: Number(standard.Target), High: Number(standard.High), VeryHigh: Number(standard.VeryHigh),
			Above: Number(standard.Above()), Tight: Number(standard.Tight), Pregnant: Number(pregnancy.Target), Over140: Number(pregnancy.Above())},
		GRI: Number(sum.GRI.Index), GRIHypo: Number(sum.GRI.Hypo), GRIHyper: Number(sum.GRI.Hyper), GRIZone: sum.GRI.Zone,
		LBGI: Number(sum.LBGI), HBGI: Number(sum.HBGI), JIndex: Number(sum.JIndex), MODD: Number(grid.MODD()),
		CONGA: map[string]Number{},
		Active: ActiveStats{Percent: Number(active.ByGaps), Spanned: Number(active.Spanned), Calendar: Number(active.Calendar),
			Days: Number(math.Round(active.SpanDays*10) / 10)},
		Episodes: []EpisodeStats{}, Daily: []DayStats{},
	}
	if sum.N > 0 {
		s.First, s.Last = wall(sum.First, d.Zone), wall(sum.Last, d.Zone)
	}
	for _, h := range []int{1, 2, 4, 24} {
		s.CONGA["h"+strconv.Itoa(h)] = Number(grid.CONGA(h))
	}
	for _, c := range grid.EpisodeReport().Counts {
		e := EpisodeStats{Type: c.Type, Level: c.Level, Total: c.Total, PerDay: Number(c.PerDay),
			Duration: Number(c.MeanDuration.Minutes()), Glucose: Number(c.MeanGlucose)}
		if c.Type == "hyper" && c.Level == "extended" { // the reference series do not have it
			s.LongHyper = e
			continue
		}
		s.Episodes = append(s.Episodes, e)
	}
	hours := metrics.Hourly(rs, d.Zone)
	s.AGPRaw, s.AGPSmooth, s.AGPGrid = rawHours(hours), smoothHours(hours.Smooth()), gridHours(grid.OnTheHour())
	for _, day := range metrics.Daily(rs, metrics.Standard(), d.Zone) {
		s.Daily = append(s.Daily, DayStats{Date: day.Date.String(), N: day.N, Mean: Number(day.Mean), SD: Number(day.SD),
			Min: Number(day.Min), Max: Number(day.Max), TBR2: Number(day.Shares.VeryLow), TBR1: Number(day.Shares.Low),
			TIR: Number(day.Shares.Target), TAR1: Number(day.Shares.High), TAR2: Number(day.Shares.VeryHigh), Active: Number(day.Active)})
	}
	s.Trend, s.Forecast = trendOf(rs), forecastOf(rs)
	s.Insulin = insulinOf(d)
	return s
}

func trendOf(rs []record.Reading) *TrendStats {
	if len(rs) == 0 {
		return nil
	}
	rate := metrics.RateAt(rs, rs[len(rs)-1].At)
	return &TrendStats{Rate: Number(rate), Arrow: format.TrendName(rate.Arrow(record.NoTrend))}
}

// forecastOf asks for two buckets of readings five minutes apart, neither
// clipped, as metrics.DeltaOf finds them.
func forecastOf(rs []record.Reading) *ForecastStat {
	delta := metrics.DeltaOf(rs)
	if !metrics.Defined(delta.Now) || !metrics.Defined(delta.Before) {
		return nil
	}
	f := metrics.ForecastAR2(delta.Before, delta.Now)
	out := &ForecastStat{Loss: Number(f.Loss)}
	for _, p := range f.Points {
		out.Points = append(out.Points, Number(p))
	}
	return out
}

func insulinOf(d Data) *InsulinStats {
	r := metrics.ReportInsulin(d.Therapy, d.Zone, d.From, d.Until)
	if r.Counted+r.LeftOut+r.CarbDays == 0 {
		return nil
	}
	return &InsulinStats{Days: r.Counted, LeftOut: r.LeftOut, Total: Number(r.Total), Bolus: Number(r.Bolus), Unsaid: Number(r.Unsaid), Basal: Number(r.Basal),
		Automated: Number(r.Automated), BasalPart: Number(r.BasalPart), Carbs: Number(r.Carbs), CarbDays: r.CarbDays}
}

func hourStats(p metrics.Percentiles) HourStats {
	n := func(v unit.MgPerDl) Number { return Number(v) }
	return HourStats{P05: n(p.P05), P25: n(p.P25), P50: n(p.P50), P75: n(p.P75), P95: n(p.P95)}
}

func rawHours(hours metrics.Hours) (out []HourStats) {
	for h, p := range hours {
		if p.N == 0 {
			continue
		}
		s := hourStats(p)
		s.Hour, s.N = &h, &p.N
		out = append(out, s)
	}
	return out
}

func smoothHours(hours metrics.Hours) (out []HourStats) {
	for h, p := range hours {
		if !metrics.Defined(p.P50) {
			continue
		}
		s := hourStats(p)
		s.Hour = &h
		out = append(out, s)
	}
	return out
}

func gridHours(hours [24]metrics.Percentiles) (out []HourStats) {
	for h, p := range hours {
		if p.N == 0 {
			continue
		}
		s := hourStats(p)
		s.Clock, s.Days = time.Date(2000, 1, 1, h+1, 0, 0, 0, time.UTC).Format("15:04"), &p.N
		if h == 23 {
			s.Clock = "24:00"
		}
		out = append(out, s)
	}
	return out
}

func wall(at record.Millis, loc *time.Location) string {
	return at.Time().In(loc).Format("2006-01-02T15:04:05")
}

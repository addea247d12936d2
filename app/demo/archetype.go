package demo

import "time"

// therapy is how a person gets insulin.
type therapy uint8

const (
	pump      therapy = iota // a pump with a schedule
	loop                     // a pump that a closed loop steers
	pens                     // several injections a day
	basalOnly                // one injection of long-acting insulin a day
)

// sensor is a kind of glucose sensor.
type sensor struct {
	device     string
	every      time.Duration // between readings
	low, high  float64       // mg/dL, what it can measure
	life       float64       // days
	warmUp     time.Duration
	calibrates bool // it takes calibrations
}

// archetype is a kind of person. Glucose is in mg/dL, insulin in units.
type archetype struct {
	id                       string
	therapy                  therapy
	sensor                   sensor
	daily, basalShare        float64 // nominal insulin a day and the part of it that is basal
	isf, ratio, target       float64 // mg/dL a unit; grams a unit; target, or resting level of type 2
	peak                     time.Duration
	carbError, missed        float64 // spread of the estimate (log); chance to forget a bolus
	delay, delaySpread       float64 // minutes from meal to bolus
	dawn, walk, sensitivity  float64 // rise in the morning; drift; spread of daily sensitivity (log)
	noise, compression, lost float64 // of the sensor; chance of a compression low a night; of a lost daytime
	lowAt, treat, exercise   float64 // treat below; grams; chance a day
	correctAt, correct       float64 // correct above; chance a step
	gain                     float64 // of meals, type 2 only
	meals                    []meal
	notes                    []string
}

// meal is what is eaten at an hour of the local clock.
type meal struct{ hour, grams float64 }

func fiveMinutes(device string, life float64, warmUp time.Duration, calibrates bool) sensor {
	return sensor{
		device: device, every: 5 * time.Minute, low: 40, high: 400, life: life, warmUp: warmUp, calibrates: calibrates,
	}
}

func quarterHour() sensor {
	return sensor{device: "Demo sensor L", every: 15 * time.Minute, low: 40, high: 500, life: 14, warmUp: time.Hour}
}

// archetypes are the kinds of people; the ranges of their figures stand in the
// test. The sensor of older-t2 sends every five minutes, not fifteen: its
// person is one of the family whose readings go on, and 15 minutes are the age
// at which pages take a value for old.
func archetypes() []archetype {
	return []archetype{
		{
			id: "child-pump", therapy: pump, sensor: fiveMinutes("Demo sensor G", 10, 2*time.Hour, true),
			daily: 18, basalShare: 0.42, isf: 95, ratio: 22, target: 125, peak: 65 * time.Minute,
			carbError: 0.25, missed: 0.16, delay: 6, delaySpread: 14, dawn: 38, walk: 0.29, sensitivity: 0.16,
			noise: 5.5, compression: 0.06, lost: 0.02, lowAt: 70, treat: 15, exercise: 0.35, correctAt: 210, correct: 0.7,
			meals: []meal{{7.3, 35}, {10.2, 12}, {12.3, 45}, {15.5, 20}, {18.5, 50}, {20.2, 10}},
			notes: []string{"Swimming lesson", "Birthday party at school", "Slight cold", "Changed the site early", "School trip"},
		},
		{
			id: "adult-aid", therapy: loop, sensor: fiveMinutes("Demo sensor H", 10.5, 30*time.Minute, false),
			daily: 45, basalShare: 0.48, isf: 42, ratio: 10, target: 117, peak: 60 * time.Minute,
			carbError: 0.32, missed: 0.24, delay: 6, delaySpread: 15, dawn: 30, walk: 0.29, sensitivity: 0.15,
			noise: 5, compression: 0.02, lost: 0.015, lowAt: 78, treat: 14, exercise: 0.25,
			meals: []meal{{7.5, 40}, {12.6, 60}, {15.8, 15}, {19.2, 75}, {21.6, 12}},
			notes: []string{"Late meeting, ate at the desk", "Cycled to work", "Pizza", "Slept badly"},
		},
		{
			id: "adult-mdi", therapy: pens, sensor: quarterHour(),
			daily: 48, basalShare: 0.50, isf: 38, ratio: 9, target: 128, peak: 75 * time.Minute,
			carbError: 0.30, missed: 0.12, delay: 5, delaySpread: 16, dawn: 32, walk: 0.26, sensitivity: 0.17,
			noise: 5.5, compression: 0.04, lost: 0.03, lowAt: 68, treat: 16, exercise: 0.25, correctAt: 200, correct: 0.55,
			meals: []meal{{7.8, 45}, {12.9, 60}, {16.3, 15}, {19.5, 80}, {22, 15}},
			notes: []string{"Dinner with friends", "Forgot the pen at home", "Long walk", "Shift work this week"},
		},
		{
			id: "older-t2", therapy: basalOnly, sensor: fiveMinutes("Demo sensor K", 14, time.Hour, false),
			daily: 30, basalShare: 1, isf: 30, ratio: 12, target: 128, peak: 75 * time.Minute,
			dawn: 26, walk: 0.33, sensitivity: 0.13,
			noise: 6, compression: 0.05, lost: 0.03, lowAt: 68, treat: 15, exercise: 0.15, gain: 0.87,
			meals: []meal{{8, 45}, {12.5, 55}, {15.5, 25}, {18.3, 55}},
			notes: []string{"Visit at the practice", "Garden work", "Coffee and cake"},
		},
		{
			id: "pregnancy-aid", therapy: loop, sensor: fiveMinutes("Demo sensor G", 10, 2*time.Hour, true),
			daily: 52, basalShare: 0.45, isf: 38, ratio: 8, target: 95, peak: 60 * time.Minute,
			carbError: 0.15, missed: 0.02, delay: -14, delaySpread: 8, dawn: 24, walk: 0.14, sensitivity: 0.10,
			noise: 4.2, compression: 0.04, lost: 0.01, lowAt: 65, treat: 11, exercise: 0.30,
			meals: []meal{{7.2, 28}, {10, 15}, {12.4, 42}, {15.6, 18}, {18.8, 48}, {21.5, 15}},
			notes: []string{"Check-up", "Tired today", "Short walk after lunch"},
		},
	}
}

// Archetypes are the IDs that a Person may have.
func Archetypes() []string {
	var ids []string
	for _, a := range archetypes() {
		ids = append(ids, a.id)
	}
	return ids
}

func archetypeByID(id string) (archetype, bool) {
	for _, a := range archetypes() {
		if a.id == id {
			return a, true
		}
	}
	return archetype{}, false
}

// perStep is the basal insulin that the person needs in five minutes, on
// average over the day.
func (a *archetype) perStep() float64 { return a.daily * a.basalShare / 288 }

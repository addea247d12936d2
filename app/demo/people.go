package demo

import (
	"fmt"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Member is a person of a demonstration and how the box keeps them.
type Member struct {
	Person
	Zone string // IANA zone of their days; "" that of the box
	// Imported says that nobody sends readings: what there is was brought in
	// as a file so many days before the start. 0 for a live sensor.
	Imported int
	Account  string // e-mail address of an account of their own, "" none
}

// Household is a family: a child with a pump, an adult whose pump doses by
// itself, and a grandparent with type 2. Their stories hang on the date and, where they
// must be true of now, on the moment of the start.
func Household(start time.Time, zone *time.Location) []Member {
	today := func(days, hour, minute int) time.Time {
		y, m, d := start.In(zone).Date()
		return time.Date(y, m, d-days, hour, minute, 0, 0, zone)
	}
	night := today(0, 3, 0)
	if start.Before(night.Add(time.Hour)) {
		night = today(1, 3, 0)
	}
	return []Member{
		{Person: Person{ID: "mia", Name: "Mia Sample", Archetype: "child-pump", Stories: []Story{
			{What: Low, At: night, Text: "Woke up to the alarm, gave juice"},
			{What: Present, At: start.Truncate(step)},
		}}},
		{Person: Person{ID: "jonas", Name: "Jonas Sample", Archetype: "adult-aid", Stories: []Story{
			{What: SensorFails, At: today(2, 10, 40), Text: "Sensor broke, put on a new one"},
			{What: High, At: start.Truncate(step)},
		}}},
		{Person: Person{ID: "walter", Name: "Walter Sample", Archetype: "older-t2", Stories: []Story{
			{What: PhoneLost, At: today(4, 8, 40), Text: "Left the phone at the practice, found it in the evening"},
			{What: Present, At: start.Truncate(step)},
		}}, Account: "walter@example.org"},
	}
}

// The names of a clinic: every given name with every family name. Some are
// long, some run from right to left, some use accents, as in any practice.
var (
	givenNames = []string{"Ada", "Bruno", "Chiara", "David", "Emilia", "Felix", "Greta", "Hassan", "Ines", "Jakob", "Katharina", "Luis",
		"Maja", "Nils", "Olga", "Paul", "Ronja", "Samuel", "Thea", "Umut", "Vera", "William", "Yara", "Zoë", "Maximiliane-Friederike"}
	familyNames = []string{"Albrecht", "Berger", "Castillo", "Dąbrowski", "Ersoy", "Fontaine", "Grünwald", "Haddad", "Ivanova", "Jensen",
		"Keller", "Lindqvist", "Moreau", "Nguyen", "Okafor", "Petersen", "Rossi", "Şahin", "Türk-Lehmann", "von Hohenstein und Altenburg"}
)

// ClinicSize is how many people a clinic has.
const ClinicSize = 500

// Recent is where the data of a clinic begins that must be there before its
// board is shown: twelve hours are half as much to write as a day. Blocks are
// counted from this date, so that it costs little more than itself.
func Recent(start time.Time) time.Time { return start.Add(-12 * time.Hour) }

// Clinic is the people of a practice, of all archetypes. The first ones are
// those of whom a board must tell something special.
func Clinic(start time.Time, zone *time.Location) []Member {
	kinds := Archetypes()
	anchor := metrics.DateOf(record.At(Recent(start)), zone)
	out := make([]Member, ClinicSize)
	for i := range out {
		m := &out[i]
		m.ID, m.Anchor = fmt.Sprintf("clinic-%03d", i), anchor
		// 25 and 20 are both multiples of 5: a step aside each round meets every pair once.
		m.Name = givenNames[i%len(givenNames)] + " " + familyNames[(i+i/100)%len(familyNames)]
		m.Archetype = kinds[i%len(kinds)]
		if i%4 == 3 {
			m.Unit = unit.MmolL
		}
		if i < len(special) {
			special[i](m, start)
		}
	}
	return out
}

// special are the first people of a clinic.
var special = []func(m *Member, start time.Time){
	func(m *Member, _ time.Time) { m.Archetype = "" }, // no data yet
	func(m *Member, start time.Time) { m.Stories = []Story{{What: SensorOff, At: start.AddDate(0, 0, -3)}} },
	func(m *Member, _ time.Time) { m.Unit, m.Zone, m.Imported = unit.MmolL, "Australia/Sydney", 5 },
	func(m *Member, start time.Time) {
		m.Stories = []Story{{What: SecondSensor, At: start.AddDate(0, 0, -6)}}
	},
	func(m *Member, start time.Time) {
		m.Stories = []Story{{What: Low, At: start.Truncate(step).Add(2 * step)}}
	},
	func(m *Member, start time.Time) { m.Stories = []Story{{What: High, At: start.Truncate(step)}} },
	func(m *Member, _ time.Time) { m.Name = "ليلى حداد" },
}

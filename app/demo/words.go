package demo

// said is what a person or their device writes, and how a device is called, in
// the language of the person. The texts are English where they are made, and what is made depends on no language.
func (p Person) said(english string) string {
	if p.Lang == "de" {
		if s, ok := german[english]; ok {
			return s
		}
	}
	return english
}

// german is every text of the demonstration but the names of alarms, which the
// pages know.
var german = map[string]string{
	"Demo sensor G":    "Demo-Sensor G",
	"Demo sensor H":    "Demo-Sensor H",
	"Demo sensor K":    "Demo-Sensor K",
	"Demo sensor L":    "Demo-Sensor L",
	"Demo pump P":      "Demo-Pumpe P",
	"Demo pump L":      "Demo-Pumpe L",
	"Demo pen":         "Demo-Pen",
	"Demo meter M":     "Demo-Messgerät M",
	"Demo phone diary": "Demo-Tagebuch am Handy",

	"Juice":         "Saft",
	"Exercise":      "Sport",
	"medium":        "mittel",
	"Sensor failed": "Sensor ausgefallen",

	"Woke up to the alarm, gave juice":                        "Vom Alarm aufgewacht, Saft gegeben",
	"Sensor broke, put on a new one":                          "Sensor kaputt, neuen gesetzt",
	"Left the phone at the practice, found it in the evening": "Handy in der Praxis vergessen, abends wiedergefunden",

	"Swimming lesson":          "Schwimmkurs",
	"Birthday party at school": "Geburtstagsfeier in der Schule",
	"Slight cold":              "Leicht erkältet",
	"Changed the site early":   "Katheter früher gewechselt",
	"School trip":              "Schulausflug",

	"Late meeting, ate at the desk": "Lange Besprechung, am Schreibtisch gegessen",
	"Cycled to work":                "Mit dem Rad zur Arbeit",
	"Pizza":                         "Pizza",
	"Slept badly":                   "Unruhig geschlafen",

	"Dinner with friends":    "Abendessen mit Freunden",
	"Forgot the pen at home": "Pen zu Hause vergessen",
	"Long walk":              "Langer Spaziergang",
	"Shift work this week":   "Diese Woche Schichtdienst",

	"Visit at the practice": "Termin in der Praxis",
	"Garden work":           "Gartenarbeit",
	"Coffee and cake":       "Kaffee und Kuchen",

	"Check-up":               "Vorsorgetermin",
	"Tired today":            "Heute müde",
	"Short walk after lunch": "Kurzer Spaziergang nach dem Mittagessen",
}

package demo

// said is what a person or their device writes, in their language. The texts
// are English where they are made, and what is made depends on no language.
func (p Person) said(english string) string {
	if p.Lang == "de" {
		if s, ok := german[english]; ok {
			return s
		}
	}
	return english
}

// german is every text of the demonstration.
var german = map[string]string{
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

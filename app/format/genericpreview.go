package format

import (
	"slices"
	"strings"

	"glucokeep/app/fault"
)

const previewRows = 20

// GenericTable is the beginning of a table, for the page on which a person
// says which column is what. It holds the file's content: show it to them
// only.
type GenericTable struct {
	Headings  []string          // as they stand in the file
	Rows      [][]string        // the first 20 below, each as long as Headings
	Suggested map[string]string // field → heading, where there is no doubt
}

// GenericPreview reads the beginning of any table. A file that is none gives
// the fault that says what it looks like.
func GenericPreview(in Input) (GenericTable, error) {
	list, err := files(in)
	if err != nil {
		return GenericTable{}, err
	}
	if len(list) != 1 {
		return GenericTable{}, fault.New(fault.Invalid, faultNothingKnown)
	}
	h := list[0].head
	if h.Binary || len(h.Rows) < 2 {
		return GenericTable{}, h.unknown()
	}
	i := headingRow(h.Rows)
	head := newHeadings(h.Rows[i])
	t := GenericTable{Suggested: suggest(head)}
	for c := range head {
		t.Headings = append(t.Headings, head[c].raw)
	}
	for _, row := range h.Rows[i+1:] {
		if len(t.Rows) == previewRows {
			break
		}
		cells := make([]string, len(head))
		for c := range cells {
			if c < len(row) {
				cells[c] = clip(row[c], maxTextRunes)
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t, nil
}

// headingRow is the first row that is as wide as most of the others: what
// stands above is a preamble.
func headingRow(rows [][]string) int {
	widths := map[int]int{}
	for _, r := range rows {
		widths[len(r)]++
	}
	width, n := 0, 0
	for w, k := range widths {
		if k > n || k == n && w > width {
			width, n = w, k
		}
	}
	return max(0, slices.IndexFunc(rows, func(r []string) bool { return len(r) == width }))
}

var (
	timeHeadings = []string{
		"timestamp", "date time", "datetime", "date/time", "date and time", "date & time", "zeitstempel", "zeitpunkt", "datum/uhrzeit",
		"datum/zeit", "datum und uhrzeit", "horodatage", "date et heure", "fecha y hora", "data e ora", "time_local", "local time", "time",
	}
	dateHeadings    = []string{"date", "datum", "tag", "day", "fecha", "data"}
	clockHeadings   = []string{"time", "uhrzeit", "zeit", "heure", "hora", "ora"}
	glucoseWords    = []string{"glucose", "glukose", "glucosa", "glicemia", "glycémie", "glycemie", "glucemia", "blutzucker", "blood sugar", "bg", "bz", "sgv", "cgm"}
	deviceHeadings  = []string{"device", "gerät", "appareil", "dispositivo"}
	serialHeadings  = []string{"serial number", "serial", "seriennummer", "numéro de série", "número de serie"}
	noteHeadings    = []string{"note", "notes", "notiz", "notizen", "kommentar", "comment", "comments"}
	carbsHeadings   = []string{"carbs (g)", "carbs (grams)", "carbohydrates (g)", "carbohydrates (grams)", "kohlenhydrate (g)", "kohlenhydrate (gramm)"}
	bolusHeadings   = []string{"bolus (u)", "bolus insulin (u)", "bolus (ie)", "bolus (e)"}
	basalRateLabels = []string{"basal rate (u/h)", "basal rate (u/hr)", "basalrate (ie/h)"}
)

// suggest maps the headings that leave no doubt. Glucose is mapped only when
// there is a time and exactly one column names a unit of glucose and is
// called so; without it the file is not ours to read unasked.
func suggest(h headings) map[string]string {
	m := map[string]string{}
	set := func(field string, i int) {
		if i >= 0 {
			m[field] = h[i].raw
		}
	}
	date := h.find(dateHeadings...)
	if at := h.find(timeHeadings[:len(timeHeadings)-1]...); at >= 0 {
		set(FieldTime, at)
	} else if at := h.find(clockHeadings...); date >= 0 && at >= 0 {
		set(FieldDate, date)
		set(FieldTime, at)
	} else if at >= 0 {
		set(FieldTime, at)
	} else {
		set(FieldTime, date)
	}
	set(FieldDevice, h.find(deviceHeadings...))
	set(FieldSerial, h.find(serialHeadings...))
	set(FieldNote, h.find(noteHeadings...))
	set(FieldCarbs, h.find(carbsHeadings...))
	set(FieldBolus, h.find(bolusHeadings...))
	set(FieldBasal, h.find(basalRateLabels...))
	var glucose []int
	for i := range h {
		if h[i].has {
			glucose = append(glucose, i)
		}
	}
	if _, ok := m[FieldTime]; ok && len(glucose) == 1 && isGlucoseName(h[glucose[0]].name) {
		set(FieldGlucose, glucose[0])
	}
	return m
}

// isGlucoseName reports whether a heading without its unit speaks of glucose;
// the unit alone does, too.
func isGlucoseName(name string) bool {
	if name == "" || name == "mg/dl" || name == "mmol/l" {
		return true
	}
	return slices.ContainsFunc(glucoseWords, func(w string) bool {
		return name == w || len(w) > 3 && strings.Contains(name, w) || slices.Contains(strings.Fields(name), w)
	})
}

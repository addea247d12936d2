package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var confirmButton = chromedp.CSS(`button[value="confirm"]`)

func TestImportOfAPump(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	file, bad := careDay()

	p.click("Imports")
	p.upload("CareLink März.csv", file)
	p.title("What the file holds")
	p.sees("Nothing is kept yet", "Medtronic CareLink Personal", "CareLink März.csv", "new 290", "already here 0", "cannot be used 2",
		"First 10 Mar 2025, 12:00 am", "Last 10 Mar 2025, 11:55 pm", "Glucose readings 288", "above the sensor’s range 1", "Boluses 1", "Carbs 1",
		"MiniMed 780G MMT-1886", "serial number …321H")
	p.lacks("NG7654321H", "Muster, Mara")
	p.sees(fmt.Sprintf("%d Date The time cannot be read.", bad[0]), fmt.Sprintf("%d Sensor Glucose (mg/dL) This is not a number.", bad[1]))
	require.Equal(t, zone, p.value("zone"), "the person's zone is the first guess")

	p.follow(chromedp.Click(confirmButton))
	p.sees("Tick here first that you have seen the rows that cannot be used.", "cannot be used 2")

	p.choose("zone", "America/New_York")
	p.click("Read again with other answers")
	require.Equal(t, "America/New_York", p.value("zone"), "an answer is kept")
	p.sees("First 10 Mar 2025, 5:00 am") // midnight in New York, by the clock of Berlin
	p.choose("zone", zone)
	p.tick("seen", "yes")
	p.follow(chromedp.Click(confirmButton))
	p.title("What the file holds") // nothing is kept whose counts nobody has seen
	p.sees("First 10 Mar 2025, 12:00 am")
	p.tick("seen", "yes")
	p.follow(chromedp.Click(confirmButton))

	p.title("290 records of Mara Muster were kept.")
	p.sees("10 March 2025", "2 rows could not be used.")
	p.click("See the last day")
	p.sees("Monday, 10 March 2025", "288 readings, from 49 mg/dL at 3:30 am to above 400 mg/dL at 8:50 pm.", "No reading for", "Last 115 on 10 Mar 2025, 11:55 pm.", "Average 132 mg/dL", "In range 86%", "Below range 4%", "Above range 10%",
		"Insulin 5.5 U", "Carbs 55 g", "HIGH")
	require.Positive(t, p.count("svg.plot .round"), "the chart has its dots")
	require.Equal(t, 1, p.count("svg.plot .hat"), "the value beyond the sensor has its own sign")
	p.readsTheChart()

	p.click("Imports")
	p.upload("again.csv", file)
	p.sees("new 0", "already here 290", "There is nothing new in this file.")
	require.Zero(t, p.count(`button[value="confirm"]`), "there is nothing to keep")
	p.click("Cancel, keep nothing")
	p.sees("Nothing of the file was kept.", "288 glucose readings, 2 other records", "2 rows could not be used")

	p.undo()
	p.click("Now")
	p.sees("No readings yet.")
}

// readsTheChart points at the middle of the day's chart, and opens its table.
func (p *tab) readsTheChart() {
	p.t.Helper()
	at := ask[[]float64](p, `(() => { const r = document.querySelector("[data-chart] svg").getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 3] })()`)
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]))
	require.Regexp(p.t, `^1[12]:\d\d [ap]m \d+ mg/dL In range · `, p.readout())
	p.do(chromedp.Click(p.named("Show as table")))
	p.sees("Lowest", "Highest")
}

func (p *tab) readout() string {
	p.t.Helper()
	return ask[string](p, `document.querySelector(".readout").textContent.replace(/\s+/g, " ")`)
}

// undo takes the newest import back from the page of imports.
func (p *tab) undo() {
	p.t.Helper()
	p.follow(chromedp.Click(chromedp.CSS(`.past li:first-child a.button`)))
	p.title("Undo this import?")
	p.sees("290 records of Mara Muster go.")
	p.click("Keep it")
	p.lacks("Undone")
	p.follow(chromedp.Click(chromedp.CSS(`.past li:first-child a.button`)))
	p.click("Undo the import")
	p.sees("The import was undone.", "Undone")
	require.Zero(p.t, p.count(`.past a.button`), "what was undone cannot be undone again")
}

func TestImportInTheOtherUnit(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.bring("german.csv", careMmol())
	p.title("14 records of Mara Muster were kept.")
	p.sees("12–13 March 2025")
	p.visit(p.personPath() + "?day=2025-03-12")
	p.sees("13 readings, from 68 mg/dL at 11:30 am to 178 mg/dL at 11:00 am.")

	p.visit("/preferences")
	p.tick("unit", "mmol/L")
	p.click("Save")
	p.visit("/")
	p.visit(p.personPath() + "?day=2025-03-12")
	p.sees("13 readings, from 3.8 mmol/L at 11:30 am to 9.9 mmol/L at 11:00 am.")
}

func TestAFileThatLeavesADoubtAsks(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	imports := p.personPath() + "/imports"

	p.visit(imports)
	p.upload("doubt.csv", "time,mgdl\n03/04/2025 10:00,101\n03/04/2025 10:05,104\n03/04/2025 10:10,108\n")
	p.sees("The file does not show whether the day or the month comes first.", "How are dates written?")
	require.Zero(t, p.count(`button[value="confirm"]`), "nothing can be kept before the answer")
	p.tick("date_order", "dmy")
	p.click("Read the file with these answers")
	p.sees("new 3", "First 3 Apr 2025, 10:00 am")
	p.tick("date_order", "mdy")
	p.click("Read again with other answers")
	p.sees("First 4 Mar 2025, 10:00 am")
	p.follow(chromedp.Click(confirmButton))
	p.title("3 records of Mara Muster were kept.")

	p.visit(imports)
	p.upload("own.csv", "Time;Glucose (mmol/L);Device\n01/05/2025 08:00;5,6;x\n01/05/2025 08:05;6,1;x\n01/05/2025 08:10;7,4;x\n")
	p.tick("date_order", "dmy")
	p.click("Read the file with these answers")
	p.sees("new 3", "First 1 May 2025, 8:00 am")
	p.follow(chromedp.Click(confirmButton))
	p.click("See the last day")
	p.sees("from 101 mg/dL at 8:00 am to 133 mg/dL at 8:10 am")
}

func TestWhatIsNoExportIsNamed(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	imports := p.personPath() + "/imports"
	for _, c := range []struct{ name, file, contents, says string }{
		{"a picture", "IMG_1.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is a picture or a film. Export the readings as a file instead."},
		{"a PDF", "report.pdf", "%PDF-1.7\n1 0 obj", "This is a PDF, which is made for reading, not for data."},
		{"an empty file", "empty.csv", "", "The file is empty. Export it again."},
		{"a text", "letter.txt", "Dear doctor,\nall is well.\n", "This is a text without a table."},
		{"a web page", "page.html", "<!doctype html><title>x</title>", "This is a web page, perhaps the one that the export is on."},
		{"a name that is markup", "<b>x&amp;.csv", "%PDF-1.7", "This is a PDF"},
	} {
		p.visit(imports)
		p.upload(c.file, c.contents)
		p.title("Bring in readings of Mara Muster")
		p.sees(c.says)
		require.Equal(t, "true", ask[string](p, `document.querySelector("#f-file").getAttribute("aria-invalid") ?? ""`), c.name)
	}
	p.visit(imports)
	p.sees("Nothing yet.")
}

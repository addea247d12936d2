package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/intake"
	"glucokeep/app/share"
)

// canary is text that does harm wherever it comes out unescaped (V-12).
const canary = `zq9<i x="'>`

// requireEscaped: the canary is on the page, and as text only.
func requireEscaped(t *testing.T, page, where string) {
	t.Helper()
	require.Contains(t, page, "zq9&lt;i", where)
	require.NotContains(t, page, "zq9<", where)
	require.NotContains(t, page, `x="'>`, where)
}

// kept is how much of anybody's data the box holds.
func (b *box) kept() int {
	b.Helper()
	return b.count(`SELECT (SELECT count(*) FROM upload) + (SELECT count(*) FROM glucose_day) + (SELECT count(*) FROM record) + (SELECT count(*) FROM upload_chunk) + (SELECT count(*) FROM source)`)
}

func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		require.NoError(t, err)
		_, err = io.WriteString(w, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return buf.Bytes()
}

// V-04: what cannot be a file of readings is refused beside the field, and
// nothing of it stays.
func TestFilesThatCannotBeTaken(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for name, c := range map[string]struct {
		content []byte
		want    int
	}{
		"an empty file":                {nil, unusable},
		"a picture":                    {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), unusable},
		"a program":                    {[]byte("\x7fELF\x02\x01\x01\x00"), unusable},
		"a PDF":                        {[]byte("%PDF-1.7\n%âãÏÓ\n"), unusable},
		"a page with a script":         {[]byte("<html><script>alert(1)</script>"), unusable},
		"NUL bytes":                    {make([]byte, 1000), unusable},
		"a zip bomb":                   {zipped(t, "a.csv", "time,mgdl,flag\n"+strings.Repeat("0", 80<<20)), http.StatusRequestEntityTooLarge},
		"an archive with one archive":  {zipped(t, "a.zip", string(zipped(t, "a.csv", simple(spring, 3)))), unusable},
		"an empty archive":             {zipped(t), unusable},
		"half an archive":              {zipped(t, "a.csv", simple(spring, 300))[:100], unusable},
		"JSON that nests":              {[]byte(strings.Repeat("[", 100_000)), unusable},
		"JSON that ends in the middle": {[]byte(`[{"type":"cbg","value":5.5,`), unusable},
	} {
		t.Run(name, func(t *testing.T) {
			a := ana.upload("file.csv", c.content)
			if a.status == see { // found out only once it is read
				a = ana.get(a.location())
			}
			require.Equal(t, c.want, a.status, a.body)
			require.Contains(t, a.body, `id="p-file"`, "it is said beside the field")
			require.Zero(t, b.kept())
		})
	}
	left, err := os.ReadDir(filepath.Join(b.dir, "incoming"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// A form without a file, or none that can be read.
func TestFormsWithoutAFile(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	send := func(body, kind string) answer {
		r := ana.request(http.MethodPost, ana.at("/imports"), strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return ana.send(r)
	}
	const start = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename="
	for name, c := range map[string][2]string{
		"no part at all":                  {"--x--\r\n", "multipart/form-data; boundary=x"},
		"no file chosen":                  {start + "\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"},
		"another field":                   {strings.Replace(start, `"file"`, `"other"`, 1) + "\"a\"\r\n\r\ntext\r\n--x--\r\n", "multipart/form-data; boundary=x"},
		"cut in the middle":               {start + "\"a.csv\"\r\n\r\ntime,mgdl", "multipart/form-data; boundary=x"},
		"cut in the heading":              {start, "multipart/form-data; boundary=x"},
		"no boundary":                     {start, "multipart/form-data"},
		"an empty boundary":               {start, `multipart/form-data; boundary=""`},
		"another kind of form":            {"file=x", "application/x-www-form-urlencoded"},
		"no kind":                         {"file", ""},
		"JSON":                            {`{"file":1}`, "application/json"},
		"a heading without end":           {"--x\r\n" + strings.Repeat("A", 200_000), "multipart/form-data; boundary=x"},
		"ten thousand headings":           {"--x\r\n" + strings.Repeat("A: b\r\n", 20_000) + "\r\n", "multipart/form-data; boundary=x"},
		"ten thousand parts of something": {strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", 10_000) + "--x--\r\n", "multipart/form-data; boundary=x"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, unusable, send(c[0], c[1]).status)
			require.Zero(t, b.kept())
		})
	}
}

// V-04: one byte over 64 MiB is refused and nothing of it stays; the largest
// file that may be is taken.
func TestTheLargestFile(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	const head, tail = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ntime,mgdl,flag\n2026-03-01T00:00:00,100,\n", "\r\n--x--\r\n"
	send := func(size int64) int {
		text := "time,mgdl,flag\n2026-03-01T00:00:00,100,\n"
		r := httptest.NewRequest(http.MethodPost, ana.at("/imports"),
			io.MultiReader(strings.NewReader(head), io.LimitReader(lines{}, size-int64(len(text))), strings.NewReader(tail)))
		r.Host = b.url.Host
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.AddCookie(&http.Cookie{Name: "gk", Value: ana.cookies["gk"]})
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		return w.Code
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, send(intake.MaxUpload+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, send(intake.MaxUpload*3))
	require.Zero(t, b.kept())
	require.Equal(t, see, send(intake.MaxUpload))
	require.Zero(t, b.kept(), "and what waits is not kept either")
}

// lines is empty lines without end.
type lines struct{}

func (lines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

// V-05: a preview keeps nothing, confirming keeps all, undoing takes it back.
func TestAnImportFromEndToEnd(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	waiting := ana.wait(simple(spring, 300))
	for range 3 {
		require.Contains(t, ana.page(waiting), "readings.csv")
		require.Equal(t, see, ana.post(waiting, "do", "again").status)
	}
	require.Zero(t, b.kept())
	a := ana.post(waiting, "do", "confirm")
	require.Equal(t, see, a.status, a.body)
	require.Positive(t, b.kept())
	require.Contains(t, ana.page(a.location()), "300")
	require.Equal(t, unknown, ana.get(waiting).status, "it no longer waits")
	require.Equal(t, unknown, ana.post(waiting, "do", "confirm").status)

	require.Contains(t, ana.page(ana.at("/imports")), a.location()+"/undo")
	require.Contains(t, ana.page(a.location()+"/undo"), `method="post"`)
	require.Equal(t, see, ana.post(a.location()+"/undo").status)
	require.Zero(t, b.count(`SELECT count(*) FROM upload_chunk`), "an import of the wrong file does not stay")
	require.Zero(t, b.count(`SELECT coalesce(sum(n), 0) FROM glucose_stat`))
	require.Equal(t, http.StatusConflict, ana.post(a.location()+"/undo").status, "once")
	require.Equal(t, http.StatusConflict, ana.get(a.location()+"/undo").status)
	require.NotContains(t, ana.page(ana.at("/imports")), a.location()+"/undo")
}

// Rows that cannot be used need a tick before the rest is kept.
func TestRejectsMustBeSeen(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	waiting := ana.wait(simple(spring, 10) + "2026-03-01T05:00:00,seventy,\nnever,100,\n")
	page := ana.page(waiting)
	require.Contains(t, page, `name="seen"`)
	require.NotContains(t, page, "seventy", "a row's content is not repeated")
	a := ana.post(waiting, "do", "confirm")
	require.Equal(t, unusable, a.status)
	require.Contains(t, a.body, `id="p-seen"`)
	require.Zero(t, b.kept())
	require.Equal(t, see, ana.post(waiting, "do", "confirm", "seen", "yes").status)
	require.Positive(t, b.kept())
}

// The zone that the person chooses is the one that the clock is read in.
func TestTheZoneIsChosen(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	waiting := ana.wait(simple(spring, 1))
	for _, bad := range []string{"Mars/Olympus", "../../etc/passwd", "Local", "/etc/localtime", "<b>", strings.Repeat("A", 10_000)} {
		a := ana.post(waiting, "do", "confirm", "zone", bad)
		require.Equal(t, unusable, a.status, bad)
		require.Contains(t, a.body, `id="p-zone"`)
		require.Zero(t, b.kept())
	}
	require.Equal(t, see, ana.post(waiting, "do", "again", "zone", "Asia/Tokyo").status)
	require.Contains(t, ana.page(waiting), `<option value="Asia/Tokyo" selected>`)
	a := ana.post(waiting, "do", "confirm", "zone", "America/New_York")
	require.Equal(t, waiting, a.location(), "other answers are shown before anything is kept")
	require.Zero(t, b.kept())
	a = ana.post(waiting, "do", "confirm", "zone", "America/New_York")
	require.Equal(t, see, a.status)
	require.NotEqual(t, waiting, a.location())
	require.EqualValues(t, time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC).UnixMilli(), b.count(`SELECT at_ms FROM glucose_latest`))
}

// What is cancelled is gone.
func TestCancel(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	waiting := ana.wait(simple(spring, 10))
	require.Equal(t, see, ana.post(waiting+"/cancel").status)
	require.Contains(t, ana.page(ana.at("/imports")), `class="notice`)
	require.NotContains(t, ana.page(ana.at("/imports")), `class="notice`, "once")
	require.Equal(t, unknown, ana.get(waiting).status)
	require.Equal(t, unknown, ana.post(waiting+"/cancel").status)
	require.Zero(t, b.kept())
}

// Two clicks keep a file once, and no click ends in an error of ours.
func TestConfirmedTwice(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	waiting := ana.wait(simple(spring, 3000))
	statuses := make([]int, 12)
	var wg sync.WaitGroup
	for i := range statuses {
		br := ana.copy()
		wg.Go(func() {
			switch i % 4 {
			case 3:
				statuses[i] = br.get(waiting).status
			case 2:
				statuses[i] = br.post(waiting, "do", "again").status
			default:
				statuses[i] = br.post(waiting, "do", "confirm").status
			}
		})
	}
	wg.Wait()
	for i, s := range statuses {
		require.Contains(t, []int{ok, see, unknown, http.StatusConflict}, s, "request %d", i)
	}
	require.Equal(t, 1, b.count(`SELECT count(*) FROM upload`))
	require.Equal(t, 3000, b.count(`SELECT sum(n) FROM glucose_stat`))
}

// A file that is cancelled while others read it.
func TestCancelledWhileItIsRead(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for range 5 {
		waiting := ana.wait(simple(spring, 3000))
		var wg sync.WaitGroup
		for i := range 6 {
			br := ana.copy()
			wg.Go(func() {
				a := answer{}
				if i == 3 {
					a = br.post(waiting + "/cancel")
				} else {
					a = br.get(waiting)
				}
				if a.status >= 500 || a.status == unusable {
					t.Errorf("status %d: %s", a.status, a.body)
				}
			})
		}
		wg.Wait()
	}
	require.NotContains(t, b.logs.String(), "request failed")
}

// Files wait for a day; who stops and starts the box empties them.
func TestWaitingFilesExpire(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	waiting := ana.wait(simple(spring, 10))
	require.NoError(t, b.intake.Step(time.Now().Add(23*time.Hour)))
	require.Equal(t, ok, ana.get(waiting).status)
	require.NoError(t, b.intake.Step(time.Now().Add(25*time.Hour)))
	require.Equal(t, unknown, ana.get(waiting).status)
	waiting = ana.wait(simple(spring, 10))
	require.NoError(t, b.intake.Close())
	require.Equal(t, unknown, ana.get(waiting).status)
	require.Equal(t, unknown, ana.post(waiting, "do", "confirm").status)
}

// V-04, V-12: the name that a browser sends is text to show, never a path.
func TestFileNames(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, name := range []string{"../../../../tmp/gk-climbed.csv", "/tmp/gk-climbed.csv", `..\\..\\gk-climbed.csv`, `C:\\fakepath\\gk-climbed.csv`, "..", ".", "/",
		"a\x00b.csv", "\u202egnp.csv", strings.Repeat("n", 5000) + ".csv", "%2e%2e%2fx", "CON", "a;b.csv", "ä.csv", "zq9<i x='>.csv"} {
		a := ana.upload(name, []byte(simple(spring, 3)))
		require.Contains(t, []int{see, unusable}, a.status, "%q: %s", name, a.body)
		require.NoFileExists(t, "/tmp/gk-climbed.csv")
		if a.status == see {
			page := ana.page(a.location())
			require.NotContains(t, page, "zq9<i")
			require.Equal(t, see, ana.post(a.location(), "do", "confirm").status, name)
			ana.page(ana.at("/imports"))
		}
	}
	entries, err := os.ReadDir(b.dir)
	require.NoError(t, err)
	for _, e := range entries {
		require.True(t, strings.HasPrefix(e.Name(), "glucokeep") || e.Name() == "incoming", e.Name())
	}
	entries, err = os.ReadDir(filepath.Join(b.dir, "incoming"))
	require.NoError(t, err)
	require.Empty(t, entries)
}

// V-12: a name that turns the direction of the text around it, or holds what
// nobody sees, could pass for another.
func TestNamesAreClean(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mi\u202ela\u200b")
	hidden := regexp.MustCompile("[\u200b\u202a-\u202e\u2066-\u2069]")
	require.Contains(t, ana.page(ana.at("")), ">Mila</bdi></h1>")
	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("name", "T\u2066om", "record", "A\u202e1")...).status)
	page := ana.page(ana.at("/settings"))
	require.Contains(t, page, `value="Tom"`)
	require.NotRegexp(t, hidden, page)
	require.Equal(t, unusable, ana.post(ana.at("/settings"), settingsForm("name", "\u202e\u3164")...).status, "a name of nothing")
	require.Equal(t, unusable, ana.post("/setup/person", "person", "\u200b", "zone", "Europe/Berlin", "unit", "mg/dL").status)

	require.Equal(t, see, ana.post(ana.at("/settings"), settingsForm("name", "محمد")...).status)
	for path, want := range map[string]string{"": "<h1 id=\"person-name\"><bdi>محمد</bdi>", "/profile": "<h1><bdi>محمد</bdi>", "/compare": "<h1><bdi>محمد</bdi>",
		"/explore": "<h1><bdi>محمد</bdi>", "/log": "Log of <bdi>محمد</bdi>", "/imports": "readings of <bdi>محمد</bdi>"} {
		require.Contains(t, ana.page(ana.at(path)), want, "a name from right to left stays, and apart from its sentence")
	}

	a := ana.upload("evil\u202egpj.csv", []byte(simple(spring, 3)))
	require.Equal(t, see, a.status)
	require.Contains(t, ana.page(a.location()), "<bdi>evilgpj.csv</bdi>")
	require.Equal(t, see, ana.post(a.location(), "do", "confirm").status)
	page = ana.page(ana.at("/imports"))
	require.Contains(t, page, "<bdi>evilgpj.csv</bdi>")
	require.NotRegexp(t, hidden, page)
}

// V-12: whatever people and files say comes out as text: names, devices,
// headings, file names.
func TestEverythingIsEscaped(t *testing.T) {
	b := newBox(t)
	ana := b.browser()
	ana.person = b.person(canary+" person", b.account("Ana"))
	b.sql(`UPDATE account SET name = ?`, canary+" account")
	ana.signIn("Ana")
	second, err := b.share.AddPerson(t.Context(), time.Now(), share.Viewer{Console: true}, share.NewPerson{Name: canary, Zone: "UTC", Unit: "mg/dL", Owner: 1})
	require.NoError(t, err)
	require.NotEmpty(t, second.Key)

	libre := "Glucose Data,Generated on,05-04-2026 09:40 UTC,Generated by,x\n" +
		"Device,Serial Number,Device Timestamp,Record Type,Historic Glucose mg/dL,Scan Glucose mg/dL,Non-numeric Rapid-Acting Insulin,Rapid-Acting Insulin (units),Non-numeric Food,Carbohydrates (grams),Carbohydrates (servings),Non-numeric Long-Acting Insulin,Long-Acting Insulin Value (units),Notes,Strip Glucose mg/dL,Ketone mmol/L,Meal Insulin (units),Correction Insulin (units),User Change Insulin (units)\n"
	quoted := `"zq9<i x=""'>"`
	for i := range 40 {
		libre += fmt.Sprintf("%s,%s,23-04-2026 %02d:%02d,0,%d,,,,,,,,,,,,,,\n", quoted, quoted, i/4, i%4*15, 100+i)
	}
	libre += quoted + "," + quoted + ",23-04-2026 23:00,6,,,,,,,,,," + quoted + ",,,,,\n"
	waiting := ana.wait(libre)
	page := ana.page(waiting)
	requireEscaped(t, page, "preview")
	require.GreaterOrEqual(t, strings.Count(page, "zq9&lt;i"), 3, "person, account, device")
	a := ana.post(waiting, "do", "confirm", "seen", "yes")
	require.Equal(t, see, a.status, a.body)
	require.Positive(t, b.count(`SELECT count(*) FROM source WHERE device = ?`, canary))
	require.Positive(t, b.count(`SELECT count(*) FROM note WHERE text = ?`, canary), "the note came in as it is")
	ana.writes("kind", "carbs", "grams", "5", "text", canary)
	entry := ana.at("/log/entries/" + ana.writes("kind", "note", "text", canary))
	require.Equal(t, see, ana.change(entry, "text", canary+" again").status)
	gone := ana.at("/log/entries/" + ana.writes("kind", "activity", "text", canary))
	require.Equal(t, see, ana.post(gone+"/remove").status)
	require.GreaterOrEqual(t, strings.Count(ana.page(ana.at("/log")), "zq9&lt;i"), 5, "texts, history, writer")
	for _, path := range []string{a.location(), a.location() + "/undo", ana.at("/log"), ana.at("/log/removed"), entry, gone, ana.at(""), ana.at("/profile"), ana.at("/patterns"), ana.at("/overlay"), ana.at("/weeks"), ana.at("/compare"), ana.at("/imports"), "/", "/preferences", "/nothing"} {
		requireEscaped(t, ana.page2(path), path)
	}

	table := `Datum;Uhrzeit;Blutzucker (mmol/L);` + quoted + "\n13.05.2025;10:00;5,5;" + quoted + "\n13.05.2025;10:05;5,6;x\n"
	up := ana.upload("zq9<i x='>.csv", []byte(table))
	require.Equal(t, see, up.status, up.body)
	requireEscaped(t, ana.page(up.location()), "columns")
	a = ana.post(up.location(), "do", "again", "column-"+canary, canary, "zone", canary, "grams", canary)
	require.Equal(t, unusable, a.status)
	requireEscaped(t, a.body, "answers")

	for path, names := range map[string][]string{ana.at("/log"): {"kind", "insulin", "units", "grams", "glucose", "unit", "minutes", "text", "date", "time", "fold", "key", "again", "beside"},
		entry: {"units", "text", "date", "time", "seen"}, "/signin": {"email", "next"}, "/preferences": {"language", "unit", "clock"}} {
		for _, name := range names {
			requireNotRaw(t, b.browser().post(path, name, canary).body, path)
			requireNotRaw(t, ana.post(path, name, canary).body, path)
		}
	}
	for _, q := range []string{"?day=" + "zq9%3Ci%20x%3D%22%27%3E", "/profile?from=zq9%3Ci%20x%3D%22%27%3E&until=zq9%3Ci%20x%3D%22%27%3E", "/overlay?show=zq9%3Ci%20x%3D%22%27%3E&from=zq9%3Ci%20x%3D%22%27%3E",
		"/compare?from=zq9%3Ci%20x%3D%22%27%3E&until=zq9%3Ci%20x%3D%22%27%3E&from2=zq9%3Ci%20x%3D%22%27%3E&until2=zq9%3Ci%20x%3D%22%27%3E", "/imports/zq9%3Ci%20x%3D%22%27%3E"} {
		requireNotRaw(t, ana.get(ana.at(q)).body, q)
	}
}

func requireNotRaw(t *testing.T, page, where string) {
	t.Helper()
	require.NotContains(t, page, "zq9<", where)
	require.NotContains(t, page, `x="'>`, where)
}

// page2 is the body of an answer of any status that is not our error.
func (br *browser) page2(path string) string {
	br.Helper()
	a := br.get(path)
	require.Less(br, a.status, 500, path)
	return a.body
}

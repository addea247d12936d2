package web_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/read"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/app/store/storetest"
)

// dump is all data of the browser's person, as the console writes it.
func (br *browser) dump() []byte {
	br.Helper()
	rd := br.look()
	from, until, _, err := rd.Extent(br.Context())
	require.NoError(br, err)
	var buf bytes.Buffer
	_, err = report.WriteArchive(br.Context(), &buf, rd, time.UTC, report.Period{From: from, Until: until}, time.Now(), "test")
	require.NoError(br, err)
	return buf.Bytes()
}

func (br *browser) look() *read.Reader {
	br.Helper()
	scope, err := br.share.Scope(br.Context(), share.Viewer{Console: true}, share.View, br.person.Key, time.Now())
	require.NoError(br, err)
	rd, err := read.New(br.db, br.ledger).Open(br.Context(), scope, "console:dump", time.Now())
	require.NoError(br, err)
	return rd
}

// tables are the tables of an archive, without the file that names the person.
func tables(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		if f.Name == "person.csv" || f.Name == "README.txt" {
			continue
		}
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		out[f.Name] = string(text)
	}
	return out
}

func (br *browser) bringArchive(name string, archive []byte) string {
	br.Helper()
	a := br.upload(name, archive)
	require.Equal(br, see, a.status, a.body)
	a = br.post(a.location(), "do", "confirm", "seen", "yes")
	require.Equal(br, see, a.status, a.body)
	return a.location()
}

func (b *box) sound(t *testing.T) {
	t.Helper()
	_, records, err := b.db.CheckRecords(t.Context())
	require.NoError(t, err)
	require.Empty(t, records)
	_, pages, err := b.db.CheckPages(t.Context())
	require.NoError(t, err)
	require.Empty(t, pages)
	_, basals, err := b.db.CheckBasals(t.Context())
	require.NoError(t, err)
	require.Empty(t, basals)
	file, err := b.db.CheckFile(t.Context())
	require.NoError(t, err)
	require.Empty(t, file)
	shape, err := b.db.CheckShape(t.Context(), storetest.Schema(t))
	require.NoError(t, err)
	require.Empty(t, shape)
	_, err = b.ledger.Verify(t.Context())
	require.NoError(t, err)
}

// What is written by hand and what files bring live side by side: a dump holds
// it, the dump comes in again as itself, and undoing other imports neither
// loses nor doubles an entry nor brings back one that was removed.
func TestTheLogAmongImports(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	ana.bring(simple(spring, 600))
	day := []string{"date", "2026-03-01"}
	ana.writes(append(day, "time", "08:00", "kind", "dose", "insulin", "rapid", "units", "4.25", "text", "=1+1")...)
	ana.writes(append(day, "time", "22:00", "kind", "dose", "insulin", "long", "units", "12")...)
	ana.writes(append(day, "time", "08:05", "kind", "carbs", "grams", "45", "text", "Porridge, \"warm\"\nwith apple")...)
	ana.writes(append(day, "time", "08:10", "kind", "fingerstick", "glucose", "5.6", "unit", "mmol/L")...)
	ana.writes(append(day, "time", "09:00", "kind", "activity", "minutes", "30", "text", "שחייה")...)
	ana.writes(append(day, "time", "09:00", "kind", "note", "text", strings.Repeat("ö", 9_999)+"<")...)
	gone := ana.at("/log/entries/" + ana.writes(append(day, "time", "12:00", "kind", "dose", "insulin", "rapid", "units", "3")...))
	whole := ana.dump() // while it still stood there
	require.Equal(t, see, ana.post(gone+"/remove").status)
	before := ana.dump()
	require.NotEqual(t, tables(t, whole), tables(t, before))

	insulin := func(br *browser) (units, grams float64) {
		d, err := report.Gather(t.Context(), br.look(), time.UTC, report.Period{From: 0, Until: 1 << 50})
		require.NoError(t, err)
		for _, dose := range d.Therapy.Doses {
			units += float64(dose.Units)
		}
		for _, c := range d.Therapy.Carbs {
			grams += float64(c.Grams)
		}
		return units, grams
	}
	same := func(why string) {
		t.Helper()
		require.Equal(t, tables(t, before), tables(t, ana.dump()), why)
		units, grams := insulin(ana)
		require.Equal(t, []float64{16.25, 45}, []float64{units, grams}, "they count like any others")
		b.sound(t)
	}
	same("at first")

	first := ana.bringArchive("first.zip", whole)
	same("its own dump brings nothing new, and not what was removed")
	second := ana.bringArchive("second.zip", before)
	same("again")
	require.Equal(t, see, ana.post(second+"/undo").status)
	same("undoing one replays the other, which does not bring back what was removed")
	require.Equal(t, see, ana.post(first+"/undo").status)
	same("undoing both takes nothing of the log along")
	require.Equal(t, see, ana.post(ana.bring(simple(spring.AddDate(0, 0, -1), 600))+"/undo").status)
	same("nor does another file")

	require.Equal(t, see, ana.post(gone+"/restore").status)
	changed := ana.at("/log/entries/" + ana.writes(append(day, "time", "18:00", "kind", "carbs", "grams", "10")...))
	older := ana.dump()
	require.Equal(t, see, ana.change(changed, "grams", "20").status)
	now := ana.dump()
	third := ana.bringArchive("third.zip", older)
	require.Equal(t, tables(t, now), tables(t, ana.dump()), "an older dump does not take a change back")
	require.Equal(t, see, ana.post(third+"/undo").status)
	require.Equal(t, see, ana.post(changed+"/remove").status)
	require.Equal(t, tables(t, whole), tables(t, ana.dump()), "what is taken back is what it was")

	theirs := ben.bringArchive("theirs.zip", whole)
	require.Equal(t, tables(t, whole), tables(t, ben.dump()), "the dump is the whole log, on another person or another box")
	b.sound(t)
	require.Equal(t, see, ben.post(theirs+"/undo").status)
	require.Empty(t, said(strings.Join(strings.Fields(tables(t, ben.dump())["insulin.csv"])[1:], "")), "and is undone as any file is")
	b.sound(t)
}

// The upload of a day of writing is no import: it has no page and no undo.
func TestADayOfWritingCannotBeUndoneAsAWhole(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.writes("kind", "note", "text", "fine")
	var key string
	raw := b.raw()
	require.NoError(t, raw.QueryRow(`SELECT key FROM upload`).Scan(&key))
	require.NoError(t, raw.Close())
	require.Equal(t, unknown, ana.get(ana.at("/imports/"+key)).status)
	require.Equal(t, unknown, ana.post(ana.at("/imports/"+key+"/undo")).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM note`))
}

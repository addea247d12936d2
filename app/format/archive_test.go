package format

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"glucokeep/app/fault"

	"github.com/stretchr/testify/require"
)

type entry struct {
	name string
	data []byte
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		require.NoError(t, err)
		_, err = w.Write(e.data)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func gzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestPackedFilesReadAsTheyAre(t *testing.T) {
	for _, c := range tableSamples {
		t.Run(c.file, func(t *testing.T) {
			plain := sample(t, c.file)
			_, batches := readAll(t, plain, Options{})
			want := goldenLines(t, batches)
			for name, packed := range map[string][]byte{
				"gzip":                 gzipOf(t, plain),
				"zip":                  zipOf(t, entry{"a/export.csv", plain}),
				"zip with Mac's extra": zipOf(t, entry{"export.csv", plain}, entry{"__MACOSX/._export.csv", []byte{0, 5, 22, 7}}),
			} {
				f, batches := readAll(t, packed, Options{})
				require.Equal(t, c.id, f.ID, name)
				require.Equal(t, want, goldenLines(t, batches), name)
			}
		})
	}
}

func TestGlookoArchive(t *testing.T) {
	b := zipOf(t,
		entry{"cgm_data_1.csv", sample(t, "glooko-cgm_data_1.csv")},
		entry{"Insulin data/bolus_data_1.csv", sample(t, "glooko-bolus_data_1.csv")},
		entry{"Insulin data/insulin_data_1.csv", sample(t, "glooko-insulin_data_1.csv")},
		entry{"alarms_data_1.csv", sample(t, "glooko-alarms_data_1.csv")},
		entry{"something_new_1.csv", []byte("Name:X, Date Range:2025-05-31 - 2025-08-17\nTimestamp,Blood Pressure\n2025-05-31 08:00,120\n")},
	)
	f, batches := readAll(t, b, Options{})
	require.Equal(t, "glooko-csv", f.ID)
	all := one(batches)
	require.Len(t, all.Glucose, 3)
	require.Equal(t, map[string]int{"dose": 2, "carbs": 1, "daily_total": 1, "alarm": 1}, kindNames(all))
	require.ElementsMatch(t, []string{
		"6 CGM Glucose Value (mmol/l) reject.glucose-impossible", "5 Insulin Delivered (U) reject.dose-impossible", "0 reject.entry-skipped",
	}, rejectLines(all))
}

func TestOwnArchive(t *testing.T) {
	b := zipOf(t,
		entry{"README.txt", []byte("Glucokeep export, version 1\n")},
		entry{"person.csv", []byte("name\nMara\n")},
		entry{"glucose.csv", sample(t, "own-glucose.csv")},
		entry{"insulin.csv", sample(t, "own-insulin.csv")},
		entry{"carbs.csv", sample(t, "own-carbs.csv")},
		entry{"events.csv", sample(t, "own-events.csv")},
		entry{"settings.csv", sample(t, "own-settings.csv")},
		entry{"devices.csv", []byte("device,serial\nx,y\n")},
	)
	f, batches := readAll(t, b, Options{})
	require.Equal(t, OwnID, f.ID)
	all := one(batches)
	require.Len(t, all.Glucose, 3)
	require.Equal(t, map[string]int{
		"fingerstick": 1, "calibration": 1, "dose": 4, "basal": 3, "daily_total": 1, "carbs": 3, "ketone": 1, "note": 1, "alarm": 1,
		"activity": 1, "event": 1, "setting": 1,
	}, kindNames(all))
	require.Len(t, all.Rejects, 4)
	for _, batch := range batches {
		require.NotEmpty(t, batch.Source.Format)
	}
	require.Equal(t, "clarity-csv", batches[0].Source.Format, "an export keeps the format that a record first came from")
}

// requireFault reads b by any way it lets and wants the fault.
func requireFault(t *testing.T, kind fault.Kind, key string, b []byte) {
	t.Helper()
	f, err := Detect(input(b), Options{})
	if err == nil {
		_, err = collect(f, b, Options{})
	}
	problem, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, key, problem.Key)
	require.Equal(t, kind, problem.Kind)
}

func TestHostileArchives(t *testing.T) {
	many := make([]entry, maxEntries+1)
	for i := range many {
		many[i] = entry{fmt.Sprint(i, ".csv"), []byte("x")}
	}
	lying := zipOf(t, entry{"a.csv", bytes.Repeat([]byte("time,mgdl\n2024-01-01T00:00:00,100\n"), 3000)})
	central := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[central+24:], 100) // says that it unpacks to 100 bytes
	locked := zipOf(t, entry{"a.csv", []byte("x")})
	locked[bytes.LastIndex(locked, []byte("PK\x01\x02"))+8] |= 1
	whole := gzipOf(t, sample(t, "clarity-g6.csv"))
	for _, c := range []struct {
		name, key string
		kind      fault.Kind
		file      []byte
	}{
		{"a zip that unpacks to a thousand times its size", faultRatio, fault.TooLarge, zipOf(t, entry{"a.csv", make([]byte, 20<<20)})},
		{"a gzip that unpacks to a thousand times its size", faultRatio, fault.TooLarge, gzipOf(t, bytes.Repeat([]byte("time,mgdl\n"), 2<<20))},
		{"a zip of many files", faultManyEntries, fault.TooLarge, zipOf(t, many...)},
		{"a zip in a zip", faultNested, fault.Invalid, zipOf(t, entry{"b.zip", zipOf(t, entry{"a.csv", []byte("x")})})},
		{"a gzip in a gzip", faultNested, fault.Invalid, gzipOf(t, gzipOf(t, []byte("x")))},
		{"a zip that lies about a size", faultBroken, fault.Invalid, lying},
		{"a locked zip", faultEncrypted, fault.Invalid, locked},
		{"half a zip", faultBroken, fault.Invalid, zipOf(t, entry{"a.csv", sample(t, "clarity-g6.csv")})[:400]},
		{"half a gzip", faultBroken, fault.Invalid, whole[:len(whole)/2]},
		{"a zip of nothing that we know", faultNothingKnown, fault.Invalid, zipOf(t, entry{"a.txt", []byte("x")}, entry{"b.txt", []byte("y")})},
	} {
		t.Run(c.name, func(t *testing.T) { requireFault(t, c.kind, c.key, c.file) })
	}
}

func TestUnknownFilesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name, key string
		file      []byte
	}{
		{"nothing", "format.looks-empty", nil},
		{"blank lines", "format.looks-empty", []byte("\r\n \r\n")},
		{"a zip without files", "format.looks-empty", zipOf(t)},
		{"a photo", "format.looks-picture", []byte("\xFF\xD8\xFF\xE0\x00\x10JFIF")},
		{"a screenshot", "format.looks-picture", []byte("\x89PNG\r\n\x1a\n\x00\x00")},
		{"a report", "format.looks-pdf", []byte("%PDF-1.7\n%\xE2\xE3")},
		{"an Excel file", "format.looks-spreadsheet", zipOf(t, entry{"[Content_Types].xml", []byte("<x/>")}, entry{"xl/workbook.xml", []byte("<x/>")})},
		{"an old Excel file", "format.looks-old-spreadsheet", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00\x00")},
		{"a database", "format.looks-database", []byte("SQLite format 3\x00\x10\x00")},
		{"a web page", "format.looks-html", []byte("<!DOCTYPE html><html></html>")},
		{"Apple Health", "format.looks-apple-health", []byte("<?xml version=\"1.0\"?><!DOCTYPE HealthData []><HealthData>")},
		{"another XML", "format.looks-xml", []byte("<?xml version=\"1.0\"?><a/>")},
		{"another JSON", "format.looks-json", []byte(`{"a":1}`)},
		{"bytes", "format.looks-binary", []byte{1, 2, 3, 0, 200, 100}},
		{"a table of something else", "format.looks-table", []byte("name,age\nA,3\nB,4\n")},
		{"a letter", "format.looks-text", []byte("Dear diary.\nToday was fine.\n")},
	} {
		t.Run(c.name, func(t *testing.T) { requireFault(t, fault.Invalid, c.key, c.file) })
	}
}

func TestAFormatThatDoesNotExistIsRefused(t *testing.T) {
	_, err := Detect(input([]byte("time,mgdl\n")), Options{Format: "no-such"})
	require.EqualError(t, err, faultUnknownID)
	f, err := Detect(input([]byte("whatever")), Options{Format: "simple-csv"})
	require.NoError(t, err)
	_, err = collect(f, []byte("whatever"), Options{})
	require.EqualError(t, err, faultHeading)
}

// TestFormatsAreListed pins the IDs: they are part of the identity of stored
// records and never change.
func TestFormatsAreListed(t *testing.T) {
	var ids []string
	for _, f := range All() {
		ids = append(ids, f.ID)
		require.NotEmpty(t, f.Name)
	}
	for _, id := range strings.Fields("carelink-csv clarity-csv eversense-csv generic-csv glooko-csv glucokeep-csv libreview-csv sidiary-csv simple-csv") {
		require.Contains(t, ids, id)
	}
}

package web_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// told brings sparse records of a person from a phone.
func (b *box) told(p store.Person, device string, rs ...record.Record) {
	b.Helper()
	batch := record.Batch{Source: record.Source{Format: "phone", Device: device}, Sparse: rs}
	_, err := b.ingest.Accept(b.Context(), b.now(), ingest.Import{Person: p.ID, Format: "phone", Live: "phone " + p.Key},
		func(yield func(record.Batch, error) bool) { yield(batch, nil) }, nil)
	require.NoError(b, err)
}

func at(t time.Time) record.Common { return record.Common{At: record.At(t)} }

var cardNames = regexp.MustCompile(`<bdi>([^<]*)</bdi>`)

// order is the names on a board.
func order(body string) string {
	var names []string
	for _, m := range cardNames.FindAllStringSubmatch(body, -1) {
		names = append(names, m[1])
	}
	return strings.Join(names, " ")
}

func TestTheBoardIsInOrderOfNeed(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Fine")
	account := b.id("Ana")
	for _, c := range []struct {
		name string
		mgDL float64
		age  time.Duration
	}{{"High", 200, time.Minute}, {"Low", 65, time.Minute}, {"Stale", 40, 20 * time.Minute}, {"VeryHigh", 300, time.Minute},
		{"Urgent", 55, time.Minute}, {"VeryLow", 50, time.Minute}, {"Never", 0, 0}, {"Also", 110, time.Minute}} {
		p := b.person(c.name, account)
		if c.mgDL > 0 {
			b.reading(p, time.Now().Add(-c.age), c.mgDL)
		}
	}
	b.reading(ana.person, time.Now(), 100)
	require.Equal(t, "Urgent VeryLow Low Never Stale VeryHigh High Also Fine", order(ana.page("/")))
	b.ahead = 16 * time.Minute
	require.Equal(t, "Also Fine High Low Never Stale Urgent VeryHigh VeryLow", order(ana.page("/")), "all are stale now, though nothing was read anew")
}

// Names stand where a reader looks for them.
func TestTheBoardIsByName(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Zoe")
	for _, name := range []string{"Änne", "anton", "Bea", "Ännchen", "Émile", "Emma"} {
		b.person(name, b.id("Ana"))
	}
	require.Equal(t, "Ännchen Änne anton Bea Émile Emma Zoe", order(ana.page("/")))
}

// What a card keeps between two visits is never older than the data, and never
// outlives the right to see it.
func TestCardsAreNeverOld(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.person("Tom", b.id("Ana"))
	now := time.Now()
	b.reading(ana.person, now.Add(-6*time.Minute), 111)
	require.Contains(t, ana.page("/"), ">111<")
	require.Contains(t, ana.page("/"), ">111<")
	b.reading(ana.person, now.Add(-time.Minute), 123)
	require.Contains(t, ana.page("/"), ">123<")
	jon := b.owner("Ben", "Jon") // whose readings come by file alone
	b.person("Kim", b.id("Ben"))
	jon.bring("time,mgdl\n" + now.Add(-6*time.Minute).In(berlin(t)).Format("2006-01-02T15:04:05") + ",132\n")
	require.Contains(t, jon.page("/"), ">132<")
	file := jon.bring("time,mgdl\n" + now.In(berlin(t)).Format("2006-01-02T15:04:05") + ",147\n")
	require.Contains(t, jon.page("/"), ">147<")
	require.Equal(t, see, jon.post(file+"/undo").status)
	require.Contains(t, jon.page("/"), ">132<", "what was undone is gone at once")

	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "24", "theme", "system").status)
	require.Contains(t, ana.page("/"), ">6,8<")
	require.Equal(t, see, ana.post("/preferences", "language", "en", "unit", "mg/dL", "clock", "24", "theme", "system").status)
	b.sql(`UPDATE person SET name = 'Lina' WHERE id = ?`, ana.person.ID)
	require.Contains(t, ana.page("/"), "Lina")
	b.sql(`UPDATE grant SET until_ms = 1 WHERE person = ?`, ana.person.ID)
	body := ana.page("/?all=1")
	require.NotContains(t, body, "Lina")
	require.NotContains(t, body, ">123<")
	require.Equal(t, "Tom", order(body))
	require.Equal(t, unknown, ana.get(ana.at("")).status)
}

// A right that ends by the clock, while nobody commits anything that would have
// its row read anew, ends all the same; so does one that begins.
func TestARightEndsByTheClockAlone(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	tom := b.person("Tom", b.id("Ana"))
	hour := func(n time.Duration) int64 { return time.Now().Add(n * time.Hour).UnixMilli() }
	b.sql(`UPDATE grant SET until_ms = ? WHERE person = ?`, hour(1), ana.person.ID)
	b.sql(`UPDATE grant SET from_ms = ? WHERE person = ?`, hour(3), tom.ID)
	for _, c := range []struct {
		ahead time.Duration
		want  string
	}{{0, "Mila"}, {2 * time.Hour, ""}, {4 * time.Hour, "Tom"}, {0, "Mila"}} {
		b.mu.Lock()
		b.ahead = c.ahead
		b.mu.Unlock()
		require.Equal(t, c.want, order(ana.page("/?all=1")), "%v from now", c.ahead)
	}
}

func TestWhyNothingNewIsHere(t *testing.T) {
	start := time.Now()
	for name, c := range map[string]struct {
		device string
		bring  func(b *box, p store.Person)
		after  time.Duration
		want   string
		not    string
	}{
		"a sensor of a known kind warms up": {"Dexcom G7", func(b *box, p store.Person) {
			b.told(p, "Dexcom G7", &record.Event{Common: at(start.Add(-10 * time.Minute)), Event: record.SensorStart, Detail: "Dexcom G7"})
		}, 0, "Sensor warming up, ready about ", "last heard"},
		"it does not warm up for ever": {"Dexcom G7", func(b *box, p store.Person) {
			b.told(p, "Dexcom G7", &record.Event{Common: at(start.Add(-10 * time.Minute)), Event: record.SensorStart, Detail: "Dexcom G7"})
		}, 25 * time.Minute, "Phone last heard 25", "warming up"},
		"an unknown one takes two hours at most": {"", func(b *box, p store.Person) {
			b.told(p, "", &record.Event{Common: at(start.Add(-10 * time.Minute)), Event: record.SensorStart})
		}, 100 * time.Minute, "Sensor warming up, ready about ", ""},
		"a sensor ended": {"", func(b *box, p store.Person) {
			b.told(p, "", &record.Event{Common: at(start.Add(-10 * time.Minute)), Event: record.SensorEnd})
		}, 0, "Sensor ended ", "warming up"},
		"a sensor failed": {"", func(b *box, p store.Person) {
			b.told(p, "", &record.Event{Common: at(start.Add(-10 * time.Minute)), Event: record.SensorError})
		}, 0, "Sensor error ", ""},
		"what happened before the last reading explains nothing": {"", func(b *box, p store.Person) {
			b.told(p, "", &record.Event{Common: at(start.Add(-40 * time.Minute)), Event: record.SensorEnd})
		}, 12 * time.Minute, "Phone last heard 12", "Sensor ended"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			ana := b.owner("Ana", "Mila")
			b.reading(ana.person, start.Add(-20*time.Minute), 100)
			c.bring(b, ana.person)
			b.ahead = c.after
			for _, path := range []string{"/?all=1", ana.at("")} {
				body := ana.page(path)
				require.Contains(t, body, c.want, path)
				if c.not != "" {
					value, _, _ := strings.Cut(body, `data-live-part="chart"`) // what is listed below may well say so
					require.NotContains(t, value, c.not, path)
				}
			}
		})
	}
}

// S38: the tile says which link is late.
func TestTheTileSaysWhenThePhoneWasHeard(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.reading(ana.person, time.Now().Add(-time.Minute), 100)
	note := regexp.MustCompile(`<p class="value-note"[^>]*?( hidden)?><svg`)
	require.Equal(t, " hidden", note.FindStringSubmatch(ana.page("/?all=1"))[1], "nothing is late")
	b.ahead = 12 * time.Minute
	body := ana.page("/?all=1")
	require.Contains(t, body, "Phone last heard 12\u00a0min ago.")
	require.Empty(t, note.FindStringSubmatch(body)[1])
}

func TestTheLastAlarmOfADay(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	now := time.Now()
	b.reading(ana.person, now, 100)
	b.told(ana.person, "", &record.Alarm{Common: at(now.Add(-2 * time.Hour)), Name: "Low <b>glucose</b>"})
	require.Contains(t, ana.page("/?all=1"), ": Low &lt;b&gt;glucose&lt;/b&gt;</span>")
	b.told(ana.person, "", &record.Alarm{Common: at(now.Add(-time.Hour)), Name: "High", Cleared: true})
	require.Contains(t, ana.page("/?all=1"), ": High glucose, cleared</span>")
	of := now.Add(-time.Hour).In(berlin(t))
	midnight := time.Date(of.Year(), of.Month(), of.Day()+1, 0, 30, 0, 0, of.Location())
	b.ahead = midnight.Sub(now)
	require.Contains(t, ana.page("/?all=1"), "Device alarm "+of.Format("Mon 2 Jan")+", ", "an alarm of yesterday says its day")
	b.ahead = 24 * time.Hour
	require.NotContains(t, ana.page("/?all=1"), ": High", "a day later it is no longer of interest")
}

// Fifty are shown, who needs a look most; the rest are a link away. Twenty
// weigh no more than 10 kB on the wire.
func TestALargeBoard(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Person 00")
	account := b.id("Ana")
	people := []store.Person{ana.person}
	add := func(n int) {
		for len(people) < n {
			people = append(people, b.person(fmt.Sprintf("Person %02d", len(people)), account))
		}
	}
	add(20)
	for i, p := range people {
		for k := range 24 {
			b.reading(p, time.Now().Add(-time.Duration(5*(24-k))*time.Minute), float64(80+(i*37+k*k)%150))
		}
	}
	body := ana.page("/")
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(body))
	require.NoError(t, z.Close())
	require.Less(t, zipped.Len(), 10_000, "%d bytes of %d", zipped.Len(), len(body))
	require.NotContains(t, body, "Show all")

	add(60)
	b.reading(people[59], time.Now(), 50)
	before := len(b.lines())
	body = ana.page("/")
	require.Len(t, cardNames.FindAllString(body, -1), 50)
	require.True(t, strings.HasPrefix(order(body), "Person 59"))
	require.Contains(t, body, "10 more people")
	require.Contains(t, body, `href="/?show=all"`)
	require.Len(t, b.lines(), before+40, "each person whose data was read has a line")
	body = ana.page("/?show=all")
	require.Len(t, cardNames.FindAllString(body, -1), 60)
	require.Len(t, b.lines(), before+40)
}

// A browser without script loads the page anew by itself, and that is no act
// of a person.
func TestWithoutScriptThePageLoadsItselfAnew(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.reading(ana.person, time.Now(), 100)
	require.Contains(t, ana.page("/?all=1"), `<noscript><meta http-equiv="refresh" content="300; url=/?all=1&amp;auto=1"></noscript>`)
	require.Contains(t, ana.page(ana.at("")), `url=`+ana.at("?auto=1"))
	b.sql(`UPDATE credential SET active_ms = active_ms - 14 * 60000`)
	require.Equal(t, http.StatusOK, ana.get(ana.at("?auto=1")).status)
	b.sql(`UPDATE credential SET active_ms = active_ms - 2 * 60000`)
	require.Equal(t, see, ana.get(ana.at("")).status)
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return loc
}

// A reading whose time has not come, since a device's clock is wrong, never
// hides the newest one of now, and never looks like it.
func TestAReadingOfTheFutureHidesNothing(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	tom := b.person("Tom", b.id("Ana"))
	now := time.Now()
	for i := 6; i >= 0; i-- {
		b.reading(ana.person, now.Add(-time.Duration(i)*5*time.Minute-time.Minute), 50)
	}
	b.reading(ana.person, now.Add(3*time.Hour+30*time.Second), 150)
	b.reading(tom, now.Add(24*time.Hour), 152)
	board := ana.page("/")
	require.Contains(t, board, ">50<", "the urgent low of now leads")
	require.NotContains(t, board, ">150<")
	require.Less(t, strings.Index(board, "Mila"), strings.Index(board, "Tom"), "and its person stands first")
	require.Contains(t, board, "3\u00a0h ahead")
	require.Contains(t, board, ">152<", "where there is nothing else, what the device told stands")
	require.Contains(t, board, "which has not come yet")
	require.Equal(t, 1, strings.Count(board, "value-ahead"))
	require.NotContains(t, board, "data-age>0", "an age that nobody knows is not said")
	page := ana.page(ana.at(""))
	require.Contains(t, page, "value-live")
	require.Contains(t, page, ">50<")
}

package share_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// box has Ana, who holds Mila's data; Ben, who holds Jon's; and Cleo, who
// manages the box and holds nobody's.
type box struct {
	*testing.T
	dir            string
	db             *store.DB
	share          *share.Share
	ana, ben, cleo int64
	mila, jon      store.Person
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, dir: t.TempDir()}
	b.db = storetest.OpenIn(t, b.dir)
	b.share = share.New(b.db, audit.New(b.db, make([]byte, 32)))
	account := func(name string, admin bool) (id int64) {
		require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
			id, err = tx.AddAccount(store.Account{Key: store.NewKey(), Email: name + "@box.test", Name: name, Admin: admin, Created: 1})
			return err
		}))
		return id
	}
	b.ana, b.ben, b.cleo = account("ana", false), account("ben", false), account("cleo", true)
	b.mila, b.jon = b.addPerson("Mila", b.ana), b.addPerson("Jon", b.ben)
	return b
}

func (b *box) addPerson(name string, owner int64) store.Person {
	b.Helper()
	p, err := b.share.AddPerson(b.Context(), now, viewer(owner), share.NewPerson{Name: name, Zone: "Europe/Berlin", Unit: "mg/dL", Owner: owner})
	require.NoError(b, err)
	return p
}

func viewer(account int64) share.Viewer {
	return share.Viewer{Account: account, From: audit.From{IP: "192.0.2.1", Device: "Firefox on Linux"}}
}

func (b *box) sql(q string, args ...any) {
	b.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(b, err)
	defer raw.Close()
	_, err = raw.Exec(q, args...)
	require.NoError(b, err)
}

func (b *box) lines() (out []string) {
	b.Helper()
	require.NoError(b, b.db.Ledger(b.Context(), 0, func(r store.LedgerRow) error {
		out = append(out, r.Action+" "+r.Object+" "+r.Result)
		return nil
	}))
	return out
}

var actions = []share.Action{share.View, share.Export, share.Import, share.Write, share.Manage}

// Z-01, Z-02: the decision itself, each end of a grant included.
func TestCan(t *testing.T) {
	at := record.At(now)
	whole := store.Grant{Role: "owner", From: at - 1000}
	with := func(change func(*store.Grant)) store.Grant {
		g := whole
		change(&g)
		return g
	}
	cases := map[string]struct {
		grant store.Grant
		want  bool
	}{
		"a grant that runs":            {whole, true},
		"from this very moment":        {with(func(g *store.Grant) { g.From = at }), true},
		"a moment too early":           {with(func(g *store.Grant) { g.From = at + 1 }), false},
		"a moment before its end":      {with(func(g *store.Grant) { g.Until = at + 1 }), true},
		"at its end":                   {with(func(g *store.Grant) { g.Until = at }), false},
		"one second after its end":     {with(func(g *store.Grant) { g.Until = at - 1000 }), false},
		"revoked":                      {with(func(g *store.Grant) { g.Revoked = at - 1 }), false},
		"revoked in the future":        {with(func(g *store.Grant) { g.Revoked = at + 1_000_000 }), false},
		"of no role":                   {with(func(g *store.Grant) { g.Role = "" }), false},
		"of a role nobody has written": {with(func(g *store.Grant) { g.Role = "Owner" }), false},
		"no grant at all":              {store.Grant{}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, a := range actions {
				require.Equal(t, c.want, share.Can(c.grant, a, now), a)
			}
			for _, a := range []share.Action{"", "delete", "VIEW", "view "} {
				require.False(t, share.Can(c.grant, a, now), "action %q", a)
			}
		})
	}
}

// Z-01: whatever a grant says, it never allows outside of its time, once
// revoked, or what no role knows.
func TestCanIsClosed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := store.Grant{Role: rapid.SampledFrom([]string{"owner", "", "admin", "viewer"}).Draw(t, "role"),
			From:    record.Millis(rapid.Int64Range(-10, 10).Draw(t, "from")),
			Until:   record.Millis(rapid.Int64Range(-10, 10).Draw(t, "until")),
			Revoked: record.Millis(rapid.Int64Range(0, 2).Draw(t, "revoked"))}
		at := record.Millis(rapid.Int64Range(-12, 12).Draw(t, "at"))
		a := rapid.SampledFrom(append([]share.Action{"", "other"}, actions...)).Draw(t, "action")
		if share.Can(g, a, at.Time()) {
			if g.Role != "owner" || g.Revoked != 0 || at < g.From || (g.Until != 0 && at >= g.Until) || !slices.Contains(actions, a) {
				t.Fatalf("%+v allows %q at %d", g, a, at)
			}
		}
	})
}

// Z-01, Z-04, Z-08: every viewer × every action × every person.
func TestScope(t *testing.T) {
	b := newBox(t)
	viewers := map[string]struct {
		viewer share.Viewer
		may    []store.Person
	}{
		"Ana":                         {viewer(b.ana), []store.Person{b.mila}},
		"Ben":                         {viewer(b.ben), []store.Person{b.jon}},
		"Cleo, who manages the box":   {viewer(b.cleo), nil},
		"nobody":                      {share.Viewer{}, nil},
		"an account that is not":      {viewer(9999), nil},
		"an account below zero":       {viewer(-1), nil},
		"whoever sits at the console": {share.Viewer{Console: true}, []store.Person{b.mila, b.jon}},
	}
	for name, v := range viewers {
		for _, a := range actions {
			for _, p := range []store.Person{b.mila, b.jon} {
				t.Run(fmt.Sprintf("%s, %s of %s", name, a, p.Name), func(t *testing.T) {
					before := len(b.lines())
					sc, err := b.share.Scope(t.Context(), v.viewer, a, p.Key, now)
					for _, q := range v.may {
						if q.ID == p.ID {
							require.NoError(t, err)
							require.Equal(t, p, sc.Person())
							require.Equal(t, a, sc.Action())
							require.Equal(t, v.viewer, sc.Viewer())
							require.Equal(t, v.viewer.Console, sc.Grant() == 0)
							return
						}
					}
					requireUnknown(t, sc, err)
					require.Equal(t, []string{"refused action:" + string(a) + " refused"}, b.lines()[before:], "L-01")
				})
			}
			t.Run(fmt.Sprintf("%s, %s of somebody who does not exist", name, a), func(t *testing.T) {
				for _, key := range []string{"", store.NewKey(), "'; DROP TABLE person; --", strings.ToUpper(b.mila.Key), b.mila.Key + " ", "Mila", fmt.Sprint(b.mila.ID), strings.Repeat("a", 1<<16)} {
					sc, err := b.share.Scope(t.Context(), v.viewer, a, key, now)
					requireUnknown(t, sc, err)
				}
			})
		}
	}
}

// requireUnknown: not yours and not there are one and the same.
func requireUnknown(t *testing.T, sc share.Scope, err error) {
	t.Helper()
	f, ok := err.(*fault.Error)
	require.True(t, ok, "%v", err)
	require.Equal(t, &fault.Error{Kind: fault.NotFound, Key: "person.unknown"}, f)
	require.Equal(t, share.Scope{}, sc, "no part of a scope comes out")
}

// Z-02: revoking and ending count at the next request, by the server's clock.
func TestAGrantEndsAtOnce(t *testing.T) {
	b := newBox(t)
	ask := func(at time.Time) error {
		_, err := b.share.Scope(t.Context(), viewer(b.ana), share.View, b.mila.Key, at)
		return err
	}
	listed := func(at time.Time) int {
		s, err := b.share.Persons(t.Context(), viewer(b.ana), at)
		require.NoError(t, err)
		return len(s)
	}
	require.NoError(t, ask(now))
	require.Error(t, ask(now.Add(-time.Second)), "before it began")
	b.sql(`UPDATE grant SET until_ms = ? WHERE account = ?`, now.Add(time.Hour).UnixMilli(), b.ana)
	require.NoError(t, ask(now.Add(time.Hour-time.Millisecond)))
	require.Equal(t, 1, listed(now.Add(time.Hour-time.Millisecond)))
	require.Error(t, ask(now.Add(time.Hour)))
	require.Error(t, ask(now.Add(time.Hour+time.Second)))
	require.Zero(t, listed(now.Add(time.Hour)))
	b.sql(`UPDATE grant SET until_ms = NULL, revoked_ms = 1 WHERE account = ?`, b.ana)
	require.Error(t, ask(now))
	require.Zero(t, listed(now))
}

// Of several grants one that runs is enough, whatever came of the others.
func TestOneGrantIsEnough(t *testing.T) {
	b := newBox(t)
	b.sql(`UPDATE grant SET revoked_ms = 1 WHERE account = ?`, b.ana)
	require.NoError(t, b.db.Write(t.Context(), func(tx *store.Tx) error {
		for _, g := range []store.Grant{{Until: record.At(now) - 1}, {From: record.At(now) + 1}, {}} {
			g.Key, g.Person, g.Account, g.Role = store.NewKey(), b.mila.ID, b.ana, "owner"
			if _, err := tx.AddGrant(g); err != nil {
				return err
			}
		}
		return nil
	}))
	sc, err := b.share.Scope(t.Context(), viewer(b.ana), share.View, b.mila.Key, now)
	require.NoError(t, err)
	require.NotZero(t, sc.Grant())
}

func TestPersons(t *testing.T) {
	b := newBox(t)
	names := func(v share.Viewer) (out []string) {
		list, err := b.share.Persons(t.Context(), v, now)
		require.NoError(t, err)
		for _, s := range list {
			require.Equal(t, share.View, s.Action(), "a list never gives more than looking")
			out = append(out, s.Person().Name)
		}
		return out
	}
	require.Equal(t, []string{"Mila"}, names(viewer(b.ana)))
	require.Equal(t, []string{"Jon"}, names(viewer(b.ben)))
	require.Empty(t, names(viewer(b.cleo)), "Z-08: who manages the box sees nobody by that")
	require.Empty(t, names(share.Viewer{}))
	require.ElementsMatch(t, []string{"Jon", "Mila"}, names(share.Viewer{Console: true}))
}

// L-02: a refusal that cannot be written down is an error of its own, and
// gives nothing away either.
func TestARefusalThatCannotBeWrittenDown(t *testing.T) {
	b := newBox(t)
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	for _, key := range []string{b.jon.Key, store.NewKey()} {
		sc, err := b.share.Scope(t.Context(), viewer(b.ana), share.View, key, now)
		require.Error(t, err)
		require.Equal(t, fault.Internal, fault.KindOf(err))
		require.Equal(t, share.Scope{}, sc)
	}
	before := len(b.lines())
	_, err := b.share.AddPerson(t.Context(), now, viewer(b.ana), share.NewPerson{Name: "Zoe", Zone: "UTC", Unit: "mg/dL", Owner: b.ana})
	require.Error(t, err, "and nobody is added without a line")
	require.Len(t, b.lines(), before)
	persons, err := b.db.Persons(t.Context())
	require.NoError(t, err)
	require.Len(t, persons, 2)
}

func TestNewPerson(t *testing.T) {
	good := share.NewPerson{Name: "Mila", Zone: "Europe/Berlin", Unit: "mg/dL"}
	with := func(change func(*share.NewPerson)) share.NewPerson {
		p := good
		change(&p)
		return p
	}
	cases := map[string]struct {
		person share.NewPerson
		want   string
	}{
		"all is well":                {good, ""},
		"millimoles":                 {with(func(p *share.NewPerson) { p.Unit = "mmol/L" }), ""},
		"no name":                    {with(func(p *share.NewPerson) { p.Name = "" }), "person.name-missing"},
		"a name of blanks":           {with(func(p *share.NewPerson) { p.Name = "\u2003 " }), "person.name-missing"},
		"a name of two lines":        {with(func(p *share.NewPerson) { p.Name = "Mila\r\nJon" }), "person.name-long"},
		"a name of 101 characters":   {with(func(p *share.NewPerson) { p.Name = strings.Repeat("é", 101) }), "person.name-long"},
		"a name of 100 characters":   {with(func(p *share.NewPerson) { p.Name = strings.Repeat("é", 100) }), ""},
		"no unit":                    {with(func(p *share.NewPerson) { p.Unit = "" }), "person.unit-unknown"},
		"another unit":               {with(func(p *share.NewPerson) { p.Unit = "MG/DL" }), "person.unit-unknown"},
		"no zone":                    {with(func(p *share.NewPerson) { p.Zone = "" }), "person.zone-unknown"},
		"the zone of the machine":    {with(func(p *share.NewPerson) { p.Zone = "Local" }), "person.zone-unknown"},
		"a zone that is none":        {with(func(p *share.NewPerson) { p.Zone = "Mars/Olympus" }), "person.zone-unknown"},
		"a zone that climbs out":     {with(func(p *share.NewPerson) { p.Zone = "../../etc/passwd" }), "person.zone-unknown"},
		"a zone that is a path":      {with(func(p *share.NewPerson) { p.Zone = "/etc/passwd" }), "person.zone-unknown"},
		"a zone with a NUL":          {with(func(p *share.NewPerson) { p.Zone = "Europe/Berlin\x00" }), "person.zone-unknown"},
		"a zone that is a folder":    {with(func(p *share.NewPerson) { p.Zone = "Europe" }), "person.zone-unknown"},
		"a zone with another letter": {with(func(p *share.NewPerson) { p.Zone = "Europe/Berlim" }), "person.zone-unknown"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			before := len(b.lines())
			c.person.Owner = b.ana
			_, err := b.share.AddPerson(t.Context(), now, viewer(b.ana), c.person)
			if c.want == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"person.added  ok", "grant.added  ok"}, b.lines()[before:], "L-01")
				return
			}
			f, ok := err.(*fault.Error)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.want, f.Key)
			require.Len(t, b.lines(), before)
		})
	}
}

// Z-04: keys are random and say nothing of each other.
func TestKeysAreRandom(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		k := store.NewKey()
		require.Len(t, k, 32)
		require.False(t, seen[k])
		seen[k] = true
	}
}

func TestByName(t *testing.T) {
	b := newBox(t)
	console := share.Viewer{Console: true}
	key, err := b.share.ByName(t.Context(), console, " mila ", now)
	require.NoError(t, err)
	require.Equal(t, b.mila.Key, key)
	key, err = b.share.ByName(t.Context(), console, b.jon.Key, now)
	require.NoError(t, err)
	require.Equal(t, b.jon.Key, key)
	_, err = b.share.ByName(t.Context(), console, "Nobody", now)
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	_, err = b.share.ByName(t.Context(), viewer(b.ana), "Jon", now)
	require.Equal(t, fault.NotFound, fault.KindOf(err), "a name that is not yours is no name")
	b.addPerson("MILA", b.ana)
	_, err = b.share.ByName(t.Context(), console, "Mila", now)
	require.Equal(t, fault.Conflict, fault.KindOf(err))
}

func FuzzScope(f *testing.F) {
	db := storetest.Open(f)
	s := share.New(db, audit.New(db, make([]byte, 32)))
	f.Add("key", "view", int64(1))
	f.Add("' OR 1=1", "", int64(0))
	f.Fuzz(func(t *testing.T, key, action string, account int64) {
		_, err := s.Scope(context.Background(), share.Viewer{Account: account}, share.Action(action), key, now)
		require.Equal(t, fault.NotFound, fault.KindOf(err))
	})
}

func TestSetPerson(t *testing.T) {
	b := newBox(t)
	p := b.addPerson("Zoe", b.ana)
	scope, err := b.share.Scope(t.Context(), viewer(b.ana), share.Manage, p.Key, now)
	require.NoError(t, err)
	own := store.OwnLimits{MgDL: [4]int32{60000, 80000, 160000, 0}, MmolL: [4]int32{3300, 4400, 8900, 0}}
	born := " 2015-03-10 "
	changed, err := b.share.SetPerson(t.Context(), now, scope, share.Change{Ranges: "own", Own: &own, Night: &share.Night{From: 23, Until: 7}, Born: &born})
	require.NoError(t, err)
	kept, err := b.db.PersonByKey(t.Context(), p.Key)
	require.NoError(t, err)
	require.Equal(t, changed, kept)
	require.Equal(t, []any{"Zoe", "own", own, 23, 7, "2015-03-10"}, []any{kept.Name, kept.Ranges, kept.Own, kept.NightFrom, kept.NightUntil, kept.Born}, "what was not named stays")

	empty := ""
	scope, err = b.share.Scope(t.Context(), viewer(b.ana), share.Manage, p.Key, now)
	require.NoError(t, err)
	kept, err = b.share.SetPerson(t.Context(), now, scope, share.Change{Ranges: "pregnancy", Born: &empty})
	require.NoError(t, err)
	require.Equal(t, []any{"pregnancy", own, ""}, []any{kept.Ranges, kept.Own, kept.Born}, "own limits wait for later")

	for name, c := range map[string]struct {
		change share.Change
		key    string
	}{
		"ranges that are none":       {share.Change{Ranges: "loose"}, "ranges.unknown"},
		"own limits that fall":       {share.Change{Own: &store.OwnLimits{MgDL: [4]int32{60000, 59000, 160000, 0}, MmolL: [4]int32{3300, 3200, 8900, 0}}}, "ranges.order"},
		"a very low of another kind": {share.Change{Own: &store.OwnLimits{MgDL: [4]int32{40000, 80000, 160000, 0}, MmolL: [4]int32{2200, 4400, 8900, 0}}}, "ranges.bounds.very-low"},
		"a night of no hours":        {share.Change{Night: &share.Night{From: 5, Until: 5}}, "settings.night-wrong"},
		"a zone that is none":        {share.Change{Zone: "Mars/Olympus"}, "person.zone-unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.share.SetPerson(t.Context(), now, scope, c.change)
			f, ok := err.(*fault.Error)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.key, f.Key)
		})
	}
	kept, err = b.share.SetPerson(t.Context(), now, scope, share.Change{Zone: "Asia/Tokyo"})
	require.NoError(t, err)
	require.Equal(t, "pregnancy", kept.Ranges, "what was changed since the scope was made stays")
	_, err = b.share.SetPerson(t.Context(), now, scope, share.Change{Unit: "mmol/L", Seen: share.Mark(scope.Person())})
	require.Equal(t, fault.Conflict, fault.KindOf(err), "but not unseen")
	_, err = b.share.SetPerson(t.Context(), now, scope, share.Change{Unit: "mmol/L", Seen: share.Mark(kept)})
	require.NoError(t, err)

	fresh := b.addPerson("Kim", b.ana)
	scope, err = b.share.Scope(t.Context(), viewer(b.ana), share.Manage, fresh.Key, now)
	require.NoError(t, err)
	_, err = b.share.SetPerson(t.Context(), now, scope, share.Change{Ranges: "own"})
	require.Equal(t, fault.Invalid, fault.KindOf(err), "own ranges need own limits")

	looking, err := b.share.Scope(t.Context(), viewer(b.ana), share.View, p.Key, now)
	require.NoError(t, err)
	_, err = b.share.SetPerson(t.Context(), now, looking, share.Change{Name: "Eve"})
	require.Equal(t, fault.NotFound, fault.KindOf(err), "a permission to look is none to change")
}

package web_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Twenty at once look, import, undo, sign in and out: nothing breaks, nobody
// sees another's, and the ledger holds.
func TestManyAtOnce(t *testing.T) {
	b := newBox(t)
	names := []string{"Ana", "Ben", "Cleo", "Dan"}
	owners := make([]*browser, len(names))
	for i, n := range names {
		owners[i] = b.owner(n, "Person"+n)
		owners[i].bring(simple(spring, 600))
	}
	var wg sync.WaitGroup
	for i := range 20 {
		me, next := owners[i%4].copy(), owners[(i+1)%4]
		wg.Go(func() {
			for round := range 3 {
				expect := func(a answer, statuses ...int) {
					for _, s := range statuses {
						if a.status == s {
							return
						}
					}
					t.Errorf("worker %d: status %d, not one of %v: %s", i, a.status, statuses, a.body)
				}
				switch i % 5 {
				case 0:
					expect(me.get(me.at("?day=2026-03-01")), ok)
					expect(me.get("/people/"+next.person.Key), unknown)
				case 1:
					expect(me.get(me.at("/profile?from=2026-03-01&until=2026-03-03")), ok)
					expect(me.get(me.at("/imports")), ok)
				case 2:
					a := me.upload("a.csv", []byte(simple(spring.AddDate(0, 0, 3*i+round), 288)))
					expect(a, see)
					if a.status != see {
						continue
					}
					expect(me.get(a.location()), ok)
					a = me.post(a.location(), "do", "confirm")
					expect(a, see)
					expect(me.post(a.location()+"/undo"), see)
				case 3:
					expect(me.post("/preferences", "language", "en", "unit", "mg/dL", "clock", "24", "theme", "system"), see)
					expect(me.get("/"), see, ok)
				case 4:
					me := b.browser() // signing in ends the session that it comes with
					me.person = owners[i%4].person
					expect(me.post("/signin", "email", fmt.Sprintf("%s@box.test", names[i%4]), "password", password), see)
					expect(me.post("/signout"), see)
					expect(me.get(me.at("")), see)
					expect(me.post("/signin", "email", fmt.Sprintf("%s@box.test", names[i%4]), "password", password), see)
				}
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			if err := b.ledger.Step(t.Context(), time.Now().Add(time.Hour)); err != nil {
				t.Error(err)
			}
			if err := b.intake.Step(time.Now()); err != nil {
				t.Error(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	wg.Wait()
	_, err := b.ledger.Verify(t.Context())
	require.NoError(t, err)
	require.NotContains(t, b.logs.String(), "request failed")
	require.NotContains(t, b.logs.String(), "status=5")
	require.LessOrEqual(t, b.count(`SELECT count(*) FROM ledger WHERE action = 'view.end'`), b.count(`SELECT count(*) FROM ledger WHERE action = 'view.begin'`))
	require.Equal(t, 4*600, b.count(`SELECT sum(n) FROM glucose_stat`), "what was brought and undone left nothing")
}

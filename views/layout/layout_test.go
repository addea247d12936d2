package layout

import (
	"bytes"
	"testing"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"glucokeep/static"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Render(templ.WithNonce(t.Context(), "n0nce"), &b))
	return b.String()
}

func TestPageFrame(t *testing.T) {
	f := Frame{Title: "Ana", Account: "Marta", SignOut: "/sign-out", Preference: "/preferences", Of: "Ana Ruiz", Version: "0.1",
		Places: []Place{{URL: "/people", Label: "People", Icon: "people"}, {URL: "/d", Label: "Day", Icon: "day", OfPerson: true},
			{URL: "/p", Label: "Profile", Icon: "profile", OfPerson: true, Current: true}}, Notice: &Notice{Kind: "done", Text: "Saved."}}
	html := render(t, Page(f))
	require.Contains(t, html, `<title>Ana – Glucokeep</title>`)
	require.Contains(t, html, `href="`+static.URL("css/app.css")+`"`)
	require.Contains(t, html, `nonce="n0nce"`)
	require.Contains(t, html, `href="#content"`)
	require.Contains(t, html, `<a href="/p" aria-current="page">`)
	require.Contains(t, html, `method="post" action="/sign-out"`)
	require.Contains(t, html, `role="status">Saved.`)
	require.Contains(t, html, "not a medical device")
	require.Contains(t, html, "Ana Ruiz")
	require.NotContains(t, html, "noscript")
}

func TestBareFrame(t *testing.T) {
	html := render(t, Bare(Frame{Title: "Sign in"}))
	require.Contains(t, html, `class="page bare"`)
	require.NotContains(t, html, "<nav")
	require.Contains(t, html, "not a medical device")
}

func TestTheNameOfThePersonStandsOnceBeforeTheirPages(t *testing.T) {
	f := Frame{Of: "Ana", Places: []Place{{URL: "/people"}, {URL: "/d", OfPerson: true}, {URL: "/p", OfPerson: true}}}
	require.Equal(t, []bool{false, true, false}, []bool{f.first(0), f.first(1), f.first(2)})
}

func TestTheOrnamentStaysInItsBand(t *testing.T) {
	dots, now := trace()
	require.NotEmpty(t, dots)
	require.Equal(t, dots, traceDots())
	require.Equal(t, now, traceNow())
}

func TestWhereOneIs(t *testing.T) {
	places := func() []Place {
		return []Place{{URL: "/"}, {URL: "/people/1", OfPerson: true}, {URL: "/people/1/reports", OfPerson: true,
			Within: []Place{{URL: "/people/1/profile?days=7"}, {URL: "/people/1/devices"}}}, {URL: "/people/1/imports", Seldom: true}, {URL: "/people/1/more", More: true}}
	}
	for _, c := range []struct {
		name, address string
		current       []int
		within        int // -1 none
	}{
		{"home is exact", "/", []int{0}, -1},
		{"a page that is no place", "/preferences", nil, -1},
		{"the person", "/people/1", []int{1}, -1},
		{"a place within another, whatever its dates", "/people/1/profile", []int{2}, 0},
		{"below a place within another", "/people/1/devices/settings", []int{2}, 1},
		{"the list itself", "/people/1/reports", []int{2}, -1},
		{"a seldom place stands behind more", "/people/1/imports/7/undo", []int{3, 4}, -1},
		{"another person begins alike", "/people/12", nil, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Frame{Places: places()}
			f.Here(c.address)
			var current []int
			within := -1
			for i, p := range f.Places {
				if p.Current {
					current = append(current, i)
				}
				for k, w := range p.Within {
					if w.Current {
						within = k
					}
				}
			}
			require.Equal(t, c.current, current)
			require.Equal(t, c.within, within)
			_, _, ok := f.inner()
			require.Equal(t, c.within >= 0, ok)
		})
	}
}

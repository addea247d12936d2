package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFirstRun(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	require.Regexp(t, `^http://localhost:\d+$`, b.Address)
	code := b.lastWord()
	require.Regexp(t, `^[A-Z0-9]{4}(-[A-Z0-9]{4})+$`, code)

	p := b.open(t)
	p.visit("/")
	require.Equal(t, "/setup", p.where(), "a new box leads to its set-up")
	p.title("Welcome. This box is yours to set up.")
	require.Equal(t, zone, p.value("zone"), "the zone of the box is the first guess")

	p.write("code", "AAAA-BBBB-CCCC-DDDD")
	p.write("name", "Ana Muster")
	p.write("email", email)
	p.write("password", password)
	p.write("person", person)
	p.choose("zone", "America/New_York")
	p.tick("unit", "mg/dL")
	p.click("Set up the box")
	p.sees("One thing to change", "This is not the code that the box printed. Look at its console again.")
	for field, want := range map[string]string{"name": "Ana Muster", "email": email, "person": person, "zone": "America/New_York"} {
		require.Equal(t, want, p.value(field), "%s is kept after a mistake", field)
	}
	require.Empty(t, p.value("password"), "a password is never sent back")

	p.write("code", strings.ToLower(code))
	p.write("password", "short")
	p.choose("zone", zone)
	require.False(t, ask[bool](p, `document.querySelector("form").checkValidity()`), "the browser knows the least length")
	p.write("password", password)
	p.click("Set up the box")

	p.title(person)
	p.sees("No readings yet.", "Last 6 hours")
	p.click("Bring in readings")
	p.title("Bring in readings of " + person)
	p.sees("Nothing yet. The first file that you bring in is listed here, and can be undone.")

	p.visit("/setup")
	require.NotContains(t, p.where(), "setup", "the set-up is closed once it was done")
	other := b.open(t)
	other.visit("/setup")
	require.Equal(t, "/signin", other.where())
}

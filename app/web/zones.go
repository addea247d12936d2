package web

import (
	_ "embed"
	"os"
	"slices"
	"strings"
	"time"

	"glucokeep/views/component"
)

// zonesText is the names of the IANA time zone database's zone.tab (public
// domain), one a line: the zones that people choose from.
//
//go:embed zones.txt
var zonesText string

var zoneNames = strings.Fields(zonesText)

// BoxZone is the time zone of the box, the best guess for a first person.
func BoxZone() string {
	if name := time.Local.String(); name != "Local" {
		return name
	}
	// Without TZ the system says it by where a link leads.
	if target, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "/zoneinfo/"); ok && slices.Contains(zoneNames, name) {
			return name
		}
	}
	return "UTC"
}

// zoneTyped is the zone that somebody means by what they typed: a name of the
// list whatever its capitals and blanks, or the place alone if only one zone
// has it. Anything else comes back as it is, for whoever checks it.
func zoneTyped(typed string) string {
	plain := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(typed), " ", "_"))
	var places []string
	for _, name := range zoneNames {
		low := strings.ToLower(name)
		if low == plain {
			return name
		}
		if plain != "" && strings.HasSuffix(low, "/"+plain) {
			places = append(places, name)
		}
	}
	if len(places) == 1 {
		return places[0]
	}
	return strings.TrimSpace(typed)
}

// zoneOptions lists the zones to choose from, the chosen one among them.
func zoneOptions(chosen string) []component.Option {
	var out []component.Option
	known := false
	for _, name := range zoneNames {
		out = append(out, component.Option{Value: name, Label: name})
		known = known || name == chosen
	}
	if !known && chosen != "" {
		if _, err := time.LoadLocation(chosen); err == nil {
			out = append([]component.Option{{Value: chosen, Label: chosen}}, out...)
		}
	}
	return out
}

package web

import (
	_ "embed"
	"strings"
)

// zonesText is the names of the IANA time zone database's zone.tab (public
// domain), one a line: the zones that people choose from.
//
//go:embed zones.txt
var zonesText string

var zoneNames = strings.Fields(zonesText)

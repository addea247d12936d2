package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/read"
	"glucokeep/app/text"
)

func TestDevicesAreToldApart(t *testing.T) {
	v := &visit{locale: text.Locale{Lang: "en"}}
	g7 := read.Source{ID: 1, Format: "clarity-csv", Device: "iPhone G7", Serial: "PX1234"}
	site := read.Source{ID: 2, Format: "nightscout-json", Device: "iPhone G7", Serial: "PX1234"}
	other := read.Source{ID: 3, Format: "clarity-csv", Device: "iPhone G7", Serial: "QQ9999"}
	nameless := read.Source{ID: 4, Format: "simple-csv"}
	pump := read.Source{ID: 5, Format: "carelink-csv", Device: "MiniMed 780G"}
	name := func(f string) string { return formatName(v, f) }
	for title, c := range map[string]struct {
		list []read.Source
		want []string
	}{
		"devices of their own names":   {[]read.Source{g7, pump}, []string{"iPhone G7", "MiniMed 780G"}},
		"a file that names no device":  {[]read.Source{nameless, pump}, []string{name("simple-csv"), "MiniMed 780G"}},
		"two of one model":             {[]read.Source{g7, other}, []string{"iPhone G7 …1234", "iPhone G7 …9999"}},
		"one device through two files": {[]read.Source{g7, site}, []string{"iPhone G7 …1234 (" + name("clarity-csv") + ")", "iPhone G7 …1234 (" + name("nightscout-json") + ")"}},
		"all of it at once":            {[]read.Source{g7, site, other, pump}, []string{"iPhone G7 …1234 (" + name("clarity-csv") + ")", "iPhone G7 …1234 (" + name("nightscout-json") + ")", "iPhone G7 …9999", "MiniMed 780G"}},
		"nobody":                       {nil, []string{}},
	} {
		t.Run(title, func(t *testing.T) { require.Equal(t, c.want, sourceNames(v, c.list)) })
	}
}

// Package guide is the style guide: every part that pages are made of, in
// every state, with made-up content. The demo shows it at /styleguide, and
// its tests hold each part as a golden file.
package guide

import (
	"time"

	"github.com/a-h/templ"

	"glucokeep/app/text"
)

// Group is parts that belong together.
type Group struct {
	Key   string // catalogue key of its heading
	Parts []Part
}

// Part is one part in one state. Name says both as the source calls them,
// such as "field-problem"; it is unique and the name of the golden file.
type Part struct {
	Name string
	Show templ.Component
	Wide bool // takes the whole width, as a chart does
}

// now is when the made-up readings are looked at: a fixed evening, so that
// the guide is the same every day.
func now() time.Time { return time.Date(2026, 3, 10, 21, 40, 0, 0, time.UTC) }

// Groups are all parts as a reader of l sees them.
func Groups(l text.Locale) []Group {
	return []Group{
		{Key: "guide.words", Parts: words(l)},
		{Key: "guide.values", Parts: values(l)},
		{Key: "guide.charts", Parts: charts(l)},
		{Key: "guide.forms", Parts: forms()},
		{Key: "guide.lists", Parts: lists()},
	}
}

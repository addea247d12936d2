// Package layout frames pages: the head with its style sheet and scripts, the
// places to go, the notice of what just happened, and the foot.
package layout

import (
	"math"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	geometry "glucokeep/app/chart"
	"glucokeep/views/component"
)

// Frame is what surrounds a page.
type Frame struct {
	Title   string // of the page, without the product's name
	Account string // name of the account that is signed in; "" before sign-in
	// Places are where one can go from here. Of is the person that the places
	// marked OfPerson belong to.
	Places     []Place
	Of         string
	Preference string // address of the preferences; "" shows none
	SignOut    string // address that signing out posts to; "" shows none
	Idle       int    // seconds that the session lives without an act; 0 warns nobody
	Notice     *Notice
	Alerts     []Alert
	Live       bool // shows a newest value: the script asks for a newer one while someone is at the page
	// Refresh is the address that a browser without script reloads every five
	// minutes; "" and it does not. Such a request is no sign of life: the
	// handler must not count it as activity of the session.
	Refresh string
	Version string
	AsOf    string // when what the page says was so, for paper; "" says nothing
	Demo    bool   // all data is made up, and the page says so
	Box     string // what the household calls the box; "" if nobody has said it, or before sign-in
	Theme   string // light, dark or bedside; "" follows the system
}

// title is what a browser calls the page.
func (f Frame) title() string {
	title := f.Title + " – Glucokeep"
	if f.Box != "" {
		title += " – " + f.Box
	}
	return title
}

// theme is the attribute that chooses the colours of a page; none where the
// system chooses.
func (f Frame) theme() templ.Attributes {
	if f.Theme == "" {
		return nil
	}
	return templ.Attributes{"data-theme": f.Theme}
}

// Alert is what every page says until something was done about it, with where
// that is done: a page at URL, or an act that Action posts to.
type Alert struct {
	Text        string
	URL, Action string
	Label       string // of what is done
	Warning     bool
}

// Place is one entry of the navigation.
type Place struct {
	URL, Label string
	Icon       string // people, day, profile, imports …; "" for one within another
	Current    bool
	OfPerson   bool
	Seldom     bool    // a phone shows it on the page of the place marked More
	More       bool    // leads to the seldom ones; only on a phone
	Within     []Place // shown below it on a wide screen while one of them is current
}

// Notice says what just happened. Kind is "done", "warning" or "" for plain.
type Notice struct {
	Kind, Text string
	Link       *component.Link // where there is more of it; nil: nowhere
}

// Here marks the place of an address as the current one: the most specific
// that the address lies in, and with one within another also the other.
func (f *Frame) Here(address string) {
	best, inside, length := -1, -1, 0
	holds := func(place string) bool {
		place, _, _ = strings.Cut(place, "?")
		if place != address && (place == "/" || !strings.HasPrefix(address, place+"/")) || len(place) <= length {
			return false
		}
		length = len(place)
		return true
	}
	for i, p := range f.Places {
		if holds(p.URL) {
			best, inside = i, -1
		}
		for k, within := range p.Within {
			if holds(within.URL) {
				best, inside = i, k
			}
		}
	}
	if best < 0 {
		return
	}
	f.Places[best].Current = true
	if inside >= 0 {
		f.Places[best].Within[inside].Current = true
	}
	if f.Places[best].Seldom {
		for i, p := range f.Places {
			f.Places[i].Current = p.Current || p.More
		}
	}
}

// inner is the place within the current one that is being looked at, and the
// place around it.
func (f Frame) inner() (around, inner Place, ok bool) {
	for _, p := range f.Places {
		for _, w := range p.Within {
			if w.Current {
				return p, w, true
			}
		}
	}
	return around, inner, false
}

// current says in which way a place is the current one.
func current(p Place) string {
	for _, w := range p.Within {
		if w.Current {
			return "true"
		}
	}
	return "page"
}

// first reports whether place i begins those of a person.
func (f Frame) first(i int) bool {
	return f.Places[i].OfPerson && f.Of != "" && (i == 0 || !f.Places[i-1].OfPerson)
}

// trace is the ornament above the pages before sign-in: a quiet night drawn
// like a chart. It is no one's data.
func trace() (dots string, y string) {
	points := make([]geometry.Point, 73)
	for i := range points {
		t := float64(i) / 72
		points[i] = geometry.Point{X: 1000 * t, Y: 50 + 9*math.Sin(6.2*t+0.9) + 6*math.Sin(15*t+2) + 2*math.Sin(31*t)}
	}
	last := points[len(points)-12]
	return geometry.Dots(points[:len(points)-12]), strconv.FormatFloat(geometry.Round(last.Y), 'f', -1, 64) + "%"
}

func traceDots() string { d, _ := trace(); return d }

func traceNow() string { _, y := trace(); return y }

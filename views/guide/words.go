package guide

import (
	"glucokeep/app/text"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

// iconNames is the drawn set, in the order of the navigation.
var iconNames = []string{"people", "day", "profile", "log", "imports", "settings", "box", "more", "previous", "next"}

// words are the signs and words that stand for glucose, and the type scale.
func words(text.Locale) []Part {
	parts := []Part{
		{Name: "type", Show: typeScale(), Wide: true},
		{Name: "colours", Show: colours(), Wide: true},
		{Name: "brand", Show: brand()},
		{Name: "icons", Show: icons(), Wide: true},
		{Name: "arrows", Show: arrows(), Wide: true},
	}
	for c := figure.VeryLow; c <= figure.VeryHigh; c++ {
		parts = append(parts, Part{Name: "class-" + c.Name(), Show: component.ClassWord(c)})
	}
	return parts
}

// colourNames are the tokens that a page is drawn with, as static/css/tokens.css
// names them. static/contrast_test.go checks the pairs.
var colourNames = []string{"ink", "muted", "link", "edge", "line", "very-low", "low", "in-range", "high", "very-high",
	"very-low-fill", "low-fill", "in-range-fill", "high-fill", "very-high-fill", "outer", "inner", "median", "insulin", "carbs"}

// trends are the arrows from the steepest fall to the steepest rise.
var trends = []figure.Trend{figure.DoubleDown, figure.SingleDown, figure.FortyFiveDown, figure.Flat, figure.FortyFiveUp, figure.SingleUp, figure.DoubleUp}

package chart

// Ground is what a picture of glucose is drawn on: a person's own bounds and
// night. The zero value is that of most people.
type Ground struct {
	Limits
	Night
}

// Package component holds the parts that pages are made of: fields, buttons,
// problems, values. A part takes what it shows, ready to print, and knows no
// page.
package component

// Field is one line that a person fills in.
type Field struct {
	Name, Label string
	Hint        string // what to write, and why it is asked
	Value       string // as last sent; a password is never sent back
	Problem     string // what to change; "" when nothing is wrong
	Type        string // text, email, password, date, number; "" is text
	Complete    string // the autocomplete token: "email", "current-password" …
	Mode        string // inputmode: "numeric", "decimal"; "" is the type's own
	Optional    bool
	Quiet       bool     // an optional field that does not say so
	Short       bool     // a narrow box
	Code        bool     // spaced letters, for one-time codes
	Reveal      bool     // a password that can be shown while typing
	Least       int      // minlength; 0 is none
	Suggest     []string // what the browser offers while one types, in Suggested
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Option is one choice.
type Option struct{ Value, Label, Hint string }

// Select is a list to choose one from.
type Select struct {
	Name, Label, Hint, Value, Problem string
	Options                           []Option
}

// Choices are a few options that are all seen at once.
type Choices struct {
	Name, Legend, Hint, Value, Problem string
	Options                            []Option
}

// Check is one statement to agree with.
type Check struct {
	Name, Label, Problem string
	Checked              bool
}

// Problem is one thing to change, and the name of its field; a Field of ""
// concerns the whole form.
type Problem struct{ Field, Text string }

// Maker offers to make a password. Each of Ways works as a link; a script puts
// its suggestions into the fields instead, one after the other.
type Maker struct {
	Hint   string
	Once   string // to keep what was made, which is not shown again
	Fields string // ids of the fields, separated by blanks
	Made   string // what was just made and stands in the fields; "" nothing
	Ways   []Way
}

// Way is a kind of password that can be made; Suggests are some, one a line.
type Way struct{ URL, Label, Suggests string }

// Link leads somewhere.
type Link struct{ URL, Label string }

// Tab is one of a row of links; Current is the one being looked at.
type Tab struct {
	URL, Label string
	Current    bool
}

// described lists the ids that describe a field.
func described(name, hint, problem string) string {
	switch {
	case hint != "" && problem != "":
		return "h-" + name + " p-" + name
	case hint != "":
		return "h-" + name
	case problem != "":
		return "p-" + name
	}
	return ""
}

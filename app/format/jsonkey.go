package format

// Reasons of the JSON formats, beside those of key.go. The line of such a
// Reject is the number of the object in the file, from 1; the column is the
// name of the member.
const (
	// rejectJSON: what stands there is not valid JSON. No places.
	rejectJSON = "reject.json-invalid"
	// rejectNotObject: a number, text or list stands where an object should. No places.
	rejectNotObject = "reject.json-not-object"
	// rejectTooDeep: objects within objects, more than 32 deep. No places.
	rejectTooDeep = "reject.json-too-deep"
	// rejectTooLarge: one object of more than 1 MiB. No places.
	rejectTooLarge = "reject.json-too-large"
	// rejectTwice: a name stands twice in one object, so that it says two
	// things. No places.
	rejectTwice = "reject.json-duplicate-key"
	// rejectLong: a text of more than 64 KiB. No places.
	rejectLong = "reject.field-too-long"
	// rejectText: a text was expected. No places.
	rejectText = "reject.text"
	// rejectDuration: negative, or longer than a week. No places.
	rejectDuration = "reject.duration-impossible"
	// rejectUnitMissing: nothing says the unit of a glucose value. No places.
	rejectUnitMissing = "reject.unit-missing"
)

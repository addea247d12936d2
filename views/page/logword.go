package page

// whenKey is the heading of the fields for date and time.
func whenKey(f LogForm) string {
	if f.Fixed || f.Date != "" || f.Time != "" {
		return "log.when.chosen"
	}
	return "log.when.now"
}

// emptyLogKey is the sentence of a log without entries.
func emptyLogKey(mayWrite bool) string {
	if mayWrite {
		return "log.none.write"
	}
	return "log.none.read"
}

// key chooses between the words for a dose and for anything else.
func (a LogAnother) key(dose, other string) string {
	if a.Dose {
		return dose
	}
	return other
}

package page

// relation is the link type of a turn to a neighbouring day.
func relation(icon string) string {
	if icon == "previous" {
		return "prev"
	}
	return "next"
}

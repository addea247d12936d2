package unit

// Units is an amount of insulin in international units (U).
type Units float64

// UnitsPerHour is a rate of insulin delivery.
type UnitsPerHour float64

// Grams is a mass of carbohydrate.
type Grams float64

// PossibleDose reports whether u can be one dose: 0 to 100 U.
func (u Units) PossibleDose() bool { return u >= 0 && u <= 100 }

// Possible reports whether r can be a basal rate: 0 to 50 U/h.
func (r UnitsPerHour) Possible() bool { return r >= 0 && r <= 50 }

// Possible reports whether g can be one meal: 0 to 1000 g.
func (g Grams) Possible() bool { return g >= 0 && g <= 1000 }

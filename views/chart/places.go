package chart

// lanePlaces says where on the drawing the curve ends and the lanes lie, in
// percent of its height. With more lanes the drawing itself is higher.
type lanePlaces struct {
	Insulin, Events         bool // there are the lanes of insulin and carbs; of notes and devices
	Glucose                 string
	InsulinY, InsulinHeight string
	CarbsY, CarbsHeight     string
	EventsY, EventsHeight   string
	Class                   string
}

func placesOf(insulin, events bool) lanePlaces {
	p := lanePlaces{Insulin: insulin, Events: events, Glucose: "100%"}
	switch {
	case insulin && events:
		p.Glucose, p.Class = "57%", "plot-full"
		p.InsulinY, p.InsulinHeight, p.CarbsY, p.CarbsHeight, p.EventsY, p.EventsHeight = "63.5%", "10.5%", "79%", "7%", "91%", "9%"
	case insulin:
		p.Glucose, p.Class = "67%", "plot-lanes"
		p.InsulinY, p.InsulinHeight, p.CarbsY, p.CarbsHeight = "74%", "12%", "91%", "9%"
	case events:
		p.Glucose, p.Class = "82%", "plot-events"
		p.EventsY, p.EventsHeight = "89%", "11%"
	}
	return p
}

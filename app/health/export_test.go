package health

import "time"

// SetPatience changes how long a check may take.
func (h *Health) SetPatience(d time.Duration) { h.patience = d }

// Busy is what a check that runs holds.
func (h *Health) Busy() chan struct{} { return h.busy }

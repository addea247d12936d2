//go:build !linux

package bench

import (
	"os"
	"time"
)

func datasync(f *os.File) error { return f.Sync() }

// cpuTime is not known here: the wall clock alone decides.
func cpuTime() time.Duration { return 0 }

package store

import (
	"fmt"
	"os"

	"glucokeep/app/fault"
)

// lockFile takes the folder for this process. The operating system gives it
// back when the process ends, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := tryLock(f); err != nil {
		_ = f.Close()
		return nil, fault.Wrap(err, fault.Conflict, "store.in-use")
	}
	return f, nil
}

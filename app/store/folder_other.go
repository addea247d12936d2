//go:build !linux

package store

// refuseNetworkFolder has no portable way to tell; see folder_linux.go.
func refuseNetworkFolder(string) error { return nil }

// diskOf has no portable way to tell; see folder_linux.go.
func diskOf(string) (size, free int64, known bool) { return 0, 0, false }

//go:build !linux

package store

// refuseNetworkFolder has no portable way to tell; see folder_linux.go.
func refuseNetworkFolder(string) error { return nil }

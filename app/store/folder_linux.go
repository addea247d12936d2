package store

import (
	"golang.org/x/sys/unix"

	"glucokeep/app/fault"
)

// refuseNetworkFolder keeps the database off network folders: the shared
// memory of SQLite's write-ahead log does not work there, and two machines
// would destroy each other's data.
func refuseNetworkFolder(dir string) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return nil // what cannot be asked is found out by SQLite itself
	}
	switch uint32(s.Type) {
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.V9FS_MAGIC:
		return fault.New(fault.Invalid, "store.network-folder")
	}
	return nil
}

// diskOf is the size of the disk that holds dir, and what is free for us.
func diskOf(dir string) (size, free int64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, false
	}
	return int64(s.Blocks) * s.Bsize, int64(s.Bavail) * s.Bsize, true // #nosec G115 -- a disk has fewer than 2^63 bytes
}

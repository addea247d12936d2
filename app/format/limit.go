package format

import "glucokeep/app/fault"

// The bounds of every file, whatever its format. They are
// far above what a device can have written and keep a hostile file from
// filling the memory.
const (
	maxRow       = 1 << 20 // bytes of one row
	maxField     = 64 << 10
	maxColumns   = 500
	maxRows      = 5_000_000
	maxSparse    = 500_000  // records that a format holds back to join them
	maxHeldText  = 64 << 20 // bytes of text beside them
	maxEntries   = 200      // files in an archive
	maxRatio     = 100      // unpacked to packed
	maxUnpacked  = 2 << 30
	ratioFloor   = 64 << 10 // a file this small may pack as well as it likes
	maxTextRunes = 200      // of a name that a device gave (V-03)
	maxNoteRunes = 10_000   // of text that a person wrote
)

// errTooLarge is a file over one of the bounds.
func errTooLarge(key string, args ...any) error { return fault.New(fault.TooLarge, key, args...) }

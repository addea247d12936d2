package format

// Reasons why a row gave no record. Each is a key of the message catalogue
// with its named places; the line and the heading of the column stand beside
// it in the Reject. No place ever holds the content of a cell.
const (
	// rejectTime: the time cannot be read. No places.
	rejectTime = "reject.time"
	// rejectNumber: a number was expected. No places.
	rejectNumber = "reject.number"
	// rejectGlucose: no glucose is that low or high (under 10 or over 1000
	// mg/dL, a device code such as 0 or 9999). No places.
	rejectGlucose = "reject.glucose-impossible"
	// rejectDose: no dose or rate is that large, or it is negative. No places.
	rejectDose = "reject.dose-impossible"
	// rejectCarbs: no meal is that large, or it is negative. No places.
	rejectCarbs = "reject.carbs-impossible"
	// rejectKetone: no ketone value is that large, or it is negative. No places.
	rejectKetone = "reject.ketone-impossible"
	// rejectUnit: the row names a unit that is not known. No places.
	rejectUnit = "reject.unit"
	// rejectColumns: more cells than headings, so that a cell may stand under
	// the wrong heading. Places: want, got.
	rejectColumns = "reject.columns"
	// rejectHeading: the row stands under no headings. No places.
	rejectHeading = "reject.heading-missing"
	// rejectKind: the row says it is a kind of entry that is not known. No places.
	rejectKind = "reject.kind-unknown"
	// rejectFlag: the flag says that the value lies beyond what a sensor
	// measures, and no sensor's limit lies there, or it names both ends. No places.
	rejectFlag = "reject.flag-contradicts"
	// rejectEmpty: the row has a time and a kind and nothing that the kind
	// should have. No places.
	rejectEmpty = "reject.empty"
	// rejectTruncated: the file ends in the middle of this row. No places.
	rejectTruncated = "reject.truncated"
	// rejectEntry: a file of the archive that is not part of this format was
	// left out. Places: number (its place in the archive, from 1).
	rejectEntry = "reject.entry-skipped"
	// rejectObject: an object of a JSON file lacks what it needs. No places.
	rejectObject = "reject.object"
)

// Reasons why a file as a whole cannot be read, beside the "format.looks-*"
// keys of Head.unknown. Each is the key of a fault.Error.
const (
	noticeByPlace     = "format.read-by-place"        // no fault: the headings are in an unknown language, the order of columns was trusted
	noticeSkipped     = "format.kinds-skipped"        // no fault: entries of kinds that hold nothing to keep were passed over (a status of the uploader, what was deleted there)
	faultUnknownID    = "format.unknown-id"           // the format asked for does not exist
	faultRead         = "format.read"                 // the file could not be read from its place
	faultBroken       = "format.broken"               // the archive is damaged or cut off
	faultDateOrder    = "format.date-order-undecided" // day and month cannot be told apart; choose an order
	faultUnit         = "format.unit-missing"         // no heading names the unit of glucose; choose one
	faultUnitGuess    = "format.unit-likely"          // as above, and the numbers look like one: place unit
	faultHeading      = "format.heading-missing"      // no row of the file holds the headings of the format
	faultMapping      = "format.mapping-missing"      // choose which column is what: place column
	faultRowLong      = "format.row-too-long"         // places line, limit (bytes)
	faultFieldLong    = "format.field-too-long"       // places line, limit (bytes)
	faultManyColumns  = "format.too-many-columns"     // places line, limit
	faultManyRows     = "format.too-many-rows"        // place limit
	faultHeldText     = "format.too-much-text"        // place limit (bytes)
	faultManyEntries  = "format.too-many-entries"     // place limit
	faultUnpacked     = "format.unpacked-too-large"   // place limit (bytes)
	faultRatio        = "format.packed-too-tightly"   // place limit (ratio)
	faultNested       = "format.archive-in-archive"
	faultEncrypted    = "format.encrypted"
	faultNothingKnown = "format.archive-unknown" // an archive without a file that any format knows
)

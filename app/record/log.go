package record

// LogFormat is the format of the sources by which people write into the care
// log on the pages of the box. The serial of such a source is the key of the
// account that wrote.
const LogFormat = "log"

// LogNote is the name in Extra of what somebody wrote beside a dose or a
// fingerstick, which have no text of their own.
const LogNote = "note"

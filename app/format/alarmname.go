package format

import "strings"

// AlarmKind says which of the alarms that devices have in common a device
// means by name: "urgent-low", "sensor-change" and so on, the last parts of the
// catalogue's keys "alarm.kind." … What is kept is the name; the kind is for
// showing it. An alarm that its file tells by number alone is of the kind
// "code", with that number. Of a name that is not known for certain the kind
// is "".
func AlarmKind(name string) (kind, code string) {
	if what, how, two := strings.Cut(name, ":"); two && isAlarmManner(how) {
		name = what
	}
	words := strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(name))), " ")
	if code, ok := strings.CutPrefix(words, "other alarm code: "); ok && digits(code) {
		return "code", code
	}
	for _, candidate := range []string{words, strings.TrimRight(words, "0123456789"),
		strings.TrimSuffix(strings.TrimSuffix(words, " alert"), " alarm")} {
		if kind := alarmKinds[strings.TrimSpace(candidate)]; kind != "" {
			return kind, ""
		}
	}
	return "", ""
}

func digits(s string) bool { return s != "" && len(s) <= 6 && strings.Trim(s, "0123456789") == "" }

// alarmKinds are the names in lower case, by what they mean. Sources: CareLink
// exports of Guardian Connect and of pumps of the 600 and 700 series, and the
// words on their screens; the alerts of Dexcom; alarmType of the Tidepool data
// model, chapter deviceEvent; Glooko's alarm table; alerts of Eversense.
var alarmKinds = byName(map[string][]string{
	"urgent-low":           {"urgent low", "urgent low glucose", "severe low sg", "very low glucose"},
	"urgent-low-soon":      {"urgent low soon"},
	"low":                  {"low", "low glucose", "low sg", "low sensor glucose", "alert on low", "out of range low glucose"},
	"high":                 {"high", "high glucose", "high sg", "high sensor glucose", "alert on high", "out of range high glucose"},
	"low-expected":         {"low predicted", "predicted low", "predicted low glucose", "alert before low", "tandem control low"},
	"high-expected":        {"high predicted", "predicted high", "predicted high glucose", "alert before high"},
	"falling":              {"fall", "fall rate", "falling", "falling rapidly", "rate falling"},
	"rising":               {"rise", "rise rate", "rising", "rising rapidly", "rate rising", "sg rising rapidly"},
	"signal-lost":          {"signal loss", "lost sensor", "lost sensor signal", "no sensor signal", "sensor signal not found"},
	"sensor-connected":     {"sensor connected"},
	"sensor-change":        {"change sensor", "sensor change", "replace sensor"},
	"sensor-ended":         {"sensor end", "sensor ended", "sensor expired"},
	"sensor-error":         {"sensor error", "sensor failure", "sensor failed"},
	"calibrate":            {"cal now", "calibrate now", "calibration now", "calibration needed"},
	"calibrate-soon":       {"cal reminder", "calibration reminder"},
	"calibration-error":    {"cal error", "calibration error", "calibration not accepted"},
	"fingerstick":          {"bg required", "enter bg now"},
	"transmitter-battery":  {"low transmitter", "low battery transmitter", "transmitter battery low", "low transmitter battery"},
	"battery-low":          {"low battery", "low battery pump", "battery low", "low power"},
	"battery-empty":        {"no power", "battery empty", "replace battery now", "insert battery"},
	"insulin-low":          {"low insulin", "low reservoir"},
	"insulin-empty":        {"no insulin", "empty reservoir", "reservoir empty"},
	"no-delivery":          {"no delivery"},
	"blocked":              {"occlusion", "insulin flow blocked"},
	"suspended-low":        {"suspend on low", "low sg suspend", "low glucose suspend", "low limit suspend"},
	"suspended-before-low": {"suspend before low"},
	"auto-off":             {"auto off"},
	"insulin-limit":        {"over limit", "max delivery"},
	"automated-ended":      {"auto mode exit", "smartguard exit"},
	"other":                {"other"},
})

func byName(kinds map[string][]string) map[string]string {
	names := map[string]string{}
	for kind, list := range kinds {
		for _, name := range list {
			names[name] = kind
		}
	}
	return names
}

// AlarmKinds lists every kind that AlarmKind can give, "code" too.
func AlarmKinds() []string {
	seen, all := map[string]bool{}, []string{"code"}
	for _, kind := range alarmKinds {
		if !seen[kind] {
			seen[kind] = true
			all = append(all, kind)
		}
	}
	return all
}

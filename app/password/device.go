package password

import (
	"slices"
	"strings"
)

// What a family with diabetes types when it must think of something: their
// devices, insulins, apps and makers, small; a blank is where a sign may stand
// or not. Only what stands in no dictionary is here alone; an everyday word
// ("guardian", "contour") is here with what stands beside it on the box.
var (
	pumps = phrases("530g", "630g", "640g", "670g", "720g", "740g", "770g", "780g", "mini med", "paradigm 5", "paradigm 7", "paradigm veo", "paradigm pump",
		"t slim", "slim x2", "control iq", "basal iq", "tandem mobi", "tandem pump", "omni pod", "ypso pump", "mylife ypso", "dana rs", "dana i", "dana r",
		"dia becare", "accu chek combo", "accu chek insight", "accu chek solo", "accu chek spirit", "medtrum", "touch care nano", "kaleido pump",
		"beta bionics", "ilet pump", "ilet bionic", "twiist", "animas vibe", "animas ping", "one touch ping", "cellnovo", "equil patch", "diaconn",
		"deltec cozmo", "smart guard")
	sensors = phrases("dexcom g", "dexcom one", "dexcom 7", "dexcom stelo", "free style libre", "libre link", "libre 1", "libre 2", "libre 3", "libre pro",
		"guardian 3", "guardian 4", "guardian connect", "guardian sensor", "enlite", "simplera", "ever sense", "aidex sensor", "gluco men day",
		"sibionics", "care sens air", "smart guide sensor", "miao miao", "bubble mini")
	meters = phrases("accu chek", "contour next", "contour plus", "contour xt", "one touch verio", "one touch ultra", "one touch select", "onetouch",
		"free style lite", "free style freedom", "care sens", "gluco men", "bg star", "true metrix", "gluco card")
	insulins = phrases("lantus", "levemir", "tresiba", "toujeo", "novo rapid", "novo log", "huma log", "fiasp", "lyumjev", "apidra", "humulin", "novo pen")
	makers   = phrases("medtronic", "dexcom", "insulet", "tandem diabetes", "abbott diabetes", "abbott libre", "ypsomed", "roche diabetes", "ascensia",
		"life scan", "senseonics", "novo nordisk", "eli lilly", "sanofi", "bayer diabetes", "menarini")
	apps = phrases("nightscout", "care link", "libre view", "glooko", "diasend", "tidepool", "clarity app", "dexcom clarity", "android aps", "open aps",
		"xdrip", "cam aps", "sugar mate", "my sugr", "sidiary", "loop kit", "free aps")
)

func phrases(list ...string) (out [][]string) {
	for _, s := range list {
		out = append(out, strings.Fields(s))
	}
	return out
}

// device refuses makes and models of devices, the model first.
func device(f folded) string {
	for _, kind := range []struct {
		reason string
		words  [][]string
	}{
		{"password.pump", pumps}, {"password.sensor", sensors}, {"password.meter", meters}, {"password.insulin", insulins},
		{"password.maker", makers}, {"password.app", apps},
	} {
		if slices.ContainsFunc(kind.words, func(parts []string) bool { return f.holds(parts...) }) {
			return kind.reason
		}
	}
	return ""
}

// product refuses what the product is about.
func product(f folded) string {
	for _, word := range []string{"glucokeep", "glucose", "glukose", "diabet", "insulin", "blutzucker"} {
		if f.holds(word) {
			return "password.product"
		}
	}
	return ""
}

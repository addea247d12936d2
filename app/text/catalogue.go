package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// The catalogue has one file per area of the product and language,
// "signin.en.json": key → sentence, or key → plural form → sentence.
//
//go:embed catalogue/*.json
var files embed.FS

// message is the forms of one sentence by CLDR plural form; a sentence
// without plural has only "other".
type message map[string]string

// UnmarshalJSON takes a sentence or an object of plural forms.
func (m *message) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*m = message{"other": s}
		return nil
	}
	var forms map[string]string
	if err := json.Unmarshal(data, &forms); err != nil {
		return fmt.Errorf("a message is a sentence or its plural forms: %w", err)
	}
	*m = forms
	return nil
}

// form chooses the plural form by the argument called count.
func (m message) form(lang string, args []any) string {
	if len(m) == 1 {
		return m["other"]
	}
	v, _ := argument(args, "count")
	n, ok := whole(v)
	if !ok {
		return m["other"]
	}
	if n < 0 {
		n = -n
	}
	if plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0) == plural.One {
		if s, ok := m["one"]; ok {
			return s
		}
	}
	return m["other"]
}

// messages gives the catalogue of a language; it is read once.
func messages(lang string) map[string]message { return catalogue()[lang] }

// catalogue is language → key → message. The embedded files are part of the
// program, so a broken one is a programmer's mistake found at start.
var catalogue = sync.OnceValue(func() map[string]map[string]message {
	all := map[string]map[string]message{}
	for _, lang := range Languages() {
		all[lang] = map[string]message{}
	}
	entries, err := files.ReadDir("catalogue")
	if err != nil {
		panic("text: " + err.Error())
	}
	for _, e := range entries {
		area, lang, ok := strings.Cut(strings.TrimSuffix(e.Name(), ".json"), ".")
		if !ok || all[lang] == nil {
			panic("text: catalogue file of no known language: " + e.Name())
		}
		data, err := files.ReadFile(path.Join("catalogue", e.Name()))
		if err != nil {
			panic("text: " + err.Error())
		}
		var part map[string]message
		if err := json.Unmarshal(data, &part); err != nil {
			panic("text: " + e.Name() + ": " + err.Error())
		}
		for key, m := range part {
			if !strings.HasPrefix(key, area+".") {
				panic("text: " + e.Name() + " holds a key of another area: " + key)
			}
			all[lang][key] = m
		}
	}
	return all
})

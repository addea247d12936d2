// Package text puts the product into words. It holds the message catalogue in
// every language, chooses plural forms by the CLDR rules, and prints numbers,
// dates, clock times and spans as the reader writes them. It knows nothing of
// the rest of the product.
package text

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Languages are the languages of the catalogue by their BCP 47 tag; the first
// is the one used when none of the reader's is there.
func Languages() []string { return []string{"en", "de"} }

// Locale is how one reader likes to read. The zero value is English with a
// 12-hour clock and mg/dL.
type Locale struct {
	Lang    string // "en", "de"; anything else reads as English
	Unit    string // of glucose: "mg/dL" or "mmol/L", "" is mg/dL
	Clock24 bool   // 14:05 instead of 2:05 pm
}

type localeKey struct{}

// With gives a context whose pages are in l.
func With(ctx context.Context, l Locale) context.Context {
	return context.WithValue(ctx, localeKey{}, l)
}

// From is the locale of a context; English with a 24-hour clock and mg/dL
// when none was set.
func From(ctx context.Context) Locale {
	if l, ok := ctx.Value(localeKey{}).(Locale); ok {
		return l
	}
	return Locale{Lang: "en", Unit: "mg/dL", Clock24: true}
}

// T is the sentence of the catalogue under key, in the language of ctx. Args
// fill its named places: name, value, name, value. A place called count also
// chooses the plural form. An unknown key gives the key in brackets.
func T(ctx context.Context, key string, args ...any) string {
	return From(ctx).T(key, args...)
}

// T is the sentence of the catalogue under key in the locale's language; see
// the function T.
func (l Locale) T(key string, args ...any) string {
	m, ok := messages(l.lang())[key]
	if !ok {
		return "[" + key + "]"
	}
	return l.fill(m.form(l.lang(), args), args)
}

func (l Locale) lang() string {
	if l.Lang == "de" {
		return "de"
	}
	return "en"
}

// fill puts args into the places of a sentence. A place without a value stays
// as it is written, so that a test or a reader can see it.
func (l Locale) fill(s string, args []any) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 32)
	for {
		open := strings.IndexByte(s, '{')
		end := strings.IndexByte(s, '}')
		if open < 0 || end < open {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:open])
		if v, ok := argument(args, s[open+1:end]); ok {
			b.WriteString(l.decline(b.String(), l.print(v)))
		} else {
			b.WriteString(s[open : end+1])
		}
		s = s[end+1:]
	}
}

// decline gives a length of days the ending that the German word before it
// asks for: 3 Tage, but vor 3 Tagen. static/js/age.js does the same.
func (l Locale) decline(before, value string) string {
	if l.lang() != "de" || !strings.HasSuffix(value, "Tage") {
		return value
	}
	words := strings.Fields(before)
	if len(words) > 0 && slices.Contains([]string{"vor", "seit", "nach", "von", "mit", "in"}, strings.ToLower(words[len(words)-1])) {
		return value + "n"
	}
	return value
}

func argument(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// print is a value as the reader writes it. Strings are taken as ready.
func (l Locale) print(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return l.Number(v)
	case time.Duration:
		return l.Span(v)
	case time.Time:
		return l.DateTime(v)
	case interface{ String() string }:
		return v.String()
	}
	if n, ok := whole(v); ok {
		return l.Integer(n)
	}
	return ""
}

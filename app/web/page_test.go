package web_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"glucokeep/static"
)

// tag is an opening tag of a page with its attributes.
type tag struct {
	name  string
	attrs map[string]string
	after string // what follows it, up to the next tag
}

var (
	openTag   = regexp.MustCompile(`(?s)<([a-zA-Z][^\s>/]*)((?:[^>"']|"[^"]*"|'[^']*')*)>([^<]*)`)
	attribute = regexp.MustCompile(`(?s)([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?`)
)

func tags(page string) (out []tag) {
	for _, m := range openTag.FindAllStringSubmatch(page, -1) {
		t := tag{name: strings.ToLower(m[1]), attrs: map[string]string{}, after: m[3]}
		for _, a := range attribute.FindAllStringSubmatch(m[2], -1) {
			t.attrs[strings.ToLower(a[1])] = a[2] + a[3] + a[4]
		}
		out = append(out, t)
	}
	return out
}

var noncePattern = regexp.MustCompile(`'nonce-([A-Z2-7]{26,})'`)

// check finds what an answer lacks that every answer must have: H-01 to H-03,
// and a page that the policy allows all of.
func (b *box) check(a answer) (problem string) {
	immutable := strings.Contains(a.header.Get("Cache-Control"), "immutable")
	if !immutable && !slices.Contains(a.header.Values("Cache-Control"), "no-store") {
		return "H-03: may be kept in a cache: " + fmt.Sprint(a.header.Values("Cache-Control"))
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := a.header.Values(name); !slices.Equal(got, []string{want}) {
			return fmt.Sprintf("H-02: %s is %q", name, got)
		}
	}
	if bad := badPermissions(a.header.Values("Permissions-Policy")); bad != "" {
		return "H-02: " + bad
	}
	if a.header.Get("Server") != "" || a.header.Get("X-Powered-By") != "" {
		return "H-02: Server"
	}
	policies := a.header.Values("Content-Security-Policy")
	if len(policies) != 1 {
		return fmt.Sprintf("H-01: %d policies", len(policies))
	}
	if bad := badPolicy(policies[0]); bad != "" {
		return "H-01: " + bad
	}
	nonces := noncePattern.FindAllStringSubmatch(policies[0], -1)
	if len(nonces) != 2 || nonces[0][1] != nonces[1][1] {
		return "H-01: no nonce of its own"
	}
	nonce := nonces[0][1]
	b.mu.Lock()
	seen := b.nonces[nonce]
	b.nonces[nonce] = true
	b.mu.Unlock()
	if seen {
		return "H-01: a nonce that was used before"
	}
	if a.body == "" || a.status/100 == 3 { // net/http puts one link into a redirect
		return ""
	}
	switch kind := a.header.Get("Content-Type"); {
	case immutable:
		return ""
	case strings.HasPrefix(kind, "text/html; charset=utf-8"):
		return badPage(a.body, nonce)
	case kind == "application/json; charset=utf-8":
		if !json.Valid([]byte(a.body)) || strings.ContainsAny(a.body, "<>") {
			return "JSON with markup in it"
		}
		return ""
	case kind == "application/x-x509-ca-cert" || kind == "application/x-apple-aspen-config":
		return ""
	case kind != "text/plain; charset=utf-8":
		return "a body of kind " + kind
	}
	return ""
}

func badPolicy(policy string) string {
	directives := map[string]string{}
	for d := range strings.SplitSeq(policy, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(d), " ")
		if _, twice := directives[name]; twice {
			return "a directive twice: " + name
		}
		directives[name] = value
	}
	for name, want := range map[string]string{"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", "object-src": "'none'",
		"form-action": "'self'", "connect-src": "'self'", "img-src": "'self' data:", "require-trusted-types-for": "'script'"} {
		if directives[name] != want {
			return name + " is " + directives[name]
		}
	}
	for _, word := range []string{"unsafe", "*", "http:", "https:", "'wasm", "blob:"} {
		if strings.Contains(policy, word) {
			return "the policy has " + word
		}
	}
	if !strings.HasPrefix(directives["script-src"], "'nonce-") || !strings.HasSuffix(directives["script-src"], "'strict-dynamic'") {
		return "script-src is " + directives["script-src"]
	}
	return ""
}

// badPage finds what the policy would stop, or what leads out of the box.
func badPage(page, nonce string) string {
	if !strings.HasPrefix(page, "<!doctype html>") && !strings.HasPrefix(page, "<!DOCTYPE html>") {
		return "no doctype"
	}
	scripts := 0
	for _, t := range tags(page) {
		for name, value := range t.attrs {
			switch {
			case strings.HasPrefix(name, "on"):
				return "an inline handler: " + t.name + " " + name
			case name == "style":
				return "a style attribute: " + t.name
			case name == "srcdoc", name == "ping", name == "background":
				return "an attribute that loads: " + name
			case name == "src" || name == "href" || name == "action" || name == "formaction" || name == "xlink:href" || name == "poster":
				if bad := badAddress(value); bad != "" {
					return t.name + " " + name + bad
				}
			}
		}
		switch t.name {
		case "script":
			scripts++
			if t.attrs["nonce"] != nonce {
				return "a script without the nonce of the answer"
			}
			if t.attrs["src"] != static.URL("js/page.js") {
				return "a script from elsewhere: " + t.attrs["src"]
			}
			if strings.TrimSpace(t.after) != "" {
				return "an inline script"
			}
		case "style":
			return "an inline style sheet"
		case "iframe", "object", "embed", "base", "frame", "applet", "portal":
			return "a " + t.name
		}
	}
	if scripts != 1 {
		return fmt.Sprintf("%d scripts", scripts)
	}
	return ""
}

func badAddress(value string) string {
	switch {
	case value == "", strings.HasPrefix(value, "#"), strings.HasPrefix(value, "?"):
		return ""
	case strings.HasPrefix(value, "otpauth://totp/Glucokeep"): // an app of this device, not an address
		return ""
	case !strings.HasPrefix(value, "/"), strings.HasPrefix(value, "//"), strings.HasPrefix(value, "/\\"):
		return " leads out of the box: " + value
	}
	return ""
}

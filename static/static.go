// Package static holds the style sheet, the scripts and the icon of the pages
// inside the program. Every file is served under an address that names its
// content, so a browser may keep it for ever and a new version of the program
// is seen at once.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed css/*.css css/page/*.css js/*.js icon/*.svg
var files embed.FS

// sheets are the style sheets in the order of their cascade layers; "page/*"
// is one for each page that needs its own. They are sent as one file,
// css/app.css: one request on the first visit.
var sheets = []string{"reset", "tokens", "base", "layout", "components", "value", "charts", "page/*", "print"}

// Guide is the sheet of the style guide alone, which only a demo shows.
const Guide = "css/styleguide.css"

// asset is one file ready to send.
type asset struct {
	kind           string // media type
	plain, gzipped []byte
}

// set is all assets by name, and the prefix of their addresses.
type set struct {
	prefix string // "/static/0123456789abcdef/"
	byName map[string]asset
}

// assets reads and compresses the embedded files once. They are part of the
// program, so a missing one is a programmer's mistake found at start.
var assets = sync.OnceValue(func() set {
	s := set{byName: map[string]asset{}}
	var sheet bytes.Buffer
	for _, pattern := range sheets {
		for _, name := range must(fs.Glob(files, "css/"+pattern+".css")) {
			sheet.Write(must(files.ReadFile(name)))
		}
	}
	s.byName["css/app.css"] = newAsset("css/app.css", sheet.Bytes())
	s.byName[Guide] = newAsset(Guide, must(files.ReadFile(Guide)))
	for _, folder := range []string{"js", "icon"} {
		for _, e := range must(fs.ReadDir(files, folder)) {
			name := folder + "/" + e.Name()
			s.byName[name] = newAsset(name, must(files.ReadFile(name)))
		}
	}
	s.prefix = "/static/" + s.hash() + "/"
	return s
})

// hash names the content of all files together, so that a module may import
// its neighbour by a relative address.
func (s set) hash() string {
	h := sha256.New()
	for _, name := range sortedNames(s.byName) {
		h.Write([]byte(name + "\x00" + strconv.Itoa(len(s.byName[name].plain)) + "\x00"))
		h.Write(s.byName[name].plain)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func newAsset(name string, plain []byte) asset {
	var zipped bytes.Buffer
	w := must(gzip.NewWriterLevel(&zipped, gzip.BestCompression))
	must(w.Write(plain))
	if err := w.Close(); err != nil {
		panic("static: " + err.Error())
	}
	return asset{kind: kinds[path.Ext(name)], plain: plain, gzipped: zipped.Bytes()}
}

// kinds are the media types by ending. The machine's own table is not asked:
// it differs from place to place, and browsers refuse a module of a wrong
// type.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// URL is the address of a file, such as "css/app.css". It panics for a name
// that does not exist.
func URL(name string) string {
	s := assets()
	if _, ok := s.byName[name]; !ok {
		panic("static: no file " + name)
	}
	return s.prefix + name
}

// Handler serves the files under /static/. Anything else below it, an
// address of an older version included, is not found.
func Handler() http.Handler {
	s := assets()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, s.prefix)
		a, found := s.byName[name]
		if !ok || !found {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		body := a.plain
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		h.Set("X-Content-Type-Options", "nosniff")
		if AcceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = a.gzipped
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // the reader has gone: nobody is left to tell
		}
	})
}

// AcceptsGzip reads an Accept-Encoding header: gzip or *, not weighted zero.
func AcceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding = strings.TrimSpace(coding); coding != "gzip" && coding != "*" {
			continue
		}
		weight, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if q, err := strconv.ParseFloat(weight, 64); ok && err == nil && q == 0 {
			return false
		}
		return true
	}
	return false
}

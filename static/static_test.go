package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func get(t *testing.T, method, path, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	Handler().ServeHTTP(w, r)
	return w
}

func TestEveryFileIsServedForEver(t *testing.T) {
	kinds := map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "icon": "image/svg+xml"}
	for _, name := range Names() {
		w := get(t, http.MethodGet, URL(name), "")
		require.Equal(t, http.StatusOK, w.Code, name)
		folder, _, _ := strings.Cut(name, "/")
		require.Equal(t, kinds[folder], w.Header().Get("Content-Type"), name)
		require.Contains(t, w.Header().Get("Cache-Control"), "immutable", name)
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"), name)
		require.NotZero(t, w.Body.Len(), name)
	}
}

func TestGzipIsTheSameFile(t *testing.T) {
	for _, name := range Names() {
		w := get(t, http.MethodGet, URL(name), "br;q=1.0, gzip;q=0.8")
		require.Equal(t, "gzip", w.Header().Get("Content-Encoding"), name)
		z, err := gzip.NewReader(w.Body)
		require.NoError(t, err)
		body, err := io.ReadAll(z)
		require.NoError(t, err)
		require.Equal(t, get(t, http.MethodGet, URL(name), "").Body.Bytes(), body, name)
	}
}

func TestWhatIsNotServed(t *testing.T) {
	cases := map[string]struct {
		method, path string
		want         int
	}{
		"a folder is not listed":               {http.MethodGet, strings.TrimSuffix(URL("css/app.css"), "app.css"), http.StatusNotFound},
		"the root is not listed":               {http.MethodGet, "/static/", http.StatusNotFound},
		"an older version is gone":             {http.MethodGet, "/static/0000000000000000/css/app.css", http.StatusNotFound},
		"a single layer has no address":        {http.MethodGet, strings.Replace(URL("css/app.css"), "app.css", "tokens.css", 1), http.StatusNotFound},
		"a path that climbs out leads nowhere": {http.MethodGet, URL("css/app.css") + "/../../static.go", http.StatusNotFound},
		"nothing can be posted":                {http.MethodPost, URL("css/app.css"), http.StatusMethodNotAllowed},
		"HEAD is answered without a body":      {http.MethodHead, URL("css/app.css"), http.StatusOK},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := get(t, c.method, c.path, "")
			require.Equal(t, c.want, w.Code)
			if c.method == http.MethodHead {
				require.Zero(t, w.Body.Len())
				require.NotEqual(t, "0", w.Header().Get("Content-Length"))
			}
		})
	}
}

func TestAcceptsGzip(t *testing.T) {
	cases := map[string]bool{"": false, "gzip": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.0": false, "*": true, "identity": false, "gzip;q=0.5": true}
	for header, want := range cases {
		require.Equal(t, want, AcceptsGzip(header), "header %q", header)
	}
}

func TestAnUnknownNameIsAMistakeOfTheProgrammer(t *testing.T) {
	require.Panics(t, func() { URL("css/none.css") })
}

func TestTheFirstVisitIsSmall(t *testing.T) {
	sum := 0
	for _, name := range Names() {
		if strings.HasPrefix(name, "js/explore") || name == "js/password.js" || name == "js/idle.js" || name == "js/keep.js" || name == "js/passkey.js" || name == Guide {
			continue // fetched by the pages that need them alone
		}
		sum += get(t, http.MethodGet, URL(name), "gzip").Body.Len()
	}
	require.Less(t, sum, 28_000, "style, scripts and icon, compressed; the page itself needs room below 40 kB")
}

// The content security policy has no place for these.
func TestScriptsStayWithinThePolicy(t *testing.T) {
	banned := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|\.style\b|cssText|setAttribute\("style|import\(`)
	neighbour := regexp.MustCompile(`\bimport\("\./[a-z]+\.js"\)`) // a module of ours for a page that needs it
	for _, name := range Names() {
		if strings.HasPrefix(name, "js/") {
			body := get(t, http.MethodGet, URL(name), "").Body.Bytes()
			body = neighbour.ReplaceAll(body, nil)
			require.Nil(t, banned.Find(body), "%s: %s", name, banned.Find(body))
		}
	}
}

func TestEveryFileIsInTheSheetOnce(t *testing.T) {
	sheet := get(t, http.MethodGet, URL("css/app.css"), "").Body.Bytes()
	err := fs.WalkDir(files, "css", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		want := 1
		if name == Guide {
			want = 0 // it has a sheet of its own
		}
		require.Equal(t, want, bytes.Count(sheet, content), name)
		require.Equal(t, strings.HasPrefix(name, "css/page/") || name == Guide, bytes.Contains(content, []byte("@layer pages {")), "%s: what one page needs is in the layer of the pages", name)
		return err
	})
	require.NoError(t, err)
	require.NotContains(t, string(sheet), "url(", "the sheet fetches nothing")
}

func TestEveryVariableIsDefined(t *testing.T) {
	sheet := get(t, http.MethodGet, URL("css/app.css"), "").Body.String()
	for _, m := range regexp.MustCompile(`var\((--[a-z-]+)\)`).FindAllStringSubmatch(sheet, -1) {
		require.Contains(t, sheet, m[1]+":", "%s is used but not defined", m[1])
	}
}

package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// screen takes what a handler streams.
type screen struct {
	mu     sync.Mutex
	header http.Header
	text   bytes.Buffer
	status int
}

func (s *screen) Header() http.Header { return s.header }

func (s *screen) WriteHeader(status int) { s.status = status }

// Write adds p.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// Flush does nothing: Write keeps all.
func (s *screen) Flush() {}

func (s *screen) count(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.text.String(), text)
}

// S-02, S-06: the box says its time every 15 seconds, and a stream that nobody
// touches ends with its session, which it does not keep awake.
func TestAStreamBeatsAndKeepsNobodyAwake(t *testing.T) {
	b := handlerAt(t, &url.URL{Scheme: "http", Host: "box.test"}) // outside: scs has a goroutine that never ends
	synctest.Test(t, func(t *testing.T) {
		p := b.person("Mila", b.account("Ana"))
		request := func(method, path, body string) *http.Request {
			r := httptest.NewRequestWithContext(t.Context(), method, "http://box.test"+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r
		}
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, request(http.MethodPost, "/signin", form("email", "ana@box.test", "password", password).Encode()))
		require.Equal(t, see, w.Code)
		began := time.Now()

		r := request(http.MethodGet, "/live", "")
		r.Header.Set("Accept", "text/event-stream")
		for _, c := range w.Result().Cookies() {
			r.AddCookie(c)
		}
		s := &screen{header: http.Header{}}
		done := make(chan time.Time, 1)
		go func() {
			b.handler.ServeHTTP(s, r)
			done <- time.Now()
		}()
		synctest.Wait()
		require.Equal(t, 1, s.count("event: beat"), "at once, so that ages are right")
		require.Equal(t, 1, s.count("retry: "))
		require.Equal(t, 1, s.count("event: ready"))
		time.Sleep(61 * time.Second)
		synctest.Wait()
		require.Equal(t, 5, s.count("event: beat"))
		require.Equal(t, 1, s.count(`"now":"`+began.UTC().Format("2006-01-02T15:04:05.000Z07:00")+`"`), "the box's own clock")

		for range 20 { // a reading each half minute is no sign of life of who looks
			b.reading(p, time.Now(), 117)
			time.Sleep(30 * time.Second)
		}
		require.GreaterOrEqual(t, s.count("event: person"), 20)
		over := <-done
		require.InDelta(t, 15*time.Minute, over.Sub(began), float64(16*time.Second), "idle from the sign-in on")
		require.Equal(t, 1, s.count("event: over"))
		after := s.count("event: person")
		b.reading(p, time.Now(), 117)
		synctest.Wait()
		require.Equal(t, after, s.count("event: person"))
	})
}

package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// tab is a browser context of its own with one page open in it.
type tab struct {
	t      *testing.T
	b      *box
	ctx    context.Context
	loaded chan struct{}

	mu       sync.Mutex
	problems []string // violations of the policy, errors on the console, exceptions
}

// violationsToConsole makes a breach of the content security policy an error
// on the console, where the tab hears of it.
const violationsToConsole = `addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective + " " + e.blockedURI))`

// open opens a tab with no cookie and no history. It is closed when the test
// ends, which fails if any page of it broke the policy or a script.
func (b *box) open(t *testing.T) *tab {
	t.Helper()
	p := b.openUnchecked(t)
	t.Cleanup(func() {
		if all := p.trouble(); len(all) > 0 {
			t.Errorf("the pages were not clean:\n%s", strings.Join(all, "\n"))
		}
	})
	return p
}

func (b *box) openUnchecked(t *testing.T) *tab {
	t.Helper()
	p := &tab{t: t, b: b, loaded: make(chan struct{}, 100)}
	p.begin(chrome, chromedp.WithNewBrowserContext())
	return p
}

// another opens a second tab of the same browser, with the cookies of the
// first.
func (p *tab) another() *tab {
	p.t.Helper()
	q := &tab{t: p.t, b: p.b, loaded: make(chan struct{}, 100)}
	q.begin(p.ctx)
	return q
}

func (p *tab) begin(parent context.Context, opts ...chromedp.ContextOption) {
	t := p.t
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, append(opts, chromedp.WithListener(p.hear))...)
	t.Cleanup(cancel)
	p.ctx = ctx
	require.NoError(t, chromedp.Do(ctx)) // the life of the tab hangs on the first context
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: violationsToConsole})
	require.NoError(t, err)
	p.size(1280, 900)
}

// hear takes down what goes wrong, and when a page has loaded. It runs in the
// loop that reads from the browser, so it must not wait.
func (p *tab) hear(event any) {
	said := ""
	switch e := event.(type) {
	case *page.EventLoadEventFired:
		select {
		case p.loaded <- struct{}{}:
		default:
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !refusal(e.Entry) {
			said = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		said = "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			said += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			said = "console:"
			for _, a := range e.Args {
				said += " " + string(a.Value) + a.Description
			}
		}
	}
	if said != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.problems = append(p.problems, said)
	}
}

// refusal reports whether a line of the browser's log only says that a page
// came with a 4xx, as the answer to a form with a mistake does. The tests
// look at what such a page says.
func refusal(e *log.Entry) bool {
	return e.Source == log.EntrySourceNetwork && strings.Contains(e.Text, "status of 4") && !strings.Contains(e.URL, "/static/")
}

func (p *tab) trouble() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.problems...)
}

// do runs actions, of which none may take long.
func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	require.NoError(p.t, chromedp.Do(ctx, steps...), "at %s", p.where())
}

// follow does something that leads to another page, and waits for that.
func (p *tab) follow(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	for len(p.loaded) > 0 {
		<-p.loaded
	}
	p.do(steps...)
	select {
	case <-p.loaded:
	case <-time.After(patience):
		require.FailNow(p.t, "no page came", "from %s", p.where())
	}
}

// visit opens an address of the box.
func (p *tab) visit(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.b.Address + path))
}

// click follows the link, or presses the button, that reads label.
func (p *tab) click(label string) {
	p.t.Helper()
	p.follow(chromedp.Click(p.named(label)))
}

// named finds the one link, button or summary that reads label, by the text
// that people see.
func (p *tab) named(label string) chromedp.CSS {
	p.t.Helper()
	found := ask[int](p, `(() => {
		const text = (e) => e.innerText.replace(/\s+/g, " ").trim();
		const all = [...document.querySelectorAll("a, button, summary")].filter((e) => text(e) === `+quote(label)+` && e.checkVisibility());
		document.querySelectorAll("[data-e2e]").forEach((e) => e.removeAttribute("data-e2e"));
		if (all.length === 1) all[0].setAttribute("data-e2e", "");
		return all.length;
	})()`)
	require.Equal(p.t, 1, found, "links and buttons that read %q at %s:\n%s", label, p.where(), p.text())
	return `[data-e2e]`
}

// write types into the field, in place of what is there.
func (p *tab) write(field, text string) {
	p.t.Helper()
	p.do(chromedp.Clear(chromedp.CSS(`[name="`+field+`"]`)), chromedp.SendKeys(chromedp.CSS(`[name="`+field+`"]`), text))
}

// choose picks a value of a list.
func (p *tab) choose(field, value string) {
	p.t.Helper()
	p.do(chromedp.SetValue(chromedp.CSS(`select[name="`+field+`"]`), value))
	require.Equal(p.t, value, p.value(field), "%s has no such option", field)
}

// tick clicks the radio button or box with a value.
func (p *tab) tick(field, value string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`input[name=%q][value=%q]`, field, value))))
}

// value is what stands in a field.
func (p *tab) value(field string) string {
	p.t.Helper()
	return ask[string](p, `document.querySelector('[name="`+field+`"]').value`)
}

// text is what a person sees on the page, with each stretch of blanks as one.
func (p *tab) text() string {
	p.t.Helper()
	return strings.Join(strings.Fields(ask[string](p, `document.body.innerText`)), " ")
}

// sees wants the page to say each of the texts.
func (p *tab) sees(texts ...string) {
	p.t.Helper()
	all := p.text()
	for _, want := range texts {
		require.Contains(p.t, all, want, "at %s", p.where())
	}
}

// lacks wants the page to say none of the texts.
func (p *tab) lacks(texts ...string) {
	p.t.Helper()
	all := p.text()
	for _, not := range texts {
		require.NotContains(p.t, all, not, "at %s", p.where())
	}
}

// title wants the heading of the page to be want.
func (p *tab) title(want string) {
	p.t.Helper()
	require.Equal(p.t, want, strings.Join(strings.Fields(ask[string](p, `document.querySelector("h1")?.innerText ?? ""`)), " "), "at %s:\n%s", p.where(), p.text())
}

// count is how many elements a selector finds.
func (p *tab) count(selector string) int {
	p.t.Helper()
	return ask[int](p, `document.querySelectorAll(`+quote(selector)+`).length`)
}

// where is the path of the page with its query.
func (p *tab) where() string {
	p.t.Helper()
	at, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.RequestURI()
}

// size sets the window.
func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// scripts switches the page's own scripts off or on.
func (p *tab) scripts(on bool) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	require.NoError(p.t, err)
}

// speaks makes the browser ask for a language.
func (p *tab) speaks(accept string) {
	p.t.Helper()
	agent := ask[string](p, `navigator.userAgent`)
	_, err := chromedp.Call(p.ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: accept})
	require.NoError(p.t, err)
}

// scheme makes the system like a theme.
func (p *tab) scheme(theme string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
	require.NoError(p.t, err)
}

// prints shows the page as paper would, on a system that likes the dark.
func (p *tab) prints(on bool) {
	p.t.Helper()
	media := ""
	if on {
		media = "print"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	require.NoError(p.t, err)
}

// ask evaluates an expression in the page.
func ask[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	require.NoError(p.t, err, expression)
	return v
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

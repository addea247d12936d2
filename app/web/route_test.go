package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
	"glucokeep/app/web"
)

// expectation is the status that a route gives to each kind of viewer. Nobody
// stands for whoever has no session, or had one; the owner manages the box too.
type expectation struct {
	nobody, owner, stranger int
	admin                   int // who manages the box and holds nobody's data; 0 is as the stranger
}

const (
	ok       = http.StatusOK
	see      = http.StatusSeeOther
	unknown  = http.StatusNotFound
	unusable = http.StatusUnprocessableEntity
)

// expectations is what each route does with a request without a form. A new
// route without a line here fails the test.
var expectations = map[string]expectation{
	"GET /box":                                          {see, ok, unknown, ok},
	"POST /box":                                         {see, unusable, unknown, unusable},
	"POST /box/check":                                   {see, see, unknown, see},
	"GET /.well-known/change-password":                  {see, see, see, 0},
	"GET /signin/code":                                  {see, see, see, 0}, // nothing is half done
	"POST /signin/code":                                 {see, see, see, 0},
	"GET /signin/recover":                               {ok, see, see, 0},
	"POST /signin/recover":                              {unusable, unusable, unusable, 0},
	"GET /reset/{token}":                                {unknown, unknown, unknown, 0}, // a token that nobody made
	"POST /reset/{token}":                               {unknown, unknown, unknown, 0},
	"GET /signin/ask":                                   {ok, see, see, 0},
	"POST /signin/ask":                                  {unusable, unusable, unusable, 0},
	"POST /signin/ask/password":                         {see, see, see, 0},             // nobody asked
	"GET /stop/{token}":                                 {unknown, unknown, unknown, 0}, // a token that nobody made
	"POST /stop/{token}":                                {unknown, unknown, unknown, 0},
	"POST /security/current":                            {see, see, see, 0},
	"POST /security/stop":                               {see, unknown, unknown, 0}, // there is nothing to stop
	"GET /security/people":                              {see, ok, ok, 0},
	"GET /security/people/new":                          {see, ok, ok, 0},
	"POST /security/people/new":                         {see, unusable, unusable, 0},
	"POST /security/people/{partner}/remove":            {see, unknown, unknown, 0},
	"POST /security/people/{partner}/leave":             {see, unknown, unknown, 0},
	"POST /security/people/{partner}/agree":             {see, unknown, unknown, 0},
	"GET /security/people/{partner}/vouch":              {see, unknown, unknown, 0},
	"POST /security/people/{partner}/vouch":             {see, unknown, unknown, 0},
	"GET /session":                                      {ok, ok, ok, 0},
	"POST /session":                                     {see, ok, ok, 0},
	"GET /security":                                     {see, ok, ok, 0},
	"GET /security/confirm":                             {see, ok, ok, 0},
	"POST /security/confirm":                            {see, http.StatusUnauthorized, http.StatusUnauthorized, 0},
	"POST /signin/passkey/ask":                          {unknown, unknown, unknown, 0}, // an address of numbers: passkeys cannot be for it
	"POST /signin/passkey":                              {unknown, unknown, unknown, 0},
	"POST /security/confirm/passkey/ask":                {see, unknown, unknown, 0},
	"POST /security/confirm/passkey":                    {see, http.StatusUnauthorized, http.StatusUnauthorized, 0},
	"GET /security/passkeys/new":                        {see, ok, ok, 0},
	"POST /security/passkeys/new/ask":                   {see, unknown, unknown, 0},
	"POST /security/passkeys":                           {see, unknown, unknown, 0},
	"GET /security/passkeys/key/{factor}":               {see, unknown, unknown, 0},
	"POST /security/passkeys/key/{factor}":              {see, unknown, unknown, 0},
	"POST /security/passkeys/key/{factor}/remove":       {see, unknown, unknown, 0},
	"POST /security/app":                                {see, unusable, unusable, 0},
	"GET /security/app/{factor}":                        {see, unknown, unknown, 0},
	"POST /security/app/{factor}":                       {see, unknown, unknown, 0},
	"POST /security/app/{factor}/remove":                {see, unknown, unknown, 0},
	"GET /security/codes":                               {see, ok, ok, 0},
	"GET /security/codes.txt":                           {see, unknown, unknown, 0},
	"POST /security/codes":                              {see, http.StatusConflict, http.StatusConflict, 0}, // there is no second factor
	"POST /security/codes/saved":                        {see, unusable, unusable, 0},
	"POST /security/sessions":                           {see, unknown, unknown, 0},
	"POST /security/not-me":                             {see, see, see, 0},
	"POST /security/sharing":                            {see, see, see, 0},
	"POST /box/factor":                                  {see, see, unknown, see},
	"GET /box/accounts":                                 {see, ok, unknown, ok},
	"GET /box/accounts/new":                             {see, ok, unknown, ok},
	"POST /box/accounts/new":                            {see, unusable, unknown, unusable},
	"GET /box/accounts/{account}":                       {see, unknown, unknown, unknown}, // of nobody, as the next
	"POST /box/accounts/{account}/link":                 {see, unknown, unknown, unknown},
	"POST /box/accounts/{account}/reset":                {see, unknown, unknown, unknown},
	"POST /box/accounts/{account}/disable":              {see, unknown, unknown, unknown},
	"POST /box/accounts/{account}/enable":               {see, unknown, unknown, unknown},
	"POST /box/accounts/{account}/admin":                {see, unknown, unknown, unknown},
	"GET /welcome/{token}":                              {unknown, unknown, unknown, 0}, // a token that nobody made
	"POST /welcome/{token}":                             {unknown, unknown, unknown, 0},
	"POST /security/renewal/stop":                       {see, unknown, unknown, 0}, // there is none
	"GET /security/checkup":                             {see, ok, ok, 0},
	"POST /security/checkup":                            {see, unusable, unusable, 0},
	"GET /security/password":                            {see, ok, ok, 0},
	"POST /security/password":                           {see, unusable, unusable, 0},
	"GET /box/links":                                    {see, ok, unknown, ok},
	"POST /box/links":                                   {see, unknown, unknown, unknown}, // for nobody
	"GET /box/mail":                                     {see, ok, unknown, ok},
	"POST /box/mail":                                    {see, unusable, unknown, unusable},
	"POST /box/mail/test":                               {see, http.StatusConflict, unknown, http.StatusConflict}, // there is no server
	"GET /links/{token}":                                {unknown, unknown, unknown, 0},                           // a token that nobody made
	"POST /links/{token}":                               {unknown, unknown, unknown, 0},
	"GET /about":                                        {see, ok, ok, 0},
	"GET /mail-check":                                   {see, ok, ok, 0},
	"POST /mail-check":                                  {see, unusable, unusable, 0},
	"GET /healthz":                                      {ok, ok, ok, 0},
	"GET /live":                                         {see, unusable, unusable, 0},
	"GET /preferences":                                  {see, ok, ok, 0},
	"POST /preferences":                                 {see, unusable, unusable, 0},
	"GET /preferences/address":                          {see, ok, ok, 0},
	"POST /preferences/address":                         {see, unusable, unusable, 0},
	"POST /preferences/address/confirm":                 {see, see, see, 0},
	"GET /preferences/phrase":                           {see, ok, ok, 0},
	"POST /preferences/phrase":                          {see, unusable, unusable, 0},
	"GET /setup":                                        {see, see, see, 0},
	"GET /setup/account":                                {see, see, see, 0},
	"POST /setup/account":                               {see, see, see, 0},
	"GET /setup/box":                                    {see, see, see, 0},
	"POST /setup/box":                                   {see, see, see, 0},
	"GET /setup/data":                                   {see, ok, unknown, ok},
	"POST /setup/data":                                  {see, see, unknown, see},
	"GET /setup/person":                                 {see, ok, unknown, ok},
	"POST /setup/person":                                {see, unusable, unknown, unusable},
	"GET /signin":                                       {ok, see, see, 0},
	"POST /signin":                                      {http.StatusUnauthorized, http.StatusUnauthorized, http.StatusUnauthorized, 0},
	"POST /signout":                                     {see, see, see, 0},
	"GET /trust":                                        {unknown, unknown, unknown, 0}, // a box with an authority of its own alone has these three
	"GET /trust/glucokeep.crt":                          {unknown, unknown, unknown, 0},
	"GET /trust/glucokeep.mobileconfig":                 {unknown, unknown, unknown, 0},
	"GET /styleguide":                                   {see, unknown, unknown, 0}, // the demo alone has it
	"GET /{$}":                                          {see, see, ok, 0},
	"GET /people/{person}":                              {see, ok, unknown, 0},
	"GET /people/{person}/insulin":                      {see, ok, unknown, 0},
	"GET /people/{person}/devices":                      {see, ok, unknown, 0},
	"GET /people/{person}/devices/settings":             {see, ok, unknown, 0},
	"GET /people/{person}/explore":                      {see, ok, unknown, 0},
	"GET /people/{person}/explore/data":                 {see, unusable, unknown, 0},
	"GET /people/{person}/explore/figures":              {see, ok, unknown, 0},
	"GET /people/{person}/imports":                      {see, ok, unknown, 0},
	"POST /people/{person}/imports":                     {see, unusable, unknown, 0},
	"GET /people/{person}/imports/{import}":             {see, ok, unknown, 0},
	"GET /people/{person}/imports/{import}/undo":        {see, ok, unknown, 0},
	"POST /people/{person}/imports/{import}/undo":       {see, see, unknown, 0},
	"GET /people/{person}/incoming/{file}":              {see, ok, unknown, 0},
	"POST /people/{person}/incoming/{file}":             {see, see, unknown, 0},
	"POST /people/{person}/incoming/{file}/cancel":      {see, see, unknown, 0},
	"GET /people/{person}/log":                          {see, ok, unknown, 0},
	"POST /people/{person}/log":                         {see, unusable, unknown, 0},
	"GET /people/{person}/log/entries/{entry}":          {see, ok, unknown, 0},
	"POST /people/{person}/log/entries/{entry}":         {see, unusable, unknown, 0},
	"POST /people/{person}/log/entries/{entry}/remove":  {see, see, unknown, 0},
	"POST /people/{person}/log/entries/{entry}/restore": {see, see, unknown, 0}, // it is there and stays
	"GET /people/{person}/log/removed":                  {see, ok, unknown, 0},
	"GET /people/{person}/more":                         {see, ok, unknown, 0},
	"GET /people/{person}/profile":                      {see, ok, unknown, 0},
	"GET /people/{person}/patterns":                     {see, ok, unknown, 0},
	"GET /people/{person}/overlay":                      {see, ok, unknown, 0},
	"GET /people/{person}/weeks":                        {see, ok, unknown, 0},
	"GET /people/{person}/compare":                      {see, ok, unknown, 0},
	"GET /people/{person}/reports":                      {see, ok, unknown, 0},
	"GET /people/{person}/settings":                     {see, ok, unknown, 0},
	"POST /people/{person}/settings":                    {see, unusable, unknown, 0},
}

// open is the routes that answer before sign-in: the short list.
var open = []string{"GET /healthz", "GET /setup", "GET /setup/box", "POST /setup/box", "GET /setup/account", "POST /setup/account", "GET /signin", "POST /signin",
	"GET /.well-known/change-password", // which leads to the page for it, and so to the way in
	"GET /links/{token}", "POST /links/{token}", "GET /signin/code", "POST /signin/code", "GET /signin/recover", "POST /signin/recover",
	"GET /reset/{token}", "POST /reset/{token}", "GET /welcome/{token}", "POST /welcome/{token}", "GET /session", "POST /signin/passkey/ask", "POST /signin/passkey",
	"GET /signin/ask", "POST /signin/ask", "POST /signin/ask/password", "GET /stop/{token}", "POST /stop/{token}",
	"GET /trust", "GET /trust/glucokeep.crt", "GET /trust/glucokeep.mobileconfig"}

func last(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// fill puts an owner's own things into the places of a route.
func fill(owner *browser, path string) string {
	owner.Helper()
	path = strings.ReplaceAll(path, "{$}", "")
	path = strings.ReplaceAll(path, "{factor}", store.NewKey())
	path = strings.ReplaceAll(path, "{account}", store.NewKey())
	path = strings.ReplaceAll(path, "{partner}", store.NewKey())
	path = strings.ReplaceAll(path, "{token}", strings.Repeat("A", 43))
	path = strings.ReplaceAll(path, "{person}", owner.person.Key)
	if strings.Contains(path, "{file}") {
		path = strings.ReplaceAll(path, "{file}", last(owner.wait(simple(spring, 3))))
	}
	if strings.Contains(path, "{import}") {
		path = strings.ReplaceAll(path, "{import}", last(owner.bring(simple(spring, 3))))
	}
	if strings.Contains(path, "{entry}") {
		path = strings.ReplaceAll(path, "{entry}", owner.writes("kind", "note", "text", store.NewKey()))
	}
	return path
}

// Z-01, Z-04: every route × everybody. What is not said to be open is closed.
func TestEveryRoute(t *testing.T) {
	patterns := web.Patterns()
	require.Len(t, expectations, len(patterns), "an expectation for every route and none for others")
	for pattern, isOpen := range patterns {
		require.Contains(t, expectations, pattern, "say above what the new route does")
		require.Equal(t, slices.Contains(open, pattern), isOpen, "%s: the list of what is open before sign-in is short on purpose", pattern)
	}
	b := newBox(t)
	owner := b.owner("Ana", "Mila")
	stranger := b.owner("Ben", "Jon")
	b.sql(`UPDATE grant SET revoked_ms = 1 WHERE account = (SELECT id FROM account WHERE name = 'Ben')`)
	admin := b.browser()
	b.account("Cleo")
	b.sql(`UPDATE account SET admin = 1 WHERE name = 'Cleo'`)
	admin.signIn("Cleo")

	for pattern, want := range expectations {
		method, path, _ := strings.Cut(pattern, " ")
		visit := func(name string, br *browser, status int) {
			t.Run(pattern+" by "+name, func(t *testing.T) {
				address := fill(owner, path)
				before := b.count(`SELECT count(*) FROM account`) + b.count(`SELECT count(*) FROM person`) + b.count(`SELECT count(*) FROM upload WHERE undone_ms IS NULL`)
				r := br.request(method, address, nil)
				if method == http.MethodPost {
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					if strings.HasSuffix(path, "/imports") {
						body, kind := multi("other", "", nil)
						r = br.request(method, address, body)
						r.Header.Set("Content-Type", kind)
					}
				}
				a := br.send(r)
				require.Equal(t, status, a.status, a.body)
				if strings.Contains(path, "{person}") && br != owner {
					require.NotContains(t, a.body, "Mila")
					require.Equal(t, before, b.count(`SELECT count(*) FROM account`)+b.count(`SELECT count(*) FROM person`)+b.count(`SELECT count(*) FROM upload WHERE undone_ms IS NULL`))
				}
				if status == see && name == "nobody" && !slices.Contains(open, pattern) {
					require.True(t, strings.HasPrefix(a.location(), "/signin"), a.location())
				}
			})
		}
		ended := owner.copy()
		ended.cookies["gk"] = endedCookie(t, b)
		visit("nobody", b.browser(), want.nobody)
		visit("somebody whose session ended", ended, want.nobody)
		garbage := b.browser()
		garbage.cookies["gk"] = "0-OR-1=1--"
		visit("nobody with a cookie of their own", garbage, want.nobody)
		visit("the owner", owner, want.owner)
		if pattern == "POST /signout" {
			owner.signIn("Ana")
		}
		visit("a stranger", stranger, want.stranger)
		if pattern == "POST /signout" {
			stranger.signIn("Ben")
		}
		managing := want.admin
		if managing == 0 {
			managing = want.stranger
		}
		visit("who manages the box (Z-08)", admin, managing)
		if pattern == "POST /signout" {
			admin.signIn("Cleo")
		}
		b.sql(`DELETE FROM throttle`)
	}
}

// endedCookie is the token of a session that was signed out.
func endedCookie(t *testing.T, b *box) string {
	t.Helper()
	br := b.browser()
	br.signIn("Ana")
	token := br.cookies["gk"]
	require.Equal(t, see, br.post("/signout").status)
	return token
}

var anyNonce = regexp.MustCompile(`nonce="[^"]*"`)

// Z-04: not yours and not there are one answer, for persons, imports and
// waiting files.
func TestNotYoursIsNotThere(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	file, past := last(ana.wait(simple(spring, 3))), last(ana.bring(simple(spring, 3)))
	entry := ana.writes("kind", "note", "text", "fine")
	same := func(name, method, yours, nowhere string) {
		t.Run(name, func(t *testing.T) {
			get := func(path string) answer { return ben.send(ben.request(method, path, nil)) }
			a, n := get(yours), get(nowhere)
			require.Equal(t, unknown, a.status)
			require.Equal(t, unknown, n.status)
			require.Equal(t, anyNonce.ReplaceAllString(n.body, ""), anyNonce.ReplaceAllString(a.body, ""))
			a.header.Del("Date")
			n.header.Del("Date")
			a.header.Del("Content-Security-Policy")
			n.header.Del("Content-Security-Policy")
			require.Equal(t, n.header, a.header)
			require.NotContains(t, a.body, "Mila")
		})
	}
	for _, rest := range []string{"", "/profile", "/patterns", "/overlay", "/weeks", "/compare", "/settings", "/imports", "/imports/" + past, "/imports/" + past + "/undo", "/incoming/" + file, "/log", "/log/removed", "/log/entries/" + entry} {
		same("another's person, GET "+rest, http.MethodGet, "/people/"+ana.person.Key+rest, "/people/"+store.NewKey()+rest)
		same("another's person, HEAD "+rest, http.MethodHead, "/people/"+ana.person.Key+rest, "/people/"+store.NewKey()+rest)
	}
	for _, rest := range []string{"/settings", "/imports", "/imports/" + past + "/undo", "/incoming/" + file, "/incoming/" + file + "/cancel",
		"/log", "/log/entries/" + entry, "/log/entries/" + entry + "/remove", "/log/entries/" + entry + "/restore"} {
		same("another's person, POST "+rest, http.MethodPost, "/people/"+ana.person.Key+rest, "/people/"+store.NewKey()+rest)
	}
	own := "/people/" + ben.person.Key
	same("another's import under one's own person", http.MethodGet, own+"/imports/"+past, own+"/imports/"+store.NewKey())
	same("another's import to be undone", http.MethodGet, own+"/imports/"+past+"/undo", own+"/imports/"+store.NewKey()+"/undo")
	same("undoing another's import", http.MethodPost, own+"/imports/"+past+"/undo", own+"/imports/"+store.NewKey()+"/undo")
	same("another's waiting file", http.MethodGet, own+"/incoming/"+file, own+"/incoming/"+store.NewKey())
	same("confirming another's waiting file", http.MethodPost, own+"/incoming/"+file, own+"/incoming/"+store.NewKey())
	same("cancelling another's waiting file", http.MethodPost, own+"/incoming/"+file+"/cancel", own+"/incoming/"+store.NewKey()+"/cancel")
	for _, rest := range []string{"", "/remove", "/restore"} {
		same("another's entry, POST "+rest, http.MethodPost, own+"/log/entries/"+entry+rest, own+"/log/entries/"+store.NewKey()+rest)
	}
	same("another's entry under one's own person", http.MethodGet, own+"/log/entries/"+entry, own+"/log/entries/"+store.NewKey())
	require.Equal(t, 1, b.count(`SELECT count(*) FROM note`), "it is still there")
	require.Contains(t, ana.page(ana.at("/incoming/"+file)), "readings.csv", "it still waits for its sender")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM upload WHERE undone_ms IS NULL AND format <> 'log'`))
}

// Z-04: what addresses name is random, 128 bits.
func TestAddressesNameNothing(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	hex := regexp.MustCompile(`^[0-9a-f]{32}$`)
	require.Regexp(t, hex, ana.person.Key)
	require.Regexp(t, hex, last(ana.bring(simple(spring, 3))))
	require.Regexp(t, hex, ana.writes("kind", "note", "text", "fine"))
	require.Regexp(t, `^[A-Z2-7]{26}$`, last(ana.wait(simple(spring, 3))))
	for _, id := range []string{"1", "0", "-1", "Mila", strings.ToUpper(ana.person.Key), ana.person.Key + "0", ana.person.Key[:31]} {
		require.Equal(t, unknown, ana.get("/people/"+id).status, id)
	}
}

// H-07, H-12: what is not listed is not there, for anybody.
func TestUnlistedPaths(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, path := range []string{"/admin", "/debug/pprof/", "/debug/vars", "/metrics", "/.git/config", "/.env", "/index.html", "/people", "/people/",
		"/people/" + ana.person.Key + "/", "/people/" + ana.person.Key + "/export", "/people/" + ana.person.Key + "/imports/x/y",
		"/static", "/static/", "/static/css/", "/static/../schema.sql", "/static/%2e%2e/schema.sql", "/signin/", "/setup/x", "/healthz/", "/api/v1/entries",
		"/favicon.ico", "/robots.txt", "/%00", "/%2f%2fevil.test", "/..%2f..%2fetc/passwd", "/glucokeep.db", "/\u202e"} {
		for name, br := range map[string]*browser{"nobody": b.browser(), "an owner": ana} {
			a := br.get(path)
			if a.status == http.StatusMovedPermanently || a.status == http.StatusTemporaryRedirect { // the mux tidies "..": within the box
				require.True(t, strings.HasPrefix(a.location(), "/") && !strings.HasPrefix(a.location(), "//"), a.location())
				a = br.get(a.location())
			}
			require.Equal(t, unknown, a.status, "%s by %s", path, name)
			require.NotContains(t, a.body, "passwd")
		}
	}
}

// H-07: a wrong method is 405 and says which are right; there is no TRACE.
func TestWrongMethods(t *testing.T) {
	b := newBox(t)
	allow := map[string][]string{}
	for pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		allow[path] = append(allow[path], method)
		if method == http.MethodGet {
			allow[path] = append(allow[path], http.MethodHead)
		}
	}
	allow["/static/x"] = []string{http.MethodGet, http.MethodHead}
	ana := b.owner("Ana", "Mila")
	for path, methods := range allow {
		slices.Sort(methods)
		address := strings.NewReplacer("{$}", "", "{person}", ana.person.Key, "{file}", "FILE", "{import}", "IMPORT", "{entry}", "ENTRY", "{token}", "TOKEN").Replace(path)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "BREW"} {
			if slices.Contains(methods, method) {
				continue
			}
			for name, br := range map[string]*browser{"nobody": b.browser(), "an owner": ana} {
				a := br.send(br.request(method, address, nil))
				require.Equal(t, http.StatusMethodNotAllowed, a.status, "%s %s by %s", method, path, name)
				got := strings.Split(a.header.Get("Allow"), ", ")
				slices.Sort(got)
				require.Equal(t, methods, got, "%s %s", method, path)
				require.NotContains(t, a.body, "Mila's")
			}
		}
	}
	require.Empty(t, b.browser().get("/nothing-here").header.Get("Allow"))
}

package page

import (
	"bytes"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/layout"
)

var locales = map[string]text.Locale{
	"en": {Lang: "en", Unit: "mg/dL", Clock24: true},
	"de": {Lang: "de", Unit: "mmol/L", Clock24: true},
	"us": {Lang: "en", Unit: "mg/dL"},
}

// samples are all pages with made-up content, by name.
func samples(l text.Locale) map[string]templ.Component {
	bare := layout.Frame{Title: "Glucokeep", Version: "0.1"}
	person, profile := sampleFrame(l, "Ana Ruiz", atDay), sampleFrame(l, "Ana Ruiz", atProfile)
	imports := sampleFrame(l, "Ana Ruiz", atImports)
	people, plain := sampleFrame(l, "People", atPeople), sampleFrame(l, "Glucokeep", nowhere)
	person.Live, people.Live = true, true
	stale, low, never, empty := samplePerson(l), samplePerson(l), samplePerson(l), samplePerson(l)
	stale.Latest = sampleLatest(l, 112, 22*time.Minute, figure.Flat)
	low.Latest = sampleLatest(l, 40, 8*time.Minute, figure.Flat)
	never.Latest, never.ImportURL = figure.NewLatest(l, nil, time.Time{}), "/people/1/imports"
	never.Day = chart.NewDay(l, chart.DayInput{ID: "day", Day: time.Date(2026, 3, 10, 0, 0, 0, 0, madrid())})
	never.Facts, never.Episodes, never.Events = DayFacts{}, Episodes{}, Events{}
	empty.Day, empty.When.Today, empty.When.Problem = never.Day, component.Link{URL: "/people/1", Label: "Today"}, "Choose a date, such as 2026-03-10."
	empty.Facts, empty.Episodes, empty.Events = DayFacts{}, Episodes{}, Events{}
	empty.Nearest = &component.Link{URL: "?day=2026-03-01", Label: "1 March 2026"}
	noted := person
	noted.Notice = &layout.Notice{Kind: "done", Text: "Saved."}
	return map[string]templ.Component{
		"setup-box":     SetupBoxPage(bare, sampleSetupBox(l)),
		"setup-account": SetupAccountPage(bare, sampleSetupAccount(l)),
		"setup-person": NewPersonPage(bare, NewPerson{Steps: new(sampleSteps(l, 3)), Action: "/setup/person", Zone: "Europe/Madrid", Unit: l.Unit,
			Problems: map[string]string{"person": l.T("person.name-missing")}}),
		"person-new":   NewPersonPage(plain, NewPerson{Action: "/setup/person", CancelURL: "/box", Zone: "Europe/Madrid", Unit: l.Unit}),
		"setup-data":   SetupDataPage(bare, SetupData{Steps: new(sampleSteps(l, 4)), Action: "/setup/data", People: []component.Link{{URL: "/people/1/imports", Label: "Ana Ruiz"}}}),
		"setup-nobody": SetupDataPage(plain, SetupData{Action: "/setup/data", PersonURL: "/setup/person"}),
		"settings":     SettingsPage(sampleFrame(l, "Ana Ruiz", atImports), sampleSettings(l)),
		"box":          BoxPage(plain, sampleBox(l, true)),
		"box-troubled": BoxPage(plain, sampleBox(l, false)),
		"signin": SignInPage(bare, SignIn{Action: "/sign-in", Email: "marta@example.org", Next: "/people",
			Problems: map[string]string{"": "That e-mail address and password do not belong together."}}),
		"people":       PeoplePage(people, samplePeople(l)),
		"people-empty": PeoplePage(people, People{Owner: true}),
		"people-none":  PeoplePage(people, People{}),
		"person":       PersonPage(person, samplePerson(l)),
		"person-stale": PersonPage(noted, stale),
		"person-low":   PersonPage(person, low),
		"person-never": PersonPage(person, never),
		"person-empty": PersonPage(person, empty),
		"profile":      ProfilePage(profile, sampleProfile(l, true)),
		"profile-few":  ProfilePage(profile, sampleProfile(l, false)),
		"profile-none": ProfilePage(profile, Profile{Person: "Ana Ruiz", Period: component.Period{Printed: "3–9 March 2026"}, Empty: true}),
		"explore":      ExplorePage(profile, sampleExplore(l, false)),
		"explore-days": ExplorePage(profile, sampleExplore(l, true)),
		"explore-none": ExplorePage(profile, Explore{Person: "Ana Ruiz", Empty: true, ImportURL: "/i"}),
		"overlay":      OverlayPage(profile, sampleOverlay(l)),
		"weeks":        WeeksPage(profile, sampleWeeks(l)),
		"compare":      ComparePage(profile, sampleCompare(l)),
		"compare-form": ComparePage(profile, sampleCompareWrong(l)),
		"patterns":     PatternsPage(profile, samplePatterns(l)),
		"patterns-few": PatternsPage(profile, Patterns{Report: sampleReport(l), None: true, Least: 7, Next: component.Link{URL: "/n", Label: "30"}}),
		"report-empty": OverlayPage(profile, Overlay{Report: Report{Title: "Weeks", Person: "Ana Ruiz", Empty: true,
			Period: component.Period{Printed: "3–9 March 2026"}, Nearest: &component.Link{URL: "/x", Label: "1–14 March 2026"}}}),
		"imports":             ImportsPage(imports, sampleImports()),
		"imports-none":        ImportsPage(imports, Imports{Person: "Ana Ruiz", Limit: "64 MiB", Problem: "Choose a file first."}),
		"preview":             ImportPreviewPage(imports, samplePreview()),
		"columns":             ImportPreviewPage(imports, sampleColumns()),
		"insulin":             InsulinPage(profile, sampleInsulin(l)),
		"insulin-none":        InsulinPage(profile, Insulin{Person: "Ana Ruiz", Period: samplePeriod(), Empty: true, ImportURL: "/i"}),
		"devices":             DevicesPage(profile, sampleDevices(l)),
		"devices-none":        DevicesPage(profile, Devices{Person: "Ana Ruiz", ImportURL: "/i"}),
		"devices-few":         DevicesPage(profile, Devices{Person: "Ana Ruiz", Period: samplePeriod(), Sources: sampleDevices(l).Sources[1:], NoSessions: "None."}),
		"devicesettings":      DeviceSettingsPage(profile, sampleDeviceSettings(l)),
		"devicesettings-none": DeviceSettingsPage(profile, DeviceSettings{Person: "Ana Ruiz", Empty: true, Brings: []string{"Clarity"}, ImportURL: "/i"}),
		"done": ImportDonePage(imports, ImportDone{Person: "Ana Ruiz", Format: "Clarity CSV", Period: "24 February – 9 March 2026", New: 4190, Known: 212,
			Rejected: 63, DayURL: "/d", ProfileURL: "/p", ImportsURL: "/i", UndoURL: "/u"}),
		"log":          LogPage(person, sampleLog(l, &LogForm{Problems: map[string]string{}})),
		"log-empty":    LogPage(person, Log{Person: "Ana Ruiz", Form: &LogForm{Problems: map[string]string{}}}),
		"log-problems": LogPage(person, sampleLog(l, sampleLogProblems())),
		"log-ask":      LogPage(person, sampleLog(l, sampleLogAsk())),
		"log-entry":    LogEntryPage(person, sampleLogEntry()),
		"log-gone":     LogEntryPage(person, LogEntry{Person: "Ana Ruiz", What: "4 U", RestoreAction: "/restore", LogURL: "/log", History: []string{"Removed by Nan"}}),
		"log-back-ask": LogEntryPage(person, LogEntry{Person: "Ana Ruiz", What: "4 U rapid insulin", RestoreAction: "/restore", LogURL: "/log", Another: sampleLogAsk().Another}),
		"log-removed":  LogRemovedPage(person, LogRemoved{Person: "Ana Ruiz", Days: 90, LogURL: "/log", Rows: []LogRemovedRow{{What: "4 U", By: "Nan", Action: "/r"}}}),
		"log-none":     LogRemovedPage(person, LogRemoved{Person: "Ana Ruiz", Days: 90, LogURL: "/log"}),
		"undo": UndoPage(imports, Undo{Person: "Ana Ruiz", Format: "Clarity CSV", When: "10 Mar 2026, 18:12", Who: "Marta", Period: "24 February – 9 March 2026",
			Gone: 4190, Changed: 3, Action: "/u", CancelURL: "/i"}),
		"accounts":         AccountsPage(plain, sampleAccounts(l)),
		"accounts-alone":   AccountsPage(plain, Accounts{Alone: true, NewURL: "/n", Count: "1", Rows: sampleAccounts(l).Rows[:1]}),
		"accounts-new":     NewAccountPage(plain, NewAccount{Action: "/n", Name: "Ben", Mail: true, How: "mail", CancelURL: "/b", Problems: map[string]string{"email": l.T("account.email-invalid")}}),
		"account":          AccountPage(plain, sampleAccount(l)),
		"account-closed":   AccountPage(plain, Account{Name: "Ben", ListURL: "/l", OpenAction: "/o", AdminAction: "/a", Admin: true}),
		"account-own":      AccountPage(plain, Account{Name: "Ana", ListURL: "/l", Self: true, SelfURL: "/s", Problems: map[string]string{"": l.T("accounts.self")}}),
		"welcome":          WelcomePage(bare, Welcome{Action: "/w", Name: "Ben", Email: "ben@example.org", Box: "Haus Muster", Least: 15}),
		"welcome-done":     WelcomePage(bare, Welcome{Done: true, SignInURL: "/s"}),
		"checkup":          CheckupPage(plain, sampleCheckup(l)),
		"checkup-finished": CheckupPage(plain, Checkup{Action: "/c", BackURL: "/s", Last: "Last check-up on 3 March 2026", Said: []string{"Recovery codes: Left open"}, Items: sampleCheckup(l).Items}),
		"preferences":      PreferencesPage(plain, Preferences{Action: "/preferences", Language: l.Lang, Unit: l.Unit, Clock: "24", Theme: "bedside"}),
		"error":            ErrorPage(plain, Error{Status: 500, Sentence: "Something broke on our side.", Request: "7F3K2M"}),
		"error-bare":       ErrorPage(bare, Error{Status: 404, Sentence: "There is nothing here.", Request: "7F3K2M"}),
	}
}

func render(t *testing.T, l text.Locale, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	ctx := templ.WithNonce(text.With(t.Context(), l), "nonce-of-test")
	require.NoError(t, c.Render(ctx, &b))
	return b.String()
}

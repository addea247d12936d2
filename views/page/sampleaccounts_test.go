package page

import (
	"strings"

	"glucokeep/app/text"
	"glucokeep/views/component"
)

func sampleAccounts(l text.Locale) Accounts {
	return Accounts{Count: "21", Search: true, Find: "a", FindURL: "/f", NewURL: "/n", Rows: []AccountRow{
		{Name: "Ana Ruiz", Email: "ana@example.org", URL: "/a", Self: true, Badges: []string{l.T("accounts.manages")}, State: l.T("accounts.factor.has")},
		{Name: strings.Repeat("Wilhelmina", 10), Email: strings.Repeat("w", 60) + "@example.org", URL: "/w", Warn: true, Badges: []string{l.T("accounts.closed")}, State: l.T("accounts.factor.lacks")},
		{Name: "سارة", Email: "sara@example.org", URL: "/s", State: l.T("accounts.unwelcomed")},
	}}
}

func sampleAccount(l text.Locale) Account {
	return Account{Name: "Ben", ListURL: "/l", Facts: []Fact{{Name: l.T("form.email"), Value: "ben@example.org"}}, Mail: true,
		Link:        &AccountLink{Title: "For Ben", What: l.T("accounts.link.reset"), URL: "https://box.example.org/reset/TOKEN", Works: "until tomorrow", QR: component.QR{Label: "QR code", Size: 21, Path: "M0 0h1"}},
		ResetAction: "/r", ResetWords: l.T("accounts.reset.factor"), CloseAction: "/c", AdminAction: "/a"}
}

func sampleCheckup(l text.Locale) Checkup {
	return Checkup{Action: "/c", BackURL: "/s", Going: true, Done: l.T("checkup.of", "done", 1, "all", 5), Items: []CheckupItem{
		{Key: "browsers", Title: l.T("checkup.item.browsers"), Answer: "right", Said: l.T("checkup.said.right")},
		{Key: "address", Title: l.T("checkup.item.address"), Facts: []string{"ana@example.org"}, Question: l.T("checkup.ask.address"), CanBeRight: true, Now: true,
			Mend: &component.Link{URL: "/m", Label: l.T("checkup.mend.address")}},
		{Key: "codes", Title: l.T("checkup.item.codes"), Answer: "open", Mend: &component.Link{URL: "/m", Label: l.T("checkup.mend.codes")}},
	}}
}

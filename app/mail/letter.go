package mail

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"glucokeep/app/store"
	"glucokeep/app/text"
)

// letter is a mail as it is sent: plain text alone. A reader sees all that
// there is, nothing is fetched from anywhere, and no link hides behind other
// words.
type letter struct {
	From, FromName string
	To             string
	Subject        string
	Text           string
	Ref            string
	At             time.Time
}

// write puts a mail into words, in the language and with the phrase that its
// reader has now.
func (m *Mails) write(ctx context.Context, now time.Time, s Settings, kept store.Mail, r Reader) (l letter, err error) {
	plain, err := m.vault.Unseal(place(kept.Ref), kept.Words)
	if err != nil {
		return l, err
	}
	var w words
	if err := json.Unmarshal(plain, &w); err != nil {
		return l, err
	}
	facts, err := m.db.BoxFacts(ctx)
	if err != nil {
		return l, err
	}
	box := Clean(facts["name"])
	if box == "" {
		box = "Glucokeep"
	}
	lang := r.Lang
	if lang == "" {
		lang = w.Lang
	}
	in := text.Locale{Lang: lang, Clock24: text.Clock24(lang)}
	phrase := r.Phrase
	if phrase == "" {
		phrase = in.T("mail.phrase-lost")
	}
	args := []any{"box", box, "name", Clean(r.Name), "device", Clean(in.Device(w.Device)), "other", Clean(w.Other), "when", when(in, w.At.Time(), facts["zone"])}
	parts := []string{in.T("mail.hello", args...), in.T("mail.text."+kept.Kind, args...)}
	if w.Link != "" {
		parts = append(parts, m.Base+w.Link, in.T("mail.more."+kept.Kind, args...))
	}
	parts = append(parts, in.T("mail.foot", append(args, "phrase", phrase, "ref", kept.Ref, "check", m.Base+"/mail-check")...))
	return letter{From: s.Sender, FromName: box, To: kept.Address, Subject: box + ": " + in.T("mail.subject."+kept.Kind, args...),
		Text: strings.Join(parts, "\n\n") + "\n", Ref: kept.Ref, At: now}, nil
}

// when is an instant by a clock where the box stands.
func when(in text.Locale, at time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		loc, zone = time.UTC, "UTC"
	}
	return in.DateTime(at.In(loc)) + " (" + zone + ")"
}

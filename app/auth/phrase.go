package auth

import (
	"context"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/store"
)

// A phrase tells its owner that a mail is ours, so nobody may read it who only
// has the database: it lies sealed.
func phraseName(accountKey string) string { return "phrase " + accountKey }

// phraseOf is the phrase of an account, "" if it went with a lost key.
func (a *Auth) phraseOf(ctx context.Context, accountKey string) (string, error) {
	phrase, err := a.vault.Get(ctx, phraseName(accountKey))
	if fault.KindOf(err) == fault.Unavailable {
		return "", nil
	}
	return string(phrase), err
}

// Phrase is what stands in every mail to an account, "" if it was lost and
// another must be chosen.
func (a *Auth) Phrase(ctx context.Context, id Identity) (string, error) {
	return a.phraseOf(ctx, id.Key)
}

// SetPhrase changes it.
func (a *Auth) SetPhrase(ctx context.Context, id Identity, from audit.From, typed string) error {
	phrase, err := mail.CheckPhrase(typed, id.Name, id.Email)
	if err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		if err := a.vault.Put(tx, phraseName(id.Key), id.Account, []byte(phrase)); err != nil {
			return err
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.PhraseChanged})
	})
}

// firstPhraseIn gives a new account a phrase in its language.
func (a *Auth) firstPhraseIn(tx *store.Tx, acc store.Account, lang string) error {
	if a.vault == nil {
		return nil
	}
	return a.vault.Put(tx, phraseName(acc.Key), acc.ID, []byte(mail.NewPhrase(lang)))
}

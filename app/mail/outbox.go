package mail

import (
	"context"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

const (
	atOnce  = 20                   // mails that one step tries
	keptFor = 400 * 24 * time.Hour // how long somebody can ask whether a mail was ours
)

// pause is how long to wait after a try before the next: half a minute, twice
// as long each time, at most an hour.
func pause(tries int) time.Duration {
	return min(30*time.Second<<min(tries, 10), time.Hour)
}

// Step sends what is due. A try is counted before it is made, so that of two
// that stop in between none sends for ever, and a mail is marked as sent
// after the server took it: when the power fails in between it is sent again
// under the same code, never lost.
func (m *Mails) Step(ctx context.Context, now time.Time) error {
	due, err := m.db.DueMails(ctx, record.At(now), atOnce)
	if err != nil || len(due) == 0 {
		return err
	}
	for _, kept := range due {
		if err := ctx.Err(); err != nil {
			return nil
		}
		if _, err := m.try(ctx, now, kept); err != nil {
			return err
		}
	}
	return nil
}

// Sweep forgets mails that are long over.
func (m *Mails) Sweep(ctx context.Context, now time.Time) error {
	return m.db.Write(ctx, func(tx *store.Tx) error { return tx.SweepMails(record.At(now.Add(-keptFor))) })
}

// try sends one mail if it may still be sent, and notes how it ended.
func (m *Mails) try(ctx context.Context, now time.Time, kept store.Mail) (o outcome, err error) {
	claimed := false
	err = m.db.Write(ctx, func(tx *store.Tx) (err error) {
		claimed, err = tx.ClaimMail(kept.Ref, kept.Tries, record.At(now.Add(pause(kept.Tries))))
		return err
	})
	if err != nil || !claimed {
		return o, err
	}
	state := store.MailWaiting
	o, state, err = m.attempt(ctx, now, kept)
	if err != nil {
		return o, err
	}
	// What was found out is noted also when the box is told to stop meanwhile.
	return o, m.db.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if state == store.MailWaiting {
			return tx.AnswerMail(kept.Ref, o.kept())
		}
		return tx.EndMail(kept.Ref, state, o.kept(), record.At(now))
	})
}

// attempt asks whether the mail may still go, and sends it.
func (m *Mails) attempt(ctx context.Context, now time.Time, kept store.Mail) (outcome, store.MailState, error) {
	if record.At(now) > kept.Until {
		return outcome{answer: TooLate}, store.MailFailed, nil
	}
	reader, ok, err := m.Check(ctx, kept.Account)
	if err != nil {
		return outcome{}, "", err
	}
	if !ok && (Kind(kept.Kind) != AccountDisabled || reader == Reader{}) {
		return outcome{answer: Gone}, store.MailDropped, nil
	}
	s, known, err := m.Settings(ctx)
	if err != nil {
		return outcome{}, "", err
	}
	if !known {
		return outcome{answer: NoServer}, store.MailWaiting, nil
	}
	password, err := m.vault.Get(ctx, secretName)
	if fault.KindOf(err) == fault.Unavailable {
		return outcome{answer: NoPassword}, store.MailWaiting, nil
	}
	if err != nil {
		return outcome{}, "", err
	}
	l, err := m.write(ctx, now, s, kept, reader)
	if fault.KindOf(err) == fault.Unavailable {
		return outcome{answer: NoWords}, store.MailFailed, nil
	}
	if err != nil {
		return outcome{}, "", err
	}
	o := m.post.deliver(ctx, s, password, l)
	switch {
	case o.answer == Sent:
		return o, store.MailSent, nil
	case o.answer.final():
		return o, store.MailFailed, nil
	}
	return o, store.MailWaiting, nil
}

// Tried is how a test ended.
type Tried struct {
	Answer Answer
	Code   int    // of the server, 0 none
	Said   string // by the server, one line
	Ref    string // of the mail, if it was sent
}

// TryServer sends a test mail to somebody at once. It is not tried again.
func (m *Mails) TryServer(ctx context.Context, now time.Time, by audit.Actor, from audit.From, n Notice) (t Tried, err error) {
	n.Kind, n.Until, n.At = Test, now.Add(2*sendTimeout), now
	var kept store.Mail
	err = m.db.Write(ctx, func(tx *store.Tx) (err error) {
		if t.Ref, err = m.put(tx, now, now.Add(sendTimeout), n); err != nil {
			return err
		}
		return m.ledger.Append(tx, now, audit.Event{Actor: by, From: from, Action: audit.MailTested})
	})
	if err != nil {
		return t, err
	}
	if kept, err = m.db.MailByRef(ctx, n.Account, t.Ref); err != nil {
		return t, err
	}
	o, err := m.try(ctx, now, kept)
	if err != nil {
		return t, err
	}
	t.Answer, t.Code, t.Said = o.answer, o.code, o.said
	if o.answer == Sent {
		return t, nil
	}
	return t, m.db.Write(ctx, func(tx *store.Tx) error { return tx.EndMail(t.Ref, store.MailFailed, o.kept(), record.At(now)) })
}

// Newest are the newest mails of the box, for who manages it.
func (m *Mails) Newest(ctx context.Context, limit int) ([]store.Mail, error) {
	return m.db.Mails(ctx, limit)
}

// stuckAfter is how many tries a mail needs to be one that does not get out:
// by then some minutes have passed.
const stuckAfter = 4

// Stuck says how many mails do not get out.
func (m *Mails) Stuck(ctx context.Context) (int, error) {
	return m.db.CountWaitingMails(ctx, stuckAfter)
}

package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"glucokeep/app/audit"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// The limits of a session on an ordinary device (our own).
const (
	IdleLimit     = 15 * time.Minute // without an act of a person
	absoluteLimit = 12 * time.Hour
	touchEvery    = 30 * time.Second // how exactly the last act of a person is kept
)

// The values that a session holds.
const (
	keyAccount = "account"
	keyEpoch   = "epoch"
	keyOrigin  = "origin"
	keyFlash   = "flash"
	keySince   = "since"
	keyStrong  = "strong"
	keyUse     = "use"
	keyForgot  = "forgot"
	keyOffered = "offered" // the yearly check-up was
	keyStrange = "strange"

	keyRemember = "__rememberMe" // scs's own: the cookie outlives the browser
)

// newManager makes the session manager. Its own idle limit stays off: it
// would commit every session again on each request and so bring one back that
// ended meanwhile, and any poll would extend it.
func newManager(s *sessions, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = s
	m.Lifetime = absoluteLimit
	m.Codec = s.codec
	m.Cookie.Name = "gk"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode // Strict would break links in mails
	m.Cookie.Persist = false                 // ends with the browser
	m.Cookie.Path = "/"
	if secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-gk", true
	}
	return m
}

// sessions keeps sessions in the table of credentials. A row that was ended
// stays as a tombstone, and a late commit cannot bring it back.
type sessions struct {
	db     *store.DB
	ledger *audit.Ledger
	codec  codec
	now    func() time.Time
	known  store.Kept[string, session] // by hash of the token

	mustEnrol func(ctx context.Context, acc store.Account) (bool, error)
}

// secretOf is what is kept of a token: tokens are 256 random bits, so a plain
// hash gives nothing away.
func secretOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx gives the values of a live session.
func (s *sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	c, err := s.find(ctx, token)
	if errors.Is(err, store.ErrNone) || err == nil && !s.codec.knows(c.State) {
		return nil, false, nil
	}
	return c.State, err == nil, err
}

// session is a session with whose it is.
type session struct {
	store.Credential
	who Identity
}

// find gives a live session as it is in the database at this moment. The end
// that is written in it needs no commit to come.
func (s *sessions) find(ctx context.Context, token string) (session, error) {
	secret := secretOf(token)
	c, err := s.known.Get(ctx, s.db, secret, func() (found session, err error) {
		if found.Credential, err = s.db.Credential(ctx, store.SessionCredential, secret, record.At(s.now())); err != nil {
			return found, err
		}
		acc, err := s.db.AccountByID(ctx, found.Account)
		how, _ := s.codec.read(found.State) // a state that cannot be read is of an older box, whose sessions are over: it is not strong
		found.who = Identity{Account: acc.ID, Key: acc.Key, Name: acc.Name, Email: acc.Email, Admin: acc.Admin,
			Lang: acc.Lang, Unit: acc.Unit, Clock: acc.Clock, Theme: acc.Theme, Credential: found.ID, MustChange: acc.Listed != 0 || acc.Short != 0 || how.Forgot, Short: acc.Listed == 0 && acc.Short != 0,
			Forgot: how.Forgot, Use: how.Use, Since: how.Since.Time(), strong: how.Strong, until: how.Deadline, origin: found.Origin, strange: how.Strange}
		if err == nil {
			found.who.MustEnrol, err = s.mustEnrol(ctx, acc)
		}
		if err == nil {
			found.who.renewing, err = renewingUntil(ctx, s.db, acc.ID, record.At(s.now()))
		}
		if err == nil {
			found.who.nextCheckup, err = nextCheckup(ctx, s.db, acc)
		}
		return found, err
	})
	if err == nil && c.Expires <= record.At(s.now()) {
		return c, store.ErrNone
	}
	return c, err
}

type eventKey struct{}

// networkKey has the next commit of a context note the network that it comes
// from, as networkMAC gives it.
type networkKey struct{}

// withEvent has the next commit of ctx write e in its own transaction.
func withEvent(ctx context.Context, e audit.Event) context.Context {
	return context.WithValue(ctx, eventKey{}, e)
}

// CommitCtx makes a session or brings a live one up to date.
func (s *sessions) CommitCtx(ctx context.Context, token string, state []byte, expiry time.Time) error {
	_, values, err := s.codec.Decode(state)
	if err != nil {
		return err
	}
	account, _ := values[keyAccount].(int64)
	epoch, _ := values[keyEpoch].(int64)
	origin, _ := values[keyOrigin].(string)
	if account == 0 {
		return fmt.Errorf("session without an account") // nobody has a session before signing in
	}
	now := record.At(s.now())
	e, begins := ctx.Value(eventKey{}).(audit.Event)
	if !begins { // only the event of a sign-in makes a session: without its line in the ledger there is none
		if _, err := s.db.Credential(ctx, store.SessionCredential, secretOf(token), now); err != nil {
			return none(err)
		}
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		put, err := tx.PutCredential(store.Credential{Kind: store.SessionCredential, Secret: secretOf(token), Account: account,
			Epoch: epoch, State: state, Origin: origin, Created: now, Active: now, Expires: record.At(expiry)})
		if err != nil {
			return err
		}
		if !begins || !put {
			return nil // a session that ended meanwhile stays ended
		}
		if network, ok := ctx.Value(networkKey{}).(string); ok {
			if err := tx.KnowNetwork(account, network, now, mostHomes); err != nil {
				return err
			}
		}
		return errors.Join(tx.KeepCredentials(account, store.SessionCredential, mostSessions, now), s.ledger.Append(tx, s.now(), e))
	})
}

// none forgives that there is no such session.
func none(err error) error {
	if errors.Is(err, store.ErrNone) {
		return nil
	}
	return err
}

// DeleteCtx ends a session.
func (s *sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.EndCredential(store.SessionCredential, secretOf(token), record.At(s.now())); err != nil {
			return err
		}
		if e, ok := ctx.Value(eventKey{}).(audit.Event); ok {
			return s.ledger.Append(tx, s.now(), e)
		}
		return nil
	})
}

// Find, Commit and Delete are for callers without a context; scs uses the
// others.

// Find is FindCtx without a context.
func (s *sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *sessions) Commit(token string, state []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, state, expiry)
}

// Delete is DeleteCtx without a context.
func (s *sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

package auth

import (
	"context"
	"fmt"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Who tries stands in a lane, and what others do elsewhere does not slow it:
// a browser that is signed in and a device that is known have a lane each, and
// so has each network from which the account was signed in before. Everybody
// else is a stranger, and strangers share one.
//
// Of the lanes of a kind no one alone can use up what they have together, so
// that neither a stolen session nor a stolen cookie closes the others; and
// together they have no more than one, so that many of them give no more
// guesses.

// lane is where somebody tries, for the codes of a second factor.
type lane struct {
	name   string // after the account's in the name of a bucket
	kind   string // whose ceiling counts: ownLane, homeLane or strangerLane
	holder string // names one sign-in of those that share the lane, "" where nobody does
}

const (
	ownLane      = "own"      // a session, or a device that is known
	homeLane     = "home"     // a network from which the account was signed in
	strangerLane = "stranger" // anything else

	ofOneLane = inARow / 4           // consecutive wrong passwords in one lane; all of a kind have inARow
	homeFor   = 90 * 24 * time.Hour  // a network stays known after a sign-in
	mostHomes = 20                   // of an account
	sweepOld  = 400 * 24 * time.Hour // longer than any cookie of a device
)

// The tries of a code. A guess of six digits is right with 3 in 1,000,000 for
// each app: the step of now and one either way count. So a try costs as many
// units as the account has apps, and each kind of lane has codesAtOnce units,
// and one more after each codesRefill: in the first year 3 kinds × (20 + 12) =
// 96 units, and 36 in each year after it. Whoever knows the password, has a
// stolen session and comes from a network of the owner's comes in with a chance
// of 96 × 3 / 1,000,000, which is 1 in 3,500, in the first year, and of 1 in
// 9,300 in a later one; a stranger, who has one kind, of 1 in 10,400 and 1 in
// 27,800. A success takes back what the same sign-in, session or device failed
// before and nothing else, so an owner's own slips cost nothing and no sign-in
// of theirs gives an attacker more. A new password begins all of it anew: the
// one that the attacker knew is worth nothing then.
const (
	codeTries   = 4 // free ones: the fifth makes the next wait
	codeWait    = 5 * time.Minute
	codesAtOnce = 20
	codesRefill = 365 * 24 * time.Hour / 12
	codesOfOne  = codesAtOnce / 2 // in a row, of one lane
)

// codeBuckets count wrong codes of apps.
func codeBuckets(email string, l lane, apps int) []bucket {
	const spent = "signin.code-spent"
	all := bucket{name: "codes " + who(email) + " " + l.kind, most: codesAtOnce, refill: codesRefill, cost: apps, shared: true, spent: spent}
	own := bucket{name: "code " + who(email) + " " + l.name, free: codeTries, first: codeWait, spent: spent}
	if l.holder == "" {
		own.most = codesOfOne
		return []bucket{own, all}
	}
	own.shared = true
	return []bucket{{name: "half " + who(email) + " " + l.holder, most: codesOfOne, spent: spent}, own, all}
}

// recoveryBuckets count wrong recovery codes of somebody whose password was
// right. They are not those of an app's codes: whoever guesses there must not
// keep the owner from these. 80 bits need no ceiling: a million networks that
// guess once a second for a year find one of ten codes with a chance of
// 3 in 10,000,000,000. So strangers are counted by network, and nobody can use
// them up for others.
func recoveryBuckets(email string, l lane, ip string) []bucket {
	at := l.name
	if l.kind != ownLane {
		at = network(ip)
	}
	return []bucket{{name: "recovery " + who(email) + " " + at, free: codeTries, first: codeWait}}
}

// ownBuckets count wrong current passwords of somebody who is signed in, by
// session; a thief of one does not slow the others.
func ownBuckets(id Identity) []bucket {
	const spent = "stepup.spent"
	return []bucket{{name: "own " + who(id.Email) + " " + sessionLane(id).name, free: 5, first: firstWait, most: ofOneLane, spent: spent},
		{name: "owns " + who(id.Email), most: inARow, shared: true, spent: spent}}
}

func sessionLane(id Identity) lane {
	return lane{name: fmt.Sprintf("session %d %d", id.Credential, record.At(id.Since)), kind: ownLane}
}

// enrolBuckets count wrong codes of an app that is being added. They are no
// guesses: its key is on the screen.
func enrolBuckets(id Identity) []bucket {
	return []bucket{{name: "enrol " + who(id.Email) + " " + sessionLane(id).name, free: codeTries, first: codeWait}}
}

func accountBucket(email string) bucket {
	return bucket{name: "account " + who(email), free: 5, first: firstWait, most: inARow, spent: "signin.spent"}
}

func deviceBuckets(email, device string) []bucket {
	return []bucket{{name: "device " + who(email) + " " + device, free: 5, first: firstWait, most: ofOneLane, spent: "signin.spent"},
		{name: "devices " + who(email), most: inARow, shared: true, spent: "signin.spent"}}
}

func homeBuckets(email, ip string) []bucket {
	return []bucket{{name: "home " + who(email) + " " + network(ip), free: 5, first: firstWait, most: ofOneLane, spent: "signin.spent"},
		{name: "homes " + who(email), most: inARow, shared: true, spent: "signin.spent"}}
}

// open reports whether buckets still take something, be it after a wait.
func (a *Auth) open(ctx context.Context, buckets []bucket) (bool, error) {
	for _, b := range buckets {
		t, err := a.db.Throttle(ctx, b.name)
		if err != nil || b.full(t, a.now()) {
			return false, err
		}
	}
	return true, nil
}

// buckets are those that a sign-in counts in. A device that is known to the
// account has a lane of its own, and so has a network from which it was signed
// in before, so that failures elsewhere cannot keep its owner out. One in which
// too many failed in a row is known no more. By a recovery code strangers are
// counted by network: that the password alone opens nothing any more must not
// keep anybody from a recovery code.
func (a *Auth) buckets(ctx context.Context, account store.Account, email, ip string, w Way) (_ []bucket, known bool, err error) {
	if w.Device != "" && account.ID != 0 && a.knows(account, w.Device) {
		b := deviceBuckets(email, who(w.Device))
		if known, err = a.open(ctx, b); err != nil || known {
			return b, known, err
		}
	}
	net := bucket{name: "net " + network(ip), free: 9, first: netWait}
	home, err := a.home(ctx, account, ip)
	if err != nil {
		return nil, false, err
	}
	if home {
		b := homeBuckets(email, ip)
		if home, err = a.open(ctx, b); err != nil || home {
			return append(b, net), false, err
		}
	}
	first := accountBucket(email)
	if w.Recovery != "" {
		first = bucket{name: "recover " + who(email) + " " + network(ip), free: 5, first: firstWait}
	}
	return []bucket{first, net, {name: "box", free: 200, first: firstWait}}, false, nil
}

// codeLane is where whoever owes a second factor stands.
func (a *Auth) codeLane(ctx context.Context, acc store.Account, h half, token, ip string) (lane, error) {
	if h.Device != "" {
		l := lane{name: "device " + h.Device, kind: ownLane}
		if is, err := a.open(ctx, codeBuckets(acc.Email, l, 1)[:1]); err != nil || is {
			return l, err
		}
	}
	holder := secretOf(token)[:16]
	home, err := a.home(ctx, acc, ip)
	if home {
		return lane{name: network(ip), kind: homeLane, holder: holder}, err
	}
	return lane{name: strangerLane, kind: strangerLane, holder: holder}, err
}

// networkMAC is what is kept of a network from which an account was signed in.
func (a *Auth) networkMAC(acc store.Account, ip string) string {
	return a.mac(fmt.Sprintf("network %s %d %d %s", acc.Key, acc.Epoch, acc.Known, network(ip)))
}

// home reports whether an account was signed in lately from the network of an
// address. For no account it asks all the same, so that both take as long.
func (a *Auth) home(ctx context.Context, acc store.Account, ip string) (bool, error) {
	known, err := a.db.KnowsNetwork(ctx, a.networkMAC(acc, ip), record.At(a.now().Add(-homeFor)))
	return known && acc.ID != 0 && network(ip) != "", err
}

// forgetStreak, after somebody showed that they are who they say, begins the
// count of failures in a row anew. What strangers have to wait stays, and so do
// the ceilings of codes.
func (a *Auth) forgetStreak(tx *store.Tx, email string) error {
	for _, name := range []string{"account ", "owns ", "devices ", "homes "} {
		t, err := tx.Throttle(name + who(email))
		if err != nil || t.Streak == 0 {
			if err != nil {
				return err
			}
			continue
		}
		t.Streak = 0
		if err := tx.SetThrottle(name+who(email), t); err != nil {
			return err
		}
	}
	return nil
}

// forgetAccount forgets all failures of an account, of passwords and codes,
// after it got another password.
func (a *Auth) forgetAccount(tx *store.Tx, email string) error { return tx.ForgetThrottle(who(email)) }

// sweepTries forgets buckets that nobody can count in any more.
func (a *Auth) sweepTries(tx *store.Tx, now time.Time) error {
	for kind, age := range map[string]time.Duration{"half": deviceLife, "own": sweepOld, "code": sweepOld, "enrol": sweepOld, "device": sweepOld,
		"home": sweepOld, "recovery": forget, "recover": forget, "owed": forget} {
		if err := tx.SweepThrottle(kind, record.At(now.Add(-age))); err != nil {
			return err
		}
	}
	return tx.SweepNetworks(record.At(now.Add(-homeFor)))
}

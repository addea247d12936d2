package auth

import (
	"context"

	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Half sign-ins of an account at once: whoever knows the password can begin as
// many as they like, and must not end the owner's by that.
const (
	mostHalves   = 5  // of one network; of a known device no network counts
	mostOfHalves = 50 // of all networks
)

// owedBuckets count half sign-ins that nobody brought to an end. A right
// password is no failure, and each leaves its line: without them whoever knows
// it could fill the ledger.
func (a *Auth) owedBuckets(ctx context.Context, acc store.Account, ip string, h half) ([]bucket, error) {
	if h.Device != "" {
		return []bucket{{name: "owed " + who(acc.Email) + " " + h.Device, free: 20, first: netWait}}, nil
	}
	b := []bucket{{name: "owed " + who(acc.Email) + " " + network(ip), free: 20, first: netWait}}
	home, err := a.home(ctx, acc, ip)
	if !home {
		b = append(b, bucket{name: "owed " + who(acc.Email) + " " + strangerLane, free: 100, first: firstWait})
	}
	return b, err
}

// claimHalf is claim for a half sign-in whose password was right, which tries
// had counted as a failure.
func (a *Auth) claimHalf(ctx context.Context, acc store.Account, ip string, h half, tries []bucket) error {
	owed, err := a.owedBuckets(ctx, acc, ip, h)
	if err != nil {
		return err
	}
	if err = a.claim(ctx, owed); fault.KindOf(err) == fault.TooMany {
		if e := a.db.Write(ctx, func(tx *store.Tx) error { return a.forgetTries(tx, tries) }); e != nil {
			return e
		}
	}
	return err
}

// keepHalves ends half sign-ins of an account that are too many after one more
// came from an address: the oldest of its own network first, then the oldest of
// the network that has the most.
func (a *Auth) keepHalves(tx *store.Tx, acc store.Account, ip string) error {
	now := record.At(a.now())
	list, err := tx.Credentials(acc.ID, store.HalfCredential, now)
	if err != nil {
		return err
	}
	of := map[string][]store.Held{} // by network, the newest first
	for _, c := range list {
		of[network(c.IP)] = append(of[network(c.IP)], c)
	}
	end := func(net string) error {
		last := len(of[net]) - 1
		_, err := tx.EndOwnCredential(acc.ID, of[net][last].ID, now)
		of[net] = of[net][:last]
		return err
	}
	for len(of[network(ip)]) > mostHalves {
		if err := end(network(ip)); err != nil {
			return err
		}
	}
	for left := len(list); left > mostOfHalves; left-- {
		fullest, oldest := "", record.Millis(0)
		for net, halves := range of {
			n, at := len(halves), record.Millis(0)
			if n > 0 {
				at = halves[n-1].Created
			}
			if most := len(of[fullest]); n > most || n == most && at < oldest {
				fullest, oldest = net, at
			}
		}
		if err := end(fullest); err != nil {
			return err
		}
	}
	return nil
}

package auth

import (
	"context"
	"slices"
	"strconv"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// session names the session of id: what it was asked, it alone may answer.
func (id Identity) session() string { return "session " + strconv.FormatInt(id.Credential, 10) }

// holderOf is whoever is signed in, with all their passkeys.
func (a *Auth) holderOf(ctx context.Context, id Identity) (keyHolder, error) {
	handle, err := a.db.AccountHandle(ctx, id.Account)
	if err != nil {
		return keyHolder{}, err
	}
	list, err := a.db.Passkeys(ctx, id.Account)
	return holder(handle, id.Email, id.Name, list), err
}

// AskNewPasskey begins to add a passkey under a name.
func (a *Auth) AskNewPasskey(ctx context.Context, id Identity, typed string) (c Challenge, err error) {
	if a.passkeys == nil {
		return c, errNoPasskeys
	}
	name, err := factorName(typed)
	if err != nil {
		return c, err
	}
	h, err := a.holderOf(ctx, id)
	if err != nil {
		return c, err
	}
	if err := roomFor(h.passkeys); err != nil {
		return c, err
	}
	options, data, err := a.passkeys.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credential).CredentialDescriptors()),
		webauthn.WithCredentialParameters(webauthn.CredentialParametersRecommendedL3()))
	if err != nil {
		return c, err
	}
	c.Options = options.Response
	c.ID = a.asked.put(a.now(), ceremony{kind: addCeremony, browser: id.session(), account: id.Account, name: name, data: *data, group: id.Key})
	return c, nil
}

func roomFor(list []store.Passkey) error {
	if len(list) >= MostPasskeys {
		return fault.New(fault.Conflict, "passkey.too-many", "max", MostPasskeys)
	}
	return nil
}

// AddPasskey takes the answer of a new passkey. It counts when the recovery
// codes are saved, at once if they are.
func (a *Auth) AddPasskey(ctx context.Context, id Identity, from audit.From, asked, answer string) (counts bool, err error) {
	if a.passkeys == nil {
		return false, errNoPasskeys
	}
	c, err := a.asked.take(a.now(), asked, addCeremony, id.session(), id.Account)
	if err != nil {
		return false, err
	}
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return false, err
	}
	h, err := a.holderOf(ctx, id)
	if err != nil {
		return false, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return false, fault.Wrap(err, fault.Invalid, "passkey.add-refused")
	}
	made, err := a.passkeys.CreateCredential(h, c.data, parsed)
	if err != nil {
		return false, fault.Wrap(err, fault.Invalid, "passkey.add-refused")
	}
	have, err := a.db.Recovery(ctx, acc.ID)
	if err != nil {
		return false, err
	}
	counts = have.Saved && have.Left > 0
	now := record.At(a.now())
	p := store.Passkey{Factor: store.Factor{Key: store.NewKey(), Account: acc.ID, Name: c.name, Created: now, Tested: now},
		Credential: made.ID, Public: made.PublicKey, RP: a.passkeys.Config.RPID, Count: made.Authenticator.SignCount, Flags: byte(made.Flags.ProtocolValue())}
	for _, t := range made.Transport {
		if known := []protocol.AuthenticatorTransport{protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal}; slices.Contains(known, t) {
			p.Transports = append(p.Transports, string(t))
		}
	}
	if err := a.addPasskey(ctx, id, from, acc, p, counts); err != nil || !counts {
		return false, err
	}
	return true, a.goOn(ctx, from, id, acc.Epoch+1, factorAdded)
}

func (a *Auth) addPasskey(ctx context.Context, id Identity, from audit.From, acc store.Account, p store.Passkey, counts bool) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		list, err := tx.Passkeys(acc.ID)
		if err == nil {
			err = roomFor(list)
		}
		if err != nil {
			return err
		}
		added, err := tx.AddPasskey(p)
		if err == nil && !added {
			err = fault.New(fault.Conflict, "passkey.known")
		}
		if err != nil {
			return err
		}
		if counts {
			return a.confirmIn(tx, from, acc)
		}
		return a.makeCodesIn(tx, from, acc)
	})
}

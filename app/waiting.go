package app

import (
	"context"
	"time"
)

// sayCertificate tells whoever is at the console how a certificate comes that
// a box does not have yet: without it nobody reaches the box, and no page can
// say why. It gives what must be done at a rhythm for that.
func (r *terminal) sayCertificate(at *reach) work {
	waits, why := at.leaf() == nil, ""
	if waits {
		r.say("serve.certificate-waits", "host", at.base.Hostname())
	}
	return work{name: "certificate on its way", every: time.Second, step: func(context.Context, time.Time) error {
		switch now := at.failed(); {
		case !waits:
		case at.leaf() != nil:
			waits = false
			r.say("serve.certificate-there", "address", at.base.String())
		case now != why && now != "":
			why = now
			r.warn("serve.certificate-failed", "why", now)
		}
		return nil
	}}
}

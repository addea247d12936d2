package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/web"
)

type serveCommand struct {
	dataFlag
	reachFlags
	AcceptLostPasskeys bool `help:"Serve the box under another host than its passkeys were made for. They are switched off for good."`

	Log string `help:"How much to write to the log: ${enum}." enum:"debug,info,warn,error" default:"info"`
}

// Run starts the box and returns when the context ends.
func (c *serveCommand) Run(ctx context.Context, r *terminal) (err error) {
	log := r.logger(c.Log)
	at, err := c.open(c.Data, time.Now(), log)
	if err != nil {
		return err
	}
	at.losePasskeys = c.AcceptLostPasskeys
	b, err := Open(ctx, c.Data, r.keyFile, r.schema, at.secure())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if broken, ok := errors.AsType[*audit.BrokenError](b.ledger.VerifyTail(ctx, 10_000)); ok {
		r.warn("serve.ledger-broken", "line", broken.Seq)
	}
	r.warnCut(b)
	if err := r.warnLost(ctx, b); err != nil {
		return err
	}
	if err := b.auth.NoticeLists(ctx); err != nil {
		log.Error("a list of passwords was left out", "err", err)
	}
	b.auth.Report = func(err error) { log.Error("a list of passwords was left out", "err", err) }
	if !b.calibrated {
		cost, err := b.auth.Calibrate(ctx, audit.Actor{Box: true})
		if err != nil {
			return err
		}
		debug.FreeOSMemory() // the memory of those hashes is not needed again soon
		log.Info("password hash calibrated", "passes", cost.Passes, "took", cost.Took)
	}
	return b.serve(ctx, at, log, func(address string) error {
		r.say("serve.open", "address", address)
		if at.trust != nil {
			r.say("serve.trust", "address", web.TrustAddress(at.base))
			r.say("serve.fingerprint", "fingerprint", at.trust.Fingerprint())
		}
		if at.failed != nil {
			b.works = append(b.works, r.sayCertificate(at))
		}
		needs, err := b.auth.NeedsSetup(ctx)
		if err != nil || !needs {
			return err
		}
		code, err := b.auth.NewSetupCode(ctx)
		if err == nil {
			r.say("serve.setup-code", "code", code)
		}
		return err
	})
}

func (r *terminal) logger(level string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // kong has checked it
	return slog.New(slog.NewTextHandler(r.Err, &slog.HandlerOptions{Level: l}))
}

// shutdownGrace is how long open requests may take when the box stops.
const shutdownGrace = 10 * time.Second

// maxHeader is how much of a request may come before its body.
const maxHeader = 64 << 10

// serve listens and runs until the context ends; ready is told the address
// once the box answers.
func (b *Box) serve(ctx context.Context, at *reach, log *slog.Logger, ready func(address string) error) (err error) {
	l, plain, err := at.bind()
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	door := newDoors(at.proxies)
	l = door.listen(l)
	if plain != nil {
		plain = door.listen(plain)
	}
	base, hosts := at.at(port)
	if name := base.Hostname(); name != "localhost" && net.ParseIP(name) == nil {
		b.auth.Host = name
	}
	if err := b.auth.UsePasskeys(ctx, base, at.losePasskeys); err != nil {
		err = errors.Join(err, l.Close())
		if plain != nil {
			err = errors.Join(err, plain.Close())
		}
		return err
	}
	b.mail.Base = strings.TrimSuffix(base.String(), "/")
	handler := web.New(web.Config{Auth: b.auth, Mail: b.mail, Share: b.share, Read: b.read, Ingest: b.ingest, Intake: b.intake, Health: b.health, Log: log,
		Base: base, Hosts: hosts, Proxies: at.proxies, Trust: at.trust, Certificate: at.leaf, HSTS: at.hsts(log), Version: Version(), Built: Built(), Now: b.clock, Demo: b.demo})
	inTheClear := handler
	if at.clear != nil {
		inTheClear = at.clear(handler)
	}
	srv, second := newServer(handler, log), newServer(inTheClear, log)
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	defer wg.Wait()
	defer stop()
	every(ctx, &wg, log, "ledger spans", time.Minute, func(ctx context.Context, _ time.Time) error { return b.ledger.Step(ctx, b.clock()) })
	srv.RegisterOnShutdown(b.ingest.Live().Close)
	every(ctx, &wg, log, "changes", changesEvery, b.watchChanges())
	every(ctx, &wg, log, "ended sessions", time.Hour, b.auth.Sweep)
	every(ctx, &wg, log, "reminders", time.Hour, b.auth.Remind)
	every(ctx, &wg, log, "recovery", time.Minute, passing(b.auth.AgeRecovery))
	every(ctx, &wg, log, "lists of passwords", time.Minute, func(ctx context.Context, _ time.Time) error { return b.auth.NoticeLists(ctx) })
	every(ctx, &wg, log, "mails", 2*time.Second, func(ctx context.Context, _ time.Time) error { return b.mail.Step(ctx, time.Now()) })
	every(ctx, &wg, log, "old mails", time.Hour, b.mail.Sweep)
	every(ctx, &wg, log, "waiting files", time.Hour, func(_ context.Context, now time.Time) error { return b.intake.Step(now) })

	served := make(chan error, 2)
	wg.Go(func() { served <- at.answer(srv, l, inTheClear) })
	if plain != nil {
		wg.Go(func() { served <- second.Serve(plain) })
		defer func() { err = errors.Join(err, second.Close()) }()
	}
	if at.start != nil {
		if err := at.start(ctx); err != nil {
			return errors.Join(err, srv.Close())
		}
	}
	if at.renew != nil {
		every(ctx, &wg, log, "certificate", time.Minute, at.renew)
	}
	if err := ready(base.String()); err != nil {
		if ctx.Err() != nil { // told to stop before it was quite there
			err = nil
		}
		return errors.Join(err, srv.Close())
	}
	for _, w := range b.works {
		w.start(ctx, &wg, log)
	}
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		log.Warn("requests were cut off", "err", err)
		return srv.Close()
	}
	return nil
}

// newServer is a server with the limits that a box on a small machine needs:
// whoever is slow, or says too much before the body, is cut off.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

// bind takes the addresses to listen on; plain is nil when there is no second.
func (r *reach) bind() (l, plain net.Listener, err error) {
	if l, err = net.Listen("tcp", r.listen); err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "serve.cannot-listen", "address", r.listen)
	}
	if r.listenHTTP == "" {
		return l, nil, nil
	}
	if plain, err = net.Listen("tcp", r.listenHTTP); err != nil {
		return nil, nil, errors.Join(fault.Wrap(err, fault.Unavailable, "serve.cannot-listen", "address", r.listenHTTP), l.Close())
	}
	return l, plain, nil
}

// answer serves l, over TLS if the box has a certificate, with plain for who
// comes without.
func (r *reach) answer(srv *http.Server, l net.Listener, plain http.Handler) error {
	if r.tls == nil {
		return srv.Serve(l)
	}
	srv.TLSConfig = r.tls
	return srv.ServeTLS(&eitherListener{l, plain}, "", "")
}

// work is something that is done beside serving: at a rhythm, or once if
// every is 0.
type work struct {
	name  string
	every time.Duration
	step  func(ctx context.Context, now time.Time) error
}

func (w work) start(ctx context.Context, wg *sync.WaitGroup, log *slog.Logger) {
	if w.every > 0 {
		every(ctx, wg, log, w.name, w.every, w.step)
		return
	}
	wg.Go(func() {
		if err := guarded(func() error { return w.step(ctx, time.Now()) }); err != nil && ctx.Err() == nil {
			log.Error("work failed", "work", w.name, "err", err)
		}
	})
}

// mostPassed is how much time one step may be told of: a machine that slept
// was not there.
const mostPassed = 5 * time.Minute

// passing has a step be told the time that went by since it was last called,
// by the clock of time that nobody can set.
func passing(step func(ctx context.Context, by time.Duration) error) func(context.Context, time.Time) error {
	last := time.Now()
	return func(ctx context.Context, now time.Time) error {
		by := min(now.Sub(last), mostPassed) // both have a monotonic reading
		last = now
		return step(ctx, max(by, 0))
	}
}

// every calls step at a rhythm until the context ends. It and work are the
// only makers of goroutines that go on, beside the server.
func every(ctx context.Context, wg *sync.WaitGroup, log *slog.Logger, name string, d time.Duration, step func(context.Context, time.Time) error) {
	wg.Go(func() {
		t := time.NewTicker(d)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-t.C:
				if err := guarded(func() error { return step(ctx, now) }); err != nil && ctx.Err() == nil {
					log.Error("regular work failed", "work", name, "err", err)
				}
			}
		}
	})
}

// guarded turns a panic into an error, so that a loop goes on.
func guarded(step func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Recovered(p)
		}
	}()
	return step()
}

package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
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
	Listen  string `help:"Address to listen on. Only this machine's own addresses, until the box has a certificate." default:"127.0.0.1:8080" placeholder:"ADDR"`
	BaseURL string `help:"Address under which people open the box, if it is another than the one it listens on." placeholder:"URL"`
	Log     string `help:"How much to write to the log: ${enum}." enum:"debug,info,warn,error" default:"info"`
}

// Run starts the box and returns when the context ends.
func (c *serveCommand) Run(ctx context.Context, r *terminal) (err error) {
	if err := loopbackOnly(c.Listen); err != nil {
		return err
	}
	b, err := Open(ctx, c.Data, r.keyFile, r.schema, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if broken, ok := errors.AsType[*audit.BrokenError](b.ledger.VerifyTail(ctx, 10_000)); ok {
		r.warn("serve.ledger-broken", "line", broken.Seq)
	}
	if err := r.warnLost(ctx, b); err != nil {
		return err
	}
	log := r.logger(c.Log)
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
	return b.serve(ctx, c.Listen, c.BaseURL, log, func(address string) error {
		r.say("serve.open", "address", address)
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

// loopbackOnly refuses addresses that others can reach: without a certificate
// passwords and health data would cross the network in the open.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "serve.bad-address")
	}
	if host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return nil
	}
	return fault.New(fault.Invalid, "serve.loopback-only")
}

// shutdownGrace is how long open requests may take when the box stops.
const shutdownGrace = 10 * time.Second

// serve listens and runs until the context ends; ready is told the address
// once the box answers.
func (b *Box) serve(ctx context.Context, listen, base string, log *slog.Logger, ready func(address string) error) (err error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "serve.cannot-listen", "address", listen)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if base == "" {
		base = "http://localhost:" + port
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.Join(fault.New(fault.Invalid, "serve.bad-base-url"), l.Close())
	}
	if name := u.Hostname(); name != "localhost" && net.ParseIP(name) == nil {
		b.auth.Host = name
	}
	b.mail.Base = strings.TrimSuffix(u.String(), "/")
	srv := &http.Server{
		Handler: web.New(web.Config{Auth: b.auth, Mail: b.mail, Share: b.share, Read: b.read, Ingest: b.ingest, Intake: b.intake, Health: b.health, Log: log,
			Base: u, Hosts: []string{"localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port}, Version: Version(),
			Now: b.clock, Demo: b.demo}),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	defer wg.Wait()
	defer stop()
	every(ctx, &wg, log, "ledger spans", time.Minute, func(ctx context.Context, _ time.Time) error { return b.ledger.Step(ctx, b.clock()) })
	srv.RegisterOnShutdown(b.ingest.Live().Close)
	every(ctx, &wg, log, "changes", changesEvery, b.watchChanges())
	every(ctx, &wg, log, "ended sessions", time.Hour, b.auth.Sweep)
	every(ctx, &wg, log, "lists of passwords", time.Minute, func(ctx context.Context, _ time.Time) error { return b.auth.NoticeLists(ctx) })
	every(ctx, &wg, log, "mails", 2*time.Second, func(ctx context.Context, _ time.Time) error { return b.mail.Step(ctx, time.Now()) })
	every(ctx, &wg, log, "old mails", time.Hour, b.mail.Sweep)
	every(ctx, &wg, log, "waiting files", time.Hour, func(_ context.Context, now time.Time) error { return b.intake.Step(now) })

	served := make(chan error, 1)
	wg.Go(func() { served <- srv.Serve(l) })
	if err := ready(u.String()); err != nil {
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

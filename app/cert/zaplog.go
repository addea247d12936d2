package cert

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// zapLogger lets certmagic, which logs by zap, write into log. It says much
// on the way, which is for us; only troubles are for the owner. Of what goes
// with a line only what is listed is kept, and no secret in any of it.
func zapLogger(log *slog.Logger, secrets []string) *zap.Logger {
	return zap.New(&zapCore{log: log, secrets: secrets})
}

// zapFields are what may go with a line.
var zapFields = []string{"identifier", "identifiers", "challenge_type", "error", "attempt", "retrying_in", "elapsed", "remaining", "renew_at", "status_code", "issuer"}

type zapCore struct {
	log     *slog.Logger
	secrets []string
	with    []zapcore.Field
}

func (c *zapCore) level(l zapcore.Level) slog.Level {
	switch {
	case l >= zapcore.ErrorLevel:
		return slog.LevelError
	case l >= zapcore.WarnLevel:
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

// Enabled reports whether lines of a level are written.
func (c *zapCore) Enabled(l zapcore.Level) bool {
	return c.log.Enabled(context.Background(), c.level(l))
}

// With adds fields to all lines.
func (c *zapCore) With(fields []zapcore.Field) zapcore.Core {
	return &zapCore{c.log, c.secrets, append(slices.Clone(c.with), fields...)}
}

// Check says that c writes a line of an enabled level.
func (c *zapCore) Check(e zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return to.AddCore(e, c)
	}
	return to
}

// Write writes a line.
func (c *zapCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	m := zapcore.NewMapObjectEncoder()
	for _, f := range slices.Concat(c.with, fields) {
		if slices.Contains(zapFields, f.Key) {
			f.AddTo(m)
		}
	}
	var attrs []any
	for _, key := range zapFields {
		if v, ok := m.Fields[key]; ok {
			if key == "error" {
				key = "err"
			}
			attrs = append(attrs, key, c.clean(fmt.Sprint(v)))
		}
	}
	c.log.Log(context.Background(), c.level(e.Level), "acme: "+c.clean(e.Message), attrs...)
	return nil
}

// Sync has nothing to do.
func (c *zapCore) Sync() error { return nil }

func (c *zapCore) clean(s string) string {
	for _, secret := range c.secrets {
		s = strings.ReplaceAll(s, secret, "…")
	}
	return s
}

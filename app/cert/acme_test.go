package cert

import (
	"bytes"
	"encoding/base64"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/libdns/libdns"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// The settings that an authority could not be asked with are refused before
// anybody is asked.
func TestACMESettings(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		return path
	}
	secret, empty, two := put("secret", "a2V5\n", 0o600), put("empty", " \n", 0o600), put("two", "a\nb\n", 0o600)
	runs, still := put("runs", "#!/bin/sh\n", 0o700), put("still", "#!/bin/sh\n", 0o600)
	for _, c := range []struct {
		name string
		s    ACMESettings
		want string
	}{
		{"nothing but the ports", ACMESettings{}, ""},
		{"RFC 2136", ACMESettings{DNS: DNS{Way: "rfc2136", SecretFile: secret, Server: "192.0.2.1", KeyName: "k", KeyAlg: "hmac-sha256"}}, ""},
		{"RFC 2136 over IPv6", ACMESettings{DNS: DNS{Way: "rfc2136", SecretFile: secret, Server: "[2001:db8::1]", KeyName: "k"}}, ""},
		{"RFC 2136 without a server", ACMESettings{DNS: DNS{Way: "rfc2136", SecretFile: secret, KeyName: "k"}}, "cert.dns-incomplete"},
		{"RFC 2136 without a name of the key", ACMESettings{DNS: DNS{Way: "rfc2136", SecretFile: secret, Server: "192.0.2.1"}}, "cert.dns-incomplete"},
		{"Cloudflare", ACMESettings{DNS: DNS{Way: "cloudflare", SecretFile: secret}}, ""},
		{"no secret", ACMESettings{DNS: DNS{Way: "cloudflare"}}, "cert.dns-secret"},
		{"a secret that is not there", ACMESettings{DNS: DNS{Way: "cloudflare", SecretFile: filepath.Join(dir, "nowhere")}}, "cert.file-missing"},
		{"an empty secret", ACMESettings{DNS: DNS{Way: "cloudflare", SecretFile: empty}}, "cert.dns-secret-shape"},
		{"two secrets", ACMESettings{DNS: DNS{Way: "cloudflare", SecretFile: two}}, "cert.dns-secret-shape"},
		{"a program", ACMESettings{DNS: DNS{Way: "hook", Hook: runs}}, ""},
		{"a program that cannot run", ACMESettings{DNS: DNS{Way: "hook", Hook: still}}, "cert.hook-no-program"},
		{"a folder", ACMESettings{DNS: DNS{Way: "hook", Hook: dir}}, "cert.hook-no-program"},
		{"no program", ACMESettings{DNS: DNS{Way: "hook", Hook: filepath.Join(dir, "nowhere")}}, "cert.file-missing"},
		{"a root that is none", ACMESettings{RootFile: secret}, "cert.no-certificate"},
		{"a root that is not there", ACMESettings{RootFile: filepath.Join(dir, "nowhere")}, "cert.file-missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.s.Host, c.s.Folder = "box.example.org", filepath.Join(t.TempDir(), "acme")
			a, err := NewACME(c.s, slog.New(slog.DiscardHandler))
			require.Equal(t, c.want, key(t, err))
			if err == nil {
				defer a.Stop()
				require.Equal(t, c.s.DNS.Way != "", a.issuer.DNS01Solver != nil)
				require.Equal(t, c.s.DNS.Way != "", a.issuer.DisableTLSALPNChallenge)
				require.True(t, a.issuer.DisableHTTPChallenge, "no port for it was named")
				require.Contains(t, a.Config().NextProtos, "acme-tls/1")
			}
		})
	}
}

// The program is told the whole name and the value as they are, without a
// shell between, and nothing that is the box's own business.
func TestHook(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "hook")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s|' \"$@\" >>\""+dir+"/args\"\nenv >\""+dir+"/env\"\necho canary-out; echo canary-err >&2\n[ \"$3\" != fails ]\n"), 0o700))
	t.Setenv("GLUCOKEEP_CANARY", "ours")
	t.Setenv("TOKEN_OF_THE_HOOK", "theirs")
	h := hook{program}
	record := libdns.TXT{Name: "_acme-challenge.box", Text: "a b;$(id)'\""}
	_, err := h.AppendRecords(t.Context(), "example.org.", []libdns.Record{record})
	require.NoError(t, err)
	_, err = h.DeleteRecords(t.Context(), "example.org.", []libdns.Record{record})
	require.NoError(t, err)
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	require.NoError(t, err)
	require.Equal(t, "present|_acme-challenge.box.example.org|a b;$(id)'\"|cleanup|_acme-challenge.box.example.org|a b;$(id)'\"|", string(args))
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	require.NoError(t, err)
	require.NotContains(t, string(env), "GLUCOKEEP_")
	require.Contains(t, string(env), "TOKEN_OF_THE_HOOK=theirs")
	_, err = h.AppendRecords(t.Context(), "example.org.", []libdns.Record{libdns.TXT{Name: "x", Text: "fails"}})
	require.ErrorContains(t, err, "exit status 1")
	require.NotContains(t, err.Error(), "canary")
}

// L-08: of what certmagic logs only what is listed is kept, under our keys, and no
// secret, wherever it stands.
func TestZapLog(t *testing.T) {
	const secret = "tokencanary+/="
	var said bytes.Buffer
	log := zapLogger(slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug})), []string{secret})
	log.Info("quiet")
	log.With(zap.String("identifier", "box.example.org"), zap.String("account", "mailto:mailcanary")).Named("x").
		Warn("trouble with "+secret, zap.Error(errors.New("refused "+secret)), zap.String("key_authorization", "proofcanary"), zap.Any("record", struct{ Value string }{"valuecanary"}))
	log.Error("worse", zap.Error(errors.Join(errors.New("a"), errors.New("b "+secret))))
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	require.Len(t, lines, 3)
	for i, level := range []string{"DEBUG", "WARN", "ERROR"} {
		require.Contains(t, lines[i], "level="+level)
	}
	require.Contains(t, lines[1], `identifier=box.example.org err="refused …"`)
	require.NotContains(t, said.String(), "canary")
	require.NotContains(t, said.String(), base64.StdEncoding.EncodeToString([]byte(secret)))

	said.Reset()
	zapLogger(slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn})), nil).Info("quiet")
	require.Empty(t, said.String())
}

// Why an authority gives nothing can be said to whoever waits for it.
func TestWhyThereIsNoCertificate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close()) // nobody answers there
	a, err := NewACME(ACMESettings{Directory: "https://" + l.Addr().String() + "/dir", Host: "box.example.org", Folder: t.TempDir()}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer a.Stop()
	require.Empty(t, a.Failed(), "nobody was asked yet")
	require.NoError(t, a.Start(t.Context()))
	require.Eventually(t, func() bool { return a.Failed() != "" }, 30*time.Second, 20*time.Millisecond)
	require.Contains(t, a.Failed(), "refused")
	require.Nil(t, a.Leaf())
}

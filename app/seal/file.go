package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"glucokeep/app/fault"
)

// A key file is lines of a word and 32 bytes in base64: the key, the one that
// it replaces while the keys turn, and the keys of older lines of the ledger,
// newest first.
const (
	keyLine    = "glucokeep-key-1 "
	oldLine    = "glucokeep-old-1 "
	ledgerLine = "glucokeep-ledger-1 "
)

// maxKeyFile bounds what is read: a key file is a few lines.
const maxKeyFile = 64 << 10

// Find says where the key file of the box in folder dir is: where named says,
// else among the credentials that systemd hands in (LoadCredential=), else in
// the folder itself.
func Find(dir, named string) string {
	if named != "" {
		return named
	}
	if path := credential(); path != "" {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return filepath.Join(dir, FileName)
}

// credential is where systemd would put the key file, "" if it handed in
// nothing.
func credential() string {
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		return filepath.Join(dir, FileName)
	}
	return ""
}

// readKeys reads a key file that nobody but its owner can read or write. The
// folder of credentials is guarded by systemd, whatever its files' modes say.
func readKeys(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		return "", fault.Wrap(err, fault.Unavailable, "seal.key-unreadable", "file", path)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("look at key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return "", fault.New(fault.Invalid, "seal.key-damaged", "file", path)
	}
	if runtime.GOOS != "windows" && path != credential() && info.Mode().Perm()&0o077 != 0 {
		return "", fault.New(fault.Conflict, "seal.key-open", "file", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return "", fmt.Errorf("read key file: %w", err)
	}
	return string(text), nil
}

// parse reads the lines of a key file.
func parse(text string) (r *Ring, ok bool) {
	r = &Ring{}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.TrimSpace(line)
		word, encoded, _ := strings.Cut(line, " ")
		var k root
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(raw) != len(k) {
			return nil, false
		}
		copy(k[:], raw)
		switch {
		case word+" " == keyLine && i == 0:
			r.root = k
		case word+" " == oldLine && i == 1:
			r.old = &k
		case word+" " == ledgerLine && i > 0:
			r.ledger = append(r.ledger, raw)
		default:
			return nil, false
		}
	}
	return r, true
}

// text is the lines of the key file.
func (r *Ring) text() string {
	var b strings.Builder
	line := func(word string, key []byte) {
		b.WriteString(word + base64.StdEncoding.EncodeToString(key) + "\n")
	}
	line(keyLine, r.root[:])
	if r.old != nil {
		line(oldLine, r.old[:])
	}
	for _, key := range r.ledger {
		line(ledgerLine, key)
	}
	return b.String()
}

// createKeys makes a key file where none is.
func createKeys(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	if err := fill(f, text); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// replaceKeys writes a key file anew: it is the one of before or the new one,
// whenever the power fails. Where the file is a link, what it leads to is
// written.
func replaceKeys(path, text string) error {
	if path == credential() {
		return fault.New(fault.Conflict, "seal.key-handed-in", "file", path)
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("find key file: %w", err)
	}
	f, err := os.OpenFile(target+unfinished, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Conflict, "seal.key-fixed", "file", path)
	}
	if err := fill(f, text); err != nil {
		return errors.Join(fmt.Errorf("write key file: %w", err), os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return errors.Join(fault.Wrap(err, fault.Conflict, "seal.key-fixed", "file", path), os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(target))
}

// unfinished is how a key file is called beside the one in use until it is
// whole.
const unfinished = ".new"

// Tidy takes away what a change of the key file left that was cut off. The
// caller holds the box's lock, so that nobody is changing it now.
func (r *Ring) Tidy() error {
	target, err := filepath.EvalSymlinks(r.path)
	if err != nil {
		return fmt.Errorf("find key file: %w", err)
	}
	if err := os.Remove(target + unfinished); err != nil && !errors.Is(err, os.ErrNotExist) && r.path != credential() {
		return fmt.Errorf("tidy up beside the key file: %w", err)
	}
	return nil
}

func fill(f *os.File, text string) error {
	_, err := f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes what happened to a folder's names outlast a power cut.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder of the key file: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

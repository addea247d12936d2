package password

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"glucokeep/app/fault"
)

// Lists are the lists in use: the one in the program, and those that the box
// was given, which lie in a folder of their own. They are opened anew for
// each question, so that a new list counts from the next one on, in a running
// box too. Safe for use by many goroutines.
type Lists struct{ dir string }

// Folder is the folder of the lists inside the data folder.
const Folder = "passwords"

// InFolder gives the lists of the box whose data folder is data; "" is the
// list in the program alone.
func InFolder(data string) Lists {
	if data == "" {
		return Lists{}
	}
	return Lists{dir: filepath.Join(data, Folder)}
}

// Check says what is wrong with a new password as a fault of kind Invalid,
// nil if nothing. Any other error means that a list could not be read.
func (l Lists) Check(password string, a About) error {
	if err := check(password, a); err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok && (f.Key == "password.short" || f.Key == "password.long") {
			return err
		}
		if isCommon(password) { // the more telling reason
			return listed()
		}
		return err
	}
	found, err := l.Listed(password)
	switch {
	case err != nil:
		return err
	case found:
		return listed()
	}
	return nil
}

func listed() error { return fault.New(fault.Invalid, "password.listed") }

// Listed reports whether a password was published, as far as the lists in use
// know. It asks nothing else, and costs less than a millisecond.
func (l Lists) Listed(password string) (found bool, err error) {
	if len(password) > MostBytes || utf8.RuneCountInString(password) > Most {
		return false, nil
	}
	if isCommon(password) {
		return true, nil
	}
	err = l.each(func(_ string, list *list) (err error) {
		if !found {
			found, err = list.hasPassword(password)
		}
		return err
	})
	return found, err
}

// Mark names the lists in use: another list, another mark.
func (l Lists) Mark() (string, error) {
	in, err := l.InUse()
	if err != nil {
		return "", err
	}
	var marks []string
	for _, i := range in {
		marks = append(marks, fmt.Sprintf("%s %s %d", i.Kind, i.Made.UTC().Format("2006-01-02T15:04:05.000"), i.Count))
	}
	return strings.Join(marks, ", "), nil
}

// Used is a list in use.
type Used struct {
	Info
	File string // "" is in the program
}

// InUse says which lists are in use, the one in the program first.
func (l Lists) InUse() ([]Used, error) {
	in := []Used{{Info: embedded().common.Info}}
	err := l.each(func(file string, list *list) error {
		in = append(in, Used{list.Info, file})
		return nil
	})
	return in, err
}

// each opens the lists of the folder one after the other.
func (l Lists) each(do func(file string, list *list) error) error {
	if l.dir == "" {
		return nil
	}
	for _, kind := range []Kind{Plain, Breached} {
		file := l.file(kind)
		f, err := os.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("open a list of passwords: %w", err)
		}
		err = func() error {
			info, err := f.Stat()
			if err != nil {
				return err
			}
			list, err := openList(f, info.Size())
			if err != nil {
				return err
			}
			return do(file, list)
		}()
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (l Lists) file(kind Kind) string { return filepath.Join(l.dir, string(kind)+".list") }

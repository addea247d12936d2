package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"glucokeep/app/fault"
	"glucokeep/app/intake"
	"glucokeep/app/text"
)

// Streams are where the command line reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// commands is the command line. Every flag can also be given as GLUCOKEEP_*
// in the environment.
type commands struct {
	Serve     serveCommand     `cmd:"" help:"Start the box: pages, database and all."`
	Demo      demoCommand      `cmd:"" help:"Start a box with an invented family, or a clinic, in a folder that goes away, to try everything out."`
	Import    importCommand    `cmd:"" help:"Bring in a file that a device, an app or a cloud account exported."`
	Stats     statsCommand     `cmd:"" help:"Print the figures of a person, or of a file without keeping it."`
	Account   accountCommand   `cmd:"" help:"People who can sign in."`
	Person    personCommand    `cmd:"" help:"People whose data is kept."`
	Passwords passwordsCommand `cmd:"" help:"Lists of published passwords that nobody here may use, and the work of hashing."`
	Dump      dumpCommand      `cmd:"" help:"Write all data of a person as CSV files that any program can read and this one can import."`
	Check     checkCommand     `cmd:"" help:"Look whether the database is sound: file, pages, figures, ledger."`
	SQL       sqlCommand       `cmd:"" name:"sql" help:"Ask the database a question in SQL. It cannot change anything."`
	Key       keyCommand       `cmd:"" help:"The key that the box's secrets are sealed with."`
	Version   versionCommand   `cmd:"" help:"Print the version."`

	KeyFile string `help:"Key file of the box. If not given: the credential glucokeep.key that systemd hands in, else glucokeep.key in the data folder." type:"path" placeholder:"FILE"`
}

// dataFlag is the data folder.
type dataFlag struct {
	Data string `help:"Folder in which the box keeps everything; ${default} if not given." default:"data" type:"path" placeholder:"DIR"`
}

const description = `Glucokeep keeps diabetes data on your own box and shares it with the people you choose.

  glucokeep demo                         try it out with an invented family
  glucokeep serve --data DIR             start your own box; it prints an address to open
  glucokeep import FILE --person NAME    bring in an export of CareLink, Clarity, LibreView, Nightscout ...
  glucokeep stats --file FILE            print the figures of a file without keeping it

Every flag can also stand in the environment: --data as GLUCOKEEP_DATA, --person as GLUCOKEEP_PERSON.

It is no medical device. Do not dose by it, and keep the alarms of your own devices on.`

// terminal is what every command talks to.
type terminal struct {
	Streams
	schema  string
	keyFile string // "" where seal.Find looks
	locale  text.Locale
}

// Main carries out a command line and gives the exit code: 0 done, 1 not
// done, 2 not understood, 3 bad rows that nobody has agreed to leave out.
func Main(ctx context.Context, schema string, args []string, s Streams) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("glucokeep"), kong.Description(description), kong.UsageOnError(), kong.DefaultEnvars("GLUCOKEEP"),
		kong.ValueFormatter(func(v *kong.Value) string { return v.Help }), // the variables are named once, in the description

		kong.Writers(s.Out, s.Err), kong.Exit(func(code int) { exited = code; panic(exitEarly{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		fmt.Fprintln(s.Err, "glucokeep:", err)
		return 1
	}
	parsed, err := parse(parser, args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(s.Err, "glucokeep: %v\nSee: glucokeep --help\n", err)
		return 2
	}
	r := &terminal{Streams: s, schema: schema, keyFile: c.KeyFile, locale: consoleLocale()}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err = parsed.Run(r); err == nil {
		return 0
	}
	fmt.Fprintln(s.Err, "glucokeep:", r.words(err))
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "import.rejects-console" {
		return 3
	}
	return 1
}

// exitEarly is how kong's wish to leave the program, after --help, comes out.
type exitEarly struct{}

func parse(parser *kong.Kong, args []string) (parsed *kong.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(exitEarly); !ok {
				panic(p)
			}
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	return parser.Parse(args)
}

// words puts an error into the reader's words. What is not meant for people
// is shown as it is: whoever is at the console owns the box.
func (r *terminal) words(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		words := r.locale.T(f.Key, f.Args...)
		if intake.IsQuestion(f) {
			words += " " + r.locale.T("import.answer")
		}
		return words
	}
	return err.Error()
}

// say prints a sentence of the catalogue.
func (r *terminal) say(key string, args ...any) {
	fmt.Fprintln(r.Out, r.locale.T(key, args...))
}

// warn prints a sentence of the catalogue beside the output.
func (r *terminal) warn(key string, args ...any) {
	fmt.Fprintln(r.Err, "glucokeep:", r.locale.T(key, args...))
}

// consoleLocale is how somebody at the console likes to read, by the usual
// variables.
func consoleLocale() text.Locale {
	lang := "en"
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			lang = text.Match(strings.ReplaceAll(strings.SplitN(v, ".", 2)[0], "_", "-"))
			break
		}
	}
	return text.Locale{Lang: lang, Unit: "mg/dL", Clock24: true}
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(r *terminal) error {
	_, err := fmt.Fprintln(r.Out, "glucokeep", Version())
	return err
}

// Built is when the source that the program was built from was committed, so
// that the same source says the same date; zero if that is not known.
func Built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			at, _ := time.Parse(time.RFC3339, s.Value) // one that cannot be read is not known
			return at
		}
	}
	return time.Time{}
}

// Version is the version of the program: of the module, or the commit it was
// built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "commit " + s.Value[:12]
		}
	}
	return "development"
}

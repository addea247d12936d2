// Command glucokeep keeps a family's diabetes data on its own box and shares
// it with the people they choose, never with a password.
package main

import (
	"context"
	_ "embed"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // small machines carry no zone database

	"glucokeep/app"
)

// schema is the shape of the database. It is embedded here because go:embed
// cannot reach above its own directory.
//
//go:embed schema.sql
var schema string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)

	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main without the process: tests call it with their own arguments,
// streams and context.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	return app.Main(ctx, schema, args, app.Streams{In: stdin, Out: stdout, Err: stderr})
}

package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/seal"
	"glucokeep/app/store"
)

// What TestKilledLiveReadings tells its child: the folder of the box, the
// file of the schema, and how many phones the child is.
const (
	childEnv  = "GLUCOKEEP_BENCH_CHILD"
	schemaEnv = "GLUCOKEEP_BENCH_SCHEMA"
	phonesEnv = "GLUCOKEEP_BENCH_PHONES"
)

// child stores live readings until it is killed and prints the instant of
// each once it is durable. It ends by itself only with an error.
func child(dir string) (code int) {
	if err := store1by1(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return 1
}

func store1by1(ctx context.Context, dir string) error {
	schema, err := os.ReadFile(os.Getenv(schemaEnv))
	if err != nil {
		return err
	}
	phones, err := strconv.Atoi(os.Getenv(phonesEnv))
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, dir, string(schema))
	if err != nil {
		return err
	}
	keys, err := seal.Open(dir, false)
	if err != nil {
		return err
	}
	in := ingest.New(db, audit.New(db, keys.Key("ledger")), nil)
	last, err := db.Latest(ctx, 1)
	if errors.Is(err, store.ErrNone) {
		last, err = longAgo, nil
	}
	if err != nil {
		return err
	}
	failed := make(chan error)
	for phone := range phones {
		go func() { failed <- sendAll(ctx, in, phone, last) }()
	}
	return <-failed
}

// sendAll is one phone: a reading a minute from after on, with milliseconds.
func sendAll(ctx context.Context, in *ingest.Ingest, phone int, after record.Millis) error {
	rs := series(1)
	for at := after + 60_000 + record.Millis(phone)*1000 + 317; ; at += 60_000 {
		rs[0].At = at
		imp := ingest.Import{Person: 1, Actor: audit.Actor{Box: true}, Format: "bench", Live: fmt.Sprintf("phone %d", phone)}
		if _, err := in.Accept(ctx, at.Time().Add(3*time.Second), imp, batches(fmt.Sprint(phone), rs), nil); err != nil {
			return err
		}
		if _, err := fmt.Println(int64(at)); err != nil { // one write of the system: never half a line
			return err
		}
	}
}

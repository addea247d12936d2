package cert

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/libdns/libdns"
)

// hook runs a program of the box's owner for name servers that nothing here
// speaks to: PROGRAM present NAME VALUE puts a TXT record there, PROGRAM
// cleanup NAME VALUE takes it away. What it prints goes nowhere, as it may hold
// secrets of its own.
type hook struct{ program string }

// hookPatience is how long it may take.
const hookPatience = 2 * time.Minute

// AppendRecords has records put.
func (h hook) AppendRecords(ctx context.Context, zone string, records []libdns.Record) ([]libdns.Record, error) {
	return records, h.run(ctx, "present", zone, records)
}

// DeleteRecords has records taken away.
func (h hook) DeleteRecords(ctx context.Context, zone string, records []libdns.Record) ([]libdns.Record, error) {
	return records, h.run(ctx, "cleanup", zone, records)
}

func (h hook) run(ctx context.Context, what, zone string, records []libdns.Record) error {
	ctx, cancel := context.WithTimeout(ctx, hookPatience)
	defer cancel()
	for _, r := range records {
		rr := r.RR()
		name := strings.TrimSuffix(libdns.AbsoluteName(rr.Name, zone), ".")
		// #nosec G204 -- the program is the owner's own, named at the start; there is no shell
		c := exec.CommandContext(ctx, h.program, what, name, rr.Data)
		c.Env = ownEnvironment(os.Environ())
		c.WaitDelay = 5 * time.Second // for children that hold its output open
		if err := c.Run(); err != nil {
			return fmt.Errorf("hook program, %s: %w", what, err)
		}
	}
	return nil
}

// ownEnvironment leaves out what is the box's own business.
func ownEnvironment(all []string) (kept []string) {
	for _, e := range all {
		if !strings.HasPrefix(e, "GLUCOKEEP_") {
			kept = append(kept, e)
		}
	}
	return kept
}

package hardware

// Copy this file, take the underscore off its name, and fill it in. It stays
// out of the build and is only parsed.

import (
	"context"
	"fmt"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The Acme One speaks a made-up protocol over two endpoints. Source: name the
// document, its revision and the pages. Say which firmware was read, or that
// none was ("untested on hardware").
var _ = register(Model{ID: "acme-one", Name: "Acme One", USB: [][2]uint16{{0x1234, 0x0001}}, Read: readAcme})

const (
	acmeHello = 0x05 // page 3: wakes the meter, which answers with its serial number
	acmeNext  = 0x06 // page 4: one stored value, or nothing at the end
)

func readAcme(ctx context.Context, port Port) (record.Batch, error) {
	serial, err := acmeAsk(ctx, port, acmeHello)
	if err != nil {
		return record.Batch{}, fmt.Errorf("wake: %w", err)
	}
	b := record.Batch{Source: record.Source{Format: "acme-one", Device: "Acme One", Serial: string(serial)}, Clock: record.Wall}
	for {
		answer, err := acmeAsk(ctx, port, acmeNext)
		if err != nil {
			return b, fmt.Errorf("read value %d: %w", len(b.Sparse), err)
		}
		if len(answer) == 0 {
			return b, nil
		}
		r, err := parseAcme(answer)
		if err != nil {
			return b, err
		}
		b.Sparse = append(b.Sparse, r)
	}
}

func acmeAsk(ctx context.Context, port Port, opcode byte) ([]byte, error) {
	if _, err := port.Write(ctx, []byte{opcode}); err != nil {
		return nil, err
	}
	answer := make([]byte, 64)
	n, err := port.Read(ctx, answer)
	return answer[:n], err
}

// parseAcme is pure, so that a fuzz target can reach it. The clock goes into
// the record as it stands on the device; ingest repairs it.
func parseAcme(answer []byte) (*record.Fingerstick, error) {
	if len(answer) != 6 {
		return nil, fmt.Errorf("value of %d bytes, want 6", len(answer))
	}
	seconds := int64(answer[0])<<24 | int64(answer[1])<<16 | int64(answer[2])<<8 | int64(answer[3])
	return &record.Fingerstick{Common: record.Common{At: record.Millis(seconds * 1000)},
		Value: unit.MgDLValue(float64(int(answer[4])<<8 | int(answer[5])))}, nil
}

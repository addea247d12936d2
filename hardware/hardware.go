// Package hardware reads meters, pumps and receivers that are plugged in. A
// driver is one file: it registers its Model and turns what the device says
// over a Port into a record.Batch. It never opens a device itself, so that
// every driver is tested without one, by replaying a recorded talk.
//
// Drivers only read. They never set a clock, a setting or anything else on a
// device, and take every byte from it as hostile.
package hardware

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"glucokeep/app/record"
)

// Port is the line to one opened device. A driver sees nothing else of it.
// Every call ends when its context does, with the context's error; then
// nothing is known of what the device got. A Port is for one goroutine.
type Port interface {
	// Write sends one transfer to the OUT endpoint. On a device without one
	// it sends a HID output report by a control transfer.
	Write(ctx context.Context, p []byte) (int, error)
	// Read waits for one transfer from the IN endpoint, of at most len(p)
	// bytes. Give it room for a multiple of the endpoint's packet size (64
	// for most meters): less is an error when the device sends more.
	Read(ctx context.Context, p []byte) (int, error)
	// Control makes a control transfer: the five fields of the USB setup
	// packet (USB 2.0 specification, table 9-2). Bit 7 of requestType says
	// whether data is sent or filled in.
	Control(ctx context.Context, requestType, request uint8, value, index uint16, data []byte) (int, error)
	// Close gives the device back to the system.
	Close() error
}

// Errors of a Port, beside those of the context. Compare with errors.Is.
var (
	ErrStalled = errors.New("endpoint stalled")        // the device refuses the request
	ErrGone    = errors.New("device was disconnected") // unplugged or switched off
)

// Model is a device, or a family that speaks the same protocol.
type Model struct {
	ID   string      // stable for ever: it is part of a record's identity
	Name string      // as it stands on the device; a proper name, not translated
	USB  [][2]uint16 // vendor and product id of each member
	// Proven says that the driver read a real device; false is "untested on
	// hardware" in docs/devices.md and on the page.
	Proven bool
	// Read reads all that the device holds. It checks that it talks to the
	// device it was written for before it asks for anything. The clock in the
	// batch is the device's as it stands.
	Read func(ctx context.Context, port Port) (record.Batch, error)
}

var models []Model

// register adds a driver. A mistake in m is a programmer's, found at start.
func register(m Model) Model {
	if m.ID == "" || m.Name == "" || m.Read == nil {
		panic("hardware: a model lacks its ID, Name or Read: " + m.ID)
	}
	for _, other := range models {
		if other.ID == m.ID {
			panic("hardware: registered twice: " + m.ID)
		}
		for _, usb := range m.USB {
			if slices.Contains(other.USB, usb) {
				panic(fmt.Sprintf("hardware: %04x:%04x belongs to %s and %s", usb[0], usb[1], other.ID, m.ID))
			}
		}
	}
	models = append(models, m)
	slices.SortFunc(models, func(a, b Model) int { return strings.Compare(a.ID, b.ID) })
	return m
}

// Models lists all drivers by ID.
func Models() []Model { return slices.Clone(models) }

// Find is the driver for a USB vendor and product id; false if there is none.
func Find(vendor, product uint16) (Model, bool) {
	for _, m := range models {
		if slices.Contains(m.USB, [2]uint16{vendor, product}) {
			return m, true
		}
	}
	return Model{}, false
}

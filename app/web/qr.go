package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"

	"glucokeep/views/component"
)

// qrOf is text as a QR code: with a sixth of it hidden it can still be read
// (level M), and it goes from here to no other machine.
func qrOf(text, label string) (component.QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return component.QR{}, err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return component.QR{Size: code.Size, Path: path.String(), Label: label}, nil
}

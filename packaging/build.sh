#!/bin/sh
# Builds the program: packaging/build.sh FILE [TAGS]. Without tags it is one
# static file that needs nothing of the system; with usb it needs libusb.
# The image and CI build with this, too.
set -eu
cd "$(dirname "$0")/.."

[ -n "${2:-}" ] || export CGO_ENABLED=0
exec go build -trimpath -tags "${2:-}" -ldflags "-s -w" -o "$1" .

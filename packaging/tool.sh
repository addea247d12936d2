#!/bin/sh
# Prints the path of a check tool, built once per version: packaging/tool.sh
# staticcheck|gosec|govulncheck. The tools are modules of their own, so that what they need
# is not among what the product needs.
set -eu
cd "$(dirname "$0")/.."

case $1 in
staticcheck) folder=tools package=honnef.co/go/tools/cmd/staticcheck ;;
gosec) folder=tools/gosec package=github.com/securego/gosec/v2/cmd/gosec ;;
govulncheck) folder=tools/govulncheck package=golang.org/x/vuln/cmd/govulncheck ;;
*) echo "no tool $1" >&2; exit 2 ;;
esac
cd "$folder"
key=$(cat go.mod go.sum | cat - "$(go env GOROOT)/VERSION" | sha256sum | cut -c1-16)
program=${XDG_CACHE_HOME:-$HOME/.cache}/glucokeep/tools/$1-$key
[ -x "$program" ] || go build -o "$program" "$package"
echo "$program"

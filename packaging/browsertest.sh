#!/bin/sh
# Runs the browser tests, which are a module of their own in e2e/. Without a
# browser it says so and leaves them out, but fails where CI=true. CHROMIUM
# names the browser when it is in no usual place.
set -eu
cd "$(dirname "$0")/../e2e"
[ -f go.mod ] || { echo "e2e/ is no module: nothing would be tested" >&2; exit 1; }

for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
	[ -n "$name" ] || continue
	CHROMIUM=$(command -v "$name") && break
done
if [ -z "${CHROMIUM:-}" ]; then
	echo "Browser tests left out: no Chromium here; to have it: sudo apt-get install chromium fonts-dejavu-core" >&2
	[ "${CI:-}" != true ]
	exit
fi
export CHROMIUM
# axe-core, which looks at the pages for what shuts people out.
if [ ! -e node_modules/axe-core/axe.min.js ] || [ package-lock.json -nt node_modules ]; then
	if command -v npm >/dev/null; then
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules
	else
		echo "axe-core left out: no npm here; to have it: sudo apt-get install npm" >&2
		[ "${CI:-}" != true ]
	fi
fi
exec go test "$@" ./...

# Each target is one or two lines; what takes more stands in packaging/ and .ci/.
.PHONY: run demo test check generate e2e shots pictures build build-usb nightly image fuzz

# Work on it: http://localhost:7331 reloads itself after each change.
run:
	go tool templ generate --watch --proxy=http://localhost:8080 --cmd="go run . serve --data data --listen 127.0.0.1:8080 --base-url http://localhost:8080"

# Look at it: made-up people and 90 days of data, thrown away at the end.
demo:
	tags=$$(packaging/tags.sh) && go run -tags "$$tags" . demo

# The tests of the README. Browser tests are left out where there is no browser.
test:
	tags=$$(packaging/tags.sh) && go test -tags "$$tags" ./...
	packaging/browsertest.sh

# All that CI does.
check:
	.ci/run

# Write the Go of the pages (*_templ.go) anew.
generate:
	go tool templ generate

# The browser tests alone; without a browser they fail.
e2e:
	CI=true packaging/browsertest.sh

# Pictures of every page in e2e/shots: phone and desk, light and dark, both languages.
shots:
	CI=true packaging/browsertest.sh -count=1 -tags shots -run TestShots

# The pictures of the README, in docs/pictures.
pictures:
	CI=true packaging/browsertest.sh -count=1 -tags pictures -run TestPictures

# The program, with USB where libusb is there.
build:
	tags=$$(packaging/tags.sh) && packaging/build.sh bin/glucokeep "$$tags"

# The program with USB, or an error that says what is missing.
build-usb:
	CI=true packaging/tags.sh >/dev/null && packaging/build.sh bin/glucokeep usb

# What takes too long for each change: gosec, govulncheck (GOVULNDB=FOLDER), long fuzzing, all benchmarks.
nightly:
	.ci/nightly

# The container image.
image:
	docker build -t glucokeep .

# Every fuzz target for a minute each.
fuzz:
	.ci/fuzz 60

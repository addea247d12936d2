// Package bench measures the box as a whole against a baseline on the same
// machine in the same run, and pulls its plug. It holds only tests and
// benchmarks; docs/performance.md says what each figure means and what was
// measured.
//
//	go test ./bench -run '^$' -bench . -benchtime 1x   prints every ratio beside its bar
//	GLUCOKEEP_BARS=1 go test ./bench ...               also fails where a bar is missed 3 times of 3
//	GLUCOKEEP_NIGHTLY=1 go test ./bench                200 rounds of the crash test, a file of 200 MB
package bench

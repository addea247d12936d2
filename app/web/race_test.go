//go:build race

package web_test

// raced says that the race detector watches, which makes all ten times slower:
// tests that repeat one thing thousands of times do so less often then. They
// run in full without it.
const raced = true

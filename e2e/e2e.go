// Package e2e drives the built program in a real browser, as people live with
// it: set-up, imports, pages, with and without script, by mouse and by keys.
// It is a module of its own, so that a browser driver never stands among the
// modules of the product, and it imports nothing of the product: it knows
// what people see and no more.
package e2e

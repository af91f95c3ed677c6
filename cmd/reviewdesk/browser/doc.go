// Package browser drives the built binary in a real browser, as its people do. It holds
// tests only.
//
// Nothing of the product runs in this process but what reads its bundles: the desk is
// the binary as it ships, beside it. So make test runs this room without the race
// detector, which would look at the tests alone and make them three times slower.
//
// A page may be used once it is whole (leads, enter, send wait for its load event), and
// what its script does afterwards is waited for by name (until).
package browser

package main

import (
	_ "embed" // for the page
	"io"
)

// verifierPage is the second verifier: one page that checks bundles and proof files in
// a browser, offline. It shares no code with package audit, so that the two can be
// held against each other.
//
//go:embed verifier/verify.html
var verifierPage string

type auditVerifierCmd struct{}

// Run writes the page, for an auditor to open from a file of their own.
func (auditVerifierCmd) Run(a *app) error {
	_, err := io.WriteString(a.out, verifierPage)
	return err
}

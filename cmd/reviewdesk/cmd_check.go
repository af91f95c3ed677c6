package main

import (
	"fmt"

	"reviewdesk/db"
)

type checkCmd struct {
	dataFlag
	anchorFlag
}

// Run checks database and log together. It works beside a running desk.
func (c checkCmd) Run(a *app) error {
	r := verify(a, c.Data, db.VerifyOptions{Anchor: c.Anchor})
	fmt.Fprintln(a.out, r.Sentence())
	if r.ExitCode() != exitDone {
		return ended(exitFailed)
	}
	return nil
}

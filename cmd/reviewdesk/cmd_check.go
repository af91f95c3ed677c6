package main

import (
	"fmt"

	"reviewdesk/audit"
	"reviewdesk/db"
)

type checkCmd struct {
	dataFlag
	anchorFlag
}

// Run checks the whole workspace and says in words what is wrong, a line each. It works
// beside a running desk and writes nothing. The exit codes are those of audit verify.
func (c checkCmd) Run(a *app) error {
	h, err := db.CheckWorkspace(a.ctx, c.Data, db.VerifyOptions{Anchor: c.Anchor})
	if err != nil {
		h.Report = audit.Report{Fault: audit.FaultUnreadable, Detail: inWords(err)}
	}
	fmt.Fprintln(a.out, h.Report.Sentence())
	for _, fault := range h.Faults {
		fmt.Fprintln(a.out, fault)
	}
	if code := h.ExitCode(); code != exitDone {
		return ended(code)
	}
	return nil
}

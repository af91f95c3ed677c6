package main

import (
	"fmt"

	"reviewdesk/audit"
	"reviewdesk/db"
)

type auditCmd struct {
	Verify         auditVerifyCmd     `cmd:"" help:"Check the whole log offline. Exit: 0 whole, 1 changed, 2 rolled back, 3 unreadable."`
	Checkpoint     auditCheckpointCmd `cmd:"" help:"Print the newest signed head, for somebody outside to keep."`
	AcceptRollback auditAcceptCmd     `cmd:"" name:"accept-rollback" help:"Let a desk write again whose database is older than its anchor."`
}

type auditVerifyCmd struct {
	dataFlag
	anchorFlag
	Vkey string `placeholder:"KEY" help:"The verifier key to hold the log against. Default: the workspace's own, which proves less."`
}

// Run checks the log and says on one line what it found. It works beside a running
// desk and writes nothing.
func (c auditVerifyCmd) Run(a *app) error {
	r := verify(a, c.Data, db.VerifyOptions{Key: c.Vkey, Anchor: c.Anchor})
	fmt.Fprintln(a.out, r.Sentence())
	if code := r.ExitCode(); code != exitDone {
		return ended(code)
	}
	return nil
}

// verify checks a workspace's log; what keeps it from being read is the report's fault.
func verify(a *app, dir string, o db.VerifyOptions) audit.Report {
	r, err := db.Verify(a.ctx, dir, o)
	if err != nil {
		return audit.Report{Fault: audit.FaultUnreadable, Detail: inWords(err)}
	}
	return r
}

type auditAcceptCmd struct {
	dataFlag
	anchorFlag
	Reason string `required:"" help:"Why an older database was put back; it stands in the log for good."`
}

// Run accepts a rollback: the log says so, and holds the head that was lost.
func (c auditAcceptCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		if err := d.AcceptRollback(a.ctx, byCommand, c.Reason); err != nil {
			return fmt.Errorf("accept rollback: %w", err)
		}
		fmt.Fprintln(a.out, "The rollback is recorded; the desk writes again.")
		return nil
	})
}

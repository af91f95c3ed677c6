package main

import "fmt"

type auditCmd struct {
	Verify         auditVerifyCmd      `cmd:"" help:"Check the whole log, or a bundle, offline. Exit: 0 whole, 1 changed, 2 rolled back, 3 unreadable."`
	VerifyProof    auditVerifyProofCmd `cmd:"" name:"verify-proof" help:"Check a proof file of one entry offline. Exit: 0 proven, 1 not, 3 unreadable."`
	Verifier       auditVerifierCmd    `cmd:"" help:"Write the second verifier to standard output: one page that checks bundles and proofs in a browser, offline."`
	Bundle         auditBundleCmd      `cmd:"" help:"Write a bundle that an auditor can check offline: of the whole log, a case or a period."`
	Checkpoint     auditCheckpointCmd  `cmd:"" help:"Print the newest signed head, for somebody outside to keep."`
	RotateKey      auditRotateCmd      `cmd:"" name:"rotate-key" help:"Hand the log over to a new signing key; the log says so, signed by both."`
	Witness        auditWitnessCmd     `cmd:"" help:"Say which witnesses countersign the log's heads."`
	SubjectReport  auditSubjectCmd     `cmd:"" name:"subject-report" help:"Report to a person when their data was looked at, and for what."`
	AcceptRollback auditAcceptCmd      `cmd:"" name:"accept-rollback" help:"Let a desk write again whose database is older than its anchor, or whose anchor is missing."`
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

type auditRotateCmd struct {
	dataFlag
	anchorFlag
	Reason string `required:"" help:"Why the key is replaced; it stands in the log for good."`
}

// Run replaces the log's signing key and prints the new public one, for auditors to pin.
func (c auditRotateCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		vkey, err := d.RotateKey(a.ctx, byCommand, c.Reason)
		if err != nil {
			return fmt.Errorf("rotate key: %w", err)
		}
		fmt.Fprintln(a.out, vkey)
		return nil
	})
}

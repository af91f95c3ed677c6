package main

import (
	"fmt"
	"text/tabwriter"
)

type auditSubjectCmd struct {
	dataFlag
	anchorFlag
	Case   string `required:"" placeholder:"ID" help:"A verification of the person; the report is of all of them."`
	Format string `enum:"text,csv" default:"text" help:"One of ${enum}."`
}

// Run reports to a person when their data was looked at and for what, without naming
// the team. The log tells of it, so it needs the folder for itself; while the desk
// runs, the case's page makes the report.
func (c auditSubjectCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		report, err := lookReport(a.ctx, d.DB, c.Case, c.Format)
		if err != nil {
			return err
		}
		if c.Format == "csv" {
			return report.WriteCSV(a.out)
		}
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "TIME (UTC)\tWHAT\tPURPOSE\tCASE")
		for _, row := range report.Rows {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row.At.UTC().Format("2006-01-02 15:04:05"), row.What, row.Purpose, row.Case)
		}
		return w.Flush()
	})
}

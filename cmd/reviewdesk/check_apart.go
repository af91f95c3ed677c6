package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
)

// longLog is how many events a log has at least for the desk to have it checked by a
// process of its own: a check holds some two hundred bytes of each case, and takes the
// processors for as long as it lasts. The one that serves stays small and quick.
const longLog = 200_000

// checkLog checks the log of the desk that runs, here or apart.
func (s site) checkLog(d *db.DB) func(context.Context) db.Check {
	return func(ctx context.Context) db.Check {
		size, err := d.LogSize(ctx)
		if err != nil || size < longLog || s.data == "" {
			return d.CheckLog(ctx)
		}
		began := time.Now()
		self, err := os.Executable()
		var report audit.Report
		if err == nil {
			report, err = checkApart(s.running, self, s.data, s.anchor)
		}
		if err != nil {
			report = audit.Report{Fault: audit.FaultUnreadable, Detail: "the check could not be made: " + err.Error()}
		}
		return db.Check{Report: report, At: d.Now(), Took: time.Since(began)}
	}
}

// checkApart has this program run audit verify, behind every other process, until ctx
// ends.
func checkApart(ctx context.Context, self, data, anchor string) (r audit.Report, err error) {
	args := []string{"audit", "verify", "--json", "--give-way", "--data", data}
	if anchor != "" {
		args = append(args, "--anchor", anchor)
	}
	var said, complained bytes.Buffer
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stdout, cmd.Stderr = &said, &complained
	// A log that does not hold is an exit code too; what counts is what it says.
	if failed := cmd.Run(); json.Unmarshal(said.Bytes(), &r) != nil {
		return r, errors.Join(failed, fmt.Errorf("it said %q", bytes.TrimSpace(append(said.Bytes(), complained.Bytes()...))))
	}
	return r, nil
}

package main

import (
	"fmt"

	"reviewdesk/db"
)

type backupCmd struct {
	dataFlag
	anchorFlag
	File string `arg:"" help:"The copy to write; it must not be there yet."`
}

// Run copies the database beside a running desk. It holds no lock, and gives way to
// the desk wherever both want the processor.
func (c backupCmd) Run(a *app) error {
	if err := giveWay(); err != nil {
		a.log.Warn("the backup competes with the desk", "error", err)
	}
	var bar *progress
	var before int64
	r, err := db.Backup(a.ctx, c.Data, c.File, db.BackupOptions{Anchor: c.Anchor, Hold: holdCopy, Moved: func(done, total int64) {
		if bar == nil {
			bar = newProgress(a.err, "backup", "pages", total)
		}
		bar.add(int(done - before))
		before = done
	}})
	if bar != nil {
		bar.end()
	}
	if err != nil {
		return fmt.Errorf("no backup was made: %w", err)
	}
	fmt.Fprintln(a.out, r.Sentence())
	if r.ExitCode() != exitDone {
		fmt.Fprintln(a.err, "reviewdesk: no backup was made: the copy is not whole. See: reviewdesk check")
		return ended(exitFailed)
	}
	fmt.Fprintf(a.out, "%s holds the database. The folder %s is not in it: without a copy of that, kept apart, what is sealed cannot be read again.\n", c.File, keysFolder(c.Data))
	return nil
}

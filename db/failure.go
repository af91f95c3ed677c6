package db

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	"zombiezen.com/go/sqlite"

	"reviewdesk/audit"
)

// A full disk refuses a write before anything is lost: the desk says so, reads on and
// tries again. A failed fsync is worse. The system may have dropped what it could not
// write and still show it to us, and the next fsync reports success; nothing that is
// cached can be believed any more. So the desk takes no further change, closes nothing
// (SQLite would fold its log into the file, out of that cache), and the process ends.
// The next start reads what the disk holds.

// ErrDisk says that the disk did not confirm what was written. Whether the change in
// question was recorded shows at the next start.
var ErrDisk = errors.New("the disk did not keep what was written to it")

// Alive ends when the desk can no longer believe its disk; [context.Cause] says why.
// Whoever runs the desk then ends the process.
func (db *DB) Alive() context.Context { return db.alive }

// distrusts reports whether an error is a failed fsync, of the database or the anchor.
func distrusts(err error) bool {
	switch resultOf(err) {
	case sqlite.ResultIOErrFsync, sqlite.ResultIOErrDirFsync:
		return true
	}
	return errors.Is(err, audit.ErrSync)
}

// resultOf is the code with which SQLite told an error, by whichever road.
func resultOf(err error) sqlite.ResultCode {
	var told *driver.Error
	if errors.As(err, &told) {
		return sqlite.ResultCode(told.Code())
	}
	return sqlite.ErrCode(err)
}

// judge looks at what a write met. After a failed fsync it ends the desk's life; an
// event that is in the log and only lacks its anchor is still told as that.
func (db *DB) judge(err error) error {
	if !distrusts(err) {
		return err
	}
	if db.alive.Err() == nil {
		db.fail(fmt.Errorf("%w: %w", ErrDisk, err))
	}
	if errors.Is(err, ErrNotAnchored) && !errors.Is(err, ErrNotRecorded) {
		return err
	}
	return context.Cause(db.alive)
}

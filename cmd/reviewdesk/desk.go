package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// errHeld says that another process holds the folder.
var errHeld = errors.New("the desk is running on this folder; use the page or stop it")

// dataFlag is the folder that nearly every command works on.
type dataFlag struct {
	Data string `required:"" placeholder:"DIR" help:"The workspace: a folder made by reviewdesk init."`
}

// anchorFlag says where the heads of the audit log are kept.
type anchorFlag struct {
	Anchor string `placeholder:"FILE" help:"The file that keeps the audit log's signed heads; best on another disk. Default: anchor/anchor.log in the workspace."`
}

// desk is a workspace open for writing, and the lock that keeps others out.
type desk struct {
	*db.DB
	lock *os.File
}

// settings say how to open one.
type settings struct {
	anchor  string
	clock   func() time.Time
	log     *slog.Logger
	sandbox bool // the APIs take test behaviours
}

func (s settings) options() db.Options {
	return db.Options{Vocabularies: providers.All, Anchor: s.anchor, Clock: s.clock, Log: s.log, Sandbox: s.sandbox}
}

// openDesk opens a workspace for writing. Whoever writes passes here.
func openDesk(ctx context.Context, dir string, s settings) (*desk, error) {
	if !hasWorkspace(dir) {
		return nil, fmt.Errorf("%s: %w", dir, db.ErrNoWorkspace)
	}
	lock, err := holdFolder(dir)
	if err != nil {
		return nil, err
	}
	return openHeld(ctx, dir, s, lock)
}

// openHeld opens a workspace whose lock is held already.
func openHeld(ctx context.Context, dir string, s settings, lock *os.File) (*desk, error) {
	d, err := db.Open(ctx, dir, s.options())
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("open workspace: %w", err)
	}
	return &desk{d, lock}, nil
}

// Close closes the workspace, then gives the folder back.
func (d *desk) Close() error { return errors.Join(d.DB.Close(), d.lock.Close()) }

// hasWorkspace reports whether a folder holds a workspace.
func hasWorkspace(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "desk.db"))
	return err == nil
}

// keysFolder is where a workspace's keys lie.
func keysFolder(dir string) string { return filepath.Join(dir, "keys") }

// holdFolder takes the folder for this process.
func holdFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the folder: %w", err)
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// withDesk opens the workspace, runs fn and closes it.
func (a *app) withDesk(dir, anchor string, fn func(d *desk) error) (err error) {
	d, err := openDesk(a.ctx, dir, settings{anchor: anchor, log: a.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return fn(d)
}

// inWords puts an error into words that say what to do.
func inWords(err error) string {
	var bad review.Invalid
	switch {
	case errors.Is(err, db.ErrNoWorkspace):
		return fmt.Sprintf("%v. Make one with: reviewdesk init --data DIR --email YOU@EXAMPLE", err)
	case errors.Is(err, db.ErrSealed):
		return fmt.Sprintf("%v. See: reviewdesk audit verify, reviewdesk audit accept-rollback", err)
	case errors.Is(err, db.ErrDisk):
		return fmt.Sprintf("%v. After a failed fsync nothing that is cached can be believed, so this process ends. See to the disk, then start again: what was acknowledged is there, and reviewdesk check shows it", err)
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &bad):
		return bad.Error()
	}
	return err.Error()
}

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/db"
)

type auditBundleCmd struct {
	dataFlag
	Case  string   `xor:"scope" placeholder:"ID" help:"Only the entries of this case. Default: the whole log."`
	From  string   `placeholder:"TIME" help:"Only the entries from this day (UTC) or time (RFC 3339) on."`
	To    string   `placeholder:"TIME" help:"Only the entries up to and with this day (UTC), or before this time."`
	Since []string `placeholder:"FILE" sep:"none" help:"A signed head that the auditor holds already: adds the proof that the log goes on from it. Can be repeated."`
	Out   string   `short:"o" required:"" placeholder:"FILE" help:"Where to write the bundle."`
}

// Run writes a bundle for an auditor, beside a running desk, and checks it before it
// gets its name.
func (c auditBundleCmd) Run(a *app) (err error) {
	scope, err := c.scope()
	if err != nil {
		return wrongUsage{err}
	}
	held, err := readHeads(c.Since)
	if err != nil {
		return err
	}
	log, err := db.OpenLog(a.ctx, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	temp, keys, err := c.write(log, scope, held)
	if err != nil {
		return errors.Join(fmt.Errorf("bundle: %w", err), removeIfThere(temp))
	}
	r, err := checkBundle(temp, audit.BundleOptions{Keys: keys, Held: held})
	if err != nil || r.Fault != audit.FaultNone {
		fmt.Fprintln(a.out, r.Sentence())
		return errors.Join(removeIfThere(temp), ended(r.ExitCode()))
	}
	if err := os.Rename(temp, c.Out); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	fmt.Fprintln(a.out, r.Sentence())
	return nil
}

// scope reads the flags.
func (c auditBundleCmd) scope() (s audit.BundleScope, err error) {
	switch {
	case c.Case != "" && (c.From != "" || c.To != ""):
		return s, errors.New("--case and --from or --to do not go together")
	case c.Case != "":
		return audit.BundleScope{Kind: audit.ScopeCase, Case: c.Case}, nil
	case c.From == "" && c.To == "":
		return audit.BundleScope{Kind: audit.ScopeLog}, nil
	}
	s.Kind = audit.ScopePeriod
	if s.From, err = momentOf("--from", c.From, 0); err != nil {
		return s, err
	}
	s.To, err = momentOf("--to", c.To, 1)
	return s, err
}

// momentOf reads a time, or the beginning of a day and so many days more; "" is the
// zero time.
func momentOf(flag, text string, days int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.AddDate(0, 0, days), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%s: want a day such as 2026-03-01, or a time such as 2026-03-01T09:30:00Z", flag)
	}
	return t.UTC(), nil
}

// readHeads reads signed heads that somebody kept, without looking at the signatures:
// whose they are is held against the log.
func readHeads(files []string) (held []audit.Checkpoint, err error) {
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		text, _, _ := bytes.Cut(b, []byte("\n\n"))
		c, err := audit.ParseCheckpoint(string(bytes.TrimRight(text, "\n")) + "\n")
		if err != nil {
			return nil, fmt.Errorf("%s: no signed head of a log: %w", name, err)
		}
		held = append(held, c)
	}
	return held, nil
}

// write writes the bundle under a name of its own, to the disk.
func (c auditBundleCmd) write(log *db.LogReader, scope audit.BundleScope, held []audit.Checkpoint) (temp string, keys audit.Keys, err error) {
	h := audit.BundleHeader{Scope: scope}
	if h.Keys, err = log.Keys(); err != nil {
		return "", keys, err
	}
	if h.Checkpoint, err = log.Head(); err != nil {
		return "", keys, err
	}
	if keys, err = audit.NewKeys(h.Keys...); err != nil {
		return "", keys, err
	}
	f, err := os.OpenFile(c.Out+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return "", keys, err
	}
	err = writeBundle(f, log, h, held)
	return f.Name(), keys, errors.Join(err, f.Sync(), f.Close())
}

// writeBundle streams the bundle.
func writeBundle(f *os.File, log *db.LogReader, h audit.BundleHeader, held []audit.Checkpoint) error {
	keys, err := audit.NewKeys(h.Keys...)
	if err != nil {
		return err
	}
	head, err := keys.Open(h.Checkpoint)
	if err != nil {
		return err
	}
	w, err := audit.NewBundleWriter(f, h, log)
	if err != nil {
		return err
	}
	if err := log.BundleEntries(h.Scope, w.Entry); err != nil {
		return err
	}
	for _, c := range held {
		if err := writeSince(w, log, head, c); err != nil {
			return err
		}
	}
	return w.Close()
}

// writeSince adds the proof that the log goes on from a head.
func writeSince(w *audit.BundleWriter, log tlog.HashReader, head, old audit.Checkpoint) error {
	switch {
	case old.Origin != head.Origin:
		return fmt.Errorf("the head given with --since is of the log %s, not %s", old.Origin, head.Origin)
	case old.Size > head.Size:
		return fmt.Errorf("the head given with --since has %d entries, the log only %d: it was rolled back", old.Size, head.Size)
	}
	root, err := audit.Root(old.Size, log)
	if err != nil {
		return err
	}
	if root != old.Root {
		return fmt.Errorf("the log does not go on from the head of %d entries given with --since: one of the two was rewritten", old.Size)
	}
	proof, err := audit.ProveConsistency(old.Size, head.Size, log)
	if err != nil {
		return err
	}
	return w.Consistency(old.Size, root, proof)
}

// checkBundle verifies a bundle in a file.
func checkBundle(name string, o audit.BundleOptions) (audit.BundleReport, error) {
	f, err := os.Open(name)
	if err != nil {
		return audit.BundleReport{Fault: audit.FaultUnreadable, Detail: err.Error()}, err
	}
	defer f.Close()
	return audit.VerifyBundle(bufio.NewReaderSize(f, 1<<16), o)
}

func removeIfThere(name string) error {
	if name == "" {
		return nil
	}
	return os.Remove(filepath.Clean(name))
}

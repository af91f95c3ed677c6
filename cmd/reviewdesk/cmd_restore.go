package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"reviewdesk/db"
)

type restoreCmd struct {
	dataFlag
	anchorFlag
	Erased string `placeholder:"FILE" help:"The list of who was erased, where it is not beside the anchor, under its name and .erased: whoever it names is emptied in the copy."`
	File   string `arg:"" help:"A copy made by reviewdesk backup."`
}

// Run puts a copy in the place of a workspace's database, and says what is lost.
func (c restoreCmd) Run(a *app) (err error) {
	if _, err := os.Stat(keysFolder(c.Data)); err != nil {
		return c.needsKeys(err)
	}
	lock, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	r, err := db.Restore(a.ctx, c.File, c.Data, db.RestoreOptions{Anchor: c.Anchor, Erased: c.Erased, Now: time.Now()})
	if errors.Is(err, db.ErrNoKeys) {
		return c.needsKeys(err)
	}
	if err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	for _, line := range restoredWords(r) {
		fmt.Fprintln(a.out, line)
	}
	return nil
}

// needsKeys says what a copy cannot bring along.
func (c restoreCmd) needsKeys(err error) error {
	return fmt.Errorf("nothing was restored: a backup holds no keys, so put the workspace's folder keys into %s first, as it was kept apart: %w", c.Data, err)
}

// restoredWords tells what was put back and what is lost, a sentence a line.
func restoredWords(r db.Restored) []string {
	out := []string{r.Report.Sentence(),
		fmt.Sprintf("The copy holds %s, the newest of %s.", events(r.Events), moment(r.Newest))}
	if r.From != r.To {
		out = append(out, fmt.Sprintf("Its schema was %d and is now %d.", r.From, r.To))
	}
	switch {
	case r.NoAnchor:
		out = append(out, "There is no anchor to compare it with, so nobody can say what is lost.")
	case r.Lost() > 0:
		out = append(out, fmt.Sprintf("The anchor covers %s, the newest of %s: lost after the copy's end: %s.", events(r.Anchored), moment(r.AnchoredAt), events(r.Lost())))
	default:
		out = append(out, fmt.Sprintf("The anchor covers %s: nothing is lost.", events(r.Anchored)))
	}
	switch {
	case r.Emptied > 0:
		out = append(out, emptied(r.Emptied))
	case r.NoList && r.NoAnchor:
		out = append(out, "There is no list "+r.List+" either: whoever was erased after the copy was made is back. If the list is kept elsewhere, restore again with --erased FILE.")
	}
	if r.Aside != "" {
		out = append(out, "The database that was there is in "+r.Aside+".")
	}
	if r.NoAnchor || r.Lost() > 0 {
		out = append(out, "The desk stays sealed until reviewdesk audit accept-rollback has recorded why the copy was put back.")
	}
	return out
}

func emptied(n int) string {
	if n == 1 {
		return "1 case whose person was erased after the copy was made was emptied in it again."
	}
	return fmt.Sprintf("%d cases whose persons were erased after the copy was made were emptied in it again.", n)
}

func events(n int64) string {
	if n == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", n)
}

// moment writes a time for people who look for it in a log.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

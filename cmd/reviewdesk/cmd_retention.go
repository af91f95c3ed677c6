package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

type retentionCmd struct {
	Due   retentionDueCmd   `cmd:"" default:"withargs" help:"Say whose data are due to be erased and who is held; nothing is changed. The default."`
	Run   retentionRunCmd   `cmd:"" help:"Erase everybody who is due."`
	Hold  retentionHoldCmd  `cmd:"" help:"Put a legal hold on a person: nothing erases them until it is lifted."`
	Lift  retentionLiftCmd  `cmd:"" help:"Lift a legal hold."`
	Erase retentionEraseCmd `cmd:"" help:"Erase one person. Before the period has ended only the order of an authority does."`
}

type retentionDueCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Write one JSON object."`
}

// Run says what retention run would do. It only reads, and works beside a running desk.
func (c retentionDueCmd) Run(a *app) (err error) {
	r, err := db.OpenRetention(a.ctx, c.Data, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if c.JSON {
		return writeRetentionJSON(a, r)
	}
	return writeRetention(a, r)
}

func writeRetention(a *app, r db.RetentionReader) error {
	keep, err := r.Keep(a.ctx)
	if err != nil {
		return err
	}
	by := "nobody is erased unless somebody says so"
	if keep.Erase {
		by = "the desk erases by itself"
	}
	fmt.Fprintf(a.out, "Kept for %d years after a case has ended, for %d with a finding of the category sanctions; %s.\n", keep.Years, keep.SanctionsYears, by)
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	due, held := 0, 0
	if err := r.EachDue(a.ctx, func(p review.Retention) error {
		if due++; due == 1 {
			fmt.Fprintln(w, "DUE: PERSON\tKEPT UNTIL\tCASES")
		}
		_, err := fmt.Fprintf(w, "%d\t%s\t%s\n", p.Person, p.KeepUntil.Format(time.DateOnly), caseIDs(p))
		return err
	}); err != nil {
		return err
	}
	if err := r.EachHeld(a.ctx, func(p review.Retention) error {
		if held++; held == 1 {
			fmt.Fprintln(w, "HELD: PERSON\tSINCE\tCASES")
		}
		_, err := fmt.Fprintf(w, "%d\t%s\t%s\n", p.Person, p.Hold.At.Format(time.DateOnly), caseIDs(p))
		return err
	}); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return writeRetentionEnd(a.out, a, r, due, held)
}

func writeRetentionEnd(out io.Writer, a *app, r db.RetentionReader, due, held int) error {
	counts, err := r.Counts(a.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s due, %s held.\n", persons(due), persons(held))
	if counts.Reckoning {
		fmt.Fprintln(out, "The desk is still looking at cases that ended before it kept count: more may be due.")
	}
	if counts.Overwriting {
		fmt.Fprintln(out, "Words of persons who were erased are still being overwritten on the disk.")
	}
	return nil
}

func persons(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d persons", n)
}

func caseIDs(p review.Retention) string {
	var ids []string
	for _, c := range p.Cases {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, " ")
}

// duePerson is a person in the JSON of the dry run.
type duePerson struct {
	Person    int64      `json:"person"`
	Cases     []string   `json:"cases"`
	KeepUntil *time.Time `json:"keep_until"` // null while a case is open
	HeldSince *time.Time `json:"held_since,omitempty"`
}

func writeRetentionJSON(a *app, r db.RetentionReader) error {
	out := struct {
		Keep        review.Keeping `json:"keep"`
		Due         []duePerson    `json:"due"`
		Held        []duePerson    `json:"held"`
		Reckoning   bool           `json:"reckoning"`
		Overwriting bool           `json:"overwriting"`
	}{Due: []duePerson{}, Held: []duePerson{}}
	counts, err := r.Counts(a.ctx)
	if err != nil {
		return err
	}
	out.Reckoning, out.Overwriting = counts.Reckoning, counts.Overwriting
	if out.Keep, err = r.Keep(a.ctx); err != nil {
		return err
	}
	into := func(list *[]duePerson) func(review.Retention) error {
		return func(p review.Retention) error {
			one := duePerson{Person: p.Person, Cases: strings.Fields(caseIDs(p))}
			if !p.KeepUntil.IsZero() {
				one.KeepUntil = &p.KeepUntil
			}
			if p.Hold != nil {
				one.HeldSince = &p.Hold.At
			}
			*list = append(*list, one)
			return nil
		}
	}
	if err := errors.Join(r.EachDue(a.ctx, into(&out.Due)), r.EachHeld(a.ctx, into(&out.Held))); err != nil {
		return err
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

type retentionRunCmd struct {
	dataFlag
	anchorFlag
}

// Run erases everybody who is due, whether or not the policy lets the desk do so by
// itself.
func (c retentionRunCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		erased, failed := 0, error(nil)
		for next := (&db.DueCursor{}); next != nil; {
			n, more, err := d.EraseDue(a.ctx, byCommand, *next, 100)
			erased, failed, next = erased+n, errors.Join(failed, err), more
		}
		if err := errors.Join(failed, overwritten(a, d)); err != nil {
			return fmt.Errorf("%s erased: %w", persons(erased), err)
		}
		fmt.Fprintf(a.out, "%s erased.\n", persons(erased))
		return nil
	})
}

// overwritten waits until nothing is left on the disk.
func overwritten(a *app, d *desk) error {
	if err := d.Overwrite(a.ctx); err != nil {
		return fmt.Errorf("the erasure is recorded, and what it left on the disk is overwritten when the desk next runs: %w", err)
	}
	return nil
}

// personArg names a person.
type personArg struct {
	Person string `arg:"" name:"case" help:"A verification of the person, or person:N with the number that retention prints."`
}

// find is a case of the person. A bare number is never a person's: programs know numbers
// of cases, and nobody is to be taken for somebody else here.
func (p personArg) find(a *app, d *desk) (id string, err error) {
	if text, numbered := strings.CutPrefix(p.Person, "person:"); numbered {
		number, bad := strconv.ParseInt(text, 10, 64)
		if bad != nil {
			return "", wrongUsage{fmt.Errorf("%s: want person:N", p.Person)}
		}
		id, err = d.CaseOfPerson(a.ctx, number)
	} else {
		id, err = d.FindID(a.ctx, p.Person)
	}
	if errors.Is(err, db.ErrNotFound) {
		return "", fmt.Errorf("no case and no person is called %s: %w", p.Person, err)
	}
	return id, err
}

type reasonFlag struct {
	Reason string `required:"" help:"Why, in a few words, without naming the person; the log commits to it."`
}

type retentionHoldCmd struct {
	dataFlag
	anchorFlag
	personArg
	reasonFlag
}

// Run puts a hold on a person.
func (c retentionHoldCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		id, err := c.find(a, d)
		if err == nil {
			err = d.HoldPerson(a.ctx, byCommand, id, c.Reason)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, "Held: nothing erases this person until the hold is lifted.")
		return nil
	})
}

type retentionLiftCmd struct {
	dataFlag
	anchorFlag
	personArg
	reasonFlag
}

// Run lifts the hold on a person.
func (c retentionLiftCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		id, err := c.find(a, d)
		if err == nil {
			err = d.LiftHold(a.ctx, byCommand, id, c.Reason)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, "The hold is lifted.")
		return nil
	})
}

type retentionEraseCmd struct {
	dataFlag
	anchorFlag
	personArg
	reasonFlag
	Ground string `required:"" enum:"request,order" help:"One of ${enum}: the person asked for it, and the period has ended; or an authority ordered it."`
}

// Run erases one person.
func (c retentionEraseCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		id, err := c.find(a, d)
		if err == nil {
			err = d.ErasePerson(a.ctx, byCommand, id, review.LegalGround(c.Ground), c.Reason)
		}
		if err != nil {
			return err
		}
		r, err := d.Retention(a.ctx, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "Person %d is erased; of these cases skeletons stay: %s\n", r.Person, caseIDs(r))
		return overwritten(a, d)
	})
}

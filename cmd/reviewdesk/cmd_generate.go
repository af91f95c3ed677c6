package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"reviewdesk/cmd/reviewdesk/synthetic"
	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

type generateCmd struct {
	dataFlag
	anchorFlag
	Cases    int       `required:"" help:"How many verifications to make."`
	Seed     int64     `default:"1" help:"The same seed makes the same people again (${default}); those who came in one by one are updated."`
	Pictures bool      `help:"Draw documents and selfies too. Takes a tenth of a second a case."`
	End      time.Time `placeholder:"TIME" help:"When the newest case came in, as 2026-11-22T09:00:00Z: the same cases, seed and end make the same desk. Default: now."`
}

// Validate refuses what makes no case.
func (c generateCmd) Validate() error {
	if c.Cases < 1 {
		return fmt.Errorf("--cases: want a number from 1")
	}
	if c.End.After(time.Now()) {
		return fmt.Errorf("--end: want a time that has passed")
	}
	return nil
}

// until is when it is all over.
func (c generateCmd) until() time.Time {
	if c.End.IsZero() {
		return time.Now().UTC()
	}
	return c.End.UTC()
}

// Run fills a workspace. A new one is filled at once, with a past; where there are cases
// already, more take the road of every import.
func (c generateCmd) Run(a *app) error {
	why := errors.New("pictures are drawn one by one")
	if !c.Pictures {
		if why = c.fill(a); !errors.Is(why, db.ErrNotEmpty) {
			return why
		}
	}
	fmt.Fprintf(a.err, "The cases come in one after the other, and without a past: %v.\n", why)
	return c.add(a)
}

// add adds cases to a desk.
func (c generateCmd) add(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		bar := newProgress(a.err, "generate", "cases", int64(c.Cases))
		from := &syntheticRecords{gen: synthetic.New(synthetic.Options{Seed: c.Seed, Start: c.until()}), cases: c.Cases, pictures: c.Pictures}
		t := &intake{vs: providers.All, desk: d, by: db.System("generate"), moved: bar.add,
			clean: func([]review.Picture) error { return nil }, // drawn and encoded by us
			tell:  func(n int, why error) { bar.say("case %d: %v", n, why) }}
		err := t.run(a.ctx, from)
		bar.end()
		fmt.Fprintf(a.out, "new %d\nupdated %d\n", t.tally[review.IntakeNew], t.tally[review.IntakeUpdated])
		return err
	})
}

// syntheticRecords are made-up cases as an input.
type syntheticRecords struct {
	gen      *synthetic.Generator
	cases, n int
	pictures bool
}

func (s *syntheticRecords) next() (record, error) {
	if s.n == s.cases {
		return record{}, io.EOF
	}
	c := s.gen.Case(s.n)
	s.n++
	write := c.Object
	if s.pictures {
		write = c.Illustrated
	}
	object, err := write()
	return record{n: s.n, object: object, provider: c.Provider, err: err}, nil
}

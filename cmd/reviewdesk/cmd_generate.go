package main

import (
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
	Cases    int   `required:"" help:"How many verifications to make."`
	Seed     int64 `default:"1" help:"The same seed makes the same people again, and updates those that are there (${default})."`
	Pictures bool  `help:"Draw documents and selfies too. Takes a tenth of a second a case."`
}

// Validate refuses what makes no case.
func (c generateCmd) Validate() error {
	if c.Cases < 1 {
		return fmt.Errorf("--cases: want a number from 1")
	}
	return nil
}

// Run fills a workspace. The cases take the road of every import.
func (c generateCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		bar := newProgress(a.err, "generate", "cases", int64(c.Cases))
		from := &syntheticRecords{gen: synthetic.New(synthetic.Options{Seed: c.Seed, Start: time.Now()}), cases: c.Cases, pictures: c.Pictures}
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

package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

type importCmd struct {
	Data string `placeholder:"DIR" help:"The workspace. Not needed with --dry-run."`
	anchorFlag
	Provider string `placeholder:"NAME" help:"Whose objects these are: cybrid or coinify. A CSV file says it in a column."`
	Format   string `enum:"json,csv" default:"json" help:"json: the provider's own objects, as an array, a list answer, or one a line; csv: a table with the columns that the README lists."`
	DryRun   bool   `help:"Read everything, say what is bad, and store nothing."`
	File     string `arg:"" help:"The file, or - for standard input."`
}

// Validate refuses flags that do not go together.
func (c importCmd) Validate() error {
	if c.Data == "" && !c.DryRun {
		return errors.New("missing flags: --data=DIR")
	}
	if c.Provider == "" && c.Format == "json" {
		return errors.New("missing flags: --provider=NAME")
	}
	if _, err := providers.All.Of(review.Provider(c.Provider)); c.Provider != "" && err != nil {
		return fmt.Errorf("--provider: %w", err)
	}
	return nil
}

// Run takes verifications in. Bad ones are named and left out; the others go in.
func (c importCmd) Run(a *app) (err error) {
	in, size, err := c.open(a)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := newProgress(a.err, "import", "bytes", size)
	from, err := c.records(bar.reader(in))
	if err != nil {
		return err
	}
	t := &intake{vs: providers.All, by: db.System("import"), clean: cleanPictures, moved: func(int) {},
		tell: func(n int, why error) { bar.say("record %d: %v", n, why) }}
	if !c.DryRun {
		if t.desk, err = openDesk(a.ctx, c.Data, settings{anchor: c.Anchor, log: a.log}); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, t.desk.Close()) }()
	}
	runErr := t.run(a.ctx, from)
	bar.end()
	c.summary(a, t)
	switch {
	case runErr != nil:
		return fmt.Errorf("stopped, and what is counted above is stored: %w", runErr)
	case t.bad > 0:
		return ended(exitFailed)
	}
	return nil
}

// open opens the input; its size is -1 where nobody knows it.
func (c importCmd) open(a *app) (io.ReadCloser, int64, error) {
	if c.File == "-" {
		return io.NopCloser(a.in), -1, nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, 0, err // says what and where by itself
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", c.File)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return f, -1, nil
	}
	return f, info.Size(), nil
}

func (c importCmd) records(r io.Reader) (records, error) {
	if c.Format == "csv" {
		return newCSVRecords(r, review.Provider(c.Provider), providers.All)
	}
	return &jsonRecords{split: newSplitter(r, mostObject), provider: review.Provider(c.Provider)}, nil
}

// summary prints one line an outcome, the same lines always.
func (c importCmd) summary(a *app, t *intake) {
	if c.DryRun {
		fmt.Fprintf(a.out, "readable %d\nbad %d\n", t.ready, t.bad)
		return
	}
	for _, outcome := range []review.Intake{review.IntakeNew, review.IntakeUpdated, review.IntakeSame, review.IntakeOlder, review.IntakeDecided, review.IntakeErased} {
		fmt.Fprintf(a.out, "%s %d\n", outcome, t.tally[outcome])
	}
	fmt.Fprintf(a.out, "bad %d\n", t.bad)
}

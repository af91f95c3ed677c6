package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"reviewdesk/review"
)

// record is one verification of an import as it was found in the input.
type record struct {
	n        int // from 1
	object   []byte
	provider review.Provider
	err      error // why it cannot be taken; object is then nil
}

// records are an input's, one after the other. The error is io.EOF at the end; any
// other one means that the rest of the input cannot be read.
type records interface{ next() (record, error) }

// jsonRecords are objects of one provider.
type jsonRecords struct {
	split    *splitter
	provider review.Provider
	n        int
}

func (j *jsonRecords) next() (record, error) {
	object, err := j.split.next()
	var broken brokenObject
	switch {
	case errors.As(err, &broken):
		j.n++
		return record{n: j.n, err: broken}, nil
	case errors.Is(err, errLost):
		return record{}, fmt.Errorf("record %d: %w", j.n+1, err)
	case err != nil:
		return record{}, err
	}
	j.n++
	return record{n: j.n, object: object, provider: j.provider}, nil
}

// csvRecords are the rows of a table, each put into the words of its provider.
type csvRecords struct {
	rows   *csv.Reader
	fuse   *fuse
	header []string
	only   review.Provider // "" takes every provider's
	vs     review.Vocabularies
	n      int
}

// newCSVRecords reads the header.
func newCSVRecords(r io.Reader, only review.Provider, vs review.Vocabularies) (*csvRecords, error) {
	f := &fuse{r: r, left: mostObject, most: mostObject}
	rows := csv.NewReader(f)
	rows.FieldsPerRecord = -1 // a row of another length is that row's mistake
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("header of the table: %w", plainCSV(err))
	}
	if err := review.CheckCSVHeader(header); err != nil {
		return nil, fmt.Errorf("header of the table: %w", err)
	}
	return &csvRecords{rows: rows, fuse: f, header: header, only: only, vs: vs}, nil
}

func (c *csvRecords) next() (record, error) {
	c.fuse.left = c.fuse.most
	row, err := c.rows.Read()
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong):
		c.n++
		return record{n: c.n, err: plainCSV(err)}, nil
	case err != nil:
		return record{}, err
	}
	c.n++
	object, provider, err := review.ParseCSVRecord(c.header, row, c.vs)
	if err == nil && c.only != "" && provider != c.only {
		err = fmt.Errorf("provider: not %s", c.only)
	}
	return record{n: c.n, object: object, provider: provider, err: err}, nil
}

// plainCSV is a reader's complaint without the cell.
func plainCSV(err error) error {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return fmt.Errorf("line %d: %w", wrong.Line, wrong.Err)
	}
	if err == io.EOF {
		return errors.New("the input is empty")
	}
	return err
}

// fuse breaks a stream in which one row has no end, for want of a closing quote.
type fuse struct {
	r          io.Reader
	left, most int
}

func (f *fuse) Read(b []byte) (int, error) {
	if f.left <= 0 {
		return 0, fmt.Errorf("a row is larger than %d MiB (is a quote missing?)", f.most>>20)
	}
	n, err := f.r.Read(b)
	f.left -= n
	return n, err
}

package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// ReadAnchor hands over every checkpoint of an anchor in the order of the lines, one
// at a time. A missing file is [fs.ErrNotExist]. A line that is not as
// [Anchor.Append] writes it wraps [ErrNotCanonical], a wrong signature
// [ErrSignature]; both name the line. A last line without a newline is left out: a
// crash cut it short. An error of yield ends the reading and is returned as it is.
func ReadAnchor(path string, v note.Verifier, yield func(Checkpoint) error) error {
	return readAnchor(path, 0, v, yield)
}

// readAnchor reads the first limit bytes, 0 for all.
func readAnchor(path string, limit int64, v note.Verifier, yield func(Checkpoint) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err // says what and where by itself
	}
	defer f.Close()
	if limit <= 0 {
		limit = math.MaxInt64
	}
	r := bufio.NewReaderSize(io.LimitReader(f, limit), maxLine)
	for number := 1; ; number++ {
		line, err := r.ReadSlice('\n')
		if err == io.EOF {
			return nil
		}
		if err == bufio.ErrBufferFull {
			err = fmt.Errorf("%w: the line is too long", ErrNotCanonical)
		}
		var c Checkpoint
		if err == nil {
			c, err = parseAnchorLine(line, v)
		}
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", path, number, err)
		}
		if err := yield(c); err != nil {
			return err
		}
	}
}

func parseAnchorLine(line []byte, v note.Verifier) (Checkpoint, error) {
	var w struct{ Time, Checkpoint string }
	if err := json.Unmarshal(line, &w); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	t, err := time.Parse(timeLayout, w.Time)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	// as with entries: read leniently, write again, compare
	again, err := anchorLine(t, []byte(w.Checkpoint))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	if !bytes.Equal(again, line) {
		return Checkpoint{}, fmt.Errorf("%w: the same line is written otherwise", ErrNotCanonical)
	}
	return openStored([]byte(w.Checkpoint), v)
}

// LastAnchored returns the newest checkpoint of an anchor, reading only the end of
// the file; false if there is none, because the file is missing or has no whole
// line. The errors are those of [ReadAnchor], without the line's number.
func LastAnchored(path string, v note.Verifier) (Checkpoint, bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Checkpoint{}, false, nil
	}
	if err != nil {
		return Checkpoint{}, false, fmt.Errorf("last anchored: %w", err)
	}
	defer f.Close()
	tail, _, err := readTail(f)
	if err != nil {
		return Checkpoint{}, false, fmt.Errorf("last anchored: %w", err)
	}
	end := bytes.LastIndexByte(tail, '\n') + 1
	if end == 0 {
		return Checkpoint{}, false, nil
	}
	start := bytes.LastIndexByte(tail[:end-1], '\n') + 1
	c, err := parseAnchorLine(tail[start:end], v)
	if err != nil {
		return Checkpoint{}, false, fmt.Errorf("last anchored: %w", err)
	}
	return c, true, nil
}

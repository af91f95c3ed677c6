package audit

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"time"
)

// ReadAnchor hands over every checkpoint of an anchor in the order of the lines, one
// at a time. Any of the keys may have signed each. A missing file is [fs.ErrNotExist].
// A line that is not as [Anchor.Append] writes it wraps [ErrNotCanonical], a wrong
// signature [ErrSignature]; both name the line. A last line without a newline is left
// out, and so is one with zeros in it: a crash or a power cut tore it. An error of yield ends the reading and is returned as it is.
func (k Keys) ReadAnchor(path string, yield func(Checkpoint) error) error {
	return readAnchor(path, 0, func(number int64, signed []byte) error {
		c, err := openStored(signed, k)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", path, number, err)
		}
		return yield(c)
	})
}

// readAnchor reads the first limit bytes, 0 for all, and checks the form of the lines
// but not what they hold.
func readAnchor(path string, limit int64, yield func(number int64, signed []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err // says what and where by itself
	}
	defer f.Close()
	if limit <= 0 {
		limit = math.MaxInt64
	}
	r := bufio.NewReaderSize(io.LimitReader(f, limit), maxLine)
	for number := int64(1); ; number++ {
		line, err := r.ReadSlice('\n')
		if err == io.EOF {
			return nil
		}
		if err == bufio.ErrBufferFull {
			err = fmt.Errorf("%w: the line is too long", ErrNotCanonical)
		}
		var signed []byte
		if err == nil {
			_, signed, err = parseAnchorLine(line)
		}
		if err != nil {
			if bytes.IndexByte(line, 0) >= 0 {
				if _, more := r.Peek(1); more == io.EOF {
					return nil
				}
			}
			return fmt.Errorf("%s, line %d: %w", path, number, err)
		}
		if err := yield(number, signed); err != nil {
			return err
		}
	}
}

// parseAnchorLine returns the time and the signed checkpoint of a line.
func parseAnchorLine(line []byte) (t time.Time, signed []byte, err error) {
	p := parser{all: string(line)}
	p.rest = p.all
	p.skip(`{"time":`)
	t = p.time()
	signed = []byte(p.member(`,"checkpoint":`))
	p.skip("}\n")
	if p.err != nil || p.rest != "" {
		return t, nil, fmt.Errorf("%w: %v", ErrNotCanonical, cmp.Or(p.err, errors.New("it does not end there")))
	}
	// as with entries: read leniently, write again, compare
	again, err := anchorLine(t, signed)
	if err != nil {
		return t, nil, fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	if !bytes.Equal(again, line) {
		return t, nil, fmt.Errorf("%w: the same line is written otherwise", ErrNotCanonical)
	}
	return t, signed, nil
}

// LastAnchored returns the newest checkpoint of an anchor, reading only the end of
// the file, and the signed note as the line holds it; false if there is none, because
// the file is missing or has no whole line. The errors are those of [Keys.ReadAnchor],
// without the line's number.
func (k Keys) LastAnchored(path string) (c Checkpoint, signed []byte, known bool, err error) {
	_, signed, known, err = lastLine(path)
	if err == nil && known {
		c, err = openStored(signed, k)
	}
	if err != nil {
		return Checkpoint{}, nil, false, fmt.Errorf("last anchored: %w", err)
	}
	return c, signed, known, nil
}

// LastAnchoredAt is when the newest head was anchored, UTC, as the line says; nobody
// signs for it. The zero time for an anchor that holds none.
func LastAnchoredAt(path string) (time.Time, error) {
	t, _, _, err := lastLine(path)
	if err != nil {
		return t, fmt.Errorf("last anchored: %w", err)
	}
	return t, nil
}

func lastLine(path string) (t time.Time, signed []byte, known bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil, false, nil
	}
	if err != nil {
		return t, nil, false, err
	}
	defer f.Close()
	tail, _, err := readTail(f)
	if err != nil {
		return t, nil, false, err
	}
	end := wholeLines(tail)
	if end == 0 {
		return t, nil, false, nil
	}
	start := bytes.LastIndexByte(tail[:end-1], '\n') + 1
	t, signed, err = parseAnchorLine(tail[start:end])
	return t, signed, err == nil, err
}

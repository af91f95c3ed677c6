package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

// maxLine is the longest line an anchor can have, in bytes with its newline. A
// checkpoint takes about 300.
const maxLine = 16 << 10

// lineStart is how every line of an anchor begins.
const lineStart = `{"time":"`

// ErrSync says that the disk did not confirm what was written: what the system still
// shows of the file may be lost.
var ErrSync = errors.New("fsync failed")

// Anchor is the file outside the database that keeps every signed head. It is only
// ever appended to. One goroutine owns it; it is not safe for more.
type Anchor struct {
	f    *os.File
	size int64 // bytes known to be on the disk, whole lines
	torn bool  // a write failed: what stands behind size is not to be trusted
}

// OpenAnchor opens the anchor for appending. If it is missing it makes the file
// (0600) and its folder (0700) and brings both to the disk. A last line that a crash
// cut short is cut off; a tail that is not the beginning of such a line is an error,
// since then the file is likely to be somebody else's.
func OpenAnchor(path string) (*Anchor, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = makeAnchor(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open anchor: %w", err)
	}
	a := &Anchor{f: f}
	if err := a.mend(); err != nil {
		f.Close()
		return nil, fmt.Errorf("open anchor: %w", err)
	}
	return a, nil
}

func makeAnchor(path string) (*os.File, error) {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	// a new name is on the disk only when its folder is, and so on up
	if err := errors.Join(f.Sync(), syncFolder(folder), syncFolder(filepath.Dir(folder))); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// mend finds the end of the last whole line and cuts off what stands behind it.
func (a *Anchor) mend() error {
	tail, end, err := readTail(a.f)
	if err != nil {
		return err
	}
	torn := string(tail[wholeLines(tail):])
	a.size = end - int64(len(torn))
	if torn == "" {
		return nil
	}
	if !ours(torn) {
		return fmt.Errorf("%s does not end like an anchor", a.f.Name())
	}
	return a.cut()
}

// ours reports whether a torn end can be what a crash left of a line.
func ours(torn string) bool {
	return strings.HasPrefix(torn, lineStart) || strings.HasPrefix(lineStart, torn) || torn[0] == 0 && len(torn) <= maxLine
}

// CheckAnchorEnd says what [OpenAnchor] would say to the end of an anchor, and changes
// nothing.
func CheckAnchorEnd(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err // says what and where by itself
	}
	defer f.Close()
	tail, _, err := readTail(f)
	if err != nil {
		return err
	}
	if torn := string(tail[wholeLines(tail):]); torn != "" && !ours(torn) {
		return fmt.Errorf("%s does not end like an anchor", path)
	}
	return nil
}

// wholeLines is where the whole lines of a tail end. A crash leaves the beginning of a
// line; a power cut may also leave its length and only some of its sectors, with zeros
// in place of the others. No line of ours holds a zero.
func wholeLines(tail []byte) int {
	end := bytes.LastIndexByte(tail, '\n') + 1
	if end == 0 {
		return 0
	}
	last := bytes.LastIndexByte(tail[:end-1], '\n') + 1
	if bytes.IndexByte(tail[last:end], 0) >= 0 {
		return last
	}
	return end
}

// cut brings the file back to its whole lines.
func (a *Anchor) cut() error {
	if err := a.f.Truncate(a.size); err != nil {
		return err
	}
	return a.sync()
}

func (a *Anchor) sync() error {
	if err := a.f.Sync(); err != nil {
		return fmt.Errorf("%w: %w", ErrSync, err)
	}
	return nil
}

// readTail returns the last bytes of the file, enough for a whole line and a torn
// one, and the file's size.
func readTail(f *os.File) (tail []byte, end int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	end = info.Size()
	tail = make([]byte, min(end, 2*maxLine))
	if _, err := f.ReadAt(tail, end-int64(len(tail))); err != nil && err != io.EOF {
		return nil, 0, err
	}
	return tail, end, nil
}

// Append writes one signed checkpoint with the time (kept in UTC, cut to whole
// milliseconds) and returns when it is on the disk. After an error nothing counts as
// written and the next Append begins where this one did, so a caller may simply try
// again; but [ErrSync] says that the disk failed, and then nothing should go on.
func (a *Anchor) Append(t time.Time, signed []byte) error {
	line, err := anchorLine(t.UTC().Truncate(time.Millisecond), signed)
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	if err := a.write(line); err != nil {
		a.torn = true
		return fmt.Errorf("anchor: %w", err)
	}
	a.size += int64(len(line))
	return nil
}

func (a *Anchor) write(line []byte) error {
	if a.torn {
		// write again what a failed fsync may have dropped: a second fsync alone would
		// report success for pages that never reached the disk
		if err := a.cut(); err != nil {
			return err
		}
		a.torn = false
	}
	if _, err := a.f.Write(line); err != nil {
		return err
	}
	return a.sync()
}

func anchorLine(t time.Time, signed []byte) ([]byte, error) {
	if err := checkTime(t); err != nil {
		return nil, err
	}
	if !utf8.Valid(signed) {
		return nil, errors.New("the checkpoint is not valid UTF-8")
	}
	line := t.AppendFormat([]byte(lineStart), timeLayout)
	line = appendMember(line, `","checkpoint":`, string(signed))
	line = append(line, "}\n"...)
	if len(line) > maxLine {
		return nil, fmt.Errorf("a line of %d bytes is no checkpoint", len(line))
	}
	return line, nil
}

// Close closes the file.
func (a *Anchor) Close() error {
	if err := a.f.Close(); err != nil {
		return fmt.Errorf("close anchor: %w", err)
	}
	return nil
}

package audit_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// fileLog is a log whose rows lie in files, read from front to back.
type fileLog struct {
	dir  string
	size int
}

// newFileLog writes the files, and the anchor in one go.
func newFileLog(d *desk, size, batch int) *fileLog {
	d.t.Helper()
	l := &fileLog{d.t.TempDir(), size}
	entries, hashes, heads := l.create(d, "entries"), l.create(d, "hashes"), l.create(d, "heads")
	anchor, err := os.Create(d.path)
	if err != nil {
		d.t.Fatal(err)
	}
	f := &audit.Frontier{}
	for seq := int64(1); seq <= int64(size); seq++ {
		e := benchEntry(seq)
		body, err := e.Bytes()
		if err != nil {
			d.t.Fatal(err)
		}
		put(entries, []byte(e.Action), []byte(e.Actor.ID), []byte(e.Object), binary.BigEndian.AppendUint64(nil, uint64(e.Time.UnixMilli())), body)
		stored, err := f.Append(body)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, h := range stored {
			hashes.Write(h[:])
		}
		if seq%int64(batch) == 0 || seq == int64(size) {
			root, _ := f.Root()
			signed, err := audit.Checkpoint{Origin: origin, Size: seq, Root: root}.Sign(d.signer)
			if err != nil {
				d.t.Fatal(err)
			}
			put(heads, binary.BigEndian.AppendUint64(nil, uint64(seq)), signed)
			fmt.Fprintf(anchor, "{\"time\":\"2026-03-01T12:00:00.000Z\",\"checkpoint\":%q}\n", signed)
		}
	}
	for _, w := range []*bufio.Writer{entries, hashes, heads} {
		if err := w.Flush(); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := anchor.Close(); err != nil {
		d.t.Fatal(err)
	}
	return l
}

func (l *fileLog) create(d *desk, name string) *bufio.Writer {
	f, err := os.Create(filepath.Join(l.dir, name))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { f.Close() })
	return bufio.NewWriterSize(f, 1<<20)
}

// put writes fields, each behind its length.
func put(w *bufio.Writer, fields ...[]byte) {
	for _, f := range fields {
		w.Write(binary.BigEndian.AppendUint16(nil, uint16(len(f))))
		w.Write(f)
	}
}

// records reads a file's fields, so many at a time, until its end.
func (l *fileLog) records(name string, fields int, yield func([][]byte) error) error {
	f, err := os.Open(filepath.Join(l.dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	row := make([][]byte, fields)
	for {
		for i := range row {
			var length [2]byte
			if _, err := io.ReadFull(r, length[:]); err == io.EOF && i == 0 {
				return nil
			} else if err != nil {
				return err
			}
			n := int(binary.BigEndian.Uint16(length[:]))
			if cap(row[i]) < n {
				row[i] = make([]byte, n+64)
			}
			row[i] = row[i][:n]
			if _, err := io.ReadFull(r, row[i]); err != nil {
				return err
			}
		}
		if err := yield(row); err != nil {
			return err
		}
	}
}

func (l *fileLog) Entries(yield func(int64, audit.Columns, []byte) error) error {
	seq := int64(0)
	return l.records("entries", 5, func(r [][]byte) error {
		seq++
		at := time.UnixMilli(int64(binary.BigEndian.Uint64(r[3])))
		return yield(seq, audit.Columns{Kind: string(r[0]), Actor: string(r[1]), Object: string(r[2]), At: at}, r[4])
	})
}

func (l *fileLog) Hashes(yield func(int64, tlog.Hash) error) error {
	f, err := os.Open(filepath.Join(l.dir, "hashes"))
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for place := int64(0); ; place++ {
		var h tlog.Hash
		if _, err := io.ReadFull(r, h[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := yield(place, h); err != nil {
			return err
		}
	}
}

func (l *fileLog) Checkpoints(yield func(int64, []byte) error) error {
	return l.records("heads", 2, func(r [][]byte) error { return yield(int64(binary.BigEndian.Uint64(r[0])), r[1]) })
}

func (l *fileLog) Cosignatures(func(int64, string, string) error) error { return nil }

func (l *fileLog) Openings(func(int64, string, []byte, []byte) error) error { return nil }

func (l *fileLog) Outbox(yield func(int64, string, string) error) error {
	for seq := int64(3); seq <= int64(l.size); seq += 3 {
		if err := yield(seq, benchEntry(seq).Object, "passed"); err != nil {
			return err
		}
	}
	return nil
}

func (l *fileLog) Accounts(func(audit.AccountState) error) error { return nil }

func (l *fileLog) Cases(yield func(*audit.CaseState) error) error {
	for seq := int64(1); seq <= int64(l.size); seq += 3 {
		c := audit.CaseState{ID: benchEntry(seq).Object, State: "in_review", Version: 1, Arrived: audit.Row{Seq: seq}}
		if seq+2 <= int64(l.size) {
			at := benchEntry(seq + 2).Time
			c.State, c.Version, c.Decider, c.Decision, c.Decided, c.Approved = "passed", 2, "ann", seq+2, at, at
			c.Steps = []audit.Row{{Seq: seq + 2, Holds: []audit.Fact{{Name: "actor", Value: "ann"}, {Name: "at", Value: audit.Stamp(at)}, {Name: "ground", Value: "evidence_agrees"}}}}
		}
		if err := yield(&c); err != nil {
			return err
		}
	}
	return nil
}

// benchEntry is the entry with this seq: a case received, viewed, and decided.
func benchEntry(seq int64) (e audit.Entry) {
	id := fmt.Sprintf("%08d-0000-4000-8000-000000000000", (seq-1)/3)
	switch seq % 3 {
	case 1:
		e = received(id)
	case 2:
		e = audit.Entry{Actor: audit.Actor{ID: "ann"}, Action: "viewed", Object: id}
	case 0:
		e = decided(id)
	}
	e.Seq, e.Time = seq, noon.Add(time.Duration(seq)*time.Second)
	return e
}

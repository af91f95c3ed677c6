package db

import (
	"bytes"
	"cmp"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Table audit_code says which entries name which failure codes, so that the log can
// be asked for a code. Its rows are copies: the entries stay the truth, and the check
// of the log compares the two.

// namesCodes are the kinds of events whose facts name codes.
var namesCodes = map[string]bool{
	string(review.EventReceived): true, string(review.EventUpdated): true,
	string(review.EventDecided): true, string(review.EventProposed): true, string(review.EventConfirmed): true,
}

// Names of facts about one finding, before its code.
const (
	findingFact  = "finding."  // what became of it
	evidenceFact = "evidence." // what that rests on
)

// codesOf lists the codes that an entry names, each once.
func codesOf(kind string, facts []audit.Fact) []string {
	if !namesCodes[kind] {
		return nil
	}
	var out []string
	for _, f := range facts {
		code, is := strings.CutPrefix(f.Name, findingFact)
		if f.Name == "code" {
			code, is = f.Value, true
		}
		if is && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// codesIn is codesOf on an entry's canonical bytes. The check of the log runs it on
// every entry, and parsing each twice would double its time; within a text of the
// bytes no quotation mark stands bare, so these marks begin facts and nothing else.
func codesIn(kind string, body []byte) []string {
	if !namesCodes[kind] {
		return nil
	}
	var facts []audit.Fact
	for rest, more := body, true; ; {
		if _, rest, more = bytes.Cut(rest, []byte(`{"name":"`)); !more {
			return codesOf(kind, facts)
		}
		name, value, _ := bytes.Cut(rest, []byte(`","value":"`))
		value, _, _ = bytes.Cut(value, []byte(`"}`))
		facts = append(facts, audit.Fact{Name: string(name), Value: string(value)})
	}
}

func (tx *Tx) keepCodes(e audit.Entry) error {
	for _, code := range codesOf(e.Action, e.Facts) {
		if _, err := tx.exec(`INSERT INTO audit_code (seq, code) VALUES (?, ?)`, e.Seq, code); err != nil {
			return fmt.Errorf("index of codes: %w", err)
		}
	}
	return nil
}

// spellings are the forms in which the log can hold a code: one that is no plain word
// stands there by its digest only.
func spellings(code string) []any {
	if plainWord(code) {
		return []any{code}
	}
	return []any{unlisted(code), unlisted(findingFact + code)}
}

// indexed is a source whose entries are held against table audit_code as they pass.
type indexed struct {
	source
	codes audit.Report // what is wrong with the index, once Entries has ended
}

// Entries implements audit.Source.
func (s *indexed) Entries(yield func(seq int64, c audit.Columns, body []byte) error) error {
	check, err := newCodeCheck(s.beside)
	if err != nil {
		return err
	}
	err = s.source.Entries(func(seq int64, c audit.Columns, body []byte) error {
		if err := check.entry(seq, c.Kind, body); err != nil {
			return err
		}
		return yield(seq, c, body)
	})
	if err == nil {
		err = check.finish()
	}
	s.codes = check.fault
	return err
}

type namedCode struct {
	seq  int64
	code string
}

// codeCheck compares table audit_code with the entries, as they pass by.
type codeCheck struct {
	q     querier
	there bool  // an older workspace has no such table yet
	done  int64 // compared up to this entry
	last  int64 // the newest entry that passed
	want  []namedCode
	room  []namedCode  // where want begins, to be used again
	fault audit.Report // the first difference
}

func newCodeCheck(q querier) (*codeCheck, error) {
	there, err := hasTable(q, "audit_code")
	return &codeCheck{q: q, done: minKey, there: there}, err
}

// hasTable reports whether a workspace, which may be older than this desk, has a table.
func hasTable(q querier, name string) (there bool, err error) {
	err = q.row(`SELECT COUNT(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = ?`, name).Scan(&there)
	return there, err
}

// codesTogether bounds how many rows are compared at once.
const codesTogether = 4_000

func (c *codeCheck) entry(seq int64, kind string, body []byte) error {
	if !c.there || c.fault.Fault != audit.FaultNone || seq <= c.last {
		return nil // an entry out of its place is the check's own fault to find
	}
	if len(c.want) > codesTogether {
		if err := c.compare(c.last); err != nil {
			return err
		}
	}
	c.last = seq
	for _, code := range codesIn(kind, body) {
		c.want = append(c.want, namedCode{seq, code})
	}
	c.room = c.want
	return nil
}

// finish compares what is left, and looks for rows of no entry.
func (c *codeCheck) finish() error {
	if !c.there || c.fault.Fault != audit.FaultNone {
		return nil
	}
	return c.compare(math.MaxInt64)
}

// compare holds the rows up to an entry against what the entries name, side by side.
func (c *codeCheck) compare(upTo int64) error {
	rows, err := c.q.rows(`SELECT seq, code FROM audit_code WHERE seq > ? AND seq <= ? ORDER BY seq, code`, c.done, upTo)
	if err != nil {
		return err
	}
	slices.SortFunc(c.want, func(a, b namedCode) int { return a.compare(b.seq, []byte(b.code)) })
	err = eachRow(rows, func() error {
		var seq int64
		var code sql.RawBytes // no text of its own for each of so many rows
		if err := rows.Scan(&seq, &code); err != nil || c.fault.Fault != audit.FaultNone {
			return err
		}
		switch order := c.next().compare(seq, code); {
		case order == 0:
			c.want = c.want[1:]
		case order < 0:
			c.differs(c.want[0], "the index of failure codes lacks %q, which it names")
		default:
			c.differs(namedCode{seq, string(code)}, "the index of failure codes has %q for it, which it does not name")
		}
		return nil
	})
	if err == nil && len(c.want) > 0 && c.fault.Fault == audit.FaultNone {
		c.differs(c.want[0], "the index of failure codes lacks %q, which it names")
	}
	c.want, c.done = c.room[:0], upTo
	return err
}

// next is what the next row must say; behind the last one nothing may come.
func (c *codeCheck) next() namedCode {
	if len(c.want) == 0 {
		return namedCode{seq: math.MaxInt64}
	}
	return c.want[0]
}

func (n namedCode) compare(seq int64, code []byte) int {
	if n.seq != seq {
		return cmp.Compare(n.seq, seq)
	}
	return strings.Compare(n.code, string(code))
}

func (c *codeCheck) differs(n namedCode, words string) {
	c.fault = audit.Report{Fault: audit.FaultChanged, Seq: n.seq, Detail: fmt.Sprintf(words, n.code)}
}

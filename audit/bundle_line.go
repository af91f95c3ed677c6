package audit

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
)

// maxBundleLine is the longest line of a bundle, in bytes with its newline.
const maxBundleLine = 1 << 20

// How the lines of a bundle begin; the first tells them apart.
const (
	bundleStart      = `{"reviewdesk_bundle":`
	entryStart       = `{"seq":`
	headStart        = `{"head":{"size":`
	consistencyStart = `{"consistency":{"from":`
	endStart         = `{"end":{"entries":`
)

// bundleVersion is the version of the bundles that are written. Those of version 1, which
// have no lines with heads, are read too.
const bundleVersion = 2

func appendBundleHeader(b []byte, version int64, origin string, h BundleHeader) []byte {
	b = strconv.AppendInt(append(b, bundleStart...), version, 10)
	b = appendMember(b, `,"origin":`, origin)
	b = appendList(append(b, `,"keys":`...), h.Keys, appendString)
	b = appendMember(b, `,"scope":{"kind":`, h.Scope.Kind)
	b = appendMember(b, `,"case":`, h.Scope.Case)
	b = appendMember(b, `,"from":`, bundleTime(h.Scope.From))
	b = appendMember(b, `,"to":`, bundleTime(h.Scope.To))
	b = appendMember(b, `},"checkpoint":`, string(h.Checkpoint))
	return append(b, '}')
}

func bundleTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(timeLayout)
}

// parseLine reads a line with read and wants write to give the same bytes again.
func parseLine(line string, read func(*parser), write func() []byte) error {
	if !utf8.ValidString(line) {
		return fmt.Errorf("%w: it is not valid UTF-8", ErrNotCanonical)
	}
	p := parser{all: line, rest: line}
	read(&p)
	if p.err == nil && p.rest != "" {
		p.fail("the end")
	}
	if p.err != nil {
		return fmt.Errorf("%w: %v", ErrNotCanonical, p.err)
	}
	if string(write()) != line {
		return fmt.Errorf("%w: the same line is written otherwise", ErrNotCanonical)
	}
	return nil
}

func parseBundleHeader(line string) (version int64, origin string, h BundleHeader, err error) {
	err = parseLine(line, func(p *parser) {
		p.skip(bundleStart)
		if version = p.number(); version < 1 || version > bundleVersion {
			p.fail("behind a version that is known here")
		}
		origin = p.member(`,"origin":`)
		p.skip(`,"keys":`)
		h.Keys = list(p, p.text)
		h.Scope.Kind = p.member(`,"scope":{"kind":`)
		h.Scope.Case = p.member(`,"case":`)
		p.skip(`,"from":`)
		h.Scope.From = p.timeOrNone()
		p.skip(`,"to":`)
		h.Scope.To = p.timeOrNone()
		h.Checkpoint = []byte(p.member(`},"checkpoint":`))
		p.skip(`}`)
	}, func() []byte { return appendBundleHeader(nil, version, origin, h) })
	return version, origin, h, err
}

func (p *parser) timeOrNone() time.Time {
	if p.try(`""`) {
		return time.Time{}
	}
	return p.time()
}

// bundleEntry is a line with an entry.
type bundleEntry struct {
	seq   int64
	body  []byte
	proof tlog.RecordProof
}

// appendTo writes the line; whole is for a bundle of the whole log, whose lines have
// no member for a proof.
func (e bundleEntry) appendTo(b []byte, whole bool) []byte {
	b = strconv.AppendInt(append(b, entryStart...), e.seq, 10)
	b = base64.StdEncoding.AppendEncode(append(b, `,"entry":"`...), e.body)
	b = append(b, '"')
	if !whole {
		b = appendList(append(b, `,"proof":`...), e.proof, appendHash)
	}
	return append(b, '}')
}

func appendHash(b []byte, h tlog.Hash) []byte {
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), h[:]), '"')
}

func parseBundleEntry(line string, whole bool) (e bundleEntry, err error) {
	err = parseLine(line, func(p *parser) {
		p.skip(entryStart)
		e.seq = p.number()
		p.skip(`,"entry":`)
		e.body = p.base64()
		if !whole {
			p.skip(`,"proof":`)
			e.proof = list(p, p.hash)
		}
		p.skip(`}`)
	}, func() []byte { return e.appendTo(nil, whole) })
	return e, err
}

func (p *parser) base64() []byte {
	b, err := base64.StdEncoding.DecodeString(p.text())
	if err != nil {
		p.fail("behind base64")
	}
	return b
}

func (p *parser) hash() (h tlog.Hash) {
	b := p.base64()
	if p.err == nil && copy(h[:], b) != len(b) {
		p.fail("behind a hash")
	}
	return h
}

// bundleHead is a line with a head that the log went through.
type bundleHead struct {
	size   int64
	root   tlog.Hash
	proof  tlog.TreeProof // from it to the checkpoint
	leaves []tlog.Hash    // of the entries since the last such line
}

func (h bundleHead) appendTo(b []byte) []byte {
	b = strconv.AppendInt(append(b, headStart...), h.size, 10)
	b = appendHash(append(b, `,"root":`...), h.root)
	b = appendList(append(b, `,"proof":`...), h.proof, appendHash)
	b = appendList(append(b, `,"leaves":`...), h.leaves, appendHash)
	return append(b, "}}"...)
}

func parseBundleHead(line string) (h bundleHead, err error) {
	err = parseLine(line, func(p *parser) {
		p.skip(headStart)
		h.size = p.number()
		p.skip(`,"root":`)
		h.root = p.hash()
		p.skip(`,"proof":`)
		h.proof = list(p, p.hash)
		p.skip(`,"leaves":`)
		h.leaves = list(p, p.hash)
		p.skip(`}}`)
	}, func() []byte { return h.appendTo(nil) })
	return h, err
}

// bundleConsistency is a line with a proof of consistency.
type bundleConsistency struct {
	from  int64
	root  tlog.Hash
	proof tlog.TreeProof
}

func (c bundleConsistency) appendTo(b []byte) []byte {
	b = strconv.AppendInt(append(b, consistencyStart...), c.from, 10)
	b = appendHash(append(b, `,"root":`...), c.root)
	b = appendList(append(b, `,"proof":`...), c.proof, appendHash)
	return append(b, "}}"...)
}

func parseBundleConsistency(line string) (c bundleConsistency, err error) {
	err = parseLine(line, func(p *parser) {
		p.skip(consistencyStart)
		c.from = p.number()
		p.skip(`,"root":`)
		c.root = p.hash()
		p.skip(`,"proof":`)
		c.proof = list(p, p.hash)
		p.skip(`}}`)
	}, func() []byte { return c.appendTo(nil) })
	return c, err
}

func appendBundleEnd(b []byte, entries int64) []byte {
	return append(strconv.AppendInt(append(b, endStart...), entries, 10), "}}"...)
}

func parseBundleEnd(line string) (entries int64, err error) {
	err = parseLine(line, func(p *parser) {
		p.skip(endStart)
		entries = p.number()
		p.skip(`}}`)
	}, func() []byte { return appendBundleEnd(nil, entries) })
	return entries, err
}

// lineKind is which of the starts a line has; "" if none.
func lineKind(line string) string {
	for _, start := range []string{entryStart, headStart, consistencyStart, endStart} {
		if strings.HasPrefix(line, start) {
			return start
		}
	}
	return ""
}

package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is what one row of storage holds because of one entry, each value under the
// name that the package comment gives it.
type Row struct {
	Seq   int64 // the entry
	Holds []Fact
}

// Stamp writes a time as rows hold it against entries: UTC, as exact as it is.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Names of facts that say what rows hold.
const (
	factRow        = "row"
	factApproved   = "approved_at"
	factEffective  = "effective_at"
	factFinding    = "finding."
	factClaim      = "claim_until"
	factDue        = "due_at"
	factSince      = "review_since"
	factEvidence   = "evidence."
	actionReceived = "received"
	actionUpdated  = "updated"
	actionViewed   = "viewed"
	actionErased   = "erased"
)

// stated appends to room what a row must hold because of an entry that moves a case.
func stated(e *Entry, room []Fact) []Fact {
	switch e.Action {
	case actionReceived, actionUpdated:
		for _, f := range e.Facts {
			switch f.Name {
			case "provider", "state", "reason", "code", factRow, "picture":
				room = append(room, f)
			}
		}
	case "decided", "proposed":
		room = append(room, Fact{"actor", e.Actor.ID}, Fact{"at", Stamp(e.Time)})
		for _, f := range e.Facts {
			switch {
			case f.Name == "action", f.Name == "reject_reason", f.Name == "ground", f.Name == "decided_on_version",
				f.Name == "policy", f.Name == "evidence", strings.HasPrefix(f.Name, factFinding), strings.HasPrefix(f.Name, factEvidence):
				room = append(room, f)
			}
		}
	case "attached":
		for _, f := range e.Facts {
			switch f.Name {
			case "media_type", "bytes", "file":
				room = append(room, f)
			}
		}
	case actionErased:
		for _, f := range e.Facts {
			if f.Name == factRow {
				room = append(room, f)
			}
		}
	case "confirmed":
		room = append(room, Fact{"second", e.Actor.ID}, Fact{"at", Stamp(e.Time)})
	}
	return room
}

// digest stands for what rows must hold. Sixteen bytes: whoever wants other rows with
// the same one has to find a second preimage, and there is one to keep for each case.
type digest [16]byte

// then goes on from a digest with another row.
func (d digest) then(next digest) digest {
	return short(append(append(make([]byte, 0, 2*len(d)), d[:]...), next[:]...))
}

func short(b []byte) digest {
	sum := sha256.Sum256(b)
	return digest(sum[:len(digest{})])
}

// digestRow writes the row into scratch and digests it; every text behind its length.
func digestRow(seq int64, holds []Fact, scratch []byte) (digest, []byte) {
	scratch = binary.AppendVarint(scratch[:0], seq)
	for _, f := range holds {
		scratch = append(binary.AppendUvarint(scratch, uint64(len(f.Name))), f.Name...)
		scratch = append(binary.AppendUvarint(scratch, uint64(len(f.Value))), f.Value...)
	}
	return short(scratch), scratch
}

func (r Row) digest() digest {
	d, _ := digestRow(r.Seq, r.Holds, nil)
	return d
}

// fact is the value of the first fact of a name.
func (e *Entry) fact(name string) (value string, ok bool) {
	for _, f := range e.Facts {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// moment is the time that a fact of the entry says, as Unix microseconds; 0 for none.
func (e *Entry) moment(name string) int64 {
	text, _ := e.fact(name)
	return parseMoment(text)
}

func parseMoment(text string) int64 {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0
	}
	return t.UnixMicro()
}

// differ compares what an entry says with what a row holds, and names the first
// difference.
func differ(want, got []Fact) string {
	for _, w := range want {
		at := slices.IndexFunc(got, func(g Fact) bool { return g.Name == w.Name })
		switch {
		case at < 0:
			return fmt.Sprintf("%s %q, which the entry states, is gone", w.Name, w.Value)
		case got[at].Value != w.Value:
			return fmt.Sprintf("%s is %q, and %q by the entry", w.Name, got[at].Value, w.Value)
		}
		got = slices.Delete(slices.Clone(got), at, at+1)
	}
	if len(got) > 0 {
		return fmt.Sprintf("%s %q stands there, which the entry does not state", got[0].Name, got[0].Value)
	}
	return ""
}

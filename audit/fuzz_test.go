package audit_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
)

// steady is a small log that is the same in every process: no commitments, since those
// are random, and seeded keys.
func steady(t testing.TB) *desk {
	d := newDesk(t)
	d.add(audit.Entry{Action: "started"})
	d.move("feed", "received", "A", "in_review")
	d.move("feed", "received", "B", "in_review")
	d.move("ann", "decided", "A", "passed")
	d.commit() // 4
	d.rotate()
	d.move("ann", "proposed", "B", "second_review")
	d.move("bob", "confirmed", "B", "failed")
	d.add(audit.Entry{Action: "viewed", Object: "B"})
	d.commit() // 8
	return d
}

// FuzzParseProof: what is read is written again byte for byte, and what is proven is
// one of the two entries that are.
func FuzzParseProof(f *testing.F) {
	d := steady(f)
	for _, seq := range []int64{1, 4, 8} {
		f.Add(d.proof(seq).Bytes())
	}
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra ZW50cnk=\nindex 0\n\n" + goldenNote))
	d.pin(d.chain...)
	k := d.keys
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := audit.ParseProof(b)
		if err != nil {
			if !errors.Is(err, audit.ErrNotCanonical) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(p.Bytes(), b) {
			t.Fatal("read otherwise than written")
		}
		if e, _, err := p.Verify(k); err == nil && !bytes.Equal(p.Entry, d.entries[e.Seq-1].body) {
			t.Fatalf("proves %s", p.Entry)
		}
	})
}

// FuzzVerifyBundle: whatever it is given, it ends with a report; and nothing passes
// that was not written.
func FuzzVerifyBundle(f *testing.F) {
	d := steady(f)
	for _, scope := range []audit.BundleScope{theLog, theCase, period(3, 6)} {
		f.Add(d.bundle(scope, 4))
	}
	f.Add("")
	f.Add(`{"reviewdesk_bundle":2,"origin":`)
	o := audit.BundleOptions{Keys: pinned(f), Held: []audit.Checkpoint{d.at(4)}}
	signed, _ := d.head()
	text, _, _ := strings.Cut(string(signed), "\n\n")
	f.Fuzz(func(t *testing.T, b string) {
		r, err := audit.VerifyBundle(strings.NewReader(b), o)
		if err != nil {
			t.Fatal(err)
		}
		// a part of the case or period, or a side of it, may pass, but only under our head
		if r.Fault == audit.FaultNone && r.Checkpoint.Text() != text+"\n" {
			t.Fatal(r.Sentence())
		}
		if r.Fault == audit.FaultNone && r.Scope.Kind == audit.ScopeLog && r.Entries != 8 {
			t.Fatal(r.Sentence())
		}
	})
}

// FuzzWitnessRequest: a witness answers everything with one of its statuses, and
// cosigns nothing but what goes on from what it holds.
func FuzzWitnessRequest(f *testing.F) {
	d := steady(f)
	for _, step := range []struct{ old, size int64 }{{0, 1}, {1, 4}, {4, 8}, {8, 8}, {0, 8}} {
		f.Add(d.request(step.old, step.size).Bytes())
	}
	f.Add([]byte("old 0\n\n" + sofaNote))
	w := newWatcher(f, d.chain...)
	var heads []audit.Checkpoint
	for size := range int64(9) {
		heads = append(heads, d.at(size))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := audit.ParseWitnessRequest(b)
		if err == nil && !bytes.Equal(r.Bytes(), b) {
			t.Fatal("read otherwise than written")
		}
		line, status, text := w.AddCheckpoint(b, time.Unix(1700000000, 0))
		switch status {
		case 200:
			c, err := audit.OpenCheckpoint(r.Checkpoint, d.verifier)
			if err != nil || c != heads[c.Size] || len(line) == 0 {
				t.Fatalf("cosigned %+v, %v", c, err)
			}
		case 400, 403, 404, 409, 422:
			if line != nil || text == "" {
				t.Fatalf("%d %q %q", status, line, text)
			}
		default:
			t.Fatalf("status %d", status)
		}
	})
}

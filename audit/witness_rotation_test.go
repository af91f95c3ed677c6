package audit_test

import (
	"slices"
	"testing"

	"reviewdesk/audit"
)

// rotation asks a witness to follow to the key of the entry with this seq.
func (d *desk) rotation(seq, old int64) audit.RotationRequest {
	d.t.Helper()
	at := slices.IndexFunc(d.heads, func(h headRow) bool { return h.size >= seq })
	head := d.heads[at]
	r := audit.RotationRequest{
		Rotation: audit.Proof{Index: seq - 1, Entry: d.entries[seq-1].body, Checkpoint: head.signed},
		Ask:      audit.WitnessRequest{Old: old, Checkpoint: head.signed},
	}
	var err error
	if r.Rotation.Hashes, err = audit.ProveInclusion(head.size, seq, &d.memory); err != nil {
		d.t.Fatal(err)
	}
	if old > 0 && old <= head.size {
		if r.Ask.Proof, err = audit.ProveConsistency(old, head.size, &d.memory); err != nil {
			d.t.Fatal(err)
		}
	}
	return r
}

// rotated are the numbers of the entries that change the key.
func (d *desk) rotated() (seqs []int64) {
	for _, e := range d.entries {
		if e.columns.Kind == audit.ActionKeyRotated {
			seqs = append(seqs, e.seq)
		}
	}
	return seqs
}

func TestAWitnessFollowsALogFromKeyToKey(t *testing.T) {
	d := twice(t)
	w := newWatcher(t, publicKey)
	first := slices.IndexFunc(d.heads, func(h headRow) bool { return h.size == 16 })
	if _, status, text := w.AddCheckpoint(audit.WitnessRequest{Checkpoint: d.heads[first].signed}.Bytes(), noon); status != 200 {
		t.Fatal(status, text)
	}
	if _, status, _ := w.AddCheckpoint(d.request(16, 22).Bytes(), noon); status != 403 {
		t.Fatalf("it trusts a key that it was not told of: %d", status)
	}
	old := int64(16)
	for _, seq := range d.rotated() {
		r := d.rotation(seq, old)
		line, status, text := w.AddRotation(r.Bytes(), noon)
		if status != 200 {
			t.Fatalf("the rotation of entry %d: %d %s", seq, status, text)
		}
		if _, ok, err := audit.AddCosignatures(r.Ask.Checkpoint, line, []string{w.VKey()}); err != nil || len(ok) != 1 {
			t.Errorf("it did not cosign: %v", err)
		}
		c, err := audit.ParseCheckpoint(checkpointText(r.Ask.Checkpoint))
		if err != nil {
			t.Fatal(err)
		}
		old = c.Size
		w.reopen(t, publicKey) // all it knows is on the disk
	}
	if _, status, text := w.AddCheckpoint(d.request(old, 22).Bytes(), noon); status != 200 {
		t.Errorf("the newest key: %d %s", status, text)
	}
	w.reopen(t, d.chain...) // told by hand too
	if _, status, text := w.AddCheckpoint(d.request(22, 22).Bytes(), noon); status != 200 {
		t.Errorf("with all keys given: %d %s", status, text)
	}
}

func checkpointText(signed []byte) string {
	for i := range signed {
		if string(signed[i:i+2]) == "\n\n" {
			return string(signed[:i+1])
		}
	}
	return ""
}

func TestAWitnessFollowsNoRotationThatDoesNotHold(t *testing.T) {
	d := twice(t)
	one, two := d.rotated()[0], d.rotated()[1]
	forged := func(change func(*audit.Entry)) func(r *audit.RotationRequest) {
		return func(r *audit.RotationRequest) {
			e, err := audit.Parse(r.Rotation.Entry)
			if err != nil {
				t.Fatal(err)
			}
			e.Facts = slices.Clone(e.Facts)
			change(&e)
			if r.Rotation.Entry, err = e.Bytes(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		seq, old int64
		do       func(r *audit.RotationRequest)
		status   int
	}{
		"as it is":                        {one, 16, func(*audit.RotationRequest) {}, 200},
		"the second before the first":     {two, 16, func(*audit.RotationRequest) {}, 403},
		"an old size it does not hold":    {one, 10, func(*audit.RotationRequest) {}, 409},
		"the old key did not sign":        {one, 16, forged(func(e *audit.Entry) { e.Facts[2].Value = e.Facts[3].Value }), 403},
		"the new key did not sign":        {one, 16, forged(func(e *audit.Entry) { e.Facts[3].Value = e.Facts[2].Value }), 403},
		"an entry that is not in the log": {one, 16, forged(func(e *audit.Entry) { e.Address = "192.0.2.1" }), 403},
		"an entry that is no rotation":    {one, 16, func(r *audit.RotationRequest) { r.Rotation.Entry = d.entries[0].body }, 403},
		"another checkpoint":              {one, 16, func(r *audit.RotationRequest) { r.Rotation.Checkpoint = d.rotation(two, 16).Rotation.Checkpoint }, 403},
		"no proof of going on":            {one, 16, func(r *audit.RotationRequest) { r.Ask.Proof = nil }, 422},
		"a checkpoint of a later key":     {one, 16, func(r *audit.RotationRequest) { *r = withHead(d, *r, two) }, 403},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatcher(t, publicKey)
			first := slices.IndexFunc(d.heads, func(h headRow) bool { return h.size == 16 })
			if _, status, text := w.AddCheckpoint(audit.WitnessRequest{Checkpoint: d.heads[first].signed}.Bytes(), noon); status != 200 {
				t.Fatal(status, text)
			}
			r := d.rotation(c.seq, c.old)
			c.do(&r)
			line, status, text := w.AddRotation(r.Bytes(), noon)
			if status != c.status || (status == 200) != (line != nil) || (status == 200) != (text == "") {
				t.Fatalf("%d %q %q", status, text, line)
			}
			if status == 200 {
				return
			}
			good := d.rotation(one, 16)
			if _, status, text := w.AddRotation(good.Bytes(), noon); status != 200 {
				t.Errorf("afterwards it no longer follows what is right: %d %s", status, text)
			}
		})
	}
	for name, body := range map[string]string{"nothing": "", "a checkpoint's request": string(d.request(10, 16).Bytes()), "no proof": "rotation AAAA\n" + string(d.request(10, 16).Bytes())} {
		if _, status, _ := newWatcher(t, publicKey).AddRotation([]byte(body), noon); status != 400 {
			t.Errorf("%s: %d", name, status)
		}
	}
}

// withHead proves the rotation under the first head over another entry.
func withHead(d *desk, r audit.RotationRequest, seq int64) audit.RotationRequest {
	d.t.Helper()
	later := d.rotation(seq, r.Ask.Old)
	c, err := audit.ParseCheckpoint(checkpointText(later.Ask.Checkpoint))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Ask, r.Rotation.Checkpoint = later.Ask, later.Ask.Checkpoint
	if r.Rotation.Hashes, err = audit.ProveInclusion(c.Size, r.Rotation.Index+1, &d.memory); err != nil {
		d.t.Fatal(err)
	}
	return r
}

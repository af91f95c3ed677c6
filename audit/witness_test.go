package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// watcher is a witness in a folder, and how to open it again.
type watcher struct {
	*audit.Witness
	dir, skey string
}

func newWatcher(t testing.TB, logs ...string) *watcher {
	t.Helper()
	skey, _, err := audit.NewWitnessKey("witness.example/w1")
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{dir: filepath.Join(t.TempDir(), "heads"), skey: skey}
	w.reopen(t, logs...)
	return w
}

func (w *watcher) reopen(t testing.TB, logs ...string) {
	t.Helper()
	var err error
	if w.Witness, err = audit.OpenWitness(w.dir, w.skey, logs); err != nil {
		t.Fatal(err)
	}
}

// request asks to go on from an old size to a newer head.
func (d *desk) request(old, size int64) audit.WitnessRequest {
	d.t.Helper()
	r := audit.WitnessRequest{Old: old}
	var err error
	if old > 0 && old <= size {
		if r.Proof, err = audit.ProveConsistency(old, size, &d.memory); err != nil {
			d.t.Fatal(err)
		}
	}
	if r.Checkpoint, err = d.at(size).Sign(d.signer); err != nil {
		d.t.Fatal(err)
	}
	return r
}

// The example request of C2SP tlog-witness.
func TestTheSpecificationsRequestIsReadAndWritten(t *testing.T) {
	example := "old 20852014\n" +
		"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" +
		"jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n" +
		"5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n" +
		"/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n" + sofaNote +
		"— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n"
	r, err := audit.ParseWitnessRequest([]byte(example))
	if err != nil || r.Old != 20852014 || len(r.Proof) != 4 || !strings.HasPrefix(string(r.Checkpoint), sofaNote) {
		t.Fatalf("%+v, %v", r, err)
	}
	if !bytes.Equal(r.Bytes(), []byte(example)) {
		t.Errorf("%q", r.Bytes())
	}
}

func TestARequestIsReadInNoOtherForm(t *testing.T) {
	good := string(workday(t).request(4, 16).Bytes())
	for name, c := range map[string]struct{ old, new string }{
		"nothing":                        {good, ""},
		"no old size":                    {"old 4\n", ""},
		"an old size in words":           {"old 4\n", "old four\n"},
		"an old size with a sign":        {"old 4\n", "old +4\n"},
		"an old size with a zero before": {"old 4\n", "old 04\n"},
		"two spaces":                     {"old 4\n", "old  4\n"},
		"a negative old size":            {"old 4\n", "old -4\n"},
		"more hashes than any log needs": {"old 4\n", "old 4\n" + strings.Repeat(golden.Root.String()+"\n", 64)},
		"a hash that is too short":       {"old 4\n", "old 4\nAAAA\n"},
		"no signatures":                  {"\n\n—", "\n—"},
		"no newline at the end":          {"=\n", "=\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if name == "no newline at the end" {
				text = strings.TrimSuffix(good, "\n")
			}
			if _, err := audit.ParseWitnessRequest([]byte(text)); !errors.Is(err, audit.ErrNotCanonical) {
				t.Error(err)
			}
		})
	}
	if _, err := audit.ParseWitnessRequest([]byte(good + strings.Repeat("x", audit.MaxWitnessRequest) + "\n")); err == nil {
		t.Error("a request without end was read")
	}
}

func TestAWitnessFollowsALog(t *testing.T) {
	d := workday(t)
	w := newWatcher(t, publicKey)
	now := time.Date(2026, 3, 1, 12, 0, 0, 5e8, time.UTC)
	for _, step := range []struct{ old, size int64 }{{0, 1}, {1, 4}, {4, 4}, {4, 10}, {10, 16}} {
		r := d.request(step.old, step.size)
		line, status, text := w.AddCheckpoint(r.Bytes(), now)
		if status != 200 || text != "" {
			t.Fatalf("%v: %d %q", step, status, text)
		}
		signed, ok, err := audit.AddCosignatures(r.Checkpoint, line, []string{w.VKey()})
		if err != nil || len(ok) != 1 || !ok[0].At.Equal(now.Truncate(time.Second)) || ok[0].Name != "witness.example/w1" {
			t.Fatalf("%v: %v %v", step, ok, err)
		}
		if _, err := audit.OpenCheckpoint(signed, d.verifier); err != nil {
			t.Errorf("the log's own signature is lost: %v", err)
		}
		w.reopen(t, publicKey) // all it knows is on the disk
	}
}

func TestAWitnessRefuses(t *testing.T) {
	d := workday(t)
	forged := func(size int64) audit.WitnessRequest { // our key, another history
		r := d.request(10, size)
		c := d.at(size)
		c.Root[0] ^= 1
		r.Checkpoint, _ = c.Sign(d.signer)
		return r
	}
	for name, c := range map[string]struct {
		request func() []byte
		status  int
		text    string
	}{
		"what is no request": {func() []byte { return []byte("hello") }, 400, ""},
		"an old size above the checkpoint's": {func() []byte {
			return d.request(16, 10).Bytes()
		}, 400, ""},
		"our key under something that is no checkpoint": {func() []byte {
			n, _ := note.Sign(&note.Note{Text: origin + "\nI owe you nothing.\n"}, d.signer)
			return audit.WitnessRequest{Old: 10, Checkpoint: n}.Bytes()
		}, 400, ""},
		"a stranger's signature": {func() []byte {
			r := d.request(10, 16)
			s, _ := stranger(t, origin)
			r.Checkpoint, _ = d.at(16).Sign(s)
			return r.Bytes()
		}, 403, ""},
		"a log it does not know": {func() []byte {
			s, _ := stranger(t, "reviewdesk/other")
			c := d.at(16)
			c.Origin = "reviewdesk/other"
			signed, _ := c.Sign(s)
			return audit.WitnessRequest{Checkpoint: signed}.Bytes()
		}, 404, ""},
		"an old size below what it holds": {func() []byte { return d.request(4, 16).Bytes() }, 409, "10\n"},
		"an old size of nothing":          {func() []byte { return d.request(0, 16).Bytes() }, 409, "10\n"},
		"an old size above what it holds": {func() []byte { return d.request(12, 16).Bytes() }, 409, "10\n"},
		"a smaller head":                  {func() []byte { return d.request(4, 6).Bytes() }, 409, "10\n"},
		"another root at the same size":   {func() []byte { return forged(10).Bytes() }, 409, "10\n"},
		"another history":                 {func() []byte { return forged(16).Bytes() }, 422, ""},
		"a proof with a hash too few": {func() []byte {
			r := d.request(10, 16)
			r.Proof = r.Proof[1:]
			return r.Bytes()
		}, 422, ""},
		"no proof": {func() []byte {
			r := d.request(10, 16)
			r.Proof = nil
			return r.Bytes()
		}, 422, ""},
		"a proof where none is needed": {func() []byte {
			r := d.request(10, 10)
			r.Proof = tlog.TreeProof{{}}
			return r.Bytes()
		}, 422, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatcher(t, publicKey)
			if _, status, text := w.AddCheckpoint(d.request(0, 10).Bytes(), noon); status != 200 {
				t.Fatal(status, text)
			}
			line, status, text := w.AddCheckpoint(c.request(), noon)
			if status != c.status || line != nil || c.text != "" && text != c.text || text == "" {
				t.Errorf("%d %q %q", status, text, line)
			}
			if _, status, _ := w.AddCheckpoint(d.request(10, 16).Bytes(), noon); status != 200 {
				t.Errorf("afterwards it no longer takes what is right: %d", status)
			}
		})
	}
}

func TestAWitnessStartsWithNothing(t *testing.T) {
	d := workday(t)
	w := newWatcher(t, publicKey)
	if _, status, text := w.AddCheckpoint(d.request(4, 16).Bytes(), noon); status != 409 || text != "0\n" {
		t.Errorf("%d %q", status, text)
	}
	r := d.request(0, 16)
	r.Proof = tlog.TreeProof{{}}
	if _, status, _ := w.AddCheckpoint(r.Bytes(), noon); status != 422 {
		t.Errorf("a proof from nothing: %d", status)
	}
}

func TestAWitnessThatLostItsMindStopsCosigning(t *testing.T) {
	d := workday(t)
	for name, damage := range map[string]func(file string){
		"its file is cut short": func(f string) { os.Truncate(f, 20) },
		"its file is empty":     func(f string) { os.Truncate(f, 0) },
		"its file says another size": func(f string) {
			edit(t, f, func(s string) string { return strings.Replace(s, "\n10\n", "\n4\n", 1) })
		},
		"its file is a folder": func(f string) { os.Remove(f); os.Mkdir(f, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatcher(t, publicKey)
			w.AddCheckpoint(d.request(0, 10).Bytes(), noon)
			files, _ := filepath.Glob(w.dir + "/*")
			if len(files) != 1 {
				t.Fatal(files)
			}
			damage(files[0])
			if _, status, _ := w.AddCheckpoint(d.request(0, 16).Bytes(), noon); status != 500 {
				t.Errorf("it forgot what it had seen: %d", status)
			}
			if _, err := audit.OpenWitness(w.dir, w.skey, []string{publicKey}); err == nil {
				t.Error("it opens again as if nothing were")
			}
		})
	}
}

func TestAWitnessKnowsALogThroughARotation(t *testing.T) {
	d := twice(t)
	w := newWatcher(t, d.chain...)
	first, last := d.chain[0], d.chain[2]
	old := workday(t)
	if _, status, _ := w.AddCheckpoint(old.request(0, 16).Bytes(), noon); status != 200 {
		t.Fatal(status)
	}
	if first == last {
		t.Fatal("no rotation")
	}
	c := d.at(16)
	c.Root = old.at(16).Root
	if _, status, _ := w.AddCheckpoint(d.request(16, 22).Bytes(), noon); status != 422 {
		t.Errorf("another log's history: %d", status)
	}
	w2 := newWatcher(t, d.chain...)
	for _, step := range []struct{ old, size int64 }{{0, 16}, {16, 22}} {
		if _, status, text := w2.AddCheckpoint(d.request(step.old, step.size).Bytes(), noon); status != 200 {
			t.Errorf("%v: %d %s", step, status, text)
		}
	}
}

// Many ask at once; whatever is cosigned goes on from what was cosigned before.
func TestAWitnessAnswersManyAtOnce(t *testing.T) {
	d := workday(t)
	w := newWatcher(t, publicKey)
	var requests [][]byte
	for old := int64(0); old < 16; old++ {
		requests = append(requests, d.request(old, old+1).Bytes())
	}
	var wait sync.WaitGroup
	for _, r := range requests {
		wait.Go(func() {
			for range 40 {
				if _, status, _ := w.AddCheckpoint(r, noon); status != 200 && status != 409 {
					t.Errorf("status %d", status)
				}
			}
		})
	}
	wait.Wait()
	held := int64(-1)
	if _, _, text := w.AddCheckpoint(d.request(0, 16).Bytes(), noon); text != "" {
		fmt.Sscan(text, &held)
	}
	if held < 1 || held > 16 {
		t.Errorf("it holds %d", held)
	}
}

func TestOpenWitnessRefusesOddKeys(t *testing.T) {
	skey, _, _ := audit.NewWitnessKey("w1")
	for name, c := range map[string]struct {
		skey string
		logs []string
	}{
		"no key of its own":    {"", []string{publicKey}},
		"a log's secret key":   {secretKey, []string{publicKey}},
		"a log's key twice":    {skey, []string{publicKey, publicKey}},
		"a witness for a log":  {skey, []string{mustWitnessKey(t)}},
		"a damaged secret key": {skey[:len(skey)-8], []string{publicKey}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := audit.OpenWitness(t.TempDir(), c.skey, c.logs); err == nil {
				t.Error("it opens")
			}
		})
	}
}

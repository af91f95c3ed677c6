package audit_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"reviewdesk/audit"
)

// mend is a bundle's lines under somebody's hands.
type mend struct {
	t     testing.TB
	d     *desk
	lines []string
}

func (m *mend) replace(line int, old, new string) {
	m.t.Helper()
	changed := strings.Replace(m.lines[line], old, new, 1)
	if changed == m.lines[line] {
		m.t.Fatalf("line %d has no %q: %s", line, old, m.lines[line])
	}
	m.lines[line] = changed
}

func (m *mend) drop(line int)   { m.lines = slices.Delete(m.lines, line, line+1) }
func (m *mend) swap(a, b int)   { m.lines[a], m.lines[b] = m.lines[b], m.lines[a] }
func (m *mend) repeat(line int) { m.lines = slices.Insert(m.lines, line, m.lines[line]) }
func (m *mend) cut(line int)    { m.lines = append(m.lines[:line], "") }
func (m *mend) end(lines string) {
	m.lines[len(m.lines)-2] = `{"end":{"entries":` + lines + `}}` + "\n"
}

// rewrite changes the entry in a line and leaves its place and proof.
func (m *mend) rewrite(line int, change func(*audit.Entry)) {
	m.t.Helper()
	_, rest, _ := strings.Cut(m.lines[line], `"entry":"`)
	coded, _, _ := strings.Cut(rest, `"`)
	body, err := base64.StdEncoding.DecodeString(coded)
	if err != nil {
		m.t.Fatal(err)
	}
	e, err := audit.Parse(body)
	if err != nil {
		m.t.Fatal(err)
	}
	change(&e)
	if body, err = e.Bytes(); err != nil {
		m.t.Fatal(err)
	}
	m.replace(line, coded, base64.StdEncoding.EncodeToString(body))
}

type bundleDamage struct {
	name  string
	do    func(m *mend)
	fault audit.Fault
	seq   int64
}

func toEveryBundle(m *mend) []bundleDamage {
	return []bundleDamage{
		{"it is empty", func(m *mend) { m.lines = nil }, audit.FaultCutOff, 0},
		{"it ends in the middle of a line", func(m *mend) { m.lines[3] = m.lines[3][:9]; m.lines = m.lines[:4] }, audit.FaultCutOff, 0},
		{"it ends without its last line", func(m *mend) { m.cut(len(m.lines) - 2) }, audit.FaultCutOff, 0},
		{"its last newline is gone", func(m *mend) { m.replace(len(m.lines)-2, "\n", "") }, audit.FaultCutOff, 0},
		{"it goes on behind its end", func(m *mend) { m.lines = append(m.lines, "{}\n") }, audit.FaultInserted, 0},
		{"it counts one entry more", func(m *mend) { m.end("99") }, audit.FaultMissing, 0},
		{"it counts one entry less", func(m *mend) { m.end("2") }, audit.FaultInserted, 0},
		{"its count has a zero before it", func(m *mend) { m.replace(len(m.lines)-2, `:`, `: `) }, audit.FaultChanged, 0},
		{"a space is put in", func(m *mend) { m.replace(2, `,"entry"`, `, "entry"`) }, audit.FaultChanged, 0},
		{"a member is put in", func(m *mend) { m.replace(2, `,"entry"`, `,"note":"","entry"`) }, audit.FaultChanged, 0},
		{"a line is put in that is nothing", func(m *mend) { m.lines = slices.Insert(m.lines, 2, "\n") }, audit.FaultChanged, 0},
		{"a line is longer than any", func(m *mend) { m.replace(2, `,"entry"`, `,"entry`+strings.Repeat("x", 1<<20)) }, audit.FaultChanged, 0},
		{"the head is another size", func(m *mend) { m.replace(0, `\n22\n`, `\n21\n`) }, audit.FaultSignature, 0},
		{"the head has no signature", func(m *mend) { m.replace(0, `\n—`, `\n`) }, audit.FaultSignature, 0},
		{"the header is of another version", func(m *mend) { m.replace(0, `bundle":2`, `bundle":3`) }, audit.FaultChanged, 0},
		{"the header names another log", func(m *mend) { m.replace(0, `"reviewdesk/test"`, `"reviewdesk/tent"`) }, audit.FaultSignature, 0},
		{"the header has no keys", func(m *mend) { m.replace(0, `"keys":["`, `"keys":[],"x":["`) }, audit.FaultChanged, 0},
		{"the header's keys change places", func(m *mend) {
			m.replace(0, m.d.chain[0], "?")
			m.replace(0, m.d.chain[1], m.d.chain[0])
			m.replace(0, "?", m.d.chain[1])
		}, audit.FaultSignature, 17},
		{"a key is left out of the header", func(m *mend) { m.replace(0, `"`+m.d.chain[1]+`",`, "") }, audit.FaultSignature, 17},
		{"a key is put into the header", func(m *mend) { m.replace(0, m.d.chain[2], strangerKey(m.t)+`","`+m.d.chain[2]) }, audit.FaultSignature, 20},
		{"an entry is no entry", func(m *mend) { m.replace(1, `"entry":"`, `"entry":"AAAA`) }, audit.FaultChanged, m.seq(1)},
		{"an entry's number is changed", func(m *mend) { m.rewrite(2, func(e *audit.Entry) { e.Seq++ }) }, audit.FaultReordered, m.seq(2)},
		{"two entries change places", func(m *mend) { m.swap(2, 3) }, audit.FaultMissing, m.swapped()},
		{"an entry comes twice", func(m *mend) { m.repeat(2) }, audit.FaultReordered, m.seq(2)},
		{"a consistency proof is wrong", func(m *mend) { m.replace(m.consistency(), `"proof":["`, `"proof":["`+golden.Root.String()+`","`) }, audit.FaultChanged, 0},
		{"a consistency proof is from another size", func(m *mend) { m.replace(m.consistency(), `"from":6`, `"from":7`) }, audit.FaultChanged, 0},
		{"a consistency proof is dropped", func(m *mend) { m.drop(m.consistency()) }, m.unlessWhole(audit.FaultMissing), 0},
		{"entries come behind the consistency proofs", func(m *mend) { m.swap(m.consistency()-1, m.consistency()) }, audit.FaultMissing, 0},
	}
}

// The same hand at work on a whole log and on a part of it is found out differently.
func (m *mend) whole() bool { return strings.Contains(m.lines[0], `"kind":"log"`) }

func (m *mend) either(whole, part audit.Fault) audit.Fault {
	if m.whole() {
		return whole
	}
	return part
}

func (m *mend) unlessWhole(f audit.Fault) audit.Fault { return m.either(audit.FaultNone, f) }

// swapped is where it shows that lines 2 and 3 changed places: a case is missed where
// it goes on, a run of numbers where it stops.
func (m *mend) swapped() int64 {
	if strings.Contains(m.lines[0], `"kind":"case"`) {
		return m.seq(3)
	}
	return m.seq(2)
}

// seq is the number of the entry in a line.
func (m *mend) seq(line int) (n int64) {
	rest, _ := strings.CutPrefix(m.lines[line], `{"seq":`)
	for _, c := range rest {
		if c < '0' || c > '9' {
			return n
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

func (m *mend) consistency() int {
	return slices.IndexFunc(m.lines, func(l string) bool { return strings.HasPrefix(l, `{"consistency"`) })
}

func toAWholeLog(*mend) []bundleDamage {
	return []bundleDamage{
		{"an entry's words are changed", func(m *mend) { m.rewrite(8, func(e *audit.Entry) { e.Address = "192.0.2.1" }) }, audit.FaultChanged, 8},
		{"two entries' words are changed", func(m *mend) {
			m.rewrite(11, func(e *audit.Entry) { e.Address = "192.0.2.1" })
			m.rewrite(9, func(e *audit.Entry) { e.Address = "192.0.2.1" })
		}, audit.FaultChanged, 9},
		{"an entry's words are changed, and the hashes beside the head", func(m *mend) {
			m.rewrite(8, func(e *audit.Entry) { e.Address = "192.0.2.1" })
			m.replace(23, `"leaves":["`, `"leaves":["`+golden.Root.String()+`","`)
		}, audit.FaultChanged, 7},
		{"a hash beside a head is another one", func(m *mend) {
			m.lines[23] = strings.Replace(m.lines[23], m.lines[23][len(m.lines[23])-60:len(m.lines[23])-50], "AAAAAAAAAA", 1)
		}, audit.FaultChanged, 0},
		{"a head's proof is another one", func(m *mend) { m.replace(23, `"proof":[`, `"proof":["`+golden.Root.String()+`"`) }, audit.FaultChanged, 0},
		{"a head's root is another one", func(m *mend) { m.replace(23, `"root":"`+m.d.at(22).Root.String(), `"root":"`+m.d.at(21).Root.String()) }, audit.FaultChanged, 0},
		{"a head is left out", func(m *mend) { m.drop(23) }, audit.FaultMissing, 0},
		{"a head stands too early", func(m *mend) { m.swap(22, 23) }, audit.FaultCutOff, 22},
		{"a head comes twice", func(m *mend) { m.repeat(23) }, audit.FaultReordered, 0},
		{"an entry before what the auditor holds is changed", func(m *mend) { m.rewrite(2, func(e *audit.Entry) { e.Address = "192.0.2.1" }) }, audit.FaultChanged, 2},
		{"an entry is dropped", func(m *mend) { m.drop(8) }, audit.FaultMissing, 8},
		{"the last entry is dropped", func(m *mend) { m.drop(22) }, audit.FaultCutOff, 22},
		{"all entries are dropped", func(m *mend) { m.lines = slices.Delete(m.lines, 1, 24) }, audit.FaultMissing, 0},
		{"an entry is put behind the last", func(m *mend) {
			m.lines = slices.Insert(m.lines, 23, m.lines[22])
			m.replace(23, `"seq":22`, `"seq":23`)
		}, audit.FaultInserted, 23},
		{"an entry is older than the one before it", func(m *mend) { m.rewrite(8, func(e *audit.Entry) { e.Time = noon }) }, audit.FaultTime, 8},
		{"a rotation's signature is changed", func(m *mend) { m.rewrite(17, func(e *audit.Entry) { e.Facts[2].Value = e.Facts[3].Value }) }, audit.FaultSignature, 17},
		{"a rotation is made a view", func(m *mend) { m.rewrite(20, func(e *audit.Entry) { e.Action = "viewed" }) }, audit.FaultChanged, 20},
		{"proofs are put in", func(m *mend) { m.replace(2, `"}`, `","proof":[]}`) }, audit.FaultChanged, 0},
		{"it is called a case", func(m *mend) { m.replace(0, `"kind":"log","case":""`, `"kind":"case","case":"A"`) }, audit.FaultChanged, 0},
	}
}

func toACase(m *mend) []bundleDamage {
	other := m.d.bundle(audit.BundleScope{Kind: audit.ScopeCase, Case: "A"})
	line := strings.SplitAfter(other, "\n")
	return []bundleDamage{
		{"an entry's words are changed", func(m *mend) { m.rewrite(2, func(e *audit.Entry) { e.Address = "192.0.2.1" }) }, audit.FaultChanged, m.seq(2)},
		{"a proof's hash is changed", func(m *mend) { m.replace(2, `"proof":["`, `"proof":["AAA`) }, audit.FaultChanged, 0},
		{"a proof is gone", func(m *mend) {
			before, _, _ := strings.Cut(m.lines[2], `"proof"`)
			m.lines[2] = before + `"proof":[]}` + "\n"
		}, audit.FaultChanged, m.seq(2)},
		{"its first step is dropped", func(m *mend) { m.drop(1) }, audit.FaultMissing, m.seq(2)},
		{"a step in the middle is dropped", func(m *mend) { m.drop(3) }, audit.FaultMissing, m.seq(4)},
		{"all entries are dropped", func(m *mend) {
			m.lines = slices.DeleteFunc(m.lines, func(l string) bool {
				return strings.HasPrefix(l, `{"seq":`) && !strings.HasPrefix(l, `{"seq":17,`) && !strings.HasPrefix(l, `{"seq":20,`)
			})
		}, audit.FaultMissing, 0},
		{"an entry of another case is put in", func(m *mend) { m.lines = slices.Insert(m.lines, 1, line[1]) }, audit.FaultInserted, 2},
		{"a rotation is dropped", func(m *mend) {
			m.drop(slices.IndexFunc(m.lines, func(l string) bool { return strings.HasPrefix(l, `{"seq":17,`) }))
		}, audit.FaultSignature, 20},
		{"both rotations are dropped", func(m *mend) {
			m.lines = slices.DeleteFunc(m.lines, func(l string) bool {
				return strings.HasPrefix(l, `{"seq":17,`) || strings.HasPrefix(l, `{"seq":20,`)
			})
		}, audit.FaultMissing, 0},
		{"it is called another case", func(m *mend) { m.replace(0, `"case":"B"`, `"case":"A"`) }, audit.FaultInserted, m.seq(1)},
		{"it is called the whole log", func(m *mend) { m.replace(0, `"kind":"case","case":"B"`, `"kind":"log","case":""`) }, audit.FaultChanged, 0},
	}
}

func toAPeriod(m *mend) []bundleDamage {
	early := strings.SplitAfter(m.d.bundle(period(2, 4)), "\n")
	return []bundleDamage{
		{"an entry's words are changed", func(m *mend) { m.rewrite(2, func(e *audit.Entry) { e.Address = "192.0.2.1" }) }, audit.FaultChanged, m.seq(2)},
		{"an entry in the middle is dropped", func(m *mend) { m.drop(3) }, audit.FaultMissing, m.seq(3)},
		{"the one before it is dropped", func(m *mend) { m.drop(1) }, audit.FaultMissing, 1},
		{"the first in it is dropped", func(m *mend) { m.drop(2) }, audit.FaultMissing, m.seq(2)},
		{"the last in it is dropped", func(m *mend) { m.drop(5) }, audit.FaultMissing, m.seq(5)},
		{"the one after it is dropped", func(m *mend) { m.drop(6) }, audit.FaultMissing, m.seq(6)},
		{"one from long before is put in", func(m *mend) { m.lines = slices.Insert(m.lines, 1, early[1]) }, audit.FaultInserted, 1},
		{"it is said to end later", func(m *mend) { m.replace(0, `:09.250Z"},"ch`, `:59.250Z"},"ch`) }, audit.FaultMissing, 10},
		{"it is said to begin earlier", func(m *mend) { m.replace(0, `"from":"2026-03-01T12:00:05`, `"from":"2026-03-01T12:00:02`) }, audit.FaultMissing, 1},
		{"it is said to begin later", func(m *mend) { m.replace(0, `"from":"2026-03-01T12:00:05`, `"from":"2026-03-01T12:00:07`) }, audit.FaultInserted, 4},
	}
}

func TestEveryDamageToABundleIsNamed(t *testing.T) {
	for _, of := range []struct {
		scope   audit.BundleScope
		damages []func(*mend) []bundleDamage
	}{
		{theLog, []func(*mend) []bundleDamage{toEveryBundle, toAWholeLog}},
		{theCase, []func(*mend) []bundleDamage{toEveryBundle, toACase}},
		{period(5, 9), []func(*mend) []bundleDamage{toEveryBundle, toAPeriod}},
	} {
		d := twice(t)
		good := d.bundle(of.scope, 6)
		o := audit.BundleOptions{Keys: pinned(t), Held: []audit.Checkpoint{d.at(6)}}
		for _, damages := range of.damages {
			for i, c := range damages(&mend{t, d, strings.SplitAfter(good, "\n")}) {
				t.Run("the "+of.scope.Kind+": "+c.name, func(t *testing.T) {
					m := &mend{t, d, strings.SplitAfter(good, "\n")}
					damages(m)[i].do(m)
					r := check(t, strings.Join(m.lines, ""), o)
					if r.Fault != c.fault || r.Seq != c.seq || strings.ContainsRune(r.Sentence(), '\n') {
						t.Errorf("want %q at %d: %q at %d: %s", c.fault, c.seq, r.Fault, r.Seq, r.Sentence())
					}
				})
			}
		}
	}
}

func TestNoBitOfABundleCanBeTurned(t *testing.T) {
	d := twice(t)
	for _, scope := range []audit.BundleScope{theLog, theCase, period(5, 9)} {
		good := []byte(d.bundle(scope, 6))
		for at := 0; at < len(good); at += 11 {
			good[at] ^= 1 << (at % 8)
			r := check(t, string(good), audit.BundleOptions{Keys: pinned(t), Held: []audit.Checkpoint{d.at(6)}})
			if r.Fault == audit.FaultNone {
				t.Errorf("the %s: bit %d of byte %d", scope.Kind, at%8, at)
			}
			good[at] ^= 1 << (at % 8)
		}
	}
}

// A bundle of many heads names the entry wherever it is; and the span, if the hashes
// beside the head were changed too.
func TestABundleOfManyHeadsNamesTheEntry(t *testing.T) {
	d := newDesk(t)
	for range 200 {
		d.add(audit.Entry{Action: "viewed"})
	}
	d.commit()
	good := strings.SplitAfter(d.bundle(theLog), "\n")
	heads := []int{65, 130, 195, 204} // the lines
	for i, at := range heads {
		if !strings.HasPrefix(good[at], `{"head":`) {
			t.Fatalf("line %d is no head: %.40s", at, good[at])
		}
		for _, seq := range []int64{int64(i)*64 + 1, int64(at - i - 1)} {
			m := &mend{t, d, slices.Clone(good)}
			line := int(seq) + i
			m.rewrite(line, func(e *audit.Entry) { e.Address = "192.0.2.1" })
			o := audit.BundleOptions{Keys: pinned(t), Held: []audit.Checkpoint{d.at(20), d.at(70)}}
			if r := check(t, strings.Join(m.lines, ""), o); r.Fault != audit.FaultChanged || r.Seq != seq {
				t.Errorf("entry %d is changed: %s", seq, r.Sentence())
			}
			m.replace(at, `"leaves":["`, `"leaves":["`+golden.Root.String()+`","`)
			o.Held = nil
			if r := check(t, strings.Join(m.lines, ""), o); r.Fault != audit.FaultChanged || r.Seq != int64(i)*64+1 {
				t.Errorf("entry %d is changed with its hash: %s", seq, r.Sentence())
			}
		}
	}
}

// Bundles of version 1 had no heads.
func TestAnOlderBundleIsRead(t *testing.T) {
	d := twice(t)
	for _, scope := range []audit.BundleScope{theLog, theCase} {
		lines := slices.DeleteFunc(strings.SplitAfter(d.bundle(scope, 6), "\n"), func(l string) bool { return strings.HasPrefix(l, `{"head":`) })
		m := &mend{t, d, lines}
		m.replace(0, `bundle":2`, `bundle":1`)
		o := audit.BundleOptions{Keys: pinned(t), Held: []audit.Checkpoint{d.at(6)}}
		if r := check(t, strings.Join(m.lines, ""), o); r.Fault != audit.FaultNone {
			t.Errorf("the %s: %s", scope.Kind, r.Sentence())
		}
		if scope == theLog {
			m.rewrite(8, func(e *audit.Entry) { e.Address = "192.0.2.1" })
			if r := check(t, strings.Join(m.lines, ""), o); r.Fault != audit.FaultChanged || r.Seq != 7 {
				t.Errorf("what it cannot name begins behind the checkpoint held: %s", r.Sentence())
			}
		}
	}
}

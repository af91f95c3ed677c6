package browser_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
)

// harm is one thing done to a good piece of evidence.
type harm struct {
	name  string
	to    evidence
	do    func(t *testing.T, e *evidence)
	fault string
}

func toLines(l lab) []harm {
	swap := func(i, j int) func(*testing.T, *evidence) {
		return func(_ *testing.T, e *evidence) { e.lines[i], e.lines[j] = e.lines[j], e.lines[i] }
	}
	drop := func(from, to int) func(*testing.T, *evidence) {
		return func(_ *testing.T, e *evidence) { e.lines = slices.Delete(e.lines, from, to) }
	}
	n, events := len(l.log.lines), 0 // the last lines are an event, its head, and the end
	for i := range l.log.lines {
		if l.log.body(i) != nil {
			events++
		}
	}
	return []harm{
		{"the whole log", l.log, nothing, ""},
		{"one case", l.one, nothing, ""},
		{"a period", l.period, nothing, ""},
		{"a log whose key was changed", l.turned, nothing, ""},
		{"an event is left out of the log", l.log, drop(9, 10), "missing"},
		{"the first event is left out", l.log, drop(1, 2), "missing"},
		{"the last event is left out", l.log, drop(n-3, n-2), "cut off"},
		{"the last event is left out with its head", l.log, drop(n-3, n-1), "cut off"},
		{"the last head is left out", l.log, drop(n-2, n-1), "missing"},
		{"a head comes twice", l.log, func(_ *testing.T, e *evidence) { e.lines = slices.Insert(e.lines, n-2, e.lines[n-2]) }, "reordered"},
		{"a head's proof has a hash too many", l.log, func(_ *testing.T, e *evidence) {
			e.lines[n-2] = strings.Replace(e.lines[n-2], `"proof":[`, `"proof":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="`, 1)
		}, "changed"},
		{"an event is changed, and its hash beside the head", l.log, func(t *testing.T, e *evidence) {
			e.rewrite(t, n-4, `"request":"`, `"request":"x`)
			e.lines[n-2] = strings.Replace(e.lines[n-2], `"leaves":["`, `"leaves":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","`, 1)
		}, "changed"},
		{"a hash beside a head is another one", l.log, func(_ *testing.T, e *evidence) {
			at := strings.Index(e.lines[n-2], `"leaves":["`) + 15
			e.lines[n-2] = e.lines[n-2][:at] + nextLetter(e.lines[n-2][at]) + e.lines[n-2][at+1:]
		}, "changed"},
		{"two events change places", l.log, swap(9, 10), "missing"},
		{"an event comes twice", l.log, func(_ *testing.T, e *evidence) { e.lines = slices.Insert(e.lines, 9, e.lines[8]) }, "reordered"},
		{"an event bears another's number", l.log, func(_ *testing.T, e *evidence) {
			e.lines[9] = strings.Replace(e.lines[10], `{"seq":10,`, `{"seq":9,`, 1)
		}, "reordered"},
		{"an event is put behind the last", l.log, func(t *testing.T, e *evidence) {
			more := strings.Replace(e.lines[n-3], fmt.Sprintf(`{"seq":%d,`, events), fmt.Sprintf(`{"seq":%d,`, events+1), 1)
			e.lines = slices.Insert(e.lines, n-1, more)
			e.rewrite(t, n-1, fmt.Sprintf(`"seq":%d,`, events), fmt.Sprintf(`"seq":%d,`, events+1))
		}, "inserted"},
		{"the bundle breaks off in the middle of a line", l.log, func(_ *testing.T, e *evidence) {
			e.lines = append(e.lines[:20], e.lines[20][:30])
		}, "cut off"},
		{"the bundle breaks off between two lines", l.log, drop(20, n), "cut off"},
		{"the last line is gone", l.log, drop(n-1, n), "cut off"},
		{"the last line counts one more", l.log, func(_ *testing.T, e *evidence) {
			e.lines[n-1] = fmt.Sprintf(`{"end":{"entries":%d}}`+"\n", events+1)
		}, "missing"},
		{"something stands behind the last line", l.log, func(_ *testing.T, e *evidence) { e.lines = append(e.lines, "\n") }, "inserted"},
		{"the lines end as Windows ends them", l.log, func(_ *testing.T, e *evidence) {
			e.lines[5] = strings.Replace(e.lines[5], "\n", "\r\n", 1)
		}, "changed"},
		{"the file is empty", l.log, func(_ *testing.T, e *evidence) { e.lines = nil }, "cut off"},
		{"the file is a letter", l.log, func(_ *testing.T, e *evidence) { e.lines = []string{"Dear auditor, all is well.\n"} }, "changed"},
		{"a line is of no kind", l.log, func(_ *testing.T, e *evidence) { e.lines[9] = strings.Replace(e.lines[9], "seq", "sep", 1) }, "changed"},
		{"the file is empty but for a line end", l.log, func(_ *testing.T, e *evidence) { e.lines = []string{"\n"} }, "changed"},
		{"the step of a case is left out", l.one, func(t *testing.T, e *evidence) {
			i := e.find(t, `"before":null`)
			e.lines = slices.Delete(e.lines, i, i+1)
		}, "missing"},
		{"an event of another case is among those of one", l.one, func(t *testing.T, e *evidence) {
			e.lines = slices.Insert(e.lines, 1, e.lines[1])
			e.rewrite(t, 1, `"object":"`, `"object":"x`)
		}, "changed"},
		{"the period has a gap", l.period, drop(4, 5), "missing"},
		{"the period does not reach its end", l.period, func(_ *testing.T, e *evidence) {
			e.lines = slices.Delete(e.lines, len(e.lines)-2, len(e.lines)-1)
		}, "cut off"},
	}
}

func nothing(*testing.T, *evidence) {}

func toBytes(l lab) []harm {
	change := func(name string, to evidence, text, from, into string) harm {
		return harm{name, to, func(t *testing.T, e *evidence) { e.rewrite(t, e.find(t, text), from, into) }, "changed"}
	}
	const decided = `"action":"decided"`
	return []harm{
		change("a decision is turned round", l.log, decided, `"name":"action","value":"`, `"name":"action","value":"not-`),
		change("a decision is another person's", l.log, decided, `"id":"`, `"id":"x`),
		change("a decision of one case is turned round", l.one, decided, `"name":"action","value":"`, `"name":"action","value":"not-`),
		change("an event has a space too many", l.log, decided, `{"v":1,`, `{"v":1, `),
		change("an event is of a version to come", l.log, decided, `{"v":1,`, `{"v":2,`),
		change("an event has its members in another order", l.log, decided, `"clock_stepped_back":false}`, `"clock_stepped_back":false,"more":1}`),
		change("an event's letter is written as an escape", l.log, decided, `"action":"decided"`, `"action":"\u0064ecided"`),
		change("an event's control character is written otherwise", l.log, decided, `"request":"`, `"request":"\u000A`),
		change("an event's number has a leading zero", l.log, decided, `"version":`, `"version":0`),
		change("an event's time has no such day", l.log, decided, `"time":"20`, `"time":"20-`),
		change("a commitment is too long", l.log, `"sum":"`, `"sum":"`, `"sum":"0`),
		change("a commitment's digits are capitals", l.log, `"sum":"`, `"sum":"`, `"sum":"A`),
		{"an event is no text", l.log, func(_ *testing.T, e *evidence) {
			e.lines[6] = entryMember.ReplaceAllLiteralString(e.lines[6], `"entry":"`+base64.StdEncoding.EncodeToString([]byte{0xff, 0xfe, 0x80})+`"`)
		}, "changed"},
		{"an event's base64 has spare bits", l.log, spareBits, "changed"},
		{"an inclusion proof has a wrong hash", l.one, func(_ *testing.T, e *evidence) {
			e.lines[1] = strings.Replace(e.lines[1], `"proof":["`, `"proof":["AAAA`, 1)
			e.lines[1] = strings.Replace(e.lines[1], e.lines[1][strings.Index(e.lines[1], "AAAA")+44:strings.Index(e.lines[1], "AAAA")+48], "", 1)
		}, "changed"},
		{"an inclusion proof is one hash short", l.one, func(_ *testing.T, e *evidence) {
			at := strings.LastIndex(e.lines[1], `,"`)
			e.lines[1] = e.lines[1][:at] + "]}\n"
		}, "changed"},
		{"an inclusion proof has one hash too many", l.one, func(_ *testing.T, e *evidence) {
			e.lines[1] = strings.Replace(e.lines[1], "]}\n", `,"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}`+"\n", 1)
		}, "changed"},
	}
}

// spareBits sets bits behind the end of an entry whose base64 has any.
func spareBits(t *testing.T, e *evidence) {
	for i := range e.lines {
		if m := entryMember.FindStringSubmatch(e.lines[i]); m != nil && strings.HasSuffix(m[1], "Q==") {
			e.lines[i] = strings.Replace(e.lines[i], `Q=="`, `R=="`, 1)
			return
		} else if m != nil && strings.HasSuffix(m[1], "0=") {
			e.lines[i] = strings.Replace(e.lines[i], `0="`, `1="`, 1)
			return
		}
	}
	t.Fatal("no entry has spare bits")
}

func toSignatures(l lab) []harm {
	checkpoint := func(change func(string) string) func(*testing.T, *evidence) {
		return func(t *testing.T, e *evidence) {
			e.header(t, func(h map[string]any) { h["checkpoint"] = change(h["checkpoint"].(string)) })
		}
	}
	return []harm{
		{"the signature is another one", l.log, checkpoint(func(s string) string {
			return s[:len(s)-20] + strings.Map(func(r rune) rune {
				if r == 'A' {
					return 'B'
				}
				return 'A'
			}, s[len(s)-20:len(s)-4]) + s[len(s)-4:]
		}), "wrong signature"},
		{"the checkpoint's size is another one", l.log, checkpoint(func(s string) string { return strings.Replace(s, "\n", "\n1", 1) }), "wrong signature"},
		{"the checkpoint has no signature", l.log, checkpoint(func(s string) string { return s[:strings.Index(s, "\n\n")+2] }), "wrong signature"},
		{"a stranger's line stands beside the signature", l.log, checkpoint(func(s string) string { return s + "— stranger AAAAAAAAAAAA\n" }), ""},
		{"the log is another one's, under its own key", l.log, forged, "wrong signature"},
		{"the auditor holds another key", l.log, func(t *testing.T, e *evidence) {
			_, vkey, err := audit.NewKey(strings.SplitN(e.vkeys[0], "+", 2)[0])
			if err != nil {
				t.Fatal(err)
			}
			e.vkeys = []string{vkey}
		}, "wrong signature"},
		{"the first key is left out of the bundle", l.turned, func(t *testing.T, e *evidence) {
			e.header(t, func(h map[string]any) { h["keys"] = h["keys"].([]string)[1:] })
		}, "wrong signature"},
		{"the change of keys bears a wrong signature", l.turned, func(t *testing.T, e *evidence) {
			i := e.find(t, `"key_rotated"`)
			e.rewrite(t, i, `"old_signature","value":"`, `"old_signature","value":"AAAA`)
		}, "wrong signature"},
		{"the auditor pins the first key of a log that changed it", l.turned, func(t *testing.T, e *evidence) {
			e.header(t, func(h map[string]any) { e.vkeys = h["keys"].([]string)[:1] })
		}, ""},
		{"the auditor pins both keys", l.turned, func(t *testing.T, e *evidence) {
			e.header(t, func(h map[string]any) { e.vkeys = h["keys"].([]string) })
		}, ""},
	}
}

// forged writes the whole log anew with one decision turned round, under a key of the
// forger's own in the log's name: everything in it fits.
func forged(t *testing.T, e *evidence) {
	t.Helper()
	origin := strings.SplitN(e.vkeys[0], "+", 2)[0]
	skey, vkey, err := audit.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	e.rewrite(t, e.find(t, `"action":"decided"`), `"name":"action","value":"`, `"name":"action","value":"not-`)
	tree := &audit.Frontier{}
	for i := range e.lines {
		if body := e.body(i); body != nil {
			if _, err := tree.Append(body); err != nil {
				t.Fatal(err)
			}
		}
	}
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := audit.Checkpoint{Origin: origin, Size: tree.Size(), Root: root}.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	e.header(t, func(h map[string]any) { h["keys"], h["checkpoint"] = []string{vkey}, string(signed) })
	e.lines = slices.DeleteFunc(e.lines, func(l string) bool { return strings.HasPrefix(l, `{"head":`) })
	e.lines[0] = strings.Replace(e.lines[0], `"reviewdesk_bundle":2`, `"reviewdesk_bundle":1`, 1) // which has none
}

func toHeld(l lab) []harm {
	hold := func(change func(string) string) func(*testing.T, *evidence) {
		return func(_ *testing.T, e *evidence) { e.held = append(e.held, change(l.older)) }
	}
	return []harm{
		{"the log goes on from a checkpoint held", l.turned, hold(func(s string) string { return s }), ""},
		{"the log had another root than the checkpoint held", l.turned, hold(func(s string) string {
			lines := strings.SplitN(s, "\n", 4)
			lines[2] = strings.Repeat("A", 43) + "="
			return strings.Join(lines, "\n")
		}), "changed"},
		{"the log is older than the checkpoint held", l.turned, hold(func(s string) string { return strings.Replace(s, "\n", "\n9", 1) }), "rolled back"},
		{"a period says nothing of the checkpoint held", l.period, func(t *testing.T, e *evidence) {
			_, rest, _ := strings.Cut(l.older, "\n")
			e.held = []string{strings.SplitN(e.vkeys[0], "+", 2)[0] + "\n" + rest}
		}, "missing"},
		{"a witness cosigned", l.log, cosign, ""},
		{"the cosignature is another one", l.log, func(t *testing.T, e *evidence) {
			cosign(t, e)
			e.header(t, func(h map[string]any) {
				s := h["checkpoint"].(string)
				h["checkpoint"] = s[:len(s)-10] + nextLetter(s[len(s)-10]) + s[len(s)-9:]
			})
		}, "wrong signature"},
		{"a witness that was to cosign did not", l.log, func(t *testing.T, e *evidence) {
			_, vkey, err := audit.NewWitnessKey("witness.example")
			if err != nil {
				t.Fatal(err)
			}
			e.witnesses = []string{vkey}
		}, "not witnessed"},
	}
}

// cosign has a witness of the test's own cosign the bundle's checkpoint.
func cosign(t *testing.T, e *evidence) {
	t.Helper()
	skey, vkey, err := audit.NewWitnessKey("witness.example")
	if err != nil {
		t.Fatal(err)
	}
	w, err := audit.OpenWitness(t.TempDir(), skey, e.vkeys)
	if err != nil {
		t.Fatal(err)
	}
	e.witnesses = append(e.witnesses, vkey)
	e.header(t, func(h map[string]any) {
		signed := []byte(h["checkpoint"].(string))
		line, status, text := w.AddCheckpoint(audit.WitnessRequest{Checkpoint: signed}.Bytes(), time.Unix(1_800_000_000, 0))
		if status != 200 {
			t.Fatalf("the witness answers %d %s", status, text)
		}
		h["checkpoint"] = string(append(signed, line...))
	})
}

// sayTheSame gives both verifiers every piece of evidence, whole and harmed.
func sayTheSame(t *testing.T, l lab) {
	b := openVerifier(t, l)
	n := 0
	for _, list := range []func(lab) []harm{toLines, toBytes, toSignatures, toHeld} {
		for _, h := range list(l) {
			t.Run(h.name, func(t *testing.T) {
				e, path := h.to.clone(), filepath.Join(l.dir, fmt.Sprintf("evidence-%d", n))
				h.do(t, &e)
				write(t, path, strings.Join(e.lines, ""))
				first, second := l.first(t, path, e), tab{t, b.ctx, b.d}.ask(path, e, "mine")
				if first != second {
					t.Errorf("the binary says %q at %d, the page %q at %d: %s", first.Fault, first.Seq, second.Fault, second.Seq, b.text("#say"))
				}
				if first.Fault != h.fault {
					t.Errorf("the fault is called %q, want %q", first.Fault, h.fault)
				}
			})
			n++
		}
	}
}

// mutations is how many single bits of bundles are flipped at random.
const mutations = 200

// agreeOnFlippedBits flips one bit of a bundle at a time, wherever it falls: both
// verifiers must find it, and call it the same.
func agreeOnFlippedBits(t *testing.T, l lab) {
	b := openVerifier(t, l)
	random := rand.New(rand.NewPCG(4, 3))
	for _, e := range []evidence{l.log, l.one, l.period, l.turned} {
		whole := strings.Join(e.lines, "")
		keys, err := audit.NewKeys(e.vkeys...)
		if err != nil {
			t.Fatal(err)
		}
		for range mutations / 4 {
			at, bit := random.IntN(len(whole)), random.IntN(8)
			changed := []byte(whole)
			changed[at] ^= 1 << bit
			path := filepath.Join(l.dir, fmt.Sprintf("flipped-%d-%d-%d", len(whole), at, bit)) // a page's file must not change under it
			write(t, path, string(changed))
			r, err := audit.VerifyBundle(strings.NewReader(string(changed)), audit.BundleOptions{Keys: keys})
			first, second := verdict{string(r.Fault), r.Seq}, b.ask(path, e, "mine")
			if err != nil || first.Fault == "" || first != second {
				t.Errorf("bit %d of byte %d in %.40q: %v, the binary says %q at %d, the page %q at %d: %s\n%s", bit, at, changed[max(0, at-20):min(len(changed), at+20)],
					err, first.Fault, first.Seq, second.Fault, second.Seq, r.Detail, b.text("#say"))
			}
		}
	}
}

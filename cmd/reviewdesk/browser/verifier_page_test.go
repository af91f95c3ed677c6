package browser_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// TestTheSecondVerifierMust holds the page against the binary and against its users.
func TestTheSecondVerifierMust(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, c := range []struct {
		name string
		do   func(*testing.T, lab)
	}{
		{"say the same as the first", sayTheSame},
		{"find every flipped bit, and call it the same", agreeOnFlippedBits},
		{"read proof files as the first does", readProofFiles},
		{"believe no key that comes out of the file", believeNoKeyOutOfTheFile},
		{"check signatures where the browser cannot", checkSignaturesBothWays},
		{"be accessible in every state", beAccessible},
		{"be used by keyboard and printed", beUsedByKeyboardAndPrinted},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			own := l
			own.dir = t.TempDir()
			c.do(t, own)
		})
	}
}

// proofOf makes a proof file out of a line of a case's bundle, as the desk's pages do.
func proofOf(t *testing.T, e evidence, i int) audit.Proof {
	t.Helper()
	p := audit.Proof{Index: e.entry(t, i).Seq - 1, Entry: e.body(i)}
	e.header(t, func(h map[string]any) { p.Checkpoint = []byte(h["checkpoint"].(string)) })
	_, list, _ := strings.Cut(e.lines[i], `"proof":["`)
	for h := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(list), `"]}`), `","`) {
		hash, err := tlog.ParseHash(h)
		if err != nil {
			t.Fatal(err)
		}
		p.Hashes = append(p.Hashes, hash)
	}
	return p
}

// readProofFiles gives both verifiers proof files, whole and harmed.
func readProofFiles(t *testing.T, l lab) {
	b := openVerifier(t, l)
	good := proofOf(t, l.one, 1)
	_, stranger, err := audit.NewKey("reviewdesk/another")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		name   string
		change func(text string) string
		vkeys  []string
		proven bool
	}{
		{"as it was given", func(s string) string { return s }, l.one.vkeys, true},
		{"an event changed", func(string) string {
			p := good
			p.Entry = []byte(strings.Replace(string(p.Entry), `"action":"`, `"action":"x`, 1))
			return string(p.Bytes())
		}, l.one.vkeys, false},
		{"another index", func(string) string {
			p := good
			p.Index++
			return string(p.Bytes())
		}, l.one.vkeys, false},
		{"a hash left out", func(string) string {
			p := good
			p.Hashes = p.Hashes[1:]
			return string(p.Bytes())
		}, l.one.vkeys, false},
		{"another hash", func(string) string {
			p := good
			p.Hashes = append([]tlog.Hash{{1}}, p.Hashes[1:]...)
			return string(p.Bytes())
		}, l.one.vkeys, false},
		{"another checkpoint", func(s string) string { return strings.Replace(s, "\n\nreviewdesk/", "\n\nreviewdesk/0", 1) }, l.one.vkeys, false},
		{"line ends of Windows", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }, l.one.vkeys, false},
		{"something behind it", func(s string) string { return s + "\n" }, l.one.vkeys, false},
		{"spare bits in the signature", func(s string) string { return s[:len(s)-3] + nextLetter(s[len(s)-3]) + s[len(s)-2:] }, l.one.vkeys, false},
		{"a stranger's key", func(s string) string { return s }, []string{stranger}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(l.dir, fmt.Sprintf("proof-%d", i))
			write(t, path, c.change(string(good.Bytes())))
			out, code := l.reviewdesk(t, "audit", "verify-proof", path, "--vkey", c.vkeys[0])
			second := tab{t, b.ctx, b.d}.ask(path, evidence{vkeys: c.vkeys}, "mine")
			if (code == 0) != c.proven || (second.Fault == "") != c.proven {
				t.Errorf("the binary says %q, the page %q at %d, proven should be %t", out, second.Fault, second.Seq, c.proven)
			}
		})
	}
}

// nextLetter sets the lowest bit of a base64 letter.
func nextLetter(c byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return letters[strings.IndexByte(letters, c)^1:][:1]
}

// believeNoKeyOutOfTheFile gives the page a log that somebody forged whole,
// under a key of their own: with the true key it is refused, with the one it brings
// along it agrees with itself, and the page says loudly how little that is.
func believeNoKeyOutOfTheFile(t *testing.T, l lab) {
	b := openVerifier(t, l)
	e, path := l.log.clone(), filepath.Join(l.dir, "forged")
	forged(t, &e)
	write(t, path, strings.Join(e.lines, ""))
	if v := b.ask(path, e, "mine"); v.Fault != "wrong signature" {
		t.Errorf("under the true key: %+v", v)
	}
	if v := b.ask(path, e, "file"); v.Fault != "" || eval[string](b, `verdict.dataset.is`) != "warn" || eval[bool](b, `document.getElementById("alarm").hidden`) {
		t.Errorf("under its own key: %+v, %s", v, b.text("#say-h"))
	}
	if !strings.Contains(b.text("#say-h"), "proves nothing") || !strings.Contains(b.text("#alarm"), "out of the file itself") {
		t.Errorf("the page should say that it proves nothing: %s", b.text("#verdict"))
	}
	if !eval[bool](b, `document.getElementById("keep").hidden`) {
		t.Error("a checkpoint of unknown origin is nothing to keep")
	}
}

// checkSignaturesBothWays turns the browser's own Ed25519 off.
func checkSignaturesBothWays(t *testing.T, l lab) {
	b := openVerifier(t, l)
	good, bad := filepath.Join(l.dir, "good"), filepath.Join(l.dir, "bad")
	write(t, good, strings.Join(l.turned.lines, ""))
	e := l.turned.clone()
	e.header(t, func(h map[string]any) {
		h["checkpoint"] = strings.Replace(h["checkpoint"].(string), "\n", "\n1", 1)
	})
	write(t, bad, strings.Join(e.lines, ""))
	for _, own := range []string{"false", "true"} {
		eval[bool](b, `(ownOnly = `+own+`, true)`)
		if v := b.ask(good, l.turned, "mine"); v.Fault != "" {
			t.Errorf("our own: %s, a good log: %+v", own, v)
		}
		if v := b.ask(bad, e, "mine"); v.Fault != "wrong signature" {
			t.Errorf("our own: %s, a bad log: %+v", own, v)
		}
	}
}

// beAccessible runs axe-core over the page before and after every kind of result.
func beAccessible(t *testing.T, l lab) {
	b := openVerifier(t, l)
	eval[bool](b, `document.querySelectorAll("details").forEach(d => { d.open = true }) || true`)
	b.audit()
	good, bad := filepath.Join(l.dir, "good"), filepath.Join(l.dir, "bad")
	write(t, good, strings.Join(l.log.lines, ""))
	e := l.log.clone()
	e.rewrite(t, 8, `{"v":1,`, `{ "v":1,`)
	write(t, bad, strings.Join(e.lines, ""))
	b.ask(good, l.log, "mine")
	eval[bool](b, `document.querySelector(".raw").click() || true`)
	b.audit()
	b.ask(bad, e, "mine")
	b.audit()
	b.ask(good, l.log, "file")
	b.audit()
}

// beUsedByKeyboardAndPrinted goes the auditor's way without a mouse, and
// looks for what the paper must hold.
func beUsedByKeyboardAndPrinted(t *testing.T, l lab) {
	b := openVerifier(t, l)
	path := filepath.Join(l.dir, "good")
	write(t, path, strings.Join(l.log.lines, ""))
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}), chromedp.Focus(chromedp.CSS("#key")))
	b.key(l.log.vkeys[0])
	b.do(chromedp.Focus(chromedp.CSS("#file")))
	b.key(kb.Tab)
	if at := eval[string](b, `document.activeElement.id`); at != "check" {
		t.Fatalf("behind the file comes %q, not the button", at)
	}
	b.key(kb.Enter)
	b.until(`"done" in verdict.dataset && verdict.dataset.is === "ok"`)
	if at := eval[string](b, `document.activeElement.id`); at != "verdict" {
		t.Errorf("the result should have the focus, not %q", at)
	}
	b.do(chromedp.Focus(chromedp.CSS("#f-text")))
	b.key("decided")
	b.until(`document.getElementById("rows").dataset.find === "decided" && document.getElementById("shown").textContent.includes("that fit")`)
	if s := b.text("#rows .what"); !strings.HasPrefix(s, "Approved the case") && !strings.HasPrefix(s, "Rejected the case") {
		t.Errorf("an event should be a sentence: %q", s)
	}
	eval[bool](b, `document.querySelector(".raw").focus() || true`)
	b.key(kb.Enter)
	b.until(`document.querySelector(".rawrow pre").textContent.startsWith('{"v":1,')`)
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil || len(pdf) < 10_000 {
		t.Errorf("printed: %d bytes, %v", len(pdf), err)
	}
}

// TestTheVerifierReadsALargeBundleWithoutFreezing has a log of 200 000 events, and the
// page must answer while it reads them.
func TestTheVerifierReadsALargeBundleWithoutFreezing(t *testing.T) {
	const events = 200_000
	l := lab{dir: t.TempDir()}
	l.page = filepath.Join(l.dir, "verify.html")
	write(t, l.page, l.must(t, "audit", "verifier"))
	path, vkey := largeBundle(t, l.dir, events)
	b := openVerifier(t, l)
	eval[bool](b, `(slowest = 0, before = performance.now(), setInterval(() => { const n = performance.now(); slowest = Math.max(slowest, n - before); before = n }, 1), true)`)
	if v := b.ask(path, evidence{vkeys: []string{vkey}}, "mine"); v.Fault != "" {
		t.Fatalf("%+v: %s", v, b.text("#say"))
	}
	took, slowest := eval[float64](b, `Number(verdict.dataset.took)`), eval[float64](b, `slowest`)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events, %d MB, in %.1f s: %.0f events/s; the page never stood still for longer than %.0f ms",
		events, info.Size()>>20, took/1000, events/took*1000, slowest)
	if slowest > 1_000 {
		t.Errorf("the page stood still for %.0f ms", slowest)
	}
}

// largeBundle writes a bundle of the whole of a made-up log.
func largeBundle(t *testing.T, dir string, events int) (path, vkey string) {
	t.Helper()
	skey, vkey, err := audit.NewKey("reviewdesk/large")
	if err != nil {
		t.Fatal(err)
	}
	tree, entries, stored := &audit.Frontier{}, make([][]byte, events), storedHashes{}
	for i := range entries {
		e := audit.Entry{Seq: int64(i + 1), Time: time.UnixMilli(int64(i)).UTC(), Action: "viewed", Object: fmt.Sprintf("%036d", i/5),
			Actor: audit.Actor{Kind: "person", ID: fmt.Sprintf("u-%d", i%40), Role: "reviewer"}, Facts: []audit.Fact{{Name: "what", Value: "case"}},
			Request: "01J9ZK4Q8W", Address: "192.0.2.7", Session: base64.StdEncoding.EncodeToString(make([]byte, 16)), Factors: []string{"password"}}
		if entries[i], err = e.Bytes(); err != nil {
			t.Fatal(err)
		}
		hashes, err := tree.Append(entries[i])
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
	}
	path = filepath.Join(dir, "large")
	writeLarge(t, path, entries, stored, tree, skey, vkey)
	return path, vkey
}

func writeLarge(t *testing.T, path string, entries [][]byte, stored storedHashes, tree *audit.Frontier, skey, vkey string) {
	t.Helper()
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := audit.Checkpoint{Origin: signer.Name(), Size: tree.Size(), Root: root}.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	w, err := audit.NewBundleWriter(out, audit.BundleHeader{Keys: []string{vkey}, Scope: audit.BundleScope{Kind: audit.ScopeLog}, Checkpoint: signed}, stored)
	if err != nil {
		t.Fatal(err)
	}
	for i, body := range entries {
		if err := w.Entry(int64(i+1), body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}

// storedHashes are a log's, in memory.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(places []int64) (out []tlog.Hash, err error) {
	for _, p := range places {
		out = append(out, s[p])
	}
	return out, nil
}

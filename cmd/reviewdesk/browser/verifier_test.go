package browser_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"reviewdesk/audit"
	"reviewdesk/cmd/reviewdesk/shipped"
)

// These tests hold the two verifiers against each other: the binary's, and the page
// that shares no code with it. Both are given the same files, whole and damaged, and
// both must name the same fault at the same event.

// evidence is what an auditor was given, and what they hold.
type evidence struct {
	lines     []string // of the bundle
	vkeys     []string
	held      []string // signed notes
	witnesses []string
	proof     string // a proof file instead of a bundle
}

// lab is a log with a history, and the bundles that the real binary made of it.
type lab struct {
	dir, page                string
	log, one, period, turned evidence // whole log, one case, a period, a log whose key was changed
	older                    string   // a signed head from before
}

// reviewdesk runs the binary and returns its output and exit code.
func (l lab) reviewdesk(t *testing.T, args ...string) (string, int) {
	t.Helper()
	out, err := exec.Command(shipped.Binary(t), args...).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit != nil {
		return string(out) + string(exit.Stderr), exit.ExitCode()
	}
	return string(out), 0
}

func (l lab) must(t *testing.T, args ...string) string {
	t.Helper()
	out, code := l.reviewdesk(t, args...)
	if code != 0 {
		t.Fatalf("reviewdesk %s: exit %d: %s", strings.Join(args, " "), code, out)
	}
	return out
}

func newLab(t *testing.T) lab {
	t.Helper()
	l := lab{dir: t.TempDir()}
	l.page = filepath.Join(l.dir, "verify.html")
	write(t, l.page, l.must(t, "audit", "verifier"))
	demo := startDemo(t, 60)
	l.log = l.bundle(t, demo.dir)
	decided := l.log.entry(t, l.log.find(t, `"action":"decided"`))
	l.one = l.bundle(t, demo.dir, "--case", decided.Object)
	middle := l.log.entry(t, 66).Time // behind the first head
	l.period = l.bundle(t, demo.dir, "--from", middle.Add(-12*60*60*1e9).Format("2006-01-02T15:04:05Z"), "--to", middle.Add(12*60*60*1e9).Format("2006-01-02T15:04:05Z"))
	turned := filepath.Join(l.dir, "turned")
	l.must(t, "init", "--data", turned, "--email", "rosa@desk.example")
	l.must(t, "generate", "--data", turned, "--cases", "4")
	l.older = l.must(t, "audit", "checkpoint", "--data", turned)
	l.must(t, "audit", "rotate-key", "--data", turned, "--reason", "The old key left the house.")
	l.must(t, "generate", "--data", turned, "--cases", "4")
	write(t, filepath.Join(l.dir, "older"), l.older)
	l.turned = l.bundle(t, turned, "--since", filepath.Join(l.dir, "older"))
	return l
}

// bundle has the binary write one, and pins the workspace's key.
func (l lab) bundle(t *testing.T, data string, args ...string) evidence {
	t.Helper()
	path := filepath.Join(l.dir, "bundle")
	l.must(t, append([]string{"audit", "bundle", "--data", data, "--out", path}, args...)...)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(data, "keys", "audit.pub"))
	if err != nil {
		t.Fatal(err)
	}
	return evidence{lines: strings.SplitAfter(strings.TrimSuffix(string(b), "\n"), "\n"), vkeys: []string{strings.TrimSpace(string(key))}}.closed()
}

// closed gives the last line its newline back.
func (e evidence) closed() evidence {
	last := len(e.lines) - 1
	e.lines[last] = strings.TrimSuffix(e.lines[last], "\n") + "\n"
	return e
}

func (e evidence) clone() evidence {
	e.lines, e.vkeys, e.held, e.witnesses = slices.Clone(e.lines), slices.Clone(e.vkeys), slices.Clone(e.held), slices.Clone(e.witnesses)
	return e
}

var entryMember = regexp.MustCompile(`"entry":"([^"]*)"`)

// body reads the bytes of the entry in a line; nil if the line has none.
func (e evidence) body(i int) []byte {
	m := entryMember.FindStringSubmatch(e.lines[i])
	if m == nil {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		return nil
	}
	return b
}

func (e evidence) entry(t *testing.T, i int) audit.Entry {
	t.Helper()
	entry, err := audit.Parse(e.body(i))
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

// find is the first line whose entry holds a text.
func (e evidence) find(t *testing.T, text string) int {
	t.Helper()
	for i := range e.lines {
		if strings.Contains(string(e.body(i)), text) {
			return i
		}
	}
	t.Fatalf("no entry holds %s", text)
	return 0
}

// rewrite changes the bytes of the entry in a line.
func (e evidence) rewrite(t *testing.T, i int, from, to string) {
	t.Helper()
	body := string(e.body(i))
	if !strings.Contains(body, from) {
		t.Fatalf("entry in line %d holds no %s: %s", i+1, from, body)
	}
	changed := base64.StdEncoding.EncodeToString([]byte(strings.Replace(body, from, to, 1)))
	e.lines[i] = entryMember.ReplaceAllLiteralString(e.lines[i], `"entry":"`+changed+`"`)
}

// header changes the first line.
func (e evidence) header(t *testing.T, change func(h map[string]any)) {
	t.Helper()
	var h struct {
		Bundle     int             `json:"reviewdesk_bundle"`
		Origin     string          `json:"origin"`
		Keys       []string        `json:"keys"`
		Scope      json.RawMessage `json:"scope"`
		Checkpoint string          `json:"checkpoint"`
	}
	if err := json.Unmarshal([]byte(e.lines[0]), &h); err != nil {
		t.Fatal(err)
	}
	m := map[string]any{"origin": h.Origin, "keys": h.Keys, "checkpoint": h.Checkpoint}
	change(m)
	h.Origin, h.Keys, h.Checkpoint = m["origin"].(string), m["keys"].([]string), m["checkpoint"].(string)
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	e.lines[0] = string(b) + "\n"
}

// verdict is what a verifier says.
type verdict struct {
	Fault string
	Seq   int64
}

var complaintWords = regexp.MustCompile(`^([A-Z][a-z ]+?)(?: at entry ([0-9\x{2009}]+))?: `)

// first asks the binary.
func (l lab) first(t *testing.T, path string, e evidence) verdict {
	t.Helper()
	args := []string{"audit", "verify", "--bundle", path}
	if e.proof != "" {
		args = []string{"audit", "verify-proof", path}
	}
	for _, k := range e.vkeys {
		args = append(args, "--vkey", k)
	}
	for i, h := range e.held {
		name := fmt.Sprintf("%s-held-%d", path, i)
		write(t, name, h)
		args = append(args, "--held", name)
	}
	for _, w := range e.witnesses {
		args = append(args, "--witness", w)
	}
	out, code := l.reviewdesk(t, args...)
	if code == 0 {
		return verdict{}
	}
	m := complaintWords.FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("the binary said neither good nor bad: %s", out)
	}
	seq, _ := strconv.ParseInt(strings.ReplaceAll(m[2], "\u2009", ""), 10, 64)
	return verdict{strings.ToLower(m[1]), seq}
}

// ask gives the page a file, and waits for its word.
func (b tab) ask(path string, e evidence, from string) verdict {
	b.t.Helper()
	type typed struct{ Keys, Held, Witnesses, From string }
	values, err := json.Marshal(typed{strings.Join(e.vkeys, "\n"), strings.Join(e.held, "\n"), strings.Join(e.witnesses, "\n"), from})
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
	eval[bool](b, `(v => { key.value = v.Keys; held.value = v.Held; witnesses.value = v.Witnesses;
		document.querySelector("[name=from][value=" + v.From + "]").click(); verdict.removeAttribute("data-done"); document.getElementById("check").click(); return true })(`+string(values)+`)`)
	b.until(`"done" in verdict.dataset`)
	return verdict{eval[string](b, `verdict.dataset.fault`), eval[int64](b, `Number(verdict.dataset.seq)`)}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// openVerifier opens the page as an auditor does: a file on their own disk.
func openVerifier(t *testing.T, l lab) tab {
	t.Helper()
	b := openTab(t, desk{URL: "file://"})
	b.open(l.page)
	return b
}

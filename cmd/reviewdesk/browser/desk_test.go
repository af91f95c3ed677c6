package browser_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"reviewdesk/cmd/reviewdesk/shipped"
)

// These tests drive the real binary in a real browser, as people do.

// desk is a running demo.
type desk struct {
	URL      string `json:"url"`
	Accounts []struct{ Email, Password, Role string }
	dir      string
}

// scratch is a folder for what all tests share.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "reviewdesk-browser-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	shipped.Remove()
	os.Exit(code)
}

// demos are the workspaces that tests begin with, by their number of cases: the program
// makes each once.
var demos struct {
	sync.Mutex
	made map[int]string
}

// copyDemo makes a demo's workspace in a folder, which must not exist.
func copyDemo(t *testing.T, cases int, dir string) {
	t.Helper()
	demos.Lock()
	defer demos.Unlock()
	from := demos.made[cases]
	if from == "" {
		from = filepath.Join(scratch, "demo-"+strconv.Itoa(cases))
		_, stop := serveDemo(t, from, cases)
		stop()
		if demos.made == nil {
			demos.made = map[int]string{}
		}
		demos.made[cases] = from
	}
	if out, err := exec.Command("cp", "-a", from, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// startDemo runs `reviewdesk demo` with so many cases until the test ends.
func startDemo(t *testing.T, cases int) desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	copyDemo(t, cases, dir)
	d, stop := serveDemo(t, dir, cases)
	t.Cleanup(stop)
	return d
}

func serveDemo(t *testing.T, dir string, cases int) (d desk, stop func()) {
	t.Helper()
	d.dir = dir
	cmd := exec.Command(shipped.Binary(t), "demo", "--data", dir, "--addr", "127.0.0.1:0", "--cases", strconv.Itoa(cases))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	ready := false
	for !ready && lines.Scan() {
		ready = strings.HasPrefix(lines.Text(), "listening on ")
	}
	if !ready {
		cmd.Wait()
		t.Fatalf("the demo never listened: %s", stderr.String())
	}
	go func() { // what it prints later must not fill the pipe
		for lines.Scan() {
		}
	}()
	stop = func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo did not end well: %v\n%s", err, stderr.String())
		}
	}
	b, err := os.ReadFile(filepath.Join(d.dir, "demo.json"))
	if err != nil {
		stop()
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d, stop
}

// tab is one browser window, signed in to nothing.
type tab struct {
	t   *testing.T
	ctx context.Context
	d   desk
}

func openTab(t *testing.T, d desk) tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "google-chrome", "chromium-browser"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		t.Fatal("no chromium: run make tools")
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900))
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	// The first call starts the browser and binds its life to the context: this one,
	// not the short one of a single step.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		t.Fatal(err)
	}
	return tab{t, ctx, d}
}

// patience is how long one thing may take on a machine that is busy with others.
const patience = 30 * time.Second

func (b tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v\nat %s", err, b.where())
	}
}

func (b tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.d.URL + path))
}

func (b tab) where() string {
	url, _ := chromedp.Run(b.ctx, chromedp.Location())
	return strings.TrimPrefix(url, b.d.URL)
}

func (b tab) text(selector string) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.TextContent(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatalf("%s: %v", selector, err)
	}
	return s
}

// eval runs an expression in the page.
func eval[T any](b tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v\nat %s", expression, err, b.where())
	}
	return v
}

// until waits for an expression to become true, across a change of page: one that
// begins while the browser is asked ends the question, and it is asked again.
func (b tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("never came true: %s: %v\nat %s", expression, err, b.where())
		}
	}
}

func (b tab) key(keys string, opts ...chromedp.KeyOption) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys, opts...))
}

// signIn signs in as the n-th account of a role.
func (b tab) signIn(role string, n int) {
	b.t.Helper()
	for _, a := range b.d.Accounts {
		if a.Role != role {
			continue
		}
		if n > 0 {
			n--
			continue
		}
		b.open("/signin")
		b.do(chromedp.SendKeys(chromedp.CSS("#email"), a.Email), chromedp.SendKeys(chromedp.CSS("#password"), a.Password))
		b.leads(func() { b.key("\r") })
		b.until(`location.pathname !== "/signin"`)
		return
	}
	b.t.Fatalf("the demo has no such %s", role)
}

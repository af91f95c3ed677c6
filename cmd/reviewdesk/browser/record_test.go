package browser_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"reviewdesk/cmd/reviewdesk/shipped"
)

// follow opens the page's first link of a kind.
func (b tab) follow(selector string) bool {
	b.t.Helper()
	href := eval[string](b, `(document.querySelector('`+selector+`') || {getAttribute: () => ""}).getAttribute("href")`)
	if href == "" {
		b.t.Errorf("%s has no link %s", b.where(), selector)
		return false
	}
	b.open(href)
	return true
}

// linkedCase opens a case that is linked with another one; the demo has some.
func (b tab) linkedCase() bool {
	b.t.Helper()
	for _, list := range []string{"/queue?sort=oldest", "/queue?status=second_review", "/queue?status=decided"} {
		b.open(list)
		for _, href := range eval[[]string](b, `[...document.querySelectorAll("[data-row]")].map(r => r.dataset.href)`) {
			if eval[bool](b, `fetch("`+href+`").then(r => r.text()).then(t => t.includes("/compare/"))`) {
				b.open(href)
				b.until(ready)
				return true
			}
		}
	}
	b.t.Error("the demo has no linked cases")
	return false
}

// fetched is what an address answers to the page.
func (b tab) fetched(href string) []byte {
	b.t.Helper()
	text := eval[string](b, `fetch("`+href+`").then(r => r.ok ? r.blob() : Promise.reject(r.status)).then(blob => new Promise(done => {
		const reader = new FileReader();
		reader.onload = () => done(reader.result.split(",")[1]);
		reader.readAsDataURL(blob);
	}))`)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		b.t.Fatal(err)
	}
	return data
}

var pdfPage = regexp.MustCompile(`/Type\s*/Page[^s]`)

// TestTheRecordOfADecision is what stays of a decision, on one demo's cases.
func TestTheRecordOfADecision(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 120)
	t.Run("every packet prints to two sheets", func(t *testing.T) { packetsOnPaper(t, d) })
	t.Run("a packet is taken home by keys", func(t *testing.T) { packetByKeys(t, d) })
	t.Run("a packet is taken home without script", func(t *testing.T) { packetWithoutScript(t, d) })
	t.Run("a zipped packet is checked without the desk", func(t *testing.T) { packetByCommand(t, d) })
	t.Run("read by keys", func(t *testing.T) { recordByKeys(t, d) })
	t.Run("read without script", func(t *testing.T) { recordWithoutScript(t, d) })
}

// packetsOnPaper opens the packet of each decided case from the
// disk, as whoever keeps it would, and prints it.
func packetsOnPaper(t *testing.T, d desk) {
	b, reader := openTab(t, d), openTab(t, d)
	var complaints []string
	if err := chromedp.Listen(reader.ctx, func(ev any) {
		if text := complaint(ev); text != "" {
			complaints = append(complaints, text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	b.signIn("auditor", 0)
	b.open("/queue?status=decided")
	cases := eval[[]string](b, `[...document.querySelectorAll("[data-row]")].map(r => r.dataset.href.split("?")[0])`)
	packets := 0
	for _, href := range cases {
		b.open(href)
		if !eval[bool](b, `document.querySelector('a[href$="/packet"][download]') !== null`) {
			continue // the provider settled it
		}
		packets++
		n := reader.sheets(b.fetched(href + "/packet"))
		if n != 2 {
			t.Errorf("%s prints to %d sheets", href, n)
		}
	}
	if packets < 5 {
		t.Errorf("only %d decided cases have a packet", packets)
	}
	if len(complaints) > 0 {
		t.Errorf("the browser complained:\n%s", strings.Join(complaints, "\n"))
	}
}

// sheets opens a packet from the disk and prints it: so many sheets it takes.
func (b tab) sheets(packet []byte) int {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "packet.html")
	write(b.t, file, string(packet))
	b.do(chromedp.Navigate("file://" + file))
	if got := b.text("main"); !strings.Contains(got, "How to check it") {
		b.t.Errorf("the packet says %.80s", got)
	}
	if !eval[bool](b, `[...document.images].every(i => i.naturalWidth > 100) && getComputedStyle(document.querySelector("h1")).fontSize !== "32px"`) {
		b.t.Error("the packet is shown without its pictures or its style")
	}
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(func(p *page.PrintToPDFParams) { css := true; p.PreferCSSPageSize = &css }))
	if err != nil {
		b.t.Fatal(err)
	}
	return len(pdfPage.FindAll(pdf, -1))
}

// packetByCommand takes a packet home and checks it far from the desk, with the command
// and with the page that shares no code with it.
func packetByCommand(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("senior", 0)
	b.visit("decided")
	href := eval[string](b, `document.querySelector('a[href$="/packet.zip"]').getAttribute("href")`)
	one, two := b.fetched(href), b.fetched(href)
	if !bytes.Equal(one, two) {
		t.Error("fetched twice, it is not the same")
	}
	dir, checked := t.TempDir(), false
	r, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, name, string(data))
		dir := filepath.Dir(name)
		if filepath.Base(name) == "log-extract.ndjson" {
			key, err := os.ReadFile(filepath.Join(d.dir, "keys", "audit.pub"))
			if err != nil {
				t.Fatal(err)
			}
			vkey := strings.TrimSpace(string(key))
			cmd := exec.Command(shipped.Binary(t), "audit", "verify", "--bundle", name, "--vkey", vkey)
			if out, err := cmd.Output(); err != nil || !strings.HasPrefix(string(out), "Proven: ") {
				t.Errorf("in %s: %v, %s", dir, err, out)
			}
			checked = verifierPage(t).ask(name, evidence{vkeys: []string{vkey}}, "mine") == verdict{}
		}
	}
	if !checked {
		t.Error("the second verifier does not find the extract good")
	}
}

// packetByKeys downloads a packet, as a page and as a zip, and looks at the page from the
// disk as whoever keeps it will.
func packetByKeys(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.visit("decided")
	for _, kind := range []string{"packet", "packet.zip"} {
		link := `a[download][href$="/` + kind + `"]`
		b.tabTo(link)
		file := b.downloads(func() { b.press(kb.Enter) })
		if !bytes.Equal(file, b.fetched(eval[string](b, `document.querySelector('`+link+`').getAttribute("href")`))) {
			t.Errorf("taken twice, the %s is not the same", kind)
		}
		if kind == "packet" {
			reader := openTab(t, d)
			reader.sheets(file)
			reader.audit()
		}
	}
}

func packetWithoutScript(t *testing.T, d desk) {
	b := plainly(t, d)
	b.signInPlainly("auditor", 0)
	b.open("/queue?status=decided")
	b.enter(".c-who a")
	if file := b.downloads(func() { b.fill(`a[download][href$="/packet"]`, "\r") }); !bytes.Contains(file, []byte("How to check it")) {
		t.Errorf("the packet says %.80q", file)
	}
}

// downloads does what brings a file, and reads the file.
func (b tab) downloads(do func()) []byte {
	b.t.Helper()
	dir, done := b.t.TempDir(), make(chan browser.DownloadProgressState, 100)
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.ListenBrowser(ctx, func(ev any) {
		if e, is := ev.(*browser.EventDownloadProgress); is && e.State != browser.DownloadProgressStateInProgress {
			done <- e.State
		}
	}); err != nil {
		b.t.Fatal(err)
	}
	tell := true
	if _, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: dir, EventsEnabled: &tell,
	}); err != nil {
		b.t.Fatal(err)
	}
	do()
	select {
	case state := <-done:
		if state != browser.DownloadProgressStateCompleted {
			b.t.Fatalf("the download was %s", state)
		}
	case <-ctx.Done():
		b.t.Fatal("no file came")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		b.t.Fatalf("%v came, %v", files, err)
	}
	file, err := os.ReadFile(files[0])
	if err != nil {
		b.t.Fatal(err)
	}
	return file
}

// verifierPage opens the second verifier from the disk, as the command writes it.
func verifierPage(t *testing.T) tab {
	t.Helper()
	page, err := exec.Command(shipped.Binary(t), "audit", "verifier").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "verify.html")
	write(t, file, string(page))
	b := openTab(t, desk{})
	b.do(chromedp.Navigate("file://" + file))
	return b
}

// recordByKeys goes from a decided case to how it stood and back, and from
// a case to the one it is linked to, without a mouse.
func recordByKeys(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.visit("decided")
	now := b.where()
	b.tabTo(`a[href*="?at="]`)
	b.turn(kb.Enter)
	b.until(`location.search.startsWith("?at=") && ` + ready)
	if got := b.text("[data-then]"); !strings.Contains(got, "As it stood on") {
		t.Errorf("the banner says %s", got)
	}
	if n := eval[int](b, `document.querySelectorAll("main [name=note], main [name=action], main [data-tool=none], .claimed, .reveal").length`); n != 0 {
		t.Errorf("%d things can be done to a case as it stood", n)
	}
	b.press("a") // nothing to choose
	b.press("+")
	b.until(`document.querySelector("[data-zoom-level]") === null || document.querySelector("[data-zoom-level]").textContent === "125%"`)
	b.tabTo(`[data-then] a`)
	b.turn(kb.Enter)
	b.until(`location.search === "" && ` + ready)
	if got := b.where(); !strings.HasPrefix(now, got) {
		t.Errorf("back from how it stood is %s, not %s", got, now)
	}
	b.linkedCase()
	one := b.where()
	b.tabTo(`a[href*="/compare/"]`)
	b.turn(kb.Enter)
	b.until(`location.pathname.includes("/compare/") && ` + ready)
	if n := eval[int](b, `document.querySelectorAll(".twins > section").length`); n != 2 {
		t.Errorf("%d cases are compared", n)
	}
	b.turn("u")
	b.until(`!location.pathname.includes("/compare/") && ` + ready)
	if got := b.where(); !strings.HasPrefix(one, got) {
		t.Errorf("back from the comparison is %s, not %s", got, one)
	}
}

// tabTo moves the focus by Tab, as often as it takes, to something on the page.
func (b tab) tabTo(selector string) {
	b.t.Helper()
	for range 120 {
		if eval[bool](b, `document.activeElement.matches('`+selector+`')`) {
			return
		}
		b.press(kb.Tab)
	}
	b.t.Fatalf("%s is not reached by Tab\nat %s", selector, b.where())
}

// recordWithoutScript looks at the same pages with JavaScript off: both
// pictures are seen, and every road is a plain link.
func recordWithoutScript(t *testing.T, d desk) {
	scout := openTab(t, d)
	scout.signIn("auditor", 0)
	scout.pictured()
	pictured := scout.where()
	scout.visit("decided")
	decided := scout.where()
	scout.linkedCase()
	linked := scout.where()

	b := plainly(t, d)
	b.signInPlainly("auditor", 0)
	b.open(pictured)
	b.picturesPlainly()
	b.open(decided)
	b.enter(`a[href*="?at="]`)
	b.has("[data-then]")
	b.enter("[data-then] a")
	b.lacks("[data-then]")
	b.open(linked)
	b.enter(`a[href*="/compare/"]`)
	b.has(".twins")
}

// picturesPlainly looks at the viewer where nothing zooms or turns: both pictures are
// seen, a thumbnail brings another one forward, each opens by itself, where the browser's
// own zoom does the rest, and no tool is offered that would not work.
func (b tab) picturesPlainly() {
	b.t.Helper()
	for what, selector := range map[string]string{"document": ".panegroup:first-child .pane:first-child img", "selfie": ".panegroup:last-child .pane:first-child img"} {
		if w, h := b.size(selector); w < 100 || h < 100 {
			b.t.Errorf("without script the %s is %d by %d pixels", what, w, h)
		}
	}
	for i := range b.nodes(".thumb") {
		picture := "#pic-" + strconv.Itoa(i)
		b.fill(`.thumb[href="`+picture+`"]`, "\r")
		if w, _ := b.size(picture + " img"); w < 100 {
			b.t.Errorf("its thumbnail does not bring %s forward: it is %d pixels wide", picture, w)
		}
		b.has(picture + ` a.tool[href*="/pictures/"]`)
	}
	for _, tool := range []string{"in", "out", "rotate", "contrast", "full", "both"} {
		if w, _ := b.size(`[data-tool=` + tool + `]`); w > 0 {
			b.t.Errorf("%s is offered, and nothing would happen", tool)
		}
	}
	b.open(b.nodes("#pic-0 a.stage")[0].AttributeValue("href"))
	if w, _ := b.size("img"); w < 300 {
		b.t.Errorf("by itself the picture is %d pixels wide", w)
	}
}

// size is the size in which an element is laid out, asked of the browser and not of a
// script; 0 for one that is not shown.
func (b tab) size(selector string) (width, height int64) {
	b.t.Helper()
	if found := b.nodes(selector); len(found) > 0 {
		b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			box, err := chromedp.Call(ctx, dom.GetBoxModel, dom.GetBoxModelParams{NodeID: found[0].NodeID})
			if err == nil {
				width, height = box.Model.Width, box.Model.Height
			}
			return nil // what is not laid out has no box
		}))
	}
	return width, height
}

package browser_test

import (
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// listCase opens the n-th case that nobody holds, that comes from a list of names and
// that can be approved.
func (b tab) listCase(n int) string {
	b.t.Helper()
	for _, code := range []string{"watchlist_check_failure", "pep_check_failure", "media_check_failure", "prohibited_person_check_failure"} {
		b.open("/queue?owner=none&code=" + code)
		for _, href := range eval[[]string](b, `[...document.querySelectorAll("[data-row]")].map(r => r.dataset.href)`) {
			b.open(href)
			b.until(ready)
			if eval[bool](b, `document.querySelector(".sheetline a") !== null && !document.querySelector("[name=action][value=approve]").disabled`) {
				if n == 0 {
					return casePath.FindString(b.where())
				}
				n--
			}
		}
	}
	b.t.Fatal("the demo has no such case from a list of names")
	return ""
}

// TestWhatOfficersAddToACase walks worksheets and files in a browser, by keyboard and
// without script.
func TestWhatOfficersAddToACase(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 200)
	t.Run("a worksheet by keys, approved by two", func(t *testing.T) { worksheetByKeys(t, d) })
	t.Run("a worksheet without script, approved by two", func(t *testing.T) { worksheetWithoutScript(t, d) })
	t.Run("files by keys", func(t *testing.T) { filesByKeys(t, d) })
	t.Run("files without script", func(t *testing.T) { filesWithoutScript(t, d) })
	t.Run("a colleague is named", func(t *testing.T) { namedByNote(t, d) })
}

func worksheetByKeys(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	id := b.listCase(0)
	for eval[int](b, `document.querySelectorAll(".sheetline [data-is=warn]").length`) > 0 {
		b.tabTo(`.sheetline:has([data-is=warn]) a`)
		b.turn(kb.Enter)
		b.until(`location.pathname.endsWith("/worksheet")`)
		b.tabTo("#list")
		b.press("SDN list of 1 August 2026")
		b.tabTo("#entry")
		b.press("Entry 4711")
		b.tabTo(`[name="answer.name"]`)
		b.press(kb.ArrowLeft + kb.ArrowLeft)
		for _, what := range []string{"birth_date", "nationality"} {
			b.tabTo(`[name="answer.` + what + `"]`)
			b.press(kb.ArrowLeft)
		}
		b.tabTo("[name=conclusion]")
		b.press(" ")
		b.tabTo("#note")
		b.press("Thirty years apart.")
		b.tabTo("#sheet button")
		b.turn(kb.Enter)
		b.until(`!location.pathname.endsWith("/worksheet")`)
		if got := b.text(".sheetline .verdict"); !strings.Contains(got, "Another person") {
			t.Fatalf("the finding says %q", got)
		}
	}
	pdf, photo, _ := madeFiles(t)
	for _, file := range []string{pdf, photo} {
		b.tabTo("#file")
		b.choose(file)
		b.tabTo(".attach button")
		b.turn(kb.Enter)
		b.until(`document.querySelector("#files").textContent.includes("` + filepath.Base(file) + `") && ` + ready)
	}
	b.clearAll()
	b.press("a")
	b.until(`document.querySelector("[name=action][value=approve]").checked`)
	b.press("2")
	b.tabTo("#note")
	b.press("Another person, as the worksheet says.")
	b.turn(kb.Enter, ctrl)
	b.until(`!location.pathname.startsWith("` + id + `") && ` + ready)

	m := openTab(t, d)
	m.signIn("senior", 0)
	m.open(id)
	m.until(ready)
	m.tabTo("#note")
	m.press("I compared them myself.")
	m.turn(kb.Enter, ctrl)
	m.until(`!location.pathname.startsWith("` + id + `") && ` + ready)
	m.open(id)
	if got := m.text("#history"); !strings.Contains(got, "confirmed the approval") || !strings.Contains(got, "compared the applicant with a list entry: another person") {
		t.Errorf("the history says %s", got)
	}
	packet := m.fetched(id + "/packet")
	if got := string(packet); !strings.Contains(got, "Name-match worksheets") || !strings.Contains(got, "proof of address.pdf") {
		t.Error("the packet does not tell of the worksheet and the files")
	}
	if n := openTab(t, d).sheets(packet); n != 2 {
		t.Errorf("the packet prints to %d sheets", n)
	}
}

// clearAll says of each finding by keys that it is cleared.
func (b tab) clearAll() {
	b.t.Helper()
	for _, name := range eval[[]string](b, `[...document.querySelectorAll(".f-res input[value=cleared]")].map(i => i.name)`) {
		b.tabTo(`[name="` + name + `"]`)
		b.press(" ")
	}
}

func worksheetWithoutScript(t *testing.T, d desk) {
	scout := openTab(t, d)
	scout.signIn("auditor", 0) // looks, and holds nothing
	scout.open("/queue?owner=none&code=watchlist_check_failure")
	href := eval[string](scout, `(document.querySelector("[data-row]") || {dataset: {href: ""}}).dataset.href`)
	if href == "" {
		t.Fatal("the demo has no case from a watchlist left")
	}
	scout.open(href)
	codes := eval[[]string](scout, `[...document.querySelectorAll(".f-chip code")].map(c => c.textContent.trim())`)
	sheets := eval[[]string](scout, `[...document.querySelectorAll(".sheetline")].map(s => s.id.replace("sheet-", ""))`)
	id := casePath.FindString(scout.where())

	b := plainly(t, d)
	b.signInPlainly("reviewer", 1)
	for _, code := range sheets {
		b.open(id + "/worksheet?code=" + code)
		b.fill("#entry", "Entry 4711", `[name="answer.name"][value=same]`, " ", `[name="answer.birth_date"][value=different]`, " ",
			`[name="answer.nationality"][value=different]`, " ", `[name=conclusion][value=another_person]`, " ", "#note", "Thirty years apart.")
		b.enter("#sheet button")
		b.has("#list-error") // the list is missing
		b.fill("#list", "SDN list of 1 August 2026")
		b.enter("#sheet button")
		b.lacks("#sheet")
	}
	for _, code := range codes {
		b.fill(`[name="finding.`+code+`"][value=cleared]`, " ")
	}
	b.fill("[name=action][value=approve]", " ", "[value=false_alarm]", " ", "#note", "Another person, as the worksheet says.")
	b.enter("#decision [data-confirm]")
	b.lacks(`form[action="` + id + `/decision"]`)

	m := plainly(t, d)
	m.signInPlainly("senior", 0)
	m.open(id)
	m.fill("#note", "I compared them myself.")
	m.enter("#decision [data-confirm]")
	m.lacks(`form[action="` + id + `/confirm"]`)
	scout.open(id)
	if got := scout.text("#history"); !strings.Contains(got, "confirmed the approval") {
		t.Errorf("the history says %s", got)
	}
}

// madeFiles are a PDF, a photo and a drawing on the officer's disk.
func madeFiles(t *testing.T) (pdf, photo, drawing string) {
	t.Helper()
	dir := t.TempDir()
	pdf, photo, drawing = filepath.Join(dir, "proof of address.pdf"), filepath.Join(dir, "letter.jpg"), filepath.Join(dir, "drawing.svg")
	write(t, pdf, "%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
	write(t, drawing, `<svg xmlns="http://www.w3.org/2000/svg"/>`)
	f, err := os.Create(photo)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := jpeg.Encode(f, image.NewGray(image.Rect(0, 0, 320, 200)), nil); err != nil {
		t.Fatal(err)
	}
	return pdf, photo, drawing
}

// choose puts a file into the field, as the browser's own dialog would.
func (b tab) choose(file string) {
	b.t.Helper()
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}, plain))
}

func filesByKeys(t *testing.T, d desk) {
	pdf, photo, drawing := madeFiles(t)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.visit("case")
	b.until(ready)
	here := casePath.FindString(b.where())
	b.press("r")
	b.tabTo("#note")
	b.press("Half a thought, not yet.")
	for _, file := range []string{drawing, pdf, photo} {
		b.tabTo("#file")
		b.choose(file)
		b.tabTo(".attach button")
		b.turn(kb.Enter)
		name := filepath.Base(file)
		if file == drawing {
			b.until(`document.querySelector("#file-error") !== null && ` + ready)
		} else {
			b.until(`document.querySelector(".files") !== null && document.querySelector(".files").textContent.includes("` + name + `") && ` + ready)
		}
		if got := eval[string](b, `document.querySelector("#note").value`); got != "Half a thought, not yet." {
			t.Fatalf("after %s the note is %q", name, got)
		}
	}
	b.until(`[...document.querySelectorAll(".files img")].some(i => i.naturalWidth === 320)`)
	if got := eval[string](b, `fetch(document.querySelector(".files a[download]").href).then(r => r.headers.get("Content-Disposition"))`); !strings.HasPrefix(got, "attachment; ") {
		t.Errorf("the PDF is handed out as %q", got)
	}
	if !strings.HasPrefix(b.where(), here) {
		t.Errorf("the files led to %s", b.where())
	}
}

func filesWithoutScript(t *testing.T, d desk) {
	pdf, photo, _ := madeFiles(t)
	b := plainly(t, d)
	b.signInPlainly("reviewer", 1)
	b.enter(nextButton)
	b.fill("#note", "Half a thought, not yet.")
	b.choose(pdf)
	b.enter(".attach button")
	b.has(".files a[download]")
	b.choose(photo)
	b.enter(".attach button")
	b.has(".files img")
	if got := b.text("#note"); got != "Half a thought, not yet." {
		t.Errorf("the note is %q", got)
	}
}

func namedByNote(t *testing.T, d desk) {
	b, m := openTab(t, d), openTab(t, d)
	b.signIn("reviewer", 0)
	b.visit("case")
	b.until(ready)
	id := casePath.FindString(b.where())
	b.tabTo(".addnote summary")
	b.press(kb.Enter)
	b.tabTo("#add-note")
	b.press("Is this seal right, @mei?")
	b.tabTo(".addnote button")
	b.turn(kb.Enter)
	b.until(`document.querySelector("#history mark") !== null && ` + ready)
	m.signIn("senior", 0)
	m.turn("gn")
	m.until(`location.pathname === "/mentions"`)
	m.tabTo("main .linked a")
	m.turn(kb.Enter)
	m.until(`location.pathname.startsWith("` + id + `") && ` + ready)
	m.open("/mentions")
	if got := m.text("main"); strings.Contains(got, "Not yet opened1") || !strings.Contains(got, "Opened since") {
		t.Errorf("the list says %s", got)
	}
}

// attached opens a case and gives it a PDF and a picture.
func (b tab) attached() bool {
	b.t.Helper()
	if !b.visit("case") {
		return false
	}
	pdf, photo, _ := madeFiles(b.t)
	for n, file := range []string{pdf, photo} {
		b.until(ready)
		b.choose(file)
		b.until(`document.querySelector("#file").files.length === 1 && ` + ready)
		b.send(".attach button")
		b.until(`document.querySelectorAll(".files > li").length > ` + string(rune('0'+n)) + ` && ` + ready)
	}
	return true
}

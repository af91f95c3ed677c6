package browser_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"reviewdesk/cmd/reviewdesk/shipped"
)

// Two cases that their provider settled long ago.
const (
	oldCase   = "0dd1f001-0000-4000-8000-000000000000"
	otherCase = "0dd1f002-0000-4000-8000-000000000000"
	oldCases  = `provider,id,state,reason,created_at,updated_at,name,birth_date,email,number,document_kind,document_country,codes
cybrid,0dd1f001000040008000000000000000,completed,failed,2015-03-02T10:00:00Z,2015-03-04T10:00:00Z,Zacharias Old,1970-01-01,old@applicant.example,X1234567,passport,DE,address_check_failure
cybrid,0dd1f002000040008000000000000000,completed,passed,2016-03-02T10:00:00Z,2016-03-04T10:00:00Z,Ottilie Other,1971-01-01,other@applicant.example,X7654321,passport,DE,
`
)

// startOldDemo is a demo that took these in, too.
func startOldDemo(t *testing.T) desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	copyDemo(t, 12, dir)
	file := filepath.Join(t.TempDir(), "old.csv")
	if err := os.WriteFile(file, []byte(oldCases), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(shipped.Binary(t), "import", "--data", dir, "--provider", "cybrid", "--format", "csv", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	d, stop := serveDemo(t, dir, 12)
	t.Cleanup(stop)
	return d
}

// TestAPersonIsHeldAndErased: a senior holds somebody by keys, an admin lifts it and
// erases somebody on plain pages, and what is left of the case is met again.
func TestAPersonIsHeldAndErased(t *testing.T) {
	t.Parallel()
	d := startOldDemo(t)
	holdByKeys(t, d)
	findByKeys(t, d)
	liftWithoutScript(t, d)
	eraseWithoutScript(t, d)
	meetAgain(t, d)
}

func holdByKeys(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("senior", 0)
	b.open("/verifications/" + otherCase)
	b.until(ready)
	b.press("h")
	b.until(`document.activeElement.id === "act-hold-reason"`)
	b.press("no")
	b.key(kb.Tab)
	b.turn(kb.Enter)
	b.until(`document.querySelector("#act-hold-reason-error") !== null && ` + ready)
	b.audit()
	b.js(`document.querySelector("#act-hold-reason").focus()`)
	b.press(" end of it yet: a claim before a court")
	b.key(kb.Tab)
	b.turn(kb.Enter)
	b.until(ready + ` && document.querySelector("[data-held]") !== null`)
	b.wantWords("[data-held]", "On legal hold since", "end of it yet")
	b.audit()
}

func findByKeys(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("admin", 0)
	b.turn("gr")
	b.until(`location.pathname === "/admin/retention" && ` + ready)
	b.audit()
	b.press("j")
	b.turn(kb.Enter)
	b.until(`location.pathname.startsWith("/admin/retention/") && ` + ready)
	b.audit()
	b.js(`document.querySelector("[name=ground]").click()`)
	b.js(`document.querySelector("#erase-reason").focus()`)
	b.press("The yearly clearing.")
	b.send("#erase button.danger")
	b.until(`document.querySelector("#h-sure") !== null && ` + ready)
	b.audit()
	b.turn("u")
	b.until(`location.pathname.startsWith("/admin/retention/") && document.querySelector("[data-erased]") === null && ` + ready)
}

func liftWithoutScript(t *testing.T, d desk) {
	b := plainly(t, d)
	b.signInPlainly("admin", 0)
	b.open("/admin/retention")
	b.enter("#held .c-acts a")
	b.fill("#lift-reason", "The court has decided.")
	b.enter("#lift button")
	b.lacks("[data-held]")
	b.has("#erase [name=ground]")
}

func eraseWithoutScript(t *testing.T, d desk) {
	b := plainly(t, d)
	b.signInPlainly("admin", 0)
	b.open("/admin/retention")
	b.fill("#case", oldCase)
	b.enter("#case")
	b.fill("[name=ground][value=retention_ended]", " ", "#erase-reason", "The yearly clearing.")
	b.enter("#erase button.danger")
	b.lacks("[data-erased]")
	b.enter("[name=sure]")
	b.has("[data-erased]")
	b.lacks("#erase")
	b.open("/audit?kind=erased&case=" + oldCase)
	b.has("tr[data-row]")
}

func meetAgain(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("senior", 0)
	b.open("/verifications/" + oldCase)
	b.until(ready)
	b.wantWords("h1", "Erased")
	b.wantWords("[data-erased]", "Personal data erased on", "the period for which it had to be kept has ended", "The decision and its proofs stand.")
	b.audit()
	b.open("/verifications/" + otherCase + "/compare/" + oldCase)
	b.until(ready)
	b.wantWords("main", "Nothing is left to compare")
	b.audit()
}

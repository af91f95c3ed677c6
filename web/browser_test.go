package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"reviewdesk/review"
)

func TestDisplayChoicesAreKeptByTheBrowser(t *testing.T) {
	for base, name := range map[string]string{testBase: "desk_prefs", "https://desk.example": "__Host-desk_prefs"} {
		d := newTestDeskAt(t, base)
		b := d.browser()
		w := b.post("/preferences", "theme", "dark", "density", "compact", "zone", "UTC", "keys", "off", "return", "/signin")
		c := w.Result().Cookies()[0]
		if c.Name != name || !c.HttpOnly || c.Secure != strings.HasPrefix(base, "https") || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != int((365*24*time.Hour).Seconds()) {
			t.Errorf("%s: %s", base, c.Raw)
		}
		if strings.Contains(c.Value, "dark") || len(c.Raw) > 4096 {
			t.Errorf("%s: not encrypted: %s", base, c.Raw)
		}
		root := page(t, b.get("/signin")).Find("html")
		if theme, _ := root.Attr("data-theme"); theme != "dark" {
			t.Errorf("theme %q", theme)
		}
		b.post("/preferences", "theme", "light") // what the form leaves out stays
		root = page(t, b.get("/signin")).Find("html")
		theme, _ := root.Attr("data-theme")
		if density, _ := root.Attr("data-density"); theme != "light" || density != "compact" {
			t.Errorf("theme %q, density %q", theme, density)
		}
		b.post("/preferences", "theme", `"><script>`, "density", "huge")
		if got := page(t, b.get("/signin")).Find("html[data-theme], html[data-density]").Length(); got != 0 {
			t.Error("an unknown choice was kept")
		}
	}
}

func TestAForgedOrDamagedBrowserCookieIsDropped(t *testing.T) {
	d := newTestDesk(t)
	b := d.browser()
	b.post("/preferences", "theme", "dark")
	good := b.cookies["desk_prefs"]
	dark := func(value string) bool {
		b.cookies["desk_prefs"] = value
		w := b.get("/signin")
		wantStatus(t, w, http.StatusOK)
		return page(t, w).Find("html[data-theme=dark]").Length() == 1
	}
	if !dark(good) {
		t.Fatal("the good one is not believed")
	}
	forger := &browserStore{sessions.NewCookieStore([]byte(strings.Repeat("k", 64)), []byte(strings.Repeat("b", 32))), "desk_prefs"}
	forged := httptest.NewRecorder()
	for _, codec := range forger.store.Codecs {
		codec.(*securecookie.SecureCookie).SetSerializer(browserCodec{})
	}
	if err := forger.write(forged, b.request("GET", "/", nil), browserData{Theme: "dark"}); err != nil {
		t.Fatal(err)
	}
	for what, value := range map[string]string{
		"empty": "", "no cookie of ours": "x", "too long": strings.Repeat("A", 6000), "cut": good[:len(good)-4],
		"changed": good[:len(good)/2] + "AAAA" + good[len(good)/2+4:], "signed with other keys": forged.Result().Cookies()[0].Value,
	} {
		if dark(value) {
			t.Errorf("one that is %s is believed", what)
		}
	}
}

func TestAMessageIsShownOnce(t *testing.T) {
	d := newTestDesk(t)
	somebody := d.member("Somebody Else", review.RoleReviewer)
	b, _ := d.signedIn(review.RoleAdmin)
	b.post("/admin/people/" + somebody.ID + "/disable")
	const words = "The account is disabled"
	image := b.request("GET", "/favicon.ico", nil)
	image.Header.Set("Sec-Fetch-Dest", "image")
	b.send(image)
	if b.get("/nothing"); !strings.Contains(text(b.get("/admin/people")), words) {
		t.Error("what the browser fetched beside the page has taken the message")
	}
	if strings.Contains(text(b.get("/admin/people")), words) {
		t.Error("the message is shown twice")
	}
}

func TestTheFrameMarksWhereOneIs(t *testing.T) {
	d := newTestDesk(t)
	d.Cybrid(1, "Zoila Quispe", "id_check_failure")
	b, _ := d.signedIn(review.RoleReviewer)
	for path, want := range map[string]string{
		"/queue": "Queue", "/queue?sort=oldest": "Queue", "/queue?provider=": "Queue", "/queue?owner=me": "My cases", "/queue?status=second_review": "Second review",
		"/queue?status=decided": "Decided", "/audit": "Audit log", "/queue?severity=critical": "Critical findings",
	} {
		links := page(t, b.get(path)).Find(`aside.rail a[aria-current="page"] .t`)
		if got := links.Text(); got != want {
			t.Errorf("%s marks %q, want %q", path, got, want)
		}
	}
	if got := page(t, b.get("/audit")).Find(`aside.rail a[href="/queue"] .n`).Text(); got != "1" {
		t.Errorf("the queue counts %q", got)
	}
}

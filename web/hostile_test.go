package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"reviewdesk/review"
)

// hostileTexts are texts that have broken forms elsewhere.
var hostileTexts = []string{
	"\u202egnp.exe\u202c", "\u2066\u2069\u200b\u200d\u2060", "a\x00b", "\xff\xfe\xc0\x80", strings.Repeat("x", 100_000), "' OR 1=1 --", `"; DROP TABLE account; --`,
	"<script>alert(1)</script>", `" onmouseover="alert(1)`, "javascript:alert(1)", "{{.}} ${7*7} {% raw %}", "=1+1", "\r\nSet-Cookie: a=b", "%00%0a", "../../etc/passwd",
	"\U000e0041\U000e007f", "ﷺ", "٠١٢", "İ", "😀😀😀", "-1", "9223372036854775808", "NaN", "1e309", "null", "[]", "true",
}

// wantSound checks that an answer is no fault of ours and sends nothing hidden on.
func wantSound(t *testing.T, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code >= 500 {
		t.Errorf("%s answers %d: %s", what, w.Code, text(w))
	}
	body := w.Body.String()
	for _, raw := range []string{"\u202e", "\u2066", "\u200b", "\x00", "\xff", "<script>alert", `" onmouseover="`} {
		if strings.Contains(body, raw) {
			t.Errorf("%s sends %q on", what, raw)
		}
	}
	if w.Header().Get("Set-Cookie") != "" && strings.HasPrefix(w.Header().Get("Set-Cookie"), "a=b") {
		t.Errorf("%s sets a stranger's cookie", what)
	}
}

func TestHostileTextBreaksNoForm(t *testing.T) {
	d := newTestDesk(t)
	admin, _ := d.signedIn(review.RoleAdmin)
	_, token := d.invite("Not Yet", review.RoleReviewer)
	forms := map[string][]string{
		"/signin": {"email", "password", "next"}, "/preferences": {"theme", "density", "zone", "keys", "return"},
		"/admin/people": {"name", "email", "role"}, "/welcome/" + token: {"password", "again"},
		"/admin/people/none/role": {"role", "version"},
	}
	for path, fields := range forms {
		for i, bad := range hostileTexts {
			for _, field := range fields {
				b := d.browser()
				if strings.HasPrefix(path, "/admin/") {
					b = admin
				}
				b.address = "198.51.100." + itoa(int64(i)) + ":1"
				wantSound(t, path+" "+field, b.post(path, field, bad))
			}
		}
	}
}

func TestHostileTextBreaksNoAddress(t *testing.T) {
	d := newTestDesk(t)
	d.Cybrid(1, "\u202eZoila <script>alert(1)</script>", "id_check_failure")
	auditor, _ := d.signedIn(review.RoleAuditor)
	for path, fields := range map[string][]string{
		"/queue":                    {"provider", "code", "severity", "country", "owner", "status", "q", "sort", "after", "before", "from", "to"},
		"/audit":                    {"actor", "kind", "case", "from", "to", "after"},
		"/export/verifications.csv": {"provider", "code", "status", "q", "from", "bom"}, "/export/audit.csv": {"actor", "kind", "case", "to"}, "/signin": {"next"},
	} {
		wantSound(t, path, auditor.get(path))
		for _, bad := range hostileTexts {
			for _, field := range fields {
				if len(bad) > 10_000 {
					continue // no address is as long
				}
				wantSound(t, path+" "+field+" "+url.QueryEscape(bad), auditor.get(path+"?"+url.Values{field: {bad}}.Encode()))
			}
		}
	}
	for _, bad := range hostileTexts[:len(hostileTexts)/2] {
		for _, path := range []string{"/verifications/", "/audit/", "/welcome/", "/static/", "/"} {
			r := auditor.request(http.MethodGet, "/", nil)
			r.URL.Path = path + bad
			wantSound(t, path, auditor.send(r))
		}
	}
}

package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// address fills a pattern's holes with things that are there.
func (d *testDesk) address(pattern, verification, account string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	id := verification
	if strings.HasPrefix(path, "/admin/") {
		id = account
	}
	return method, strings.NewReplacer("{id}", id, "{n}", "1", "{seq}", "1", "{token}", "none", "{other}", id, "{digest}", "00ff", "{$}", "").Replace(path)
}

func (b *browser) ask(method, path string) *http.Request { return b.request(method, path, nil) }

func TestEveryRouteSaysWhoMayUseIt(t *testing.T) {
	for _, route := range routes {
		ways := 0
		for _, said := range []bool{route.Who.everybody, route.Who.signedIn, len(route.Who.rights) > 0, route.Who.program != ""} {
			if said {
				ways++
			}
		}
		if ways != 1 || route.handle == nil {
			t.Errorf("%s says %d ways who may use it", route.Pattern, ways)
		}
		if method, _, _ := strings.Cut(route.Pattern, " "); method != "GET" && method != "POST" {
			t.Errorf("%s takes another method", route.Pattern)
		}
		if route.Access() == "" {
			t.Errorf("%s is open to no role at all", route.Pattern)
		}
	}
	open := []string{"GET /signin", "POST /signin", "GET /welcome/{token}", "POST /welcome/{token}", "POST /preferences", "GET /healthz", "GET /readyz", "GET /metrics", "POST " + reportPath, "POST /oauth/token", "POST /auth",
		"GET /api/openapi.json", "GET /api/docs", "GET /applicant/{id}"}
	for _, route := range Routes() {
		if route.Who.everybody != slices.Contains(open, route.Pattern) {
			t.Errorf("%s is open to everybody: %v", route.Pattern, route.Who.everybody)
		}
	}
}

func TestAStrangerIsSentToSignIn(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Zoila Quispe", "id_check_failure")
	before := len(d.events(review.EventFilter{}))
	for _, route := range routes {
		if route.Who.everybody || route.Who.program != "" {
			continue
		}
		for _, cookie := range []string{"", "forged", strings.Repeat("A", 43), strings.Repeat("x", 5000)} {
			b := d.browser()
			if cookie != "" {
				b.cookies["desk_session"] = cookie
			}
			w := b.send(b.ask(d.address(route.Pattern, id, "none")))
			wantSignIn(t, w)
			if strings.Contains(w.Body.String(), "Zoila") {
				t.Errorf("%s shows a stranger the case", route.Pattern)
			}
		}
	}
	if after := len(d.events(review.EventFilter{})); after != before {
		t.Errorf("strangers left %d events", after-before)
	}
}

const forbiddenWords = "Your role does not open this page"

func TestEachRoleGetsExactlyItsRows(t *testing.T) {
	for _, role := range review.Roles() {
		t.Run(string(role), func(t *testing.T) {
			d := newTestDesk(t)
			id := d.Cybrid(1, "Zoila Quispe", "id_check_failure")
			somebody := d.member("Somebody Else", review.RoleReviewer)
			me := d.member("Person Me", role)
			for _, route := range routes {
				b := d.browser()
				b.signIn(me.Email)
				w := b.send(b.ask(d.address(route.Pattern, id, somebody.ID)))
				if route.Who.program != "" {
					wantStatus(t, w, http.StatusUnauthorized) // a session is nothing to a program's address
					continue
				}
				may := route.Who.everybody || route.Who.signedIn || slices.ContainsFunc(route.Who.rights, role.May)
				refused := w.Code == http.StatusForbidden && strings.Contains(text(w), forbiddenWords)
				if refused == may {
					t.Errorf("%s may use %s: %v, but it answered %d: %.200s", role, route.Pattern, may, w.Code, text(w))
				}
				if w.Code >= 500 {
					t.Errorf("%s answered %d: %.200s", route.Pattern, w.Code, text(w))
				}
			}
		})
	}
}

func TestNoChangeIsTakenFromAnotherOriginOrWithoutProof(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Zoila Quispe", "id_check_failure")
	somebody := d.member("Somebody Else", review.RoleReviewer)
	for _, role := range review.Roles() {
		b, _ := d.signedIn(role)
		before := len(d.events(review.EventFilter{}))
		for _, route := range routes {
			method, path := d.address(route.Pattern, id, somebody.ID)
			if method != http.MethodPost || platform.Owns(path) {
				continue
			}
			foreign, unproven, doubled := b.ask(method, path), b.ask(method, path), b.ask(method, path)
			foreign.Header.Set("Origin", "https://evil.example")
			foreign.Header.Set("Sec-Fetch-Site", "cross-site")
			unproven.Header.Del("Origin")
			unproven.Header.Del("Sec-Fetch-Site")
			doubled.Header.Add("Origin", "https://evil.example")
			for r, want := range map[*http.Request]int{foreign: 403, unproven: 403, doubled: 400} {
				if w := b.send(r); w.Code != want {
					t.Errorf("%s by %s answers %d, want %d", route.Pattern, role, w.Code, want)
				}
			}
		}
		if after := len(d.events(review.EventFilter{})); after != before {
			t.Errorf("%d events by %s from another origin", after-before, role)
		}
	}
}

func TestNothingIsThereForWhatNoRouteNames(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	for _, path := range []string{"/nothing", "/queue/x", "/admin/none", "/static/", "/static", "/static/../routes.go", "/verifications/", "/.git/config", "/debug/pprof/"} {
		r := b.request("GET", "/", nil)
		r.URL.Path = path
		w := b.send(r)
		if w.Code != http.StatusNotFound && w.Code != http.StatusTemporaryRedirect && w.Code != http.StatusMovedPermanently {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	w := b.get("/nothing")
	if !strings.Contains(text(w), "There is nothing here") || page(t, w).Find("aside.rail").Length() != 1 {
		t.Error("the page that is missing has lost its frame")
	}
}

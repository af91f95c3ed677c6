package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

func TestSignInLeadsEverybodyToTheirWork(t *testing.T) {
	for role, want := range map[review.Role]string{
		review.RoleReviewer: "/queue", review.RoleSenior: "/queue", review.RoleAuditor: "/audit", review.RoleAdmin: "/admin",
	} {
		t.Run(string(role), func(t *testing.T) {
			d := newTestDesk(t)
			b, a := d.signedIn(role)
			home := b.get("/")
			if got := home.Header().Get("Location"); home.Code != http.StatusSeeOther || got != want {
				t.Errorf("%d to %q, want %q", home.Code, got, want)
			}
			signedIn := d.events(review.EventFilter{Kind: review.EventSignedIn})
			if len(signedIn) != 1 || signedIn[0].Actor.ID != a.ID || signedIn[0].Address != "203.0.113.7" || signedIn[0].Request == "" {
				t.Errorf("the log says %+v", signedIn)
			}
		})
	}
}

func TestAWrongSignInSaysOneNeutralSentenceAndKeepsTheAddress(t *testing.T) {
	d := newTestDesk(t)
	known := d.member("Ana Quiroga", review.RoleReviewer)
	disabled := d.member("Gone Away", review.RoleReviewer)
	if err := d.SetDisabled(t.Context(), db.System("test"), disabled.ID, true); err != nil {
		t.Fatal(err)
	}
	waiting, _ := d.invite("Not Yet", review.RoleReviewer)
	var pages []string
	for _, email := range []string{known.Email, "nobody@desk.example", disabled.Email, waiting.Email} {
		before := d.server.hashing.ran.Load()
		b := d.browser()
		password := "not the password at all"
		if email == disabled.Email {
			password = testPassword // even the right one
		}
		w := b.post("/signin", "email", email, "password", password, "next", "/queue?severity=high")
		wantStatus(t, w, http.StatusUnauthorized)
		doc := page(t, w)
		if got, _ := doc.Find("#email").Attr("value"); got != email {
			t.Errorf("the form keeps %q of %q", got, email)
		}
		if got, _ := doc.Find("input[name=next]").Attr("value"); got != "/queue?severity=high" {
			t.Errorf("the form forgets where to go: %q", got)
		}
		if strings.Contains(w.Body.String(), password) {
			t.Error("the page holds the password")
		}
		if ran := d.server.hashing.ran.Load() - before; ran != 1 {
			t.Errorf("%s cost %d hashes, want one like everybody", email, ran)
		}
		pages = append(pages, text(w))
	}
	for _, p := range pages {
		if p != pages[0] || !strings.Contains(p, wrongSignIn) {
			t.Errorf("pages differ:\n%s\n%s", p, pages[0])
		}
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventSignInFailed})); n != 4 {
		t.Errorf("%d failures in the log, want 4", n)
	}
}

func TestTheDummyHashIsAsDearAsARealOne(t *testing.T) {
	h := newHasher(hashCost)
	if ok, _, err := h.check(t.Context(), "", ""); ok || err != nil {
		t.Fatalf("the dummy opened: %v %v", ok, err)
	}
	real, err := HashPassword(testPassword)
	if err != nil {
		t.Fatal(err)
	}
	cost := func(phc string) string { return strings.Join(strings.Split(phc, "$")[:4], "$") }
	if cost(h.dummy) != cost(real) || len(h.dummy) != len(real) {
		t.Errorf("dummy %s, real %s", h.dummy, real)
	}
	if cost(real) != "$argon2id$v=19$m=65536,t=3,p=2" {
		t.Errorf("a password is hashed at %s", cost(real))
	}
}

func TestGuessingStopsAfterAFewTriesAlsoManyAtOnce(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	var wg sync.WaitGroup
	codes := make([]int, 40)
	for i := range codes {
		wg.Go(func() {
			b := d.browser()
			b.address = fmt.Sprintf("198.51.%d.7:4000", i) // a network each: only the account stops them
			codes[i] = b.post("/signin", "email", a.Email, "password", fmt.Sprintf("guess number %d", i)).Code
		})
	}
	wg.Wait()
	looked := 0
	for _, code := range codes {
		switch code {
		case http.StatusUnauthorized:
			looked++
		case http.StatusTooManyRequests:
		default:
			t.Errorf("answered %d", code)
		}
	}
	if hashed := int(d.server.hashing.ran.Load()); looked == 0 || looked > 10 || hashed != looked {
		t.Errorf("%d guesses were looked at and %d hashed, want 1 to 10", looked, hashed)
	}
	w := d.browser().post("/signin", "email", a.Email, "password", testPassword)
	wantStatus(t, w, http.StatusTooManyRequests)
	if w.Header().Get("Retry-After") == "" || !strings.Contains(text(w), "Too many attempts. Wait 15 minutes") {
		t.Errorf("Retry-After %q: %s", w.Header().Get("Retry-After"), text(w))
	}
	d.Clock.Move(16 * time.Minute)
	d.browser().signIn(a.Email) // a delay, never a lock-out
}

func TestARestartForgetsNoGuess(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	guess := func() int {
		return d.browser().post("/signin", "email", a.Email, "password", "a guess of some length").Code
	}
	for guess() != http.StatusTooManyRequests {
	}
	d.Shut()
	d.Open()
	d.serve(Options{BaseURL: testBase})
	if code := guess(); code != http.StatusTooManyRequests {
		t.Errorf("after the restart a guess is answered %d", code)
	}
}

func TestOneNetworkCannotSprayManyNames(t *testing.T) {
	d := newTestDesk(t)
	stopped := 0
	for i := range 60 {
		b := d.browser()
		b.address = fmt.Sprintf("198.51.100.%d:4000", i)
		if b.post("/signin", "email", fmt.Sprintf("p%d@desk.example", i), "password", "summer in the city").Code == http.StatusTooManyRequests {
			stopped++
		}
	}
	if stopped != 20 {
		t.Errorf("%d of 60 names were stopped, want those after the fortieth", stopped)
	}
}

func TestSignInNeverLeadsAway(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	for next, want := range map[string]string{
		"/queue?severity=high": "/queue?severity=high",
		"/verifications/1#top": "/verifications/1#top",
		"":                     "/", "queue": "/", "//evil.example": "/", "///evil.example": "/", "/\\evil.example": "/", "\\/evil.example": "/",
		"https://evil.example/": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/", "/\n/evil.example": "/", " //evil.example": "/",
		"/ /evil.example": "/", "/%09/evil.example\\": "/", "/queue\r\nSet-Cookie: a=b": "/", "/" + strings.Repeat("a", 3000): "/",
		"/%2f/evil.example": "/", "/%5cevil.example": "/", "/..//evil.example": "/evil.example", "/x\u2028y": "/x%e2%80%a8y",
	} {
		w := d.browser().post("/signin", "email", a.Email, "password", testPassword, "next", next)
		got := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || got != want {
			t.Errorf("next %q leads to %q, want %q", next, got, want)
		}
		if u, err := url.Parse(got); err != nil || u.Host != "" || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") {
			t.Errorf("next %q leads away: %q", next, got)
		}
		w = d.browser().post("/preferences", "theme", "dark", "return", next)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("return %q leads to %q, want %q", next, got, want)
		}
	}
}

func TestAStrangerComesBackToThePageTheyWanted(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	b := d.browser()
	w := b.get("/queue?severity=high&q=a+b")
	wantSignIn(t, w)
	form := page(t, b.get(w.Header().Get("Location")))
	next, _ := form.Find("form.in input[name=next]").Attr("value")
	w = b.post("/signin", "email", a.Email, "password", testPassword, "next", next)
	if got := w.Header().Get("Location"); got != "/queue?severity=high&q=a+b" {
		t.Errorf("led to %q", got)
	}
}

func TestAOneTimeLinkWorksOnce(t *testing.T) {
	d := newTestDesk(t)
	d.member("Somebody Else", review.RoleAdmin)
	a, token := d.invite("Ana Quiroga", review.RoleReviewer)
	link := "/welcome/" + token
	b := d.browser()
	for range 2 { // looking does not use it up
		wantStatus(t, b.get(link), http.StatusOK)
	}
	for field, form := range map[string][]string{
		"password": {"password", "too short", "again", "too short"},
		"again":    {"password", testPassword, "again", "something else entirely"},
	} {
		w := b.post(link, form...)
		wantStatus(t, w, http.StatusUnprocessableEntity)
		if page(t, w).Find("#"+field+"-error").Length() != 1 {
			t.Errorf("no word beside the field %s: %s", field, text(w))
		}
	}
	w := b.post(link, "password", testPassword, "again", testPassword)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Fatalf("%d: %s", w.Code, text(w))
	}
	if got := b.get("/").Header().Get("Location"); got != "/queue" {
		t.Errorf("not signed in: %q", got)
	}
	for _, again := range []int{b.get(link).Code, b.post(link, "password", testPassword, "again", testPassword).Code, d.browser().get(link).Code} {
		if again != http.StatusNotFound {
			t.Errorf("the used link answers %d", again)
		}
	}
	d.browser().signIn(a.Email)
	if strings.Contains(d.log.String(), token) || strings.Contains(d.log.String(), "quiroga") {
		t.Error("the log holds the link's secret or a person")
	}
}

func TestAOneTimeLinkRunsOutAndIsReplacedByANewerOne(t *testing.T) {
	d := newTestDesk(t)
	a, first := d.invite("Ana Quiroga", review.RoleReviewer)
	_, second, err := d.ResetLink(t.Context(), db.System("test"), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, d.browser().get("/welcome/"+first), http.StatusNotFound)
	wantStatus(t, d.browser().get("/welcome/"+second), http.StatusOK)
	d.Clock.Move(db.LinkLasts)
	wantStatus(t, d.browser().get("/welcome/"+second), http.StatusNotFound)
	w := d.browser().get("/welcome/nothing")
	if wantStatus(t, w, http.StatusNotFound); !strings.Contains(text(w), "does not work any more") {
		t.Error(text(w))
	}
}

func TestTwentyAtOnceUseALinkOnce(t *testing.T) {
	d := newTestDesk(t)
	_, token := d.invite("Ana Quiroga", review.RoleReviewer)
	codes := make([]int, 20)
	var wg sync.WaitGroup
	for i := range codes {
		wg.Go(func() {
			codes[i] = d.browser().post("/welcome/"+token, "password", testPassword, "again", testPassword).Code
		})
	}
	wg.Wait()
	won := 0
	for _, code := range codes {
		if code == http.StatusSeeOther {
			won++
		}
	}
	if won != 1 || len(d.events(review.EventFilter{Kind: review.EventSignedIn})) != 1 {
		t.Errorf("%d used the link: %v", won, codes)
	}
}

func TestAHashOfAnotherCostIsRenewedAtSignIn(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	dearer := cheapCost
	dearer.Iterations = 2
	d.server.hashing = newHasher(dearer)
	d.browser().signIn(a.Email)
	renewed, err := d.Account(t.Context(), a.ID)
	if err != nil || !strings.Contains(renewed.Password, "t=2,") {
		t.Errorf("stored %s, %v", renewed.Password, err)
	}
	d.browser().signIn(a.Email)
	if again, _ := d.Account(t.Context(), a.ID); again.Password != renewed.Password {
		t.Error("renewed twice")
	}
}

func TestTheFirstAdminIsGreetedAsSuch(t *testing.T) {
	d := newTestDesk(t)
	_, first := d.invite("First Admin", review.RoleAdmin)
	if w := d.browser().get("/welcome/" + first); !strings.Contains(text(w), "Set up the first admin") {
		t.Error(text(w))
	}
	d.member("Ana Quiroga", review.RoleAdmin)
	if w := d.browser().get("/welcome/" + first); !strings.Contains(text(w), "Choose a password") {
		t.Error(text(w))
	}
}

func TestTheDemoOffersItsAccountsAndNobodyElseDoes(t *testing.T) {
	d := newTestDesk(t)
	if page(t, d.browser().get("/signin")).Find("ul.demo").Length() != 0 {
		t.Error("accounts are offered outside the demo")
	}
	a := d.member("Ana Quiroga", review.RoleReviewer)
	d.serve(Options{BaseURL: testBase, Demo: []views.DemoPerson{{Name: a.Name, Email: a.Email, Password: testPassword, Role: "Reviewer"}}})
	b := d.browser()
	form := page(t, b.get("/signin")).Find("ul.demo form")
	email, _ := form.Find("[name=email]").Attr("value")
	password, _ := form.Find("[name=password]").Attr("value")
	if w := b.post("/signin", "email", email, "password", password); w.Code != http.StatusSeeOther {
		t.Errorf("the demo's account answers %d", w.Code)
	}
}

func TestADamagedHashIsToldAsAWrongPassword(t *testing.T) {
	d := newTestDesk(t)
	d.Person("Ana Quiroga", review.RoleReviewer) // dbtest's people have a hash that is none
	w := d.browser().post("/signin", "email", "AnaQuiroga@desk.example", "password", testPassword)
	if wantStatus(t, w, http.StatusUnauthorized); !strings.Contains(d.log.String(), errHash.Error()) {
		t.Error("the log does not tell")
	}
}

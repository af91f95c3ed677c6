package web

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestPasswordRulesAreLengthAndWhatAttackersTryFirst(t *testing.T) {
	for password, fault := range map[string]string{
		"quiet harbour lights at dusk":   "",
		"éàü ñandú 李明 über alles":        "",
		"fifteen letters":                "", // exactly 15
		"fourteen chars":                 "15 characters or more",
		"":                               "15 characters or more",
		strings.Repeat("é", 14):          "15 characters or more", // characters, not bytes
		strings.Repeat("xyz ", 32) + "a": "at most 128",
		"passwordpassword":               "attackers",
		"Password-Password":              "attackers",
		"aaaaaaaaaaaaaaaa":               "attackers",
		"abcabcabcabcabcabc":             "attackers",
		"1234567890123456":               "attackers",
		"abcdefghijklmnopqrs":            "attackers",
		"qwertyuiopasdfgh":               "attackers",
		"               ":                "attackers",
		"correct horse battery staple":   "attackers",
		"my reviewdesk password":         "Leave out",
		"the great Quiroga sings":        "Leave out",
		"ana.quiroga loves rain":         "Leave out",
		"anaquirogaanaquiroga99":         "Leave out",
	} {
		got := passwordFault(password, "ana.quiroga@desk.example", "Ana Quiroga")
		if fault == "" && got != "" || fault != "" && !strings.Contains(got, fault) {
			t.Errorf("%q: %q, want %q", password, got, fault)
		}
	}
	if got := passwordFault(strings.Repeat("long enough to be fine ", 5)+"yes!", "a@b.example", "Al"); got != "" {
		t.Errorf("119 characters: %q", got)
	}
}

func TestAtMostTwoPasswordsAreHashedAtOnce(t *testing.T) {
	h := newHasher(cheapCost)
	if n := cap(h.slots); n < 1 || n > 2 {
		t.Fatalf("%d at once", n)
	}
	for range cap(h.slots) {
		if err := h.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	third := make(chan struct{})
	wg.Go(func() {
		if _, err := h.hash(t.Context(), testPassword); err != nil {
			t.Error(err)
		}
		close(third)
	})
	select {
	case <-third:
		t.Error("one more was hashed beside them")
	default:
	}
	h.leave()
	wg.Wait()
	for range cap(h.slots) - 1 {
		h.leave()
	}
}

func TestWhoFindsNoPlaceToSignInIsToldSoInTime(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Person Reviewer", review.RoleReviewer)
	h := d.server.hashing
	if h.patience >= writeTimeout {
		t.Errorf("the server hangs up after %s, before anybody has waited %s", writeTimeout, h.patience)
	}
	h.patience = time.Millisecond
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	b := d.browser()
	w := b.post("/signin", "email", a.Email, "password", testPassword)
	wantStatus(t, w, http.StatusServiceUnavailable)
	form := page(t, w).Find("form")
	if email, _ := form.Find("[name=email]").Attr("value"); email != a.Email || w.Header().Get("Retry-After") == "" || !strings.Contains(text(w), "Nothing is wrong with what you typed") {
		t.Errorf("%q, %v: %s", email, w.Header(), text(w))
	}
	for range cap(h.slots) {
		<-h.slots
	}
	b.signIn(a.Email)
}

func TestAHashOpensForItsPasswordOnly(t *testing.T) {
	h := newHasher(cheapCost)
	phc, err := h.hash(t.Context(), testPassword)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{testPassword: true, testPassword + " ": false, "": false, strings.ToUpper(testPassword): false} {
		if ok, fresh, err := h.check(t.Context(), password, phc); ok != want || fresh != "" || err != nil {
			t.Errorf("%q: %v %q %v", password, ok, fresh, err)
		}
	}
	if ok, _, err := h.check(t.Context(), "x", "no hash"); ok || !errors.Is(err, errHash) {
		t.Errorf("what is no hash: %v %v", ok, err)
	}
}

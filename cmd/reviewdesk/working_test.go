package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// The whole road but the API itself: a case that a program made in the sandbox moves
// to an officer, and the platform hears of each state, in order and once.
func TestAServedDeskMovesCasesOnAndTellsThePlatform(t *testing.T) {
	heard := make(chan string, 100)
	platform := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var told struct {
			Event       string `json:"event_type"`
			Environment string `json:"environment"`
		}
		if err := json.NewDecoder(r.Body).Decode(&told); err != nil || told.Environment != "sandbox" {
			t.Errorf("%+v, %v", told, err)
		}
		heard <- strings.TrimPrefix(told.Event, "identity_verification.")
	}))
	defer platform.Close()
	a := &app{ctx: t.Context(), out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	s := settings{sandbox: true}
	dir := filepath.Join(t.TempDir(), "desk")
	if err := db.Init(t.Context(), dir, "Test", s.options()); err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(t.Context(), dir, s)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, _, err := d.AddEndpoint(t.Context(), byCommand, db.NewEndpoint{Provider: review.Cybrid, URL: platform.URL, AllowPrivate: true}); err != nil {
		t.Fatal(err)
	}
	defer a.work(d.DB)()
	r, err := cybrid.ParseRequest([]byte(`{"type":"kyc","method":"id_and_selfie","customer_guid":"3a3cb2ff83b2a2fd7d2ac3a1a4b3a2f1","expected_behaviours":["`+cybrid.BehaviourReviewRequired+`"]}`), d.Desk())
	if err != nil {
		t.Fatal(err)
	}
	object, err := r.Object(strings.Repeat("ab", 16), d.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Create(t.Context(), byCommand, review.Cybrid, db.Creation{Object: object, Road: r.Road()}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"storing", "waiting", "pending", "reviewing"} {
		select {
		case got := <-heard:
			if got != want {
				t.Fatalf("heard %s, want %s", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("never heard %s", want)
		}
	}
	if c, err := d.Counts(t.Context()); err != nil || c.ByStatus[review.StatusInReview] != 1 || len(heard) != 0 {
		t.Errorf("%+v, %d more notices, %v", c, len(heard), err)
	}
}

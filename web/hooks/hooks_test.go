package hooks

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// The vector that Coinify publishes.
func TestASignatureIsTheOneThatCoinifyPublishes(t *testing.T) {
	const want = "bcdbb89e3031905f3cc1a20d16b5f969a17a7d8fa0c26e4a807c2193402d66f4"
	if got := signature("my-shared-secret", []byte(`{"examplePayload":true}`)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func approval(version int64) review.Decision {
	return review.Decision{Action: review.Approve, Version: version, Grounds: []string{"evidence_agrees"}, Note: "Read by eye, all agrees."}
}

func TestADecisionReachesThePlatformAtOnceSignedAndWithoutThePerson(t *testing.T) {
	for _, test := range []struct {
		provider review.Provider
		header   string
		words    []string
		made     func(d *desk) string
	}{
		{review.Cybrid, "X-Cybrid-Signature", []string{`"event_type":"identity_verification.completed"`}, func(d *desk) string { return d.Cybrid(1, "Ines Moreau") }},
		{review.Coinify, "X-Coinify-Webhook-Signature", []string{`"event":"identification-attempt.approved"`, `"traderId":"420001"`}, func(d *desk) string { return trader(t, d, "420001") }},
	} {
		d := newDesk(t)
		d.AtOnce()
		ana := d.Person("Ana Quiroga", review.RoleReviewer)
		r := newReceiver(t, says(204))
		e, secret := d.endpoint(test.provider, r.URL+"/in?token=hush")
		d.work(patience) // it looks at no clock: only the commit can wake it
		id := test.made(d)
		_, err := d.Decide(t.Context(), ana, id, approval(1), "form")
		ok(t, err)
		g := r.next(t)
		if want := signature(secret, []byte(g.body)); g.header.Get(test.header) != want || g.header.Get(headerSignatures) != "sha256="+want {
			t.Errorf("%s: %v, want %s", test.provider, g.header, want)
		}
		for _, word := range append(test.words, g.guid()) {
			if !strings.Contains(g.body, word) {
				t.Errorf("%s: %s lacks %s", test.provider, g.body, word)
			}
		}
		for _, word := range []string{"Ines", "Moreau", "1990-0", "desk.example", "passed", "Read by eye", "X000"} {
			if strings.Contains(g.body, word) {
				t.Errorf("%s: %s holds %s", test.provider, g.body, word)
			}
		}
		all := d.until(e.ID, "delivered", allDelivered)
		if one := all[0]; len(all) != 1 || one.Case != id || one.Status != 204 || one.Attempts != 1 || one.Trouble != "" || g.header.Get(headerAttempt) != "1" {
			t.Errorf("%s: %+v", test.provider, all)
		}
		r.nothing(t)
	}
}

// trader takes in an attempt of a trader's that waits for an officer.
func trader(t *testing.T, d *desk, reference string) string {
	t.Helper()
	return takeIn(t, d, `{"id":"0d9b7d5c-2f4e-4a86-9c55-1f2e3d4c5b6a","state":"rejected","rejectReason":"MANUAL_REVIEW","createTime":"2026-11-22T08:00:00.000Z",
		"approveTime":null,"expiryTime":null,"redirectUrl":null,"returnUrl":null,"sdkToken":null,"reviewdesk":{"reference":"`+reference+`"}}`)
}

func TestAReceiverThatComesBackAfterAnHourLosesNothingAndGetsNothingUnderANewID(t *testing.T) {
	d := newDesk(t)
	r := newReceiver(t, says(503))
	e, _ := d.endpoint(review.Cybrid, r.URL)
	for range 3 {
		d.test(e.ID)
	}
	d.work(patience)
	first := r.next(t)
	began, attempts := d.Now(), 1
	for ; d.Now().Sub(began) < time.Hour; attempts++ {
		all := d.until(e.ID, "tried", tried(0, attempts))
		if all[0].NextAt.Sub(began) > time.Hour {
			break
		}
		d.later(all[0].NextAt.Sub(d.Now()))
		again := r.next(t)
		if again.body != first.body || again.guid() != first.guid() || again.header.Get("X-Cybrid-Signature") != first.header.Get("X-Cybrid-Signature") {
			t.Fatalf("attempt %d: %+v, first %+v", attempts+1, again, first)
		}
		if n := again.header.Get(headerAttempt); n != fmt.Sprint(attempts+1) {
			t.Fatalf("attempt %d calls itself %s", attempts+1, n)
		}
	}
	if attempts < 11 || attempts > 15 {
		t.Errorf("%d attempts in an hour", attempts)
	}
	if all := d.sent(e.ID); all[1].Attempts != 0 || all[2].Attempts != 0 || all[0].Trouble != "it answers 503 Service Unavailable" {
		t.Fatalf("%+v", all)
	}
	r.turns(says(200))
	d.later(time.Hour)
	var guids []string
	for range 3 {
		guids = append(guids, r.next(t).guid())
	}
	all := d.until(e.ID, "delivered", allDelivered)
	if want := []string{all[0].GUID, all[1].GUID, all[2].GUID}; !slices.Equal(guids, want) || guids[0] != first.guid() {
		t.Errorf("came %v, want %v", guids, want)
	}
	d.later(time.Hour)
	r.nothing(t)
}

func TestAReceiverThatComesBackAfterEightDaysGetsTheLaterOnesAndTheRestByHand(t *testing.T) {
	d := newDesk(t)
	r := newReceiver(t, says(500))
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.test(e.ID)
	d.work(patience)
	lost := r.next(t)
	d.until(e.ID, "tried", tried(0, 1))
	d.later(8 * 24 * time.Hour)
	for n := 2; n < 8; n++ {
		if g := r.next(t); g.guid() != lost.guid() {
			t.Fatalf("attempt %d: %+v", n, g)
		}
		d.until(e.ID, "tried", tried(0, n))
		d.later(time.Hour)
	}
	r.next(t)
	d.until(e.ID, "given up", func(all []db.Delivery) bool { return all[0].State == db.DeliveryFailed })
	r.turns(says(200))
	d.test(e.ID)
	if g := r.next(t); g.guid() == lost.guid() {
		t.Error("what was given up is sent")
	}
	d.until(e.ID, "delivered", func(all []db.Delivery) bool { return allDelivered(all[1:]) })
	ok(t, d.Redeliver(t.Context(), admin, d.sent(e.ID)[0].ID))
	if g := r.next(t); g.guid() != lost.guid() || g.body != lost.body {
		t.Errorf("%+v, first %+v", g, lost)
	}
	d.until(e.ID, "delivered", func(all []db.Delivery) bool { return len(all) == 3 && allDelivered(all[1:]) })
}

func TestWhateverIsNoTakenAnswerIsTriedAgain(t *testing.T) {
	elsewhere := newReceiver(t, says(200))
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		status int
		words  string
	}{
		"500":                   {says(500), 500, "it answers 500 Internal Server Error"},
		"410":                   {says(410), 410, "it answers 410 Gone"},
		"a status nobody knows": {says(599), 599, "it answers 599"},
		"a redirect": {func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, elsewhere.URL, http.StatusTemporaryRedirect)
		}, 307, "it answers 307 and sends elsewhere, which is not followed"},
		"a redirect that gets":     {func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, elsewhere.URL, http.StatusSeeOther) }, 303, "it answers 303 and sends elsewhere, which is not followed"},
		"not modified":             {says(304), 304, "it answers 304 Not Modified"},
		"a reset":                  {func(w http.ResponseWriter, _ *http.Request) { cutOff(t, w, 0) }, 0, "it hangs up without an answer"},
		"an end without an answer": {func(w http.ResponseWriter, _ *http.Request) { cutOff(t, w, 1) }, 0, "it hangs up without an answer"},
		"no http": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			ok(t, err)
			io.WriteString(conn, "220 mail.example ESMTP\r\n")
			conn.Close()
		}, 0, "it cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			r := newReceiver(t, test.answer)
			e, _ := d.endpoint(review.Cybrid, r.URL)
			d.test(e.ID)
			d.work(patience)
			first := r.next(t)
			one := d.until(e.ID, "tried", tried(0, 1))[0]
			if one.State != db.DeliveryWaiting || one.Status != test.status || one.Trouble != test.words {
				t.Errorf("%+v", one)
			}
			if e, err := d.EndpointByID(t.Context(), e.ID); err != nil || e.FailingSince.IsZero() {
				t.Errorf("%+v, %v", e, err)
			}
			r.turns(says(202))
			d.later(time.Second)
			if again := r.next(t); again.guid() != first.guid() || again.body != first.body {
				t.Errorf("%+v, first %+v", again, first)
			}
			d.until(e.ID, "delivered", allDelivered)
		})
	}
	elsewhere.nothing(t)
}

func cutOff(t *testing.T, w http.ResponseWriter, linger int) {
	conn, _, err := http.NewResponseController(w).Hijack()
	ok(t, err)
	if linger == 0 {
		ok(t, conn.(*net.TCPConn).SetLinger(0))
	}
	conn.Close()
}

func TestAReceiverThatHangsStopsNobodyElse(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	d := newDesk(t)
	hangs := newReceiver(t, func(http.ResponseWriter, *http.Request) { <-release })
	quick := newReceiver(t, says(200))
	bad, _ := d.endpoint(review.Cybrid, hangs.URL)
	good, _ := d.endpoint(review.Cybrid, quick.URL)
	d.work(time.Hour)
	d.test(bad.ID)
	hangs.next(t)
	for range 5 {
		d.test(good.ID)
		quick.next(t)
	}
	d.until(good.ID, "delivered", allDelivered)
	if all := d.sent(bad.ID); all[0].Attempts != 0 {
		t.Errorf("the others waited for the one that hangs: %+v", all)
	}
}

func TestAReceiverThatHangsIsCutOff(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	d := newDesk(t)
	r := newReceiver(t, func(http.ResponseWriter, *http.Request) { <-release })
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.work(time.Second / 2)
	d.test(e.ID)
	if one := d.until(e.ID, "cut off", tried(0, 1))[0]; one.Trouble != "it does not answer in time" || one.State != db.DeliveryWaiting {
		t.Errorf("%+v", one)
	}
}

// However often the worker looks, also while an attempt is being recorded.
func TestNothingIsSentTwiceToAReceiverThatTookIt(t *testing.T) {
	const many = 30
	d := newDesk(t)
	r := newReceiver(t, says(200))
	e, _ := d.endpoint(review.Cybrid, r.URL)
	for range many {
		d.test(e.ID)
	}
	d.work(patience)
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case d.look <- time.Time{}:
			case <-done:
				return
			}
		}
	}()
	d.until(e.ID, "delivered", allDelivered)
	times := map[string]int{}
	for range many {
		times[r.next(t).guid()]++
	}
	if len(times) != many || len(r.came) != 0 {
		t.Errorf("%d deliveries came in %d requests", len(times), many+len(r.came))
	}
}

func TestALongAnswerIsNotReadToItsEnd(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	d := newDesk(t)
	r := newReceiver(t, func(w http.ResponseWriter, q *http.Request) {
		for range 2 * longestRead / 1024 {
			if _, err := io.WriteString(w, strings.Repeat("hush", 256)); err != nil {
				return
			}
		}
		http.NewResponseController(w).Flush()
		select { // it would go on for ever
		case <-release:
		case <-q.Context().Done():
		}
	})
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.work(time.Hour)
	d.test(e.ID)
	if one := d.until(e.ID, "delivered", allDelivered)[0]; one.Status != 200 || one.Trouble != "" {
		t.Errorf("%+v", one)
	}
}

func TestTheEndOfTheProcessWaitsForNobodyAndLosesNothing(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	d := newDesk(t)
	r := newReceiver(t, func(http.ResponseWriter, *http.Request) { <-release })
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.work(time.Hour)
	d.test(e.ID)
	first := r.next(t)
	d.stop()
	if one := d.sent(e.ID)[0]; one.State != db.DeliveryWaiting || one.Attempts != 0 {
		t.Fatalf("%+v", one)
	}
	r.turns(says(200))
	d.work(patience)
	if again := r.next(t); again.guid() != first.guid() || again.body != first.body {
		t.Errorf("%+v, first %+v", again, first)
	}
	d.until(e.ID, "delivered", allDelivered)
}

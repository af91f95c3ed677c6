package hooks

import (
	"database/sql"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

func TestTwoEndpointsOfOneProviderAreToldTheSameUnderSecretsOfTheirOwn(t *testing.T) {
	d := newDesk(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	d.AtOnce()
	one, two := newReceiver(t, says(200)), newReceiver(t, says(500))
	_, firstSecret := d.endpoint(review.Cybrid, one.URL)
	failing, secondSecret := d.endpoint(review.Cybrid, two.URL)
	id := d.Cybrid(1, "Ines Moreau")
	d.work(patience)
	_, err := d.Decide(t.Context(), ana, id, approval(1), "form")
	ok(t, err)
	a, b := one.next(t), two.next(t)
	if a.body != b.body || a.guid() != b.guid() {
		t.Errorf("%+v and %+v", a, b)
	}
	if a.header.Get("X-Cybrid-Signature") != signature(firstSecret, []byte(a.body)) || b.header.Get("X-Cybrid-Signature") != signature(secondSecret, []byte(b.body)) {
		t.Error("a signature is the other's")
	}
	d.until(failing.ID, "tried", tried(0, 1))
	two.turns(says(200))
	d.later(time.Second)
	two.next(t)
	d.until(failing.ID, "delivered", allDelivered)
	one.nothing(t)
}

func TestAReceiverCanChangeOverToAnotherSecret(t *testing.T) {
	d := newDesk(t)
	r := newReceiver(t, says(200))
	e, old := d.endpoint(review.Cybrid, r.URL)
	d.work(patience)
	check := func(what, theirs string, all ...string) {
		t.Helper()
		d.test(e.ID)
		g := r.next(t)
		if got, want := g.header.Get("X-Cybrid-Signature"), signature(theirs, []byte(g.body)); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
		var ours []string
		for _, secret := range all {
			ours = append(ours, "sha256="+signature(secret, []byte(g.body)))
		}
		if got, want := g.header.Get(headerSignatures), strings.Join(ours, ", "); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	check("one", old, old)
	newer, err := d.AddSecret(t.Context(), admin, e.ID, d.NewestSecret(e.ID))
	ok(t, err)
	check("both", old, old, newer)
	ok(t, d.RetireSecret(t.Context(), admin, e.ID, e.Secrets[0].ID))
	check("the newer one", newer, newer)
}

func TestAPausedEndpointHearsNothingUntilItIsResumed(t *testing.T) {
	d := newDesk(t)
	r, other := newReceiver(t, says(200)), newReceiver(t, says(200))
	e, _ := d.endpoint(review.Cybrid, r.URL)
	open, _ := d.endpoint(review.Cybrid, other.URL)
	ok(t, d.PauseEndpoint(t.Context(), admin, e.ID))
	d.test(e.ID)
	d.work(patience)
	d.test(open.ID)
	other.next(t)
	d.later(24 * time.Hour)
	d.test(open.ID) // whatever the look began has had its time
	other.next(t)
	r.nothing(t)
	if all := d.sent(e.ID); all[0].Attempts != 0 {
		t.Errorf("%+v", all)
	}
	ok(t, d.ResumeEndpoint(t.Context(), admin, e.ID))
	r.next(t)
	d.until(e.ID, "delivered", allDelivered)
}

func TestNoNameAndNoSpellingLeadsToAPrivateAddress(t *testing.T) {
	d := newDesk(t)
	r := newReceiver(t, says(200))
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.URL, "http://"))
	var all []db.Endpoint
	for _, host := range []string{"localhost", "127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"} {
		e, _, err := d.AddEndpoint(t.Context(), admin, db.NewEndpoint{Provider: review.Cybrid, URL: "http://" + host + ":" + port + "/in"})
		ok(t, err)
		d.test(e.ID)
		all = append(all, e)
	}
	d.work(patience)
	for _, e := range all {
		if one := d.until(e.ID, "tried", tried(0, 1))[0]; one.Trouble != "its address is a private one" || one.State != db.DeliveryWaiting {
			t.Errorf("%s: %+v", e.URL, one)
		}
	}
	r.nothing(t)
}

func TestNothingIsSentUnsigned(t *testing.T) {
	d := newDesk(t)
	r := newReceiver(t, says(200))
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.test(e.ID)
	other, err := sql.Open("sqlite", "file:"+filepath.Join(d.Dir, "desk.db"))
	ok(t, err)
	defer other.Close()
	_, err = other.Exec(`UPDATE endpoint_secret SET sealed = x'00'`)
	ok(t, err)
	d.work(patience)
	if one := d.until(e.ID, "tried", tried(0, 1))[0]; !strings.Contains(one.Trouble, "secrets do not open") || one.State != db.DeliveryWaiting {
		t.Errorf("%+v", one)
	}
	r.nothing(t)
}

func TestASealedDeskSendsNothing(t *testing.T) {
	d := newDesk(t)
	r := newReceiver(t, says(200))
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.test(e.ID)
	seal(t, d)
	d.work(patience)
	d.later(time.Hour)
	r.nothing(t)
}

func TestNobodyIsToldOfADecisionBeforeItTakesEffect(t *testing.T) {
	d := newDesk(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	r := newReceiver(t, says(200))
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.work(patience)
	id := d.Cybrid(1, "Ines Moreau")
	_, err := d.Decide(t.Context(), ana, id, approval(1), "form")
	ok(t, err)
	d.later(9 * time.Second)
	ok(t, d.PauseEndpoint(t.Context(), db.System("test"), e.ID))
	ok(t, d.ResumeEndpoint(t.Context(), db.System("test"), e.ID)) // a line that goes on at once holds it back all the same
	d.later(0)
	v, err := d.Undo(t.Context(), ana, id)
	ok(t, err)
	d.later(time.Hour)
	if sent := d.sent(e.ID); len(sent) != 1 || sent[0].State != db.DeliveryWithdrawn || sent[0].Attempts != 0 {
		t.Fatalf("%+v", sent)
	}
	if err := d.Redeliver(t.Context(), db.System("test"), d.sent(e.ID)[0].ID); err == nil {
		t.Error("a decision that was undone can be told all the same")
	}
	_, err = d.Decide(t.Context(), ana, id, approval(v.Version), "form 2")
	ok(t, err)
	d.later(10 * time.Second)
	if g := r.next(t); !strings.Contains(g.body, "identity_verification.completed") {
		t.Errorf("told %s", g.body)
	}
}

package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// A person was erased; the programs that asked for their cases go on asking.
func TestTheAPIsAnswerWithWhatIsLeftOfAnErasedCase(t *testing.T) {
	d := newSandbox(t)
	p := d.bank(platform.ScopeRead, platform.ScopePII, platform.ScopeExecute)
	body := identity("id_and_selfie")
	body["expected_behaviours"] = []any{"passed_immediately"}
	w := p.send("POST", identityVerifications, text64(body), "Idempotency-Key", "once")
	wantStatus(t, w, http.StatusCreated)
	guid := textOf(t, w, "guid")
	d.moved(10)
	id, err := d.FindID(t.Context(), guid)
	if err != nil {
		t.Fatal(err)
	}
	before := p.shown(guid)
	if before["state"] != "completed" || before["customer_guid"] == nil {
		t.Fatalf("%v", before)
	}
	if err := d.ErasePerson(t.Context(), db.System("test"), id, review.GroundOrder, "A court ordered it."); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{identityVerifications + "/" + guid, identityVerifications + "/" + guid + "?include_pii=true", identityVerifications, identityVerifications + "?guid=" + guid} {
		w := p.send("GET", path, "")
		wantStatus(t, w, http.StatusOK)
		said := w.Body.String()
		if !strings.Contains(said, guid) || !strings.Contains(said, `"completed"`) {
			t.Errorf("%s does not show what is left: %s", path, said)
		}
		for _, word := range []string{"Zoila", "X1234567", "1990-02-14", "6d3f1c0b2a9e48d7b5c4a3f2e1d0c9b8"} {
			if strings.Contains(said, word) {
				t.Errorf("%s shows %q", path, word)
			}
		}
	}
	if at := p.send("GET", identityVerifications+"/"+guid, "").Header().Get("Reviewdesk-Erased"); !strings.HasPrefix(at, "2026-11-22T") {
		t.Errorf("nobody says that it was erased: %q", at)
	}
	if list := p.send("GET", identityVerifications+"?customer_guid=6d3f1c0b2a9e48d7b5c4a3f2e1d0c9b8", ""); strings.Contains(list.Body.String(), guid) {
		t.Errorf("by the customer's id it is found: %s", list.Body)
	}
	w = p.send("POST", identityVerifications, text64(body), "Idempotency-Key", "once")
	if wantStatus(t, w, http.StatusCreated); textOf(t, w, "guid") == guid {
		t.Error("the key finds the case that is gone")
	}
}

func TestATraderNoLongerFindsAnAttemptOfWhoWasErased(t *testing.T) {
	d := newSandbox(t)
	p := d.trader()
	w := p.send("POST", attempts, `{"state":"approved"}`)
	wantStatus(t, w, http.StatusOK)
	id := textOf(t, w, "id")
	d.moved(10)
	if w := p.send("GET", attempts+"/"+id, ""); textOf(t, w, "state") != "approved" {
		t.Fatalf("%s", w.Body)
	}
	if err := d.ErasePerson(t.Context(), db.System("test"), id, review.GroundOrder, "A court ordered it."); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, p.send("GET", attempts+"/"+id, ""), http.StatusNotFound)
	wantStatus(t, p.send("GET", "/kyc/"+id, ""), http.StatusNotFound)
	for _, path := range []string{attempts, "/kyc"} {
		if w := p.send("GET", path, ""); w.Code != http.StatusOK || strings.Contains(w.Body.String(), id) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	wantStatus(t, p.send("POST", attempts, `{}`), http.StatusOK) // and begins anew
}

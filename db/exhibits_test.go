package db_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// evidenceOf are the facts of evidence of a case's newest event of a kind.
func evidenceOf(t *testing.T, d *dbtest.Desk, id string, kind review.EventKind) (out []string) {
	t.Helper()
	entries, _, err := d.Log(t.Context(), review.EventFilter{Case: id, Kind: kind}, 0, 1)
	ok(t, err)
	for _, f := range entries[0].Facts {
		if strings.HasPrefix(f.Name, "evidence.") {
			out = append(out, f.Name+"="+f.Value)
		}
	}
	return out
}

func TestTheEvidenceOfAResolutionIsKeptAndProven(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "selfie_failure", "odd(code)")
	_, err := d.Attach(t.Context(), ana, id, review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 the bill of Ines Moreau")})
	ok(t, err)
	c, err := d.View(t.Context(), ana, id)
	ok(t, err)
	file := review.Which(review.ExhibitAttachment, strconv.FormatInt(c.Attached[0].Entry, 10))
	if !slices.Equal(c.Exhibits, []review.Exhibit{file, review.ExhibitProvider}) {
		t.Fatalf("the case's evidence: %q", c.Exhibits)
	}
	reject := rejectionOf(2, "selfie_failure")
	reject.Evidence = map[string][]review.Exhibit{"selfie_failure": {file}, "odd(code)": {review.ExhibitProvider}}
	_, err = d.Decide(t.Context(), ana, id, reject, "")
	ok(t, err)
	got := evidenceOf(t, d, id, review.EventProposed)
	if len(got) != 2 || got[0] != "evidence.selfie_failure="+string(file) || !strings.HasPrefix(got[1], "evidence.unlisted:") || !strings.HasSuffix(got[1], "=provider") {
		t.Errorf("the event says %q", got)
	}
	_, err = d.Confirm(t.Context(), mei, id, 3, "The bill is another person's.")
	ok(t, err)
	whole(t, d)
	c, err = d.View(t.Context(), mei, id)
	ok(t, err)
	m, err := d.ViewAt(t.Context(), mei, id, eventOf(t, d, id, review.EventConfirmed))
	ok(t, err)
	for name, resolved := range map[string][]review.Finding{"now": c.Decision.Resolutions, "as it stood": m.Decision.Resolutions} {
		if !slices.Equal(resolved[0].Evidence, []review.Exhibit{file}) || !slices.Equal(resolved[1].Evidence, []review.Exhibit{review.ExhibitProvider}) {
			t.Errorf("%s: %+v", name, resolved)
		}
	}
}

func TestEvidenceThatTheCaseDoesNotHaveIsRefused(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	one, other := d.Cybrid(1, "Ines Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "address_check_failure")
	_, err := d.Attach(t.Context(), ana, other, review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 another person's bill")})
	ok(t, err)
	c, err := d.View(t.Context(), ana, other)
	ok(t, err)
	approve := approval(1)
	approve.Evidence = map[string][]review.Exhibit{"address_check_failure": {review.Which(review.ExhibitAttachment, strconv.FormatInt(c.Attached[0].Entry, 10))}}
	var bad review.Invalid
	if _, err := d.Decide(t.Context(), ana, one, approve, ""); !errors.As(err, &bad) || bad["evidence.address_check_failure"] == "" {
		t.Errorf("another case's file: %v", err)
	}
}

func TestAPossibleDuplicateIsEvidence(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	twin := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	id := d.Cybrid(2, "Ines Moreau", "duplicate_person_check_failure")
	settled(t, d)
	c, err := d.View(t.Context(), ana, id)
	ok(t, err)
	if !slices.Contains(c.Exhibits, review.Which(review.ExhibitLinked, twin)) {
		t.Fatalf("the case's evidence: %q", c.Exhibits)
	}
	_, err = d.Decide(t.Context(), ana, id, rejection(1), "")
	ok(t, err)
	if got := evidenceOf(t, d, id, review.EventProposed); !slices.Equal(got, []string{"evidence.duplicate_person_check_failure=linked_case:" + twin}) {
		t.Errorf("the event says %q", got)
	}
	whole(t, d)
}

func TestABulkRejectionRestsOnTheProvidersResultAlone(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	_, err := d.BulkDo(t.Context(), ana, []db.BulkCase{{ID: id, Version: 1}}, db.Bulk{Act: db.BulkReject, Grounds: []string{"document_expired"}, Note: "All of one forged series."})
	ok(t, err)
	if got := evidenceOf(t, d, id, review.EventDecided); !slices.Equal(got, []string{"evidence.address_check_failure=provider"}) {
		t.Errorf("the event says %q", got)
	}
	whole(t, d)
}

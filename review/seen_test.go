package review_test

import (
	"bytes"
	"os"
	"reflect"
	"testing"
	"time"

	"reviewdesk/review"
)

// seenCase is a case with something in every part that an officer sees.
func seenCase() review.Verification {
	at := time.Date(2026, 11, 22, 9, 0, 0, 123456000, time.UTC)
	return review.Verification{
		Seq: 7, ID: "7f3a0418-0000-4000-8000-000000000418", Provider: review.Cybrid, ProviderID: "7f3a0418", Kind: "kyc", Method: "id_and_selfie",
		Arrived: review.WireState{State: "reviewing", Reason: "none"}, CreatedAt: at, UpdatedAt: at.Add(time.Minute), ReceivedAt: at.Add(time.Hour),
		ReviewSince: at.Add(time.Hour), DueAt: at.Add(25 * time.Hour), ExpiresAt: at.Add(240 * time.Hour), Attempt: 2, Attempts: 3,
		Subject:   review.Subject{Reference: "customer", Reading: review.Reading{Name: "Ines \u202eMoreau", BirthDate: "1990-02-14"}},
		Documents: []review.Document{{Kind: "passport", Country: "ES", Read: review.Reading{Number: "X1"}, MRZ: []string{"P<UTO"}}},
		Registry:  review.Reading{Name: "Ines Moreau"}, Face: review.FaceMatch{Score: 0.86, Needed: 0.7, Known: true}, Passed: []string{"id_presence"},
		Findings: []review.Finding{{Code: "selfie_failure", Source: "selfie"}, {Code: "brand_new_code"}},
	}
}

func TestWhatWasSeenComesBackWholeFromItsWords(t *testing.T) {
	v := seenCase()
	words, err := review.See(v, []review.SeenImage{{N: 0, Kind: review.PictureFront, Digest: []byte{1, 2}}}, review.Standard).Words()
	if err != nil || words.Field != review.SeenField {
		t.Fatalf("%+v, %v", words, err)
	}
	seen, err := review.ParseSeen(words.Text)
	if err != nil {
		t.Fatal(err)
	}
	now := review.Verification{Seq: v.Seq, ID: v.ID, Provider: v.Provider, ProviderID: v.ProviderID, Status: review.StatusPassed, Version: 9,
		Subject: review.Subject{Reading: review.Reading{Name: "Somebody Else"}}, Findings: []review.Finding{{Code: "other"}}}
	if got := seen.Over(now); !reflect.DeepEqual(got, v) {
		t.Errorf("it comes back as\n%+v, not\n%+v", got, v)
	}
	if len(seen.Pictures) != 1 || !bytes.Equal(seen.Pictures[0].Digest, []byte{1, 2}) || seen.Catalogue != review.Standard.Version() {
		t.Errorf("pictures %+v, catalogue %s", seen.Pictures, seen.Catalogue)
	}
	if _, err := review.ParseSeen("{"); err == nil {
		t.Error("half a text is taken for a case")
	}
}

func TestACodeKeepsItsWordsWhenTheCatalogueChanges(t *testing.T) {
	file, err := os.ReadFile("failure_codes.csv")
	if err != nil {
		t.Fatal(err)
	}
	title := review.Standard.Lookup(review.Cybrid, "selfie_failure").Title
	newer, err := review.ParseCatalogue(bytes.ReplaceAll(file, []byte(title), []byte("Another title")))
	if err != nil {
		t.Fatal(err)
	}
	if newer.Version() == review.Standard.Version() || newer.Lookup(review.Cybrid, "selfie_failure").Title != "Another title" {
		t.Fatal("the catalogue has not changed")
	}
	then := review.See(seenCase(), nil, review.Standard).Then(review.Cybrid)
	if got := then.Lookup(review.Cybrid, "selfie_failure"); got.Title != title || got.Severity != review.SeverityHigh || then.Version() != review.Standard.Version() {
		t.Errorf("the code was %+v under %s", got, then.Version())
	}
	if got := then.Lookup(review.Cybrid, "brand_new_code"); got.Known || got.Severity != review.SeverityHigh || got.Overridable != review.OverridableFourEyes {
		t.Errorf("the code that nobody knew was %+v", got)
	}
}

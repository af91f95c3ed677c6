package db_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// settled waits until every case is linked.
func settled(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	ok(t, d.TakePending())
}

// put takes in a Cybrid or Coinify case of a person.
func put(t *testing.T, d *dbtest.Desk, n int, p review.Provider, reference string, r review.Reading, read review.Reading) string {
	t.Helper()
	v := review.Verification{ID: fmt.Sprintf("0000000%d-0000-4000-8000-0000000000%02d", n%10, n), Provider: p, ProviderID: fmt.Sprintf("own-%d", n), Status: review.StatusInReview,
		Arrived: review.WireState{State: "reviewing"}, CreatedAt: dbtest.Start.Add(time.Duration(n) * time.Minute), UpdatedAt: dbtest.Start.Add(time.Duration(n) * time.Minute),
		Subject: review.Subject{Reference: reference, Reading: r}, Documents: []review.Document{{Kind: "passport", Read: read}}, Object: []byte("{}")}
	_, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v}})
	ok(t, err)
	return v.ID
}

func linkedTo(t *testing.T, d *dbtest.Desk, id string) db.Linked {
	t.Helper()
	settled(t, d)
	v, err := d.Peek(t.Context(), id)
	ok(t, err)
	l, err := d.Linked(t.Context(), v)
	ok(t, err)
	return l
}

func alikeWords(l db.Linked) (out []string) {
	for _, c := range l.Alike {
		out = append(out, fmt.Sprintf("%s %s %v", c.Provider, c.Name, c.Traits))
	}
	return out
}

func TestCasesOfOnePersonAreFoundWhateverIsWrittenDifferently(t *testing.T) {
	d := dbtest.New(t)
	born := "1990-02-14"
	one := put(t, d, 1, review.Cybrid, "ref-1", review.Reading{Name: "Lucía Fernández Quispe", BirthDate: born, Email: "lucia@example.com"}, review.Reading{Number: "XDA 123-418"})
	put(t, d, 2, review.Coinify, "trader-9", review.Reading{Name: "FERNANDEZ QUISPE, Lucia", BirthDate: born}, review.Reading{})
	put(t, d, 3, review.Cybrid, "ref-3", review.Reading{Name: "Somebody Else", BirthDate: "1971-01-01", Number: "xda123418"}, review.Reading{})
	put(t, d, 4, review.Coinify, "trader-4", review.Reading{Name: "L F Q", Email: " Lucia@Example.com"}, review.Reading{Name: "Lucía Fernández Quispe", BirthDate: born})
	put(t, d, 5, review.Cybrid, "ref-5", review.Reading{Name: "Lucía Fernández Quispe", BirthDate: "1990-02-15", Email: "other@example.com"}, review.Reading{})
	put(t, d, 6, review.Cybrid, "ref-6", review.Reading{Name: "Lucía Fernández Quispe"}, review.Reading{Number: "418"})
	got := linkedTo(t, d, one)
	want := []string{
		"coinify L F Q [person email]",
		"cybrid Somebody Else [number]",
		"coinify FERNANDEZ QUISPE, Lucia [person]",
	}
	if !slices.Equal(alikeWords(got), want) || len(got.Attempts) != 0 {
		t.Errorf("alike are\n%s\nwant\n%s", strings.Join(alikeWords(got), "\n"), strings.Join(want, "\n"))
	}
}

func TestAttemptsOfOnePersonStandApart(t *testing.T) {
	d := dbtest.New(t)
	r := review.Reading{Name: "Ines Moreau", BirthDate: "1990-02-14", Email: "ines@example.com", Number: "X1234567"}
	first, second := put(t, d, 1, review.Cybrid, "ref-1", r, review.Reading{}), put(t, d, 2, review.Cybrid, "ref-1", r, review.Reading{})
	third := put(t, d, 3, review.Cybrid, "ref-1", r, review.Reading{})
	put(t, d, 4, review.Coinify, "trader-1", r, review.Reading{})
	got := linkedTo(t, d, second)
	if len(got.Attempts) != 2 || got.Attempts[0].ID != third || got.Attempts[1].ID != first || got.Attempts[0].Traits != nil {
		t.Errorf("attempts: %+v", got.Attempts)
	}
	if words := alikeWords(got); !slices.Equal(words, []string{"coinify Ines Moreau [number person email]"}) {
		t.Errorf("alike: %q", words)
	}
	a, err := d.Peek(t.Context(), first)
	ok(t, err)
	for id, same := range map[string]bool{second: true, got.Alike[0].ID: false} {
		b, err := d.Peek(t.Context(), id)
		ok(t, err)
		if is, traits, err := d.Shared(t.Context(), a, b); is != same || len(traits) != 3 || err != nil {
			t.Errorf("%s shares %v, same person %v, %v", id, traits, is, err)
		}
	}
}

func TestWhatANewerCopySaysCountsAndWhatItNoLongerSaysDoesNot(t *testing.T) {
	d := dbtest.New(t)
	a, b := d.Cybrid(1, "Ines Moreau", "name_check_failure"), d.Cybrid(2, "Viktor Hahn", "name_check_failure")
	if got := linkedTo(t, d, a); len(got.Alike) != 0 {
		t.Fatalf("two strangers are alike: %q", alikeWords(got))
	}
	d.Cybrid(2, "Ines Moreau", "name_check_failure")
	if got := linkedTo(t, d, a); len(got.Alike) != 1 || got.Alike[0].ID != b {
		t.Errorf("the newer copy's name is not found: %q", alikeWords(got))
	}
	c := d.Cybrid(3, "Viktor Hahn", "name_check_failure")
	if got := linkedTo(t, d, c); len(got.Alike) != 0 {
		t.Errorf("the older copy's name is still found: %q", alikeWords(got))
	}
}

func TestOfManyAlikeTwentyAreShownAndTheRestCounted(t *testing.T) {
	for name, c := range map[string]struct {
		shared    review.Reading
		number    string // of those that share one besides
		of, shown int
	}{
		"a document's number":           {review.Reading{Number: "XY1234567"}, "", 33, db.MostLinked},
		"an e-mail address":             {review.Reading{Email: "shared@example.com"}, "", 33, db.MostByEmail},
		"the address, and two a number": {review.Reading{Email: "shared@example.com"}, "XY1234567", 33, db.MostByEmail + 2},
	} {
		d := dbtest.New(t)
		for n := range c.of {
			r := c.shared
			r.Name = fmt.Sprintf("Person %d", n)
			if n < 2 && c.number != "" { // the oldest
				r.Number = c.number
			}
			put(t, d, n, review.Cybrid, fmt.Sprintf("ref-%d", n), r, review.Reading{})
		}
		r := c.shared
		r.Name, r.Number = "Ines Moreau", r.Number+c.number
		one := put(t, d, 40, review.Cybrid, "ref-x", r, review.Reading{})
		if got := linkedTo(t, d, one); len(got.Alike) != c.shown || got.MoreAlike != c.of-c.shown || got.Capped {
			t.Errorf("%s: %d are shown and %d more, capped %v", name, len(got.Alike), got.MoreAlike, got.Capped)
		} else if c.number != "" && len(got.Alike[0].Traits) != 2 {
			t.Errorf("%s: the likeliest do not come first: %q", name, alikeWords(got))
		}
	}
}

// TestCasesThatADeskHeldAlreadyAreLinked is about a workspace that was made before
// cases were linked: its migration leaves every case waiting.
func TestCasesThatADeskHeldAlreadyAreLinked(t *testing.T) {
	d := dbtest.New(t)
	r := review.Reading{Name: "Ines Moreau", BirthDate: "1990-02-14"}
	one, two := put(t, d, 1, review.Cybrid, "ref-1", r, review.Reading{}), put(t, d, 2, review.Coinify, "trader-1", r, review.Reading{})
	settled(t, d)
	d.Shut()
	ok(t, db.MigrateDown(t.Context(), filepath.Join(d.Dir, "desk.db"), 4))
	d.Open()
	if got := linkedTo(t, d, one); len(got.Alike) != 1 || got.Alike[0].ID != two {
		t.Errorf("alike: %q", alikeWords(got))
	}
}

package synthetic

import (
	"bytes"
	"image"
	_ "image/jpeg"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/providers"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func made(t testing.TB, n int) []review.Verification {
	t.Helper()
	g := New(Options{Seed: 1, Start: start})
	var out []review.Verification
	for i := range n {
		out = append(out, parsed(t, g.Case(i)))
	}
	return out
}

func parsed(t testing.TB, c Case) review.Verification {
	t.Helper()
	object, err := c.Object()
	if err != nil {
		t.Fatal(err)
	}
	vocabulary, err := providers.All.Of(c.Provider)
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := vocabulary.Parse(object)
	if err != nil {
		t.Fatalf("%v\n%s", err, object)
	}
	return v
}

func TestTwoHundredCasesHoldEveryCodeOfTheCatalogueAndOneThatItDoesNotHold(t *testing.T) {
	found := map[string]bool{}
	unknown := 0
	for _, v := range made(t, 200) {
		for _, code := range v.Codes() {
			found[string(v.Provider)+" "+code] = true
			if !review.Standard.Lookup(v.Provider, code).Known {
				unknown++
			}
		}
	}
	for _, code := range review.Standard.Codes("") {
		if !found[string(code.Provider)+" "+code.Code] {
			t.Errorf("no case of %s has %s", code.Provider, code.Code)
		}
	}
	if unknown == 0 {
		t.Error("no case has a code that the catalogue does not hold")
	}
}

func TestTheSameSeedAndNumberGiveTheSameCaseWhateverWasMadeBefore(t *testing.T) {
	whole, single := New(Options{Seed: 7, Start: start}), New(Options{Seed: 7, Start: start})
	for i := range 250 {
		a, _ := whole.Case(i).Object()
		if i%50 != 3 {
			continue
		}
		if b, _ := single.Case(i).Object(); !bytes.Equal(a, b) {
			t.Errorf("case %d differs:\n%s\n%s", i, a, b)
		}
	}
	other, _ := New(Options{Seed: 8, Start: start}).Case(3).Object()
	if same, _ := single.Case(3).Object(); bytes.Equal(other, same) {
		t.Error("another seed gives the same case")
	}
}

func TestMostCasesWaitAndMostOfTheseAreYoungerThanADay(t *testing.T) {
	n := map[review.Status]int{}
	byProvider := map[review.Provider]int{}
	day, limit := 0, 0
	ids := map[string]bool{}
	for _, v := range made(t, 200) {
		n[v.Status]++
		byProvider[v.Provider]++
		ids[v.ID] = true
		if v.UpdatedAt.After(start) || v.CreatedAt.After(v.UpdatedAt) {
			t.Errorf("case %s was changed at %s, made at %s", v.ID, v.UpdatedAt, v.CreatedAt)
		}
		if v.Status == review.StatusInReview {
			if start.Sub(v.UpdatedAt) > review.Target {
				day++
			}
			if start.Sub(v.UpdatedAt) > review.Limit {
				limit++
			}
		}
	}
	if len(ids) != 200 {
		t.Errorf("200 cases have %d ids", len(ids))
	}
	waiting := n[review.StatusInReview]
	if waiting < 110 || waiting > 145 {
		t.Errorf("%d of 200 cases wait, want about 60 to 70 in 100", waiting)
	}
	for _, s := range []review.Status{review.StatusArriving, review.StatusPassed, review.StatusFailed, review.StatusLapsed} {
		if n[s] < 4 {
			t.Errorf("only %d cases are %s", n[s], s)
		}
	}
	if byProvider[review.Coinify] < 50 || byProvider[review.Cybrid] < 80 {
		t.Errorf("by provider: %v", byProvider)
	}
	if day < 20 || day > waiting/2 || limit < 8 {
		t.Errorf("of %d that wait, %d are over the target and %d over the limit", waiting, day, limit)
	}
}

func TestNamesAreOfManyCountriesAndScriptsAndTwoPlayTricks(t *testing.T) {
	countries, hidden, mixed := map[string]bool{}, 0, 0
	for _, v := range made(t, 200) {
		countries[v.Country()] = true
		for _, span := range review.Visible(v.Subject.Name) {
			if span.Mark {
				hidden++
				break
			}
		}
		if review.MixedScript(v.Subject.Name) {
			mixed++
		}
		if !strings.HasSuffix(v.Subject.Email, ".example") && !strings.Contains(v.Subject.Email, "@example.") {
			t.Errorf("e-mail address %q could be somebody's", v.Subject.Email)
		}
		if v.Subject.Name == "" || v.Subject.Phone == "" || strings.ContainsAny(v.Subject.Phone+v.Subject.Number+v.Subject.Address, "#@") {
			t.Errorf("a field is empty or unfilled: %+v", v.Subject)
		}
	}
	if len(countries) < 24 || hidden != 1 || mixed != 1 {
		t.Errorf("%d countries, %d hidden characters, %d mixed scripts", len(countries), hidden, mixed)
	}
}

// find gives the first waiting case that has only the code given.
func find(t *testing.T, code string) review.Verification {
	t.Helper()
	for _, v := range made(t, 400) {
		codes := v.Codes()
		if v.Provider == review.Coinify && len(codes) == 2 && codes[1] == "MANUAL_REVIEW" {
			codes = codes[:1]
		}
		if v.Status == review.StatusInReview && len(codes) == 1 && codes[0] == code && !review.MixedScript(v.Subject.Name) {
			return v
		}
	}
	t.Fatalf("no case has %s alone", code)
	return review.Verification{}
}

func TestTheEvidenceFitsTheFinding(t *testing.T) {
	for _, c := range []struct {
		code string
		fits func(v review.Verification, read review.Reading) bool
	}{
		{"name_check_failure", func(v review.Verification, read review.Reading) bool {
			return !review.Agree(v.Subject.Name, read.Name) && read.Name == v.Registry.Name
		}},
		{"dob_check_failure", func(v review.Verification, read review.Reading) bool {
			typed := v.Subject.BirthDate
			return typed != read.BirthDate && typed[:4] == read.BirthDate[:4] && typed[5:7] == read.BirthDate[8:] && typed[8:] == read.BirthDate[5:7]
		}},
		{"id_number_check_failure", func(v review.Verification, read review.Reading) bool {
			return differences(v.Subject.Number, read.Number) == 1
		}},
		{"id_expiration_check_failure", func(v review.Verification, read review.Reading) bool {
			return read.Expiry < v.CreatedAt.Format(time.DateOnly) && v.Subject.Expiry > read.Expiry
		}},
		{"address_check_failure", func(v review.Verification, read review.Reading) bool {
			return differences(v.Subject.Address, v.Registry.Address) == 2
		}},
		{"selfie_failure", func(v review.Verification, read review.Reading) bool {
			return v.Face.Known && v.Face.Score < v.Face.Needed
		}},
		{"DENIED_MISSING_DATE_OF_BIRTH", func(v review.Verification, read review.Reading) bool {
			return read.BirthDate == "" && v.Subject.BirthDate != ""
		}},
		{"DENIED_YOUNGER_THAN_18_YEARS", func(v review.Verification, read review.Reading) bool {
			return read.BirthDate > v.CreatedAt.AddDate(-18, 0, 0).Format(time.DateOnly)
		}},
		{"ERROR_NOT_READABLE_ID.NO_DOCUMENT", func(v review.Verification, read review.Reading) bool { return read.Empty() }},
	} {
		v := find(t, c.code)
		read := v.Documents[0].Read
		if !c.fits(v, read) {
			t.Errorf("%s: typed %+v\nread %+v\nregistry %+v\nface %+v", c.code, v.Subject.Reading, read, v.Registry, v.Face)
		}
	}
}

func differences(a, b string) (n int) {
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) {
		return -1
	}
	for i := range x {
		if x[i] != y[i] {
			n++
		}
	}
	return n
}

func TestWhatNoFindingTouchesAgrees(t *testing.T) {
	v := find(t, "selfie_pose_check_failure")
	read := v.Documents[0].Read
	if v.Subject.Name != read.Name || v.Subject.Number != read.Number || v.Subject.BirthDate != read.BirthDate || v.Subject.Address != v.Registry.Address {
		t.Errorf("typed %+v\nread %+v\nregistry %+v", v.Subject.Reading, read, v.Registry)
	}
	if len(v.Passed) < 8 {
		t.Errorf("only these checks passed: %v", v.Passed)
	}
}

func TestPicturesAreSentForCasesThatAPersonMustLookAt(t *testing.T) {
	g := New(Options{Seed: 1, Start: start})
	drawn := 0
	for i := 0; drawn < 3; i++ {
		c := g.Case(i)
		object, err := c.Illustrated()
		if err != nil {
			t.Fatal(err)
		}
		vocabulary, _ := providers.All.Of(c.Provider)
		v, pictures, err := vocabulary.Parse(object)
		if err != nil {
			t.Fatal(err)
		}
		if v.Status != review.StatusInReview && len(pictures) > 0 {
			t.Errorf("a case that is %s has pictures", v.Status)
		}
		for _, p := range pictures {
			if _, _, err := image.DecodeConfig(bytes.NewReader(p.Data)); err != nil {
				t.Errorf("%s: %v", p.Kind, err)
			}
			drawn++
		}
	}
}

func TestADuplicateIsAPersonWhoCameBeforeUnderAnotherNumber(t *testing.T) {
	g := New(Options{Seed: 1, Start: start})
	sought := 0
	for i := 1; i < 400; i++ {
		c := g.Case(i)
		if !strings.HasPrefix(c.draft.codes, "duplicate_person_check_failure") {
			continue
		}
		sought++
		v, before := c.draft, g.Case(i-1).draft
		if v.print.Seed != g.person(i-1).face || v.customer == before.customer || v.typed.Email == before.typed.Email {
			t.Errorf("case %d repeats nobody", i)
		}
	}
	if sought == 0 {
		t.Error("no case is about a duplicate")
	}
}

func BenchmarkCase(b *testing.B) {
	g := New(Options{Seed: 1, Start: start})
	for i := 0; b.Loop(); i++ {
		if _, err := g.Case(i).Object(); err != nil {
			b.Fatal(err)
		}
	}
}

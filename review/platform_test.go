package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestTheNextTimeIsAlwaysLater(t *testing.T) {
	last := time.Date(2026, 9, 1, 12, 0, 0, 5000, time.UTC)
	for name, test := range map[string]struct{ now, want time.Time }{
		"a later time stands":                       {last.Add(time.Hour), last.Add(time.Hour)},
		"it is told in UTC and in microseconds":     {last.Add(1999).In(time.FixedZone("", 3600)), last.Add(time.Microsecond)},
		"the same time is moved on":                 {last, last.Add(time.Microsecond)},
		"less than a microsecond later is the same": {last.Add(999), last.Add(time.Microsecond)},
		"a clock that went back changes nothing":    {last.Add(-time.Hour), last.Add(time.Microsecond)},
	} {
		if got := review.Later(test.now, last); !got.Equal(test.want) || got.Location() != time.UTC {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestARequestMayLieSixteenLevelsDeep(t *testing.T) {
	deep := func(levels int) []byte {
		return []byte(`{"a":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`)
	}
	if _, err := review.ReadRequest(deep(16)); err != nil {
		t.Error(err)
	}
	if _, err := review.ReadRequest(deep(17)); message(err) != "a"+strings.Repeat("[0]", 15)+": lies deeper than 16 levels" {
		t.Errorf("got %v", err)
	}
}

func TestUnknownMembersAreNamedWithTheSpellingMeant(t *testing.T) {
	members, err := review.ReadRequest([]byte(`{"type":1,"Method":2,"zip":3,"<b>":4}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := members.Unknown("type", "method"); !slices.Equal(got, []string{"Method (write method)", "zip", "(unusual name)"}) {
		t.Errorf("got %q", got)
	}
	if got := members.Unknown("type", "Method", "zip", "<b>"); got != nil {
		t.Errorf("got %q", got)
	}
}

func TestALongListOfNamesIsCutShort(t *testing.T) {
	var names []string
	for i := range 21 {
		names = append(names, fmt.Sprint(i))
	}
	if got := review.Names(names[:20]); strings.Contains(got, "more") || !strings.HasSuffix(got, ", 19") {
		t.Errorf("got %s", got)
	}
	if got := review.Names(names); !strings.HasSuffix(got, ", 19, and 1 more") || len(names) != 21 || names[20] != "20" {
		t.Errorf("got %s of %v", got, names)
	}
}

//go:build !race

package web

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/db/dbtest/gauge"
	"reviewdesk/review"
)

// The desk feels the same however large it is. Two desks, one of them ten times as
// large, do the same things in turn, and the processor time of the one is held against
// that of the other: a ratio within one run, which neither a slow machine nor a busy one
// changes. A read of a whole table makes it ten.
//
// The race detector would measure itself: this is built without it, and run by a line of
// its own in the Makefile.

const smallDesk, largeDesk = 4_000, 40_000

// mostGrowth is what a path may cost on the large desk, over what it costs on the small.
// What does not grow costs up to 1.5 times as much: the small desk lies in SQLite's cache
// as a whole.
const mostGrowth = 2

// growsMore are paths with a bound of their own. Of a whole name the index also skips
// through the list of its commoner word, which every case of these desks has: 1.8 times as
// much; where it reads the lists of all words that begin so, 6.3 times.
var growsMore = map[string]float64{"search-rare": 4}

// flatPaths are those whose cost must not grow.
var flatPaths = []string{"queue-first", "queue-deep", "queue-by-provider", "queue-by-country", "queue-by-severity", "queue-by-code",
	"search-rare", "search-common", "search-id", "render-queue", "api-list-first", "api-list-reviewing", "api-list-deepest", "case", "decide", "create"}

func TestNoHotPathGrowsWithTheDesk(t *testing.T) {
	small, large := filledDesk(t, smallDesk), filledDesk(t, largeDesk)
	for _, name := range flatPaths {
		at := slices.IndexFunc(hotPaths, func(p hotPath) bool { return p.name == name })
		t.Run(name, func(t *testing.T) {
			small.b, small.t, large.b, large.t = t, t, t, t
			most := max(mostGrowth, growsMore[name])
			got := growth(t, hotPaths[at], most, small, large)
			t.Logf("%.2f", got)
			if got > most {
				t.Errorf("costs %.2f times as much on a desk %d times as large", got, largeDesk/smallDesk)
			}
		})
	}
}

// Rounds are taken in turn, some operations on the one desk, then as many on the other,
// so that what else the machine does meets both. Where the first rounds say that a path
// grows, there are more before they are believed.
const (
	fewRounds, manyRounds = 9, 45
	aRound                = 8 // operations
)

// growth is the median processor time on the large desk over that on the small one.
func growth(t *testing.T, p hotPath, most float64, small, large *desk) float64 {
	t.Helper()
	desks := []*desk{small, large}
	ops, took := make([]operation, len(desks)), make([][]time.Duration, len(desks))
	for i, d := range desks {
		ops[i] = p.desk(d, aRound*(manyRounds+1))
		d.settle()
	}
	for round := range manyRounds + 1 {
		for i, op := range ops {
			began := gauge.ProcessorTime()
			for range aRound {
				if err := op(0); err != nil {
					t.Fatal(err)
				}
			}
			if round > 0 { // the first one warms up
				took[i] = append(took[i], gauge.ProcessorTime()-began)
			}
		}
		if ratio := middle(took[1]) / max(1, middle(took[0])); round == fewRounds && ratio <= most || round == manyRounds {
			return ratio
		}
	}
	return 0
}

func middle(all []time.Duration) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return float64(sorted[len(sorted)/2])
}

// filledDesk holds so many verifications. A tenth of the older half waits in the queue:
// what came since was decided. On every desk as many of these are narrowed down to by a
// filter.
func filledDesk(t *testing.T, size int) *desk {
	t.Helper()
	on := dbtest.New(t)
	const together = 1_000
	for n := 0; n < size; n += together {
		var batch []db.Incoming
		for i := n; i < min(n+together, size); i++ {
			batch = append(batch, db.Incoming{Verification: nthCase(i, i >= size/2 && i%inQueue == 0, i%(size/sought) == 0)})
		}
		if _, err := on.Receive(t.Context(), db.System("test"), batch); err != nil {
			t.Fatal(err)
		}
	}
	d := answering(t, on, size)
	d.look(smallDesk / 2 / inQueue)
	d.country, d.code = "PE", "selfie_failure"
	return d
}

const (
	inQueue = 10  // of so many older ones one waits
	sought  = 200 // are of what a filter finds, and half of them wait: more than a page
)

// nthCase is older than those with a smaller number.
func nthCase(i int, waits, sought bool) review.Verification {
	at := dbtest.Start.Add(-time.Duration(i%100_003) * time.Minute)
	v := review.Verification{ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i)*2654435761, i), Provider: review.Cybrid, ProviderID: fmt.Sprintf("%032x", i),
		Kind: "kyc", Method: "id_and_selfie", Status: review.StatusPassed, Arrived: review.WireState{State: "completed"}, CreatedAt: at, UpdatedAt: at, Object: []byte(`{}`),
		Subject: review.Subject{Reading: review.Reading{Name: fmt.Sprintf("Zoila%x Quispe", i), Country: "ES", BirthDate: at.AddDate(-30, 0, i%9_000).Format(time.DateOnly)}}}
	if waits {
		v.Status, v.Arrived = review.StatusInReview, review.WireState{State: "reviewing"}
	}
	if sought {
		v.Provider, v.ProviderID, v.Subject.Country = review.Coinify, fmt.Sprint(i), "PE"
		v.AddFinding("selfie_failure", "")
	}
	return v
}

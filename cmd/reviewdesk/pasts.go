package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"reviewdesk/cmd/reviewdesk/synthetic"
	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// pasts tell what happened on a generated desk, some thousands of cases at a time. What
// happens to a case happens before the first one of the next part comes in, so that each
// part is a stretch of the log.
type pasts struct {
	stock     *synthetic.Stock
	seed      int64
	cases, n  int
	from, to  time.Time // of the stock
	since     time.Time // the newest event of the log before it
	until     time.Time // when all of it is over
	reviewers []db.Actor
	seniors   []db.Actor
}

// A part has pastsTogether cases at most, and there are leastParts of them.
const (
	pastsTogether = 10_000
	leastParts    = 6
)

// next makes the next part, on every processor.
func (p *pasts) next() ([]db.Past, error) {
	if p.n == p.cases {
		return nil, io.EOF
	}
	first := p.n
	p.n = min(first+min(pastsTogether, max(p.cases/leastParts, 1)), p.cases)
	out := make([]db.Past, p.n-first)
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for core := range errs {
		wait.Go(func() {
			for i := core; i < len(out) && errs[core] == nil; i += len(errs) {
				out[i], errs[core] = p.past(first+i, p.stock.Arrival(p.n))
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// past is case i with what happened to it until the end of its part.
func (p *pasts) past(i int, end time.Time) (past db.Past, err error) {
	c, life := p.stock.Case(i)
	object, err := c.Object()
	if err != nil {
		return past, err
	}
	vocabulary, err := providers.All.Of(c.Provider)
	if err != nil {
		return past, err
	}
	if past.Verification, _, err = vocabulary.Parse(object); err != nil {
		return past, fmt.Errorf("case %d: %w", i, err)
	}
	past.At = p.place(p.stock.Arrival(i))
	work := &officersWork{p: p, n: i, r: rand.New(rand.NewPCG(uint64(p.seed), uint64(i))), at: p.stock.Arrival(i), end: end}
	switch life {
	case synthetic.Waiting:
		past.Steps = work.waiting()
	case synthetic.Decided:
		past.Steps = work.decided(past.Verification, p.cases-i < p.cases/100)
	}
	return past, nil
}

// place puts a time of the stock where the log has room for it: the log's times never
// fall, and it may go on from an event that came after the oldest case.
func (p *pasts) place(t time.Time) time.Time {
	if !p.since.After(p.from) {
		return t
	}
	part := float64(t.Sub(p.from)) / float64(p.to.Sub(p.from))
	return p.since.Add(time.Duration(part * float64(p.until.Sub(p.since))))
}

// officersWork is what officers did on one case.
type officersWork struct {
	p       *pasts
	n       int
	r       *rand.Rand
	at, end time.Time
	steps   []db.Step
}

func (w *officersWork) did(kind review.EventKind, by db.Actor, d review.Decision, note string) {
	w.steps = append(w.steps, db.Step{Kind: kind, At: w.p.place(w.at), By: by, Decision: d, Note: note})
}

// later lets some time pass, and never more than there is.
func (w *officersWork) later(d time.Duration) {
	if w.at = w.at.Add(d); w.at.After(w.end) {
		w.at = w.end
	}
}

// sometime lets up to nine tenths of what is left pass, most often little.
func (w *officersWork) sometime() {
	part := w.r.Float64()
	w.later(time.Duration(part * part * 0.9 * float64(w.end.Sub(w.at))))
}

func (w *officersWork) officer() db.Actor { return w.p.reviewers[w.r.IntN(len(w.p.reviewers))] }

// waiting is a case that nobody has decided. On one in twenty somebody left a note.
func (w *officersWork) waiting() []db.Step {
	if w.r.IntN(20) == 0 {
		w.sometime()
		w.did(review.EventNoted, w.officer(), review.Decision{}, notes[w.r.IntN(len(notes))])
	}
	return w.steps
}

// decided is a case that an officer decided, and a senior confirmed where that is
// needed; of the newest some still wait for the senior.
func (w *officersWork) decided(v review.Verification, newest bool) []db.Step {
	by := w.officer()
	w.sometime()
	if w.r.IntN(10) < 6 {
		w.did(review.EventClaimed, by, review.Decision{}, "")
		w.later(time.Duration(40+w.r.IntN(500)) * time.Second)
	}
	if w.r.IntN(10) == 0 {
		w.did(review.EventNoted, by, review.Decision{}, notes[w.r.IntN(len(notes))])
		w.later(time.Duration(20+w.r.IntN(90)) * time.Second)
	}
	w.did(review.EventDecided, by, w.verdict(v), "")
	if newest && w.r.IntN(2) == 0 {
		return w.steps
	}
	w.sometime()
	w.did(review.EventConfirmed, w.p.seniors[w.r.IntN(len(w.p.seniors))], review.Decision{}, confirmations[w.r.IntN(len(confirmations))])
	return w.steps
}

// verdict is that of the demo; nobody fills in worksheets here, so what needs one is
// rejected.
func (w *officersWork) verdict(v review.Verification) review.Decision {
	n := w.n
	for _, f := range v.Findings {
		if review.Standard.Lookup(v.Provider, f.Code).NeedsWorksheet() {
			n = everyRejected * w.n
		}
	}
	return verdict(v, n)
}

var notes = []string{
	"Asked the applicant for a picture of the back of the card.",
	"The utility bill was issued in March; the address is the typed one.",
	"Compared the signature with that of the first attempt.",
	"Phoned the number given; nobody answered. To be tried again tomorrow.",
}

var confirmations = []string{
	"Looked at the same evidence and agree with the proposal.",
	"Checked the document against the registry myself; agreed.",
	"Agreed. The finding does not stand up against the second source.",
}

package audit

import (
	"time"
)

// work is who works on a case and what it waits for, as the entries leave it. Claims
// are prolonged by looking, so until when one lasts is not compared.
type work struct {
	owner, reopener word
	until           word // until when it is set aside, as its entry says; none for not at all
	escalated       bool
	seq             int64 // the last entry that changed any of it
}

// Working is the same of a row of the table of cases.
type Working struct {
	Owner     string // who claimed it last, or was given it
	Reopener  string // who asks to reopen it
	Escalated bool
	Snoozed   time.Time // until when it is set aside; zero for not at all
}

// forever is until the applicant answers (package review, Forever).
const forever = "9999-12-31T00:00:00Z"

// act plays an entry for what it does to the work on a case. It is asked for every entry
// that names a case which the log holds.
func (w *work) act(e *Entry, words *words) {
	actor := words.of(e.Actor.ID)
	before := *w
	switch e.Action {
	case "claimed", "taken_over":
		w.owner = actor
	case "assigned":
		to, _ := e.fact("to")
		w.owner = words.of(to)
	case "released", "skipped", "returned":
		w.owner = nobody
	case "recused":
		if w.owner == actor {
			w.owner = nobody
		}
	case "escalated":
		w.owner, w.escalated = nobody, true
	case "snoozed", "asked_again":
		w.owner, w.until = nobody, words.of(forever)
		if until, said := e.fact("until"); said {
			w.until = words.of(until)
		}
	case "woken":
		w.until = none
	case "reopen_asked":
		w.reopener = actor
	case "reopened", "kept_closed":
		w.reopener = nobody
	case actionUpdated:
		w.until = none
		if open := e.After != nil && (e.After.State == stateInReview || e.After.State == stateSecondReview); !open {
			w.owner, w.escalated = nobody, false
		}
	case "decided", "proposed", "confirmed":
		w.owner, w.escalated, w.until = nobody, false, none
	case "undone":
		if e.After != nil && e.After.State == stateInReview {
			w.owner = actor
		}
	}
	if *w != before {
		w.seq = e.Seq
	}
}

// work plays an entry for the case that it names, if it names one.
func (r *replay) work(e *Entry) {
	if e.Action == actionViewed {
		return // most entries are of looking at a case, and that moves nothing
	}
	if c := r.find(e.Object); c != nil {
		c.work.act(e, &r.words)
	}
}

// works compares the row with who works on the case.
func (r *replay) works(c *caseNow, row *CaseState) error {
	w, until := c.work, ""
	if !row.Snoozed.IsZero() {
		until = row.Snoozed.UTC().Format(time.RFC3339)
	}
	for _, one := range []struct{ what, got, want string }{
		{"who works on it", row.Owner, r.words.text(w.owner)},
		{"who asks to reopen it", row.Reopener, r.words.text(w.reopener)},
		{"until when it is set aside", until, r.words.text(w.until)},
		{"whether it is for the seniors", yesNo(row.Escalated), yesNo(w.escalated)},
	} {
		if one.got != one.want {
			return fault(FaultCase, w.seq, "case %q: %s is %q in its table, %q by the entries", row.ID, one.what, one.got, one.want)
		}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

package audit

import (
	"time"
	"unique"
)

// work is who works on a case and what it waits for, as the entries leave it. Claims
// are prolonged by looking, so until when one lasts is not compared.
type work struct {
	owner, reopener unique.Handle[string]
	escalated       bool
	until           string // until when it is set aside, as its entry says; "" for not at all
	seq             int64  // the last entry that changed any of it
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

var nobody = unique.Make("")

// act plays an entry for what it does to the work on a case. It is asked for every entry
// that names a case which the log holds.
func (w *work) act(e *Entry) {
	actor := unique.Make(e.Actor.ID)
	before := *w
	switch e.Action {
	case "claimed", "taken_over":
		w.owner = actor
	case "assigned":
		to, _ := e.fact("to")
		w.owner = unique.Make(to)
	case "released", "skipped", "returned":
		w.owner = nobody
	case "recused":
		if w.owner == actor {
			w.owner = nobody
		}
	case "escalated":
		w.owner, w.escalated = nobody, true
	case "snoozed", "asked_again":
		w.owner, w.until = nobody, forever
		if until, said := e.fact("until"); said {
			w.until = until
		}
	case "woken":
		w.until = ""
	case "reopen_asked":
		w.reopener = actor
	case "reopened", "kept_closed":
		w.reopener = nobody
	case actionUpdated:
		w.until = ""
		if open := e.After != nil && (e.After.State == stateInReview || e.After.State == stateSecondReview); !open {
			w.owner, w.escalated = nobody, false
		}
	case "decided", "proposed", "confirmed":
		w.owner, w.escalated, w.until = nobody, false, ""
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
func (r replay) work(e *Entry) {
	if c, known := r[e.Object]; known {
		c.work.act(e)
	}
}

// agrees compares the row.
func (w *work) agrees(id string, row Working) error {
	until := ""
	if !row.Snoozed.IsZero() {
		until = row.Snoozed.UTC().Format(time.RFC3339)
	}
	for _, one := range []struct{ what, got, want string }{
		{"who works on it", row.Owner, w.owner.Value()},
		{"who asks to reopen it", row.Reopener, w.reopener.Value()},
		{"until when it is set aside", until, w.until},
		{"whether it is for the seniors", yesNo(row.Escalated), yesNo(w.escalated)},
	} {
		if one.got != one.want {
			return fault(FaultCase, w.seq, "case %q: %s is %q in its table, %q by the entries", id, one.what, one.got, one.want)
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

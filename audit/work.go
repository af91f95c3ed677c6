package audit

import (
	"time"
)

// work is who works on a case and what it waits for, as the entries leave it. Times are
// Unix microseconds, 0 for none.
type work struct {
	owner, reopener word
	until           word // until when it is set aside, as its entry says; none for not at all
	escalated       bool
	timed           bool  // the entries say since when it waits and when it is due
	claimed         bool  // and until when it is its owner's
	owned           int64 // until then, in whole seconds
	aside, asked    int64 // when it was set aside, and when somebody asked to reopen it
	since, due      int64
	seq             int64 // the last entry that changed any of it
}

// Working is the same of a row of the table of cases.
type Working struct {
	Owner      string // who claimed it last, or was given it
	OwnerUntil time.Time
	Reopener   string // who asks to reopen it
	Asked      time.Time
	Escalated  bool
	Aside      time.Time // when it was set aside; zero for not at all
	Snoozed    time.Time // until when
	Since      time.Time // when its review began
	Due        time.Time
}

// forever is until the applicant answers (package review, Forever).
const forever = "9999-12-31T00:00:00Z"

// act plays an entry for what it does to the work on a case. It is asked for every entry
// that names a case which the log holds.
func (w *work) act(e *Entry, words *words) {
	actor := words.of(e.Actor.ID)
	before := *w
	w.clock(e, actor)
	switch e.Action {
	case "claimed", "taken_over":
		w.own(actor, e)
	case "assigned":
		to, _ := e.fact("to")
		w.own(words.of(to), e)
	case "released", "skipped", "returned":
		w.owner = nobody
	case "recused":
		if w.owner == actor {
			w.owner = nobody
		}
	case "escalated":
		w.owner, w.escalated = nobody, true
	case "snoozed", "asked_again":
		w.owner, w.until, w.aside = nobody, words.of(forever), e.Time.UnixMicro()
		if until, said := e.fact("until"); said {
			w.until = words.of(until)
		}
	case "woken":
		w.until = none
	case "reopen_asked":
		w.reopener, w.asked = actor, e.Time.UnixMicro()
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
			w.own(actor, e)
		}
	}
	w.settle()
	if *w != before {
		w.seq = e.Seq
	}
}

// own gives the case to somebody, until when the entry says.
func (w *work) own(who word, e *Entry) {
	w.owner = who
	_, w.claimed = e.fact("until")
	w.owned = e.moment("until")
}

// clock reads what any entry may say of the times of a case. A look prolongs the claim
// of who looks.
func (w *work) clock(e *Entry, actor word) {
	if due, said := e.fact(factDue); said {
		w.timed, w.due = true, parseMoment(due)
	}
	if since, said := e.fact(factSince); said {
		w.since = parseMoment(since)
	}
	if _, said := e.fact(factClaim); said && w.owner == actor {
		w.claimed, w.owned = true, e.moment(factClaim)
	}
}

// settle drops the times of what is no more.
func (w *work) settle() {
	if w.owner == nobody {
		w.claimed, w.owned = true, 0
	}
	if w.until == none {
		w.aside = 0
	}
	if w.reopener == nobody {
		w.asked = 0
	}
}

// work plays an entry for the case that it names, if it names one.
func (r *replay) work(e *Entry) {
	if _, prolonged := e.fact(factClaim); e.Action == actionViewed && !prolonged {
		return // most entries are of looking at a case, and that moves nothing
	}
	if c := r.find(e.Object); c != nil {
		c.work.act(e, &r.words)
	}
}

// works compares the row with who works on the case, and when.
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
	for _, one := range []struct {
		what      string
		got, want int64
		said      bool // an older log does not say all of it
	}{
		{"until when it is theirs", micros(row.OwnerUntil.Truncate(time.Second)), w.owned, w.claimed},
		{"when it was set aside", micros(row.Aside), w.aside, true},
		{"when reopening was asked for", micros(row.Asked), w.asked, true},
		{"since when it waits", micros(row.Since), w.since, w.timed},
		{"when it is due", micros(row.Due), w.due, w.timed},
	} {
		if one.said && one.got != one.want {
			return fault(FaultCase, w.seq, "case %q: %s is %s in its table, %s by the entries", row.ID, one.what, moment(one.got), moment(one.want))
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

package audit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CaseActions are the actions that move a case. Their entries carry Object and After,
// and Before unless the case is new; all others leave the table of cases alone.
var CaseActions = map[string]bool{
	"received": true, "updated": true, "decided": true, "proposed": true,
	"confirmed": true, "returned": true, "undone": true, "reopened": true, "escalated": true, "attached": true,
	actionErased: true,
}

// stateInReview is the state in which a case waits for an officer. An update that
// leads there begins a new round of review.
const stateInReview = "in_review"

// stateSecondReview is the state in which a proposal waits for a second person.
const stateSecondReview = "second_review"

// statePassed is the state of a case that was approved.
const statePassed = "passed"

// caseNow is a case as the entries leave it. It holds no pointer (see [replay]): of what
// is said in words it holds numbers, of what rows must hold the digest.
type caseNow struct {
	state, decider word
	version        int64
	seq            int64 // the last entry that moved it
	decided        bool  // in this round of review
	full           bool  // the newest copy's entry states the whole row
	seen           bool  // its row was compared

	arrived  digest // of the row that the newest copy brought
	steps    digest // of all rows of decisions and files, one on the other
	before   digest // steps without the newest confirmation, which may be undone
	standing int64  // the entry of the proposal or decision that stands
	settled  int64  // when it was taken or confirmed, as Unix microseconds; 0 for a proposal
	effect   int64  // when it takes effect outside, the same way; 0 for at once
	approved int64  // when an approval took effect, as Unix microseconds; 0 for none
	sure     bool   // the entries say what approved is
	erased   bool   // its person was erased
	opens    bool   // the key of some commitment of its entries is kept
	closed   bool   // and that of another is not
	work     work
}

// apply plays one entry of a case action; said is the digest of the row it states.
func (r *replay) apply(e *Entry, said digest) error {
	if e.Object == "" || e.After == nil {
		return fault(FaultCase, e.Seq, "%q says no case or not its state afterwards", e.Action)
	}
	c := r.find(e.Object)
	known := c != nil
	if err := r.follows(c, e); err != nil {
		return err
	}
	if !known {
		c = r.add(e.Object)
	}
	if c.erased {
		return fault(FaultCase, e.Seq, "case %q goes on after its person was erased", e.Object)
	}
	switch {
	case e.Action == "decided" || e.Action == "confirmed":
		if c.decided {
			return fault(FaultTwoDecisions, e.Seq, "case %q was already decided in this round of review", e.Object)
		}
		c.decided, c.decider = true, r.words.of(e.Actor.ID)
	case !known, e.Action == "undone", e.Action == "reopened", e.Action == actionUpdated && e.After.State == stateInReview:
		c.decided, c.decider = false, nobody
	}
	c.state, c.version, c.seq = r.words.of(e.After.State), e.After.Version, e.Seq
	c.hold(e, said)
	return nil
}

// hold notes what the case's rows must hold after an entry.
func (c *caseNow) hold(e *Entry, said digest) {
	switch e.Action {
	case actionReceived, actionUpdated:
		_, c.full = e.fact(factRow)
		c.arrived, c.approved, c.sure = said, e.moment(factApproved), c.full
	case "decided", "proposed":
		c.steps, c.standing = c.steps.then(said), e.Seq
	case "confirmed":
		c.before, c.steps = c.steps, c.steps.then(said)
	case "attached":
		c.steps = c.steps.then(said)
	case actionErased:
		c.steps, c.erased = c.steps.then(said), true
	case "undone":
		c.undo(e)
	case "reopened":
		c.approved, c.sure = 0, true
	}
	switch {
	case e.Action == "decided" || e.Action == "confirmed":
		c.settled, c.effect = e.Time.UnixMicro(), e.moment(factEffective)
		if e.After.State == statePassed {
			c.approved, c.sure = e.Time.UnixMicro(), true
		}
	case e.Action == "undone" && e.After.State == stateSecondReview: // the proposal stands again
		c.settled, c.effect = 0, 0
	case !c.decided && e.Action != "proposed" && e.Action != "escalated":
		c.standing, c.settled, c.effect = 0, 0, 0
	}
}

// undo takes back what stands: a confirmation leaves no trace in the rows, a decision
// or a proposal is marked there.
func (c *caseNow) undo(e *Entry) {
	c.approved, c.sure = 0, true
	if e.After.State == stateSecondReview {
		c.steps = c.before
		return
	}
	c.steps = c.steps.then(undoneRow(c.standing, e).digest())
}

// undoneRow is what a decision's row holds besides once it was undone.
func undoneRow(decision int64, e *Entry) Row {
	return Row{decision, []Fact{{"undone_at", Stamp(e.Time)}}}
}

// follows checks that an entry begins where the one before it ended. c is nil before
// the first.
func (r *replay) follows(c *caseNow, e *Entry) error {
	switch {
	case c == nil && e.Before == nil:
		return nil
	case c == nil:
		return fault(FaultCase, e.Seq, "case %q had a state before its first entry", e.Object)
	case e.Before == nil:
		return fault(FaultCase, e.Seq, "case %q begins a second time", e.Object)
	case e.Before.State != r.words.text(c.state) || e.Before.Version != c.version:
		return fault(FaultCase, e.Seq, "case %q goes on from %s version %d, but entry %d left it at %s version %d",
			e.Object, e.Before.State, e.Before.Version, c.seq, r.words.text(c.state), c.version)
	}
	return nil
}

// compare checks one row of the table of cases, with what belongs to it, and ticks the
// case off. What only digests tell apart is errHolds: [walk.explain] finds the words.
func (r *replay) compare(row *CaseState) error {
	c := r.find(row.ID)
	if c == nil || c.seen {
		return fault(FaultCase, 0, "case %q has a row in the table and no entries, or a second row", row.ID)
	}
	state, decider := r.words.text(c.state), r.words.text(c.decider)
	if row.State != state || row.Version != c.version || row.Decider != decider {
		return fault(FaultCase, c.seq, "case %q is %s in the table, %s by the entries", row.ID,
			describe(row.State, row.Version, row.Decider), describe(state, c.version, decider))
	}
	if err := c.gone(row); err != nil {
		return err
	}
	if err := c.stands(row); err != nil {
		return err
	}
	if err := r.works(c, row); err != nil {
		return err
	}
	if c.arrived != c.known(row.Arrived).digest() || c.steps != digestSteps(row.Steps) {
		return errHolds
	}
	if err := c.findings(row); err != nil {
		return err
	}
	c.seen = true
	return nil
}

var errHolds = errors.New("a row differs from its history")

func describe(state string, version int64, decider string) string {
	return fmt.Sprintf("%s version %d decided by %q", state, version, decider)
}

// stands checks which decision stands, and since when.
func (c *caseNow) stands(row *CaseState) error {
	wrong := func(what string, got, want any) error {
		return fault(FaultCase, c.seq, "case %q: %s is %v in its table, %v by the entries", row.ID, what, got, want)
	}
	switch {
	case row.Decision != c.standing:
		return wrong("the entry of the decision that stands", row.Decision, c.standing)
	case micros(row.Decided) != c.settled:
		return wrong("the time of its decision", moment(micros(row.Decided)), moment(c.settled))
	case micros(row.Effective) != c.effect:
		return wrong("the time from which its decision has effect", moment(micros(row.Effective)), moment(c.effect))
	case c.sure && micros(row.Approved) != c.approved:
		return wrong("the time of its approval", moment(micros(row.Approved)), moment(c.approved))
	}
	return nil
}

// micros is a time as Unix microseconds; 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(micros int64) string {
	if micros == 0 {
		return "never"
	}
	return Stamp(time.UnixMicro(micros))
}

// known leaves out of a row what older entries do not state.
func (c *caseNow) known(r Row) Row {
	if c.full {
		return r
	}
	older := Row{Seq: r.Seq}
	for _, f := range r.Holds {
		if f.Name != factRow && f.Name != "picture" {
			older.Holds = append(older.Holds, f)
		}
	}
	return older
}

func digestSteps(rows []Row) (d digest) {
	for _, r := range rows {
		d = d.then(r.digest())
	}
	return d
}

// findings checks the officer's word on each finding: that of the decision that
// stands, none before it.
func (c *caseNow) findings(row *CaseState) error {
	var want []Fact
	if c.decided {
		at := slices.IndexFunc(row.Steps, func(r Row) bool { return r.Seq == c.standing })
		if at < 0 {
			return errHolds
		}
		want = slices.DeleteFunc(slices.Clone(row.Steps[at].Holds), func(f Fact) bool { return !strings.HasPrefix(f.Name, factFinding) })
	}
	for _, f := range row.Arrived.Holds {
		if !c.decided && f.Name == "code" {
			want = append(want, Fact{factFinding + f.Value, ""})
		}
	}
	if !slices.Equal(want, row.Findings) {
		return fault(FaultCase, c.seq, "case %q: of its findings, %s", row.ID, cmp.Or(differ(want, row.Findings), "the order is another one"))
	}
	return nil
}

// rest checks that no case is left without its row. It names the one that moved
// last, so that two runs say the same.
func (r *replay) rest() error {
	var id string
	var last int64
	for k, c := range r.all() {
		if !c.seen && c.seq > last {
			id, last = k, c.seq
		}
	}
	if last == 0 {
		return nil
	}
	return fault(FaultCase, last, "case %q has entries and no row in the table", id)
}

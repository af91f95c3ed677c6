package audit

import "slices"

// history is what one case's entries state, in full.
type history struct {
	arrived  Row
	steps    []Row
	standing int64 // the entry of the decision taken last
}

func (h *history) add(e *Entry) {
	row := Row{e.Seq, stated(e, nil)}
	switch {
	case e.Action == "undone" && e.After.State == stateSecondReview:
		h.steps = h.steps[:len(h.steps)-1] // the confirmation
	case e.Action == "undone":
		h.steps = append(h.steps, undoneRow(h.standing, e))
	case e.Action == actionReceived, e.Action == actionUpdated:
		h.arrived = row
	case len(row.Holds) > 0:
		h.steps = append(h.steps, row)
		if e.Action == "decided" || e.Action == "proposed" {
			h.standing = e.Seq
		}
	}
}

// explain finds the first difference between the history and the rows; the case has
// one, so the last words are for what no name fits.
func (h *history) explain(c *caseNow, row *CaseState) error {
	got := c.known(row.Arrived)
	if got.Seq != h.arrived.Seq {
		return fault(FaultCase, h.arrived.Seq, "case %q: its row says that entry %d brought the newest copy", row.ID, got.Seq)
	}
	if why := differ(h.arrived.Holds, got.Holds); why != "" {
		return fault(FaultCase, h.arrived.Seq, "case %q: in its rows, %s", row.ID, why)
	}
	for i, want := range h.steps {
		if i == len(row.Steps) || row.Steps[i].Seq != want.Seq {
			return h.otherStep(c, row, want)
		}
		if why := differ(want.Holds, row.Steps[i].Holds); why != "" {
			return fault(FaultCase, want.Seq, "case %q: in the row of this event, %s", row.ID, why)
		}
	}
	if len(row.Steps) > len(h.steps) {
		return h.noStep(c, row, row.Steps[len(h.steps)].Seq)
	}
	return fault(FaultCase, c.seq, "case %q: its rows stand in another order than its history states", row.ID)
}

// otherStep is for a row that is not where the entry wants it: it is
// gone, or another stands before it.
func (h *history) otherStep(c *caseNow, row *CaseState, want Row) error {
	for _, got := range row.Steps {
		if !slices.ContainsFunc(h.steps, func(r Row) bool { return r.Seq == got.Seq }) {
			return h.noStep(c, row, got.Seq)
		}
	}
	return fault(FaultCase, want.Seq, "case %q: the row of this event is gone, or not in its place", row.ID)
}

func (h *history) noStep(c *caseNow, row *CaseState, seq int64) error {
	return fault(FaultCase, c.seq, "case %q: a row of a decision or a file names entry %d, which states none", row.ID, seq)
}

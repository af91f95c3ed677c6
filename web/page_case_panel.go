package web

import (
	"crypto/rand"
	"slices"
	"strings"

	"reviewdesk/review"
	"reviewdesk/review/providers"
	"reviewdesk/views"
)

// mode is what the decision panel is for, for whoever looks at the case as it
// stands. While somebody has typed a decision it stays open, whatever has become
// of the case meanwhile: no word of theirs is lost.
func (o *opened) mode() string {
	switch {
	case o.typed != nil && o.typed.second:
		return "second"
	case o.typed != nil:
		return "decide"
	case o.Decision != nil:
		return "decided"
	case o.then != nil:
		return "waiting"
	case !o.Status.Open():
		return "closed"
	case !o.v.may(review.RightDecide), o.forbidden() != "":
		return "read"
	case o.Claim.Held(o.now) && !o.mine() && (o.Status != review.StatusSecondReview || o.secondMode() == "second"):
		return "read"
	case o.Status == review.StatusSecondReview:
		return o.secondMode()
	}
	return "decide"
}

func (o *opened) secondMode() string {
	if o.v.may(review.RightConfirm) && o.Proposal != nil && o.Proposal.By.ID != o.v.actor.ID {
		return "second"
	}
	return "waiting"
}

func (o *opened) panel() views.Panel {
	p := views.Panel{Mode: o.mode(), Explain: o.explain(), SendsWords: o.undoWords() + "Written to the audit log. " + lookOf(o.Provider).after}
	if o.typed != nil {
		p.Note = unhidden(o.typed.Note)
		p.Submission = o.typed.submission
		if !o.beside {
			p.Errors = fieldErrors(o.wrong, o.typed.Action)
		}
	}
	switch p.Mode {
	case "decide":
		o.decidePanel(&p)
	case "second":
		p.NoteNeeded = noteLimit
		p.Proposal = o.proposal()
		p.Second = "Yours is the second of two words: judge the evidence yourself. The first decision counts only if you confirm it."
	case "decided":
		p.Proposal, p.Confirm = o.decided(), o.confirmed()
		p.SendsWords = lookOf(o.Provider).after
	default:
		p.Proposal, p.SendsWords = o.proposal(), ""
	}
	return p
}

// undoWords say how long a decision waits before it takes effect.
func (o *opened) undoWords() string {
	if o.policy.UndoSeconds == 0 {
		return ""
	}
	return "You can undo for " + counted(o.policy.UndoSeconds, "second", "seconds") + ". "
}

const noteLimit = "10 characters or more"

func (o *opened) decidePanel(p *views.Panel) {
	d := o.typed
	if d == nil {
		d = &typed{Decision: review.Decision{Grounds: o.suggested()}}
	}
	never := o.codes.NeverApprovable(o.Provider, o.Findings)
	p.CanApprove = len(never) == 0
	if !p.CanApprove {
		p.Blocked = "Nobody can approve this case because of " + codesInWords(never) + "."
	}
	p.Action = string(d.Action)
	p.Approve = o.groundOptions(review.Approve, d)
	p.Reject = o.groundOptions(review.Reject, d)
	p.Reasons = o.reasons(d.RejectReason)
	p.NoteNeeded = noteLimit + " to reject, optional to approve"
	if !p.CanApprove || o.codes.Worst(o.Provider, o.Findings) >= review.SeverityHigh {
		p.NoteNeeded = noteLimit
	}
	p.ApproveLabel, p.RejectLabel = "Approve", "Reject"
	if second, why := o.codes.NeedsSecond(o.Provider, o.Findings); second {
		p.Second = "A second person confirms either outcome before it counts, because of " + codesInWords(why) + "."
		p.ApproveLabel, p.RejectLabel = "Approve and send to second review", "Reject and send to second review"
	}
	if p.Submission == "" {
		p.Submission = rand.Text()
	}
}

func codesInWords(codes []string) string {
	shown := make([]string, len(codes))
	for i, code := range codes {
		shown[i] = visible(code)
	}
	if n := len(shown); n > 1 {
		return strings.Join(shown[:n-1], ", ") + " and " + shown[n-1]
	}
	return strings.Join(shown, "")
}

// groundOptions ticks what was typed under the action it was typed for; before
// anything was, what the findings suggest.
func (o *opened) groundOptions(a review.Action, d *typed) []views.Option {
	var out []views.Option
	for _, g := range o.policy.GroundsFor(a) {
		mine := d.Action == a || d.Action == ""
		out = append(out, views.Option{Value: g.Key, Label: g.Words, Chosen: mine && slices.Contains(d.Grounds, g.Key)})
	}
	return out
}

// suggestions tie what a code is about to a ground for rejecting it (UI.md,
// section 5: pre-ticked from findings). They only tick a box.
var suggestions = []struct {
	about  []string // part of a code, in small letters
	ground string
}{
	{[]string{"duplicate"}, "already_customer"},
	{[]string{"mrz", "replica", "copy", "sample"}, "document_altered"},
	{[]string{"expir", "type_allowed", "country_allowed", "unsupported"}, "document_expired"},
	{[]string{"selfie_failure", "different_persons", "failed_identity"}, "another_person"},
}

func (o *opened) suggested() []string {
	var out []string
	for _, s := range suggestions {
		for _, code := range o.Codes() {
			about := func(part string) bool { return strings.Contains(strings.ToLower(code), part) }
			if slices.ContainsFunc(s.about, about) && !slices.Contains(out, s.ground) {
				out = append(out, s.ground)
			}
		}
	}
	return out
}

// reasons are the provider's own, where it has any; its default comes first.
func (o *opened) reasons(chosen string) []views.Option {
	vocabulary, err := providers.All.Of(o.Provider)
	if err != nil {
		return nil
	}
	var out []views.Option
	for i, reason := range vocabulary.Reasons() {
		label := reason + " · " + o.codes.Lookup(o.Provider, reason).Title
		out = append(out, views.Option{Value: reason, Label: label, Chosen: reason == chosen || chosen == "" && i == 0})
	}
	return out
}

// explain says in one sentence why there is nothing to decide here.
func (o *opened) explain() string {
	name := lookOf(o.Provider).name
	switch o.mode() {
	case "waiting":
		if o.then != nil {
			return "Proposed. The second word was still to come."
		}
		if o.Proposal != nil && o.Proposal.By.ID == o.v.actor.ID {
			return "You proposed this decision. It counts once a senior who is not you has confirmed it."
		}
		return "Proposed, and not yet confirmed: a senior gives the second word."
	case "read":
		return o.explainRead()
	case "closed":
		switch o.Status {
		case review.StatusArriving:
			return "Nothing to decide yet: " + name + " or the applicant is not done."
		case review.StatusLapsed:
			return "Lapsed: it ran out before anybody decided, or its documents did."
		}
		return name + " settled this case itself. The desk has not decided it."
	}
	return ""
}

func (o *opened) explainRead() string {
	switch {
	case !o.v.may(review.RightDecide) && o.Status == review.StatusSecondReview:
		return "Proposed, and not yet confirmed. Your role reads cases and does not decide them."
	case !o.v.may(review.RightDecide):
		return "Your role reads cases and does not decide them."
	}
	if why := o.forbidden(); why != "" {
		return why
	}
	return visible(o.Claim.By.Name) + " works on this case until " + stamp(o.Claim.Until, o.now, o.zone).Text + ". You can read it, not decide it."
}

// proposal is the decision that waits for the second person.
func (o *opened) proposal() *views.Word {
	if o.Proposal == nil {
		return nil
	}
	w := o.word(*o.Proposal)
	if o.Proposal.Action == review.Approve {
		w.Words = "Approve"
	} else {
		w.Words = "Reject"
	}
	w.Seq, w.SeqHref = o.recordOf(review.EventProposed)
	w.Why = o.whySecond()
	if o.blind() {
		w.Grounds, w.Note, w.Reason, w.SeqHref = nil, "", "", ""
		w.Why = strings.TrimSpace(w.Why + " What the first person gave as grounds and note stays hidden until you have given your own word.")
	}
	return w
}

func (o *opened) decided() *views.Word {
	w := o.word(*o.Decision)
	w.Outcome = o.badge()
	w.Words = "Rejected"
	if o.Decision.Action == review.Approve {
		w.Words = "Approved"
	}
	if strings.EqualFold(w.Words, w.Outcome.Word) {
		w.Words = "" // the badge says the same
	}
	w.Seq, w.SeqHref = o.recordOf(review.EventDecided, review.EventProposed)
	if o.Confirm != nil {
		w.Why = o.whySecond()
	}
	if o.Confirm == nil {
		o.offerProof(w)
	}
	return w
}

// offerProof offers the proof of the word that decided, to those who may read it.
func (o *opened) offerProof(w *views.Word) {
	switch {
	case w.SeqHref != "" && o.then != nil:
		w.Proof = w.SeqHref + "/proof"
	case w.SeqHref != "":
		w.Proof = "/verifications/" + o.ID + "/proof"
	}
}

func (o *opened) word(d review.Decided) *views.Word {
	w := &views.Word{By: ownerOf(d.By), At: moment(d.At, o.now, o.zone), Action: string(d.Action), Reason: d.RejectReason, Note: visible(d.Note)}
	words := o.takenUnder()
	for _, key := range d.Grounds {
		w.Grounds = append(w.Grounds, words.GroundWords(d.Action, key))
	}
	return w
}

func (o *opened) confirmed() *views.Word {
	if o.Confirm == nil {
		return nil
	}
	w := &views.Word{By: ownerOf(o.Confirm.By), At: moment(o.Confirm.At, o.now, o.zone), Action: string(o.Decision.Action), Words: "Confirmed", Note: visible(o.Confirm.Note)}
	w.Seq, w.SeqHref = o.recordOf(review.EventConfirmed)
	o.offerProof(w)
	return w
}

// recordOf is the number of the audit event, and its address for those who may
// read it.
func (o *opened) recordOf(kinds ...review.EventKind) (number, href string) {
	e, found := o.eventOf(kinds...)
	if !found {
		return "", ""
	}
	return thousands(e.Seq), o.eventHref(e)
}

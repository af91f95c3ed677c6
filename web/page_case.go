package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
	"reviewdesk/views"
)

// opened is a case opened by somebody: all that its page is drawn from.
type opened struct {
	db.Case
	v        *visit
	now      time.Time
	policy   review.Policy     // what holds now
	codes    *review.Catalogue // explains the findings: as decided, or as they are judged now
	taken    *review.Policy    // what held when the decision was taken; nil: the same
	zone     *time.Location
	list     string         // the list it was opened from
	number   int            // its number there; 0: not known
	revealed string         // the field shown in clear
	typed    *typed         // the decision as it was typed; nil: nobody has yet
	wrong    review.Invalid // what is wrong with it
	clash    *review.Conflict
	beside   bool   // another form of the page was sent, with the decision as typed
	note     string // the note as it was typed
	ask      asked  // to see a masked field
	acts     acted  // the forms beside the decision's
	notice   *views.Flash
	then     *db.Moment // the case is shown as it stood with an event; nil: as it stands now
}

// caseID is the id of the case that an address names, in whatever spelling.
func (s *Server) caseID(r *http.Request) (string, error) {
	return s.db.FindID(r.Context(), r.PathValue("id"))
}

// showCase shows one verification. The address with another spelling of its id
// leads to the one address that it has.
func (s *Server) showCase(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("at") {
		return s.showThen(w, r, id)
	}
	o := opened{list: listAddress(r.URL.Query().Get("return"))}
	if n, err := strconv.Atoi(r.URL.Query().Get("n")); err == nil {
		o.number = n
	}
	if id != r.PathValue("id") {
		return seeOther(w, r, caseHref(id, o.list, o.number))
	}
	return s.drawCase(w, r, http.StatusOK, id, o)
}

// drawCase opens the case for whoever asks, which is recorded, and draws it.
func (s *Server) drawCase(w http.ResponseWriter, r *http.Request, status int, id string, o opened) (err error) {
	o.v = visitOf(r.Context())
	if o.Case, err = s.db.View(r.Context(), o.v.actor, id); err != nil {
		return err
	}
	if err := s.policies(r, &o); err != nil {
		return err
	}
	frame := s.page(w, r, o.title())
	markSection(frame.Nav, o.list)
	o.now, o.zone = s.db.Now(), s.zone(frame.Prefs)
	if o.notice != nil {
		frame.Flash = append(frame.Flash, *o.notice)
	}
	p := o.page(frame)
	if p.Linked, err = s.linked(r, &o); err != nil {
		return err
	}
	o.pointAtTwin(&p)
	if err := s.fillActs(r, &p, &o); err != nil {
		return err
	}
	if err := s.fillTeam(r, &o, &p); err != nil {
		return err
	}
	if err := s.neighbours(r, &p, &o); err != nil {
		return err
	}
	return s.render(w, r, status, views.Case(p))
}

// title names the case by its short id and its state: browsers keep the titles of
// pages in their history, where no applicant's name belongs.
func (o *opened) title() string {
	return shortID(o.Provider, o.ID) + ", " + o.badge().Word
}

func (o *opened) page(frame views.Page) views.CasePage {
	p := views.CasePage{
		Page: frame, ID: o.ID, ShortID: shortID(o.Provider, o.ID), Version: o.Version,
		Name: visible(o.Subject.Name), NameWarning: nameWarning(o.Subject.Name), NameSpans: visibleSpans([]review.Span{{Text: o.Subject.Name}}),
		Badge: o.badge(), RawState: o.rawState(), Provider: lookOf(o.Provider).name, Facts: o.facts(),
		Back: o.list, Keep: []views.Hidden{{Name: "return", Value: o.list}}, Here: caseHref(o.ID, o.list, o.number), Kept: o.typed != nil, Claim: o.claim(), Conflict: o.conflict(),
		Pictures: o.pictures(), Face: o.face(), Findings: o.findings(), FindingsSum: o.findingsSum(), NoFindings: o.noFindings(),
		Compare: o.compare(), Zones: o.zones(), Panel: o.panel(), History: o.history(),
		MayNote: o.may(review.RightDecide), NoteText: unhidden(o.note),
		MayReveal: o.mayReveal(), RevealField: o.ask.field, RevealReason: unhidden(o.ask.reason), RevealError: o.ask.bad,
	}
	p.PacketHref, p.Then, p.Attached = o.packetHref(), o.banner(), o.files()
	o.fillKept(&p)
	if o.may(review.RightReportLooks) {
		p.LooksHref = "/verifications/" + o.ID + "/access-report"
	}
	if o.number > 0 {
		p.Keep = append(p.Keep, views.Hidden{Name: "n", Value: strconv.Itoa(o.number)})
	}
	if o.acts.act == "" && (o.typed == nil || o.beside) {
		p.NoteError = o.wrong["note"]
	}
	if o.beside && o.typed.Version > 0 {
		p.Version = o.typed.Version // the one it was typed for: newer evidence is told when it is sent
	}
	if o.revealed != "" {
		p.HideAt = clock(o.now.Add(revealFor), o.zone)
	}
	for _, check := range o.Passed {
		p.Passed = append(p.Passed, visible(review.CheckName(check)))
	}
	for _, row := range p.Compare {
		p.Masked = p.Masked || p.MayReveal && row.Field != ""
	}
	if o.Status.Open() && o.then == nil {
		p.Waiting, p.WaitLevel, p.WaitWord, _ = waiting(o.ReviewSince, o.DueAt, o.now, o.policy.Overdue())
		if words, why := paused(o.ReviewSince, o.SnoozedAt, o.SnoozedUntil, o.now, o.zone); why != "" {
			p.Waiting, p.WaitLevel, p.WaitWord = words, "paused", "clock paused "+why
		}
	}
	return p
}

// revealFor is how long script leaves a field in clear (UI.md, section 6.6).
const revealFor = time.Minute

// noFindings says what it means that nothing was found.
func (o *opened) noFindings() string {
	switch {
	case o.Status == review.StatusArriving:
		return "Nothing is known yet: the checks are not done."
	case o.Status.Open():
		return "No check failed. The provider asked for a person to look."
	}
	return "No check failed."
}

// wire is the case's state as its provider's API shows it now.
func (o *opened) wire() review.WireState {
	vocabulary, err := providers.All.Of(o.Provider)
	if err != nil {
		return o.Arrived
	}
	return vocabulary.State(o.Verification)
}

func (o *opened) badge() views.Badge { return badgeOf(o.Provider, o.Status, o.wire()) }

// rawState is everything that the provider says about the state, as it says it.
func (o *opened) rawState() string {
	now, came := o.wire(), o.Arrived
	words := wireWords(now)
	if now != came {
		words += ", arrived as " + wireWords(came)
	}
	return words
}

func wireWords(w review.WireState) string {
	if w.Reason == "" {
		return "state " + visible(w.State)
	}
	return "state " + visible(w.State) + " · " + visible(w.Reason)
}

func (o *opened) facts() []views.Fact {
	var out []views.Fact
	for _, d := range o.Documents {
		out = append(out, views.Fact{Label: documentKind(d.Kind) + ",", Value: countryName(d.Country)})
	}
	if len(o.Documents) == 0 && o.Country() != "" {
		out = append(out, views.Fact{Label: "Country", Value: countryName(o.Country())})
	}
	if o.Attempts > 1 {
		out = append(out, views.Fact{Label: "Attempt", Value: strconv.Itoa(o.Attempt) + " of " + strconv.Itoa(o.Attempts)})
	}
	if o.Method != "" {
		out = append(out, views.Fact{Label: "Method", Value: visible(o.Method)})
	}
	return out
}

// claim says who works on the case. Only those who could work on it themselves are
// offered to.
func (o *opened) claim() views.ClaimBox {
	may := o.v.may(review.RightDecide)
	switch {
	case !o.Status.Open() || o.then != nil:
		return views.ClaimBox{State: "none"}
	case !o.Claim.Held(o.now) && may && o.forbidden() == "":
		return views.ClaimBox{State: "free"}
	case !o.Claim.Held(o.now):
		return views.ClaimBox{State: "none"}
	}
	box := views.ClaimBox{State: "theirs", Owner: ownerOf(o.Claim.By), Until: stamp(o.Claim.Until, o.now, o.zone)}
	if left := o.Claim.Until.Sub(o.now); left <= review.ClaimFor || o.mine() {
		box.Left = leftWords(left)
	}
	if o.mine() {
		box.State = "yours"
		return box
	}
	_, _, err := o.TakeOver(o.v.actor.Person, o.now)
	box.MayTake = err == nil
	return box
}

// forbidden says why the case is not for whoever looks; "" where it is.
func (o *opened) forbidden() string {
	var no review.Forbidden
	if _, _, err := o.Take(o.v.actor.Person, o.now); errors.As(err, &no) {
		return no.Why
	}
	return ""
}

// mayReveal reports whether the masked fields are shown to whoever looks for a reason:
// not those of somebody close to them.
func (o *opened) mayReveal() bool {
	_, err := o.Reveal("", "", o.v.actor.Person)
	var missing review.Invalid
	return o.then == nil && errors.As(err, &missing)
}

// mine reports whether whoever looks holds the case.
func (o *opened) mine() bool {
	return o.Claim.Held(o.now) && o.Claim.By.ID == o.v.actor.ID
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func (o *opened) pictures() []views.Picture {
	var out []views.Picture
	for _, info := range o.Pictures {
		caption := o.caption(info.Kind)
		out = append(out, views.Picture{
			ID: "p" + strconv.Itoa(info.N), Href: "/verifications/" + o.ID + "/pictures/" + strconv.Itoa(info.N),
			Caption: caption, Note: strconv.Itoa(info.Width) + " × " + strconv.Itoa(info.Height),
			Alt: caption + " as sent by the applicant", Kind: info.Kind, Wide: info.Kind != review.PictureSelfie,
		})
	}
	return out
}

func (o *opened) caption(kind string) string {
	document := "Document"
	if len(o.Documents) > 0 {
		document = documentKind(o.Documents[0].Kind)
	}
	switch kind {
	case review.PictureFront:
		return document + ", front"
	case review.PictureBack:
		return document + ", back"
	}
	return "Selfie"
}

const faceSteps = 20

func (o *opened) face() *views.Face {
	f := o.Face
	if !f.Known {
		return nil
	}
	two := func(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
	return &views.Face{Score: two(f.Score), Needed: two(f.Needed), Step: int(f.Score*faceSteps + 0.5), NeedsStep: int(f.Needed*faceSteps + 0.5), Passed: f.Score >= f.Needed}
}

// neighbours finds the cases beside this one in the list it was opened from. A case
// that came without its number there, as by "Review next", has a place but no number.
func (s *Server) neighbours(r *http.Request, p *views.CasePage, o *opened) error {
	l, err := s.listing(r, listQuery(o.list))
	if err != nil {
		return nil // a list that cannot be read has no neighbours; the case can be shown
	}
	at := db.Cursor{At: placeTime(o.Verification, l).UnixMicro(), Seq: o.Seq}
	beside, err := s.db.Beside(r.Context(), l.filter, at, o.number > 0)
	if err != nil || !beside.Listed {
		return err
	}
	if beside.Next != "" {
		p.NextHref = caseHref(beside.Next, o.list, o.place(1))
	}
	if beside.Before != "" {
		p.PrevHref = caseHref(beside.Before, o.list, o.place(-1))
	}
	if o.number < 1 {
		return nil
	}
	return s.position(r, p, l, o.number)
}

// place is the number of a neighbour in the list; 0 where the case's own is not known.
func (o *opened) place(step int) int {
	if o.number < 1 {
		return 0
	}
	return max(1, o.number+step)
}

func (s *Server) position(r *http.Request, p *views.CasePage, l listing, number int) error {
	counts, err := s.db.Counts(r.Context())
	if err != nil {
		return err
	}
	total, counted, err := s.total(r, l, counts)
	if err != nil || !counted {
		return err
	}
	p.Position = strings.TrimSpace(thousands(number) + " of " + countWords(max(total, int64(number))))
	return nil
}

// placeTime is the time by which the list is ordered.
func placeTime(v review.Verification, l listing) time.Time {
	natural := l.filter.Sort == "" || l.filter.Sort == review.SortUrgency
	switch {
	case l.filter.Reopening && v.Reopen != nil:
		return v.Reopen.At
	case natural && l.decided() && v.Decision != nil:
		return v.SettledAt()
	case natural && l.open():
		return v.DueAt
	}
	return v.CreatedAt
}

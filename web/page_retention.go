package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// Retention: the periods, whose time has come, who is held, and who was erased. None of
// these pages shows anything of a person but their cases' skeletons, so looking at them
// is no look at anybody's data.

const (
	keptPeople  = 25 // on one page of a list
	erasedShown = 10
	longestHeld = 160 // characters of a reason in the list
)

// retention shows the page; with a case in the address it leads to the person.
func (s *Server) retention(w http.ResponseWriter, r *http.Request) error {
	typed := strings.TrimSpace(r.URL.Query().Get("case"))
	if typed == "" {
		return s.showRetention(w, r, http.StatusOK, views.RetentionPage{}, nil)
	}
	id, err := s.db.FindID(r.Context(), firstRunes(typed, longestID))
	if errors.Is(err, db.ErrNotFound) {
		p := views.RetentionPage{Case: unhidden(firstRunes(typed, longestID)), CaseError: "No case has this id. Copy it whole from the log or from the provider."}
		return s.showRetention(w, r, http.StatusNotFound, p, nil)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, keptHref(id))
}

func keptHref(id string) string { return "/admin/retention/" + id }

// showRetention fills the page in. typed is the policy as it was typed into the form; nil
// for the one that holds.
func (s *Server) showRetention(w http.ResponseWriter, r *http.Request, status int, p views.RetentionPage, typed *review.Policy) error {
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	counts, err := s.db.CountRetention(r.Context())
	if err != nil {
		return err
	}
	p.Page = s.page(w, r, "Retention")
	p.Return = "/admin/retention"
	p.Effect, p.Notices = itselfWords(policy.Keep.Erase, counts), retentionNotices(counts)
	if typed != nil {
		policy.Keep, policy.Version = typed.Keep, typed.Version
	}
	p.Version, p.Numbers, p.Itself = policy.Version, keepNumbers(policy.Keep), policy.Keep.Erase
	zone := s.zone(p.Prefs)
	if err := s.duePage(r, &p, counts); err != nil {
		return err
	}
	if err := s.heldPage(r, &p, counts, zone); err != nil {
		return err
	}
	if p.Erased, err = s.erasedRows(r, zone); err != nil {
		return err
	}
	p.LogHref = "/audit?kind=" + string(review.EventErased)
	return s.render(w, r, status, views.Retention(p))
}

func keepNumbers(k review.Keeping) []views.NumberField {
	field := func(name, label, hint string, n int) views.NumberField {
		return views.NumberField{Name: name, Label: label, Unit: "years", Hint: hint, Value: strconv.Itoa(n), Min: 1, Max: 100}
	}
	return []views.NumberField{
		field("keep_years", "Kept for", "After the closing event: the decision, once it takes effect, or what the provider settled last.", k.Years),
		field("keep_sanctions_years", "Kept for, with a sanctions code", "Where a finding of the category sanctions stood on the case, whatever came of it.", k.SanctionsYears),
	}
}

// itselfWords say what the switch does, and whom it would concern now.
func itselfWords(on bool, c db.RetentionCounts) string {
	due := dueWords(c)
	switch {
	case on && c.Due == 0:
		return "It is on. Nobody is due now. Whoever's period ends is erased by the desk, with the ground that it has ended; a legal hold stops it."
	case on:
		return "It is on. " + upperFirst(due) + " due now, and the desk is erasing them. A legal hold stops it."
	case c.Due == 0:
		return "It is off: somebody has to erase each person. Nobody is due now. Once it is on, the desk erases whoever's period ends; a legal hold stops it."
	}
	return "It is off: somebody has to erase each person. " + upperFirst(due) + " due now. Once it is on, the desk begins with them at once, and erases everybody else when their period ends; a legal hold stops it."
}

func dueWords(c db.RetentionCounts) string {
	switch {
	case c.MoreDue:
		return "more than " + thousands(c.Due) + " people are"
	case c.Due == 1:
		return "one person is"
	}
	return thousands(c.Due) + " people are"
}

// retentionNotices tell what the desk is busy with.
func retentionNotices(c db.RetentionCounts) []views.Flash {
	var out []views.Flash
	if c.Reckoning {
		out = append(out, views.Flash{Tone: "info", Text: "The desk is still looking through the cases that it held before it knew about retention. Until it is done, more people may be due than are counted here."})
	}
	if c.Overwriting {
		out = append(out, views.Flash{Tone: "info", Text: "Words of people who were erased are being overwritten on the disk. They are gone from the desk already."})
	}
	return out
}

// duePage is the dry run, by page.
func (s *Server) duePage(r *http.Request, p *views.RetentionPage, c db.RetentionCounts) error {
	text := r.URL.Query().Get("after")
	if text != "" {
		p.Due.Newest = retentionHref("held", r.URL.Query().Get("held")) + "#due"
	}
	page, next, err := s.db.DuePersons(r.Context(), db.ParseDueCursor(text), keptPeople)
	if err != nil {
		return err
	}
	for _, k := range page {
		p.Due.People = append(p.Due.People, keptPerson(k))
	}
	if next != nil {
		p.Due.Older = retentionHref("after", next.String(), "held", r.URL.Query().Get("held")) + "#due"
	}
	if c.Due > 0 {
		p.Due.Count = thousands(c.Due)
		if c.MoreDue {
			p.Due.Count = "more than " + p.Due.Count
		}
	}
	return nil
}

func (s *Server) heldPage(r *http.Request, p *views.RetentionPage, c db.RetentionCounts, zone *time.Location) error {
	after, err := parseSeq(r.URL.Query().Get("held"))
	if err != nil {
		return errPlace
	}
	page, more, err := s.db.HeldPersons(r.Context(), after, keptPeople)
	if err != nil {
		return err
	}
	for _, k := range page {
		person := keptPerson(k)
		person.Hold = holdWords(k.Hold, zone)
		person.Hold.Reason = firstRunes(person.Hold.Reason, longestHeld)
		p.Held.People = append(p.Held.People, person)
	}
	due := r.URL.Query().Get("after")
	if after > 0 {
		p.Held.Newest = retentionHref("after", due) + "#held"
	}
	if more {
		p.Held.Older = retentionHref("after", due, "held", itoa(page[len(page)-1].Hold.Entry)) + "#held"
	}
	if c.Held > 0 {
		p.Held.Count = thousands(c.Held)
	}
	return nil
}

func retentionHref(pairs ...string) string { return changed("/admin/retention", url.Values{}, pairs) }

// erasedRows are the newest erasures, from the log.
func (s *Server) erasedRows(r *http.Request, zone *time.Location) ([]views.ErasedRow, error) {
	entries, _, err := s.db.Log(r.Context(), review.EventFilter{Kind: review.EventErased}, 0, erasedShown)
	var out []views.ErasedRow
	for _, e := range entries {
		out = append(out, views.ErasedRow{At: stamp(e.Time, s.db.Now(), zone), Who: actorOf(e), ShortID: shortID(e.Provider, e.Object),
			Why: upperFirst(groundOf(e).Words()), Href: "/audit/" + itoa(e.Seq)})
	}
	return out, err
}

// keptDay shows the day on which a period begins or ends. It is that of UTC, in which
// the rule reckons, wherever whoever reads it is.
func keptDay(t time.Time) views.Time { return timeAs(t, time.UTC, "2 January 2006") }

func personLabel(k review.Retention) string { return "Person " + thousands(k.Person) }

func keptPerson(k review.Retention) views.KeptPerson {
	p := views.KeptPerson{Label: personLabel(k), Until: keptDay(k.KeepUntil), Why: keptWhy(k)}
	for _, c := range k.Cases {
		p.Href = keptHref(c.ID)
		p.Cases = append(p.Cases, views.KeptCase{
			ShortID: shortID(c.Provider, c.ID), Provider: lookOf(c.Provider).name, LogHref: "/audit?case=" + c.ID,
			Badge: views.Badge{Class: badgeClass(c.Provider, c.Status), Word: lowerFirst(statusWords(c.Status))},
			Ended: keptDay(c.Ended), Until: keptDay(c.KeepUntil), Why: caseYears(c),
		})
	}
	return p
}

// keptWhy says from what a person's day follows.
func keptWhy(k review.Retention) string {
	if k.KeepUntil.IsZero() {
		return ""
	}
	for _, c := range k.Cases {
		if c.KeepUntil.Equal(k.KeepUntil) {
			why := upperFirst(years(c.Years)) + " after the case was closed"
			if len(k.Cases) > 1 {
				why = upperFirst(years(c.Years)) + " after " + shortID(c.Provider, c.ID) + " was closed"
			}
			return why
		}
	}
	return ""
}

// caseYears says how long a case is kept, and for which code where that is longer.
func caseYears(c review.KeptCase) string {
	if c.Ended.IsZero() {
		return ""
	}
	if code := sanctionsCode(c); code != "" {
		return years(c.Years) + ", for " + code
	}
	return years(c.Years)
}

func sanctionsCode(c review.KeptCase) string {
	for _, code := range c.Codes {
		if review.Sanctions(c.Provider, []string{code}) {
			return visible(code)
		}
	}
	return ""
}

func years(n int) string { return inWords(n) + plural(n, " year", " years") }

func holdWords(h *review.Hold, zone *time.Location) *views.HoldWords {
	if h == nil {
		return nil
	}
	return &views.HoldWords{By: ownerOf(h.By), At: timeAs(h.At, zone, "2 January 2006"), Reason: visible(h.Reason), Href: "/audit/" + itoa(h.Entry)}
}

func erasedWords(e *review.Erasure, zone *time.Location) *views.ErasedWords {
	if e == nil {
		return nil
	}
	by := visible(e.By.Name)
	if strings.HasPrefix(e.By.ID, "system:") || by == "" {
		by = "the desk itself"
	}
	return &views.ErasedWords{By: by, At: timeAs(e.At, zone, "2 January 2006"), Why: e.Ground.Words(), Href: "/audit/" + itoa(e.Entry)}
}

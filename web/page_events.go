package web

import (
	"strconv"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// eventLook is how a kind of event is shown: a word for lists, an icon, and a
// sentence that goes on from the name of whoever did it.
type eventLook struct{ action, icon, tone, did string }

var eventLooks = map[review.EventKind]eventLook{
	review.EventStarted:       {"Set up", "home", "", "set up the desk"},
	review.EventReceived:      {"Received", "in", "", "took in the case"},
	review.EventUpdated:       {"Received again", "in", "", "took in a newer copy of the case"},
	review.EventViewed:        {"Viewed", "eye", "", "opened the case"},
	review.EventRevealed:      {"Revealed field", "eye", "warn", "revealed a field"},
	review.EventClaimed:       {"Claimed", "user", "acc", "claimed the case"},
	review.EventReleased:      {"Released", "hand", "", "gave the case back"},
	review.EventDecided:       {"Decided", "done", "acc", "decided the case"},
	review.EventProposed:      {"Proposed", "shield", "warn", "proposed a decision"},
	review.EventConfirmed:     {"Confirmed", "shield", "ok", "confirmed the decision"},
	review.EventReturned:      {"Sent back", "undo", "warn", "sent the case back to the queue"},
	review.EventNoted:         {"Noted", "note", "", "added a note"},
	review.EventUndone:        {"Undone", "undo", "warn", "took the decision back before it took effect"},
	review.EventReopenAsked:   {"Reopening asked", "undo", "warn", "asked to reopen the case"},
	review.EventReopened:      {"Reopened", "undo", "warn", "reopened the case as the second person"},
	review.EventKeptClosed:    {"Kept closed", "shield", "", "declined to reopen the case"},
	review.EventTakenOver:     {"Taken over", "hand", "warn", "took the case over"},
	review.EventSkipped:       {"Skipped", "hand", "", "skipped the case"},
	review.EventRecused:       {"Recused", "ban", "warn", "stepped back from the case for a conflict of interest"},
	review.EventSnoozed:       {"Snoozed", "clock", "", "set the case aside until later"},
	review.EventWoken:         {"Woken", "clock", "", "took the case back into the queue"},
	review.EventAskedAgain:    {"Asked again", "note", "acc", "asked the applicant to redo something"},
	review.EventEscalated:     {"Escalated", "alert", "warn", "handed the case to the seniors"},
	review.EventAssigned:      {"Assigned", "user", "", "gave the case to somebody"},
	review.EventNameMatched:   {"Names compared", "users", "acc", "compared the applicant with a list entry"},
	review.EventAttached:      {"Attached", "file", "", "attached a file"},
	review.EventInterest:      {"Interest declared", "ban", "", "changed whose cases must not come to them"},
	review.EventExported:      {"Exported", "down", "", "exported data"},
	review.EventSignedIn:      {"Signed in", "key", "", "signed in"},
	review.EventSignInFailed:  {"Sign-in failed", "ban", "warn", "refused a sign-in"},
	review.EventSignedOut:     {"Signed out", "out", "", "signed out"},
	review.EventAccountAdded:  {"Account added", "users", "", "added an account"},
	review.EventAccountChange: {"Account changed", "users", "warn", "changed an account"},
	review.EventRollback:      {"Rollback accepted", "alert", "bad", "accepted that the database is older than its anchor"},
	review.EventKeyRotated:    {"Key changed", "key", "warn", "handed the log over to a new signing key"},
	review.EventPolicyChange:  {"Policy changed", "policy", "warn", "changed what holds for the whole desk"},
	review.EventClientAdded:   {"API client added", "key", "warn", "let a program speak to the API"},
	review.EventClientRevoked: {"API client revoked", "ban", "warn", "revoked a program's access to the API"},
	review.EventTokenIssued:   {"Token issued", "key", "", "took a token for the API"},
	review.EventTokenRefused:  {"Token refused", "ban", "warn", "refused a token for the API"},
	review.EventHeld:          {"Legal hold", "lock", "warn", "put a legal hold on the person"},
	review.EventHoldLifted:    {"Hold lifted", "lock", "warn", "lifted the legal hold on the person"},
	review.EventErased:        {"Erased", "trash", "bad", "erased the person's data; a skeleton of the case stays"},
	review.EventWebhookChange: {"Webhook changed", "hook", "warn", "changed whom the desk tells of its decisions"},
}

// eventLookOf finds the look of an event; what an officer decided gives it its own.
func eventLookOf(e db.LogEntry) eventLook {
	kind := review.EventKind(e.Action)
	l, known := eventLooks[kind]
	if e.Broken {
		return eventLook{"Unreadable", "alert", "bad", "cannot say what happened: the bytes of this event were damaged"}
	}
	if !known {
		words := strings.ReplaceAll(e.Action, "_", " ")
		return eventLook{upperFirst(words), "info", "", "did: " + words}
	}
	switch kind {
	case review.EventDecided:
		return decidedLook(fact(e, "action"))
	case review.EventProposed:
		l.did = "proposed to " + fact(e, "action") + " the case"
	case review.EventConfirmed:
		if fact(e, "action") == string(review.Reject) {
			l.tone, l.did = "bad", "confirmed the rejection"
		} else {
			l.did = "confirmed the approval"
		}
	case review.EventRevealed:
		l.did = "revealed the " + strings.ToLower(fieldWords(fact(e, "field")))
	case review.EventViewed:
		switch fact(e, "what") {
		case "picture":
			l.did = "looked at a picture of the case"
		case "attachment":
			l.did = "opened a file attached to the case"
		case "api":
			l.did = "read the person's data through the API"
		}
	case review.EventReceived:
		if byProgram(e) {
			l.did = "made the case through the API"
		}
	case review.EventUpdated:
		if byItself(e) {
			l.action, l.did = "Moved on", "moved the case on"
		}
	case review.EventClientAdded, review.EventClientRevoked, review.EventTokenIssued, review.EventTokenRefused, review.EventWebhookChange:
		l.did = programSentence(e)
	case review.EventNameMatched, review.EventAttached:
		l.did = addedSentence(e)
	case review.EventExported:
		l.did = exportSentence(e)
	case review.EventAccountAdded, review.EventAccountChange:
		l.did = accountSentence(e)
	case review.EventPolicyChange:
		l.did = policySentence(e)
	default:
		l.did = first(workSentence(e), l.did)
	}
	return l
}

func decidedLook(action string) eventLook {
	if action == string(review.Approve) {
		return eventLook{"Approved", "check", "ok", "approved the case"}
	}
	return eventLook{"Rejected", "x", "bad", "rejected the case"}
}

// fact is the first fact of a name; "" for none.
func fact(e db.LogEntry, name string) string {
	for _, f := range e.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// facts are all facts of a name, in order.
func facts(e db.LogEntry, name string) []string {
	var out []string
	for _, f := range e.Facts {
		if f.Name == name {
			out = append(out, f.Value)
		}
	}
	return out
}

// actorOf says who did it. Programs and the desk itself have names of their own.
func actorOf(e db.LogEntry) views.Owner {
	if e.Actor.Kind == "person" {
		o := ownerOf(review.Person{ID: e.Actor.ID, Name: e.ActorName, Role: review.Role(e.Actor.Role)})
		if e.ActorName == "" {
			o.Name = "Somebody unknown"
		}
		o.Role = strings.ToLower(o.Role)
		return o
	}
	if e.Actor.Kind == "client" {
		return views.Owner{Icon: "bolt", Name: first(visible(e.ActorName), "A program unknown"), Tone: "d", Role: "program"}
	}
	_, part, _ := strings.Cut(e.Actor.ID, ":")
	return views.Owner{Initials: "SY", Name: "System", Tone: "d", Role: visible(part)}
}

// sentence says in one sentence what happened.
func sentence(e db.LogEntry) string {
	who := actorOf(e).Name
	s := who + " " + eventLookOf(e).did
	switch review.EventKind(e.Action) {
	case review.EventDecided, review.EventProposed, review.EventConfirmed:
		s += resolutionSentence(e)
	case review.EventReceived, review.EventUpdated:
		s += cameFrom(e)
	}
	return s
}

// cameFrom says from where a case came, and how.
func cameFrom(e db.LogEntry) string {
	switch {
	case byProgram(e):
		return ": " + arrivalWords(e)
	case byItself(e):
		return ": " + stateWord(e)
	}
	return " from " + lookOf(review.Provider(fact(e, "provider"))).name + ": " + arrivalWords(e)
}

// resolutionSentence tells how the findings were resolved: ", clearing two findings".
// What is for information only is not one.
func resolutionSentence(e db.LogEntry) string {
	n := map[review.Resolution]int{}
	for _, f := range e.Facts {
		code, is := strings.CutPrefix(f.Name, "finding.")
		if is && e.Code(e.Provider, code).Severity > review.SeverityInfo {
			n[review.Resolution(f.Value)]++
		}
	}
	var parts []string
	for _, r := range []struct {
		resolution   review.Resolution
		before, then string
	}{{review.Cleared, "clearing ", ""}, {review.Upheld, "upholding ", ""}, {review.NotApplicable, "setting ", " aside"}} {
		if n[r.resolution] > 0 {
			parts = append(parts, r.before+inWords(n[r.resolution])+plural(n[r.resolution], " finding", " findings")+r.then)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(parts, " and ")
}

// arrivalWords tell how a case came: "4 checks failed, arrived as reviewing".
func arrivalWords(e db.LogEntry) string {
	p := review.Provider(fact(e, "provider"))
	failed := 0
	for _, code := range facts(e, "code") {
		if e.Code(p, code).Severity > review.SeverityInfo {
			failed++
		}
	}
	var words []string
	if failed > 0 {
		words = append(words, counted(failed, "check failed", "checks failed"))
	}
	if e.After != nil {
		words = append(words, "arrived as "+stateBadge(e, p, e.After.State).Word)
	}
	if len(words) == 0 {
		return "no check failed"
	}
	return strings.Join(words, ", ")
}

// stateBadge is the badge of a state that the log holds in the desk's words. What
// came in says the provider's words beside it; a decision's follow from the rule.
func stateBadge(e db.LogEntry, p review.Provider, state string) views.Badge {
	s := review.Status(state)
	wire := review.WireState{State: fact(e, "state"), Reason: fact(e, "reason")}
	if action := review.Action(fact(e, "action")); action != "" {
		wire = wireOf(p, s, wire, action, fact(e, "reject_reason"))
	}
	return badgeOf(p, s, wire)
}

// changeOf is an event's change: badges where a state became another, words
// otherwise.
func changeOf(e db.LogEntry) (from, to *views.Badge, words string) {
	switch review.EventKind(e.Action) {
	case review.EventDecided, review.EventConfirmed:
		if e.Before != nil && e.After != nil {
			a, b := stateBadge(e, e.Provider, e.Before.State), stateBadge(e, e.Provider, e.After.State)
			return &a, &b, ""
		}
	case review.EventReceived, review.EventUpdated:
		if e.After != nil {
			b := stateBadge(e, review.Provider(fact(e, "provider")), e.After.State)
			return nil, &b, counted(len(facts(e, "code")), "code", "codes")
		}
	}
	return nil, nil, changeWords(e)
}

func changeWords(e db.LogEntry) string {
	switch review.EventKind(e.Action) {
	case review.EventProposed:
		return "To " + fact(e, "action") + ", waits for a second person"
	case review.EventReturned:
		return "Back to the queue"
	case review.EventRevealed:
		return fieldWords(fact(e, "field"))
	case review.EventViewed:
		return viewedWhat(e)
	case review.EventClaimed:
		return joinWords(claimWords(e), runOut(e))
	case review.EventNameMatched, review.EventAttached:
		return addedWords(e)
	case review.EventExported:
		return upperFirst(strings.TrimPrefix(exportSentence(e), "exported "))
	case review.EventAccountAdded, review.EventAccountChange:
		return accountChange(e)
	case review.EventPolicyChange:
		return upperFirst(policySentence(e))
	case review.EventClientAdded, review.EventClientRevoked, review.EventTokenIssued, review.EventTokenRefused, review.EventWebhookChange:
		return programWords(e)
	}
	return workWords(e)
}

func viewedWhat(e db.LogEntry) string {
	switch fact(e, "what") {
	case "picture":
		return "A picture"
	case "attachment":
		return "An attached file"
	case "api":
		return "Personal data, through the API"
	}
	return "Version " + fact(e, "version")
}

// policySentence says what was settled for the whole desk.
func policySentence(e db.LogEntry) string {
	switch fact(e, "policy") {
	case "witness_added":
		return "asked the witness " + visible(fact(e, "witness")) + " to countersign the log"
	case "witness_removed":
		return "took away the witness " + visible(fact(e, "witness"))
	case "witness_quorum":
		return "set the number of witnesses that must have seen a head to " + visible(fact(e, "quorum"))
	}
	if n, err := strconv.Atoi(fact(e, "policy")); err == nil {
		return "made version " + strconv.Itoa(n) + " of the policy"
	}
	return eventLooks[review.EventPolicyChange].did
}

func claimWords(e db.LogEntry) string {
	until, err := time.Parse(time.RFC3339, fact(e, "until"))
	if err != nil {
		return ""
	}
	return "For " + waitWords(until.Sub(e.Time).Round(time.Minute))
}

// exportSentence tells how far an export came: it is recorded when it begins, too.
func exportSentence(e db.LogEntry) string {
	what := "verifications"
	switch fact(e, "what") {
	case "audit":
		what = "the audit log"
	case db.ExportLooks:
		return "made a report of who saw this person's data"
	case db.ExportPacket:
		return "took the decision packet home as " + strings.ToUpper(fact(e, "format"))
	}
	format := strings.ToUpper(fact(e, "format"))
	switch fact(e, "stage") {
	case "started":
		return "began to export " + what + " as " + format
	case "aborted":
		return "broke off the export of " + what + " after " + fact(e, "rows") + " rows"
	}
	return "exported " + what + " as " + format + ", " + fact(e, "rows") + " rows"
}

func accountSentence(e db.LogEntry) string {
	if e.Action == string(review.EventAccountAdded) {
		return "added an account with the role " + fact(e, "role")
	}
	if role := fact(e, "role"); role != "" {
		return "changed an account's role from " + role
	}
	switch fact(e, "change") {
	case "password_set":
		return "set a password by one-time link"
	case "password_reset":
		return "made a new one-time link for an account"
	case "disabled":
		return "disabled an account"
	case "enabled":
		return "enabled an account again"
	}
	return "changed an account"
}

func accountChange(e db.LogEntry) string {
	if role := fact(e, "role"); role != "" {
		return upperFirst(role)
	}
	return upperFirst(strings.ReplaceAll(fact(e, "change"), "_", " "))
}

// fieldWords names a field that pages mask.
func fieldWords(field string) string {
	switch field {
	case review.FieldBirthDate:
		return "Date of birth"
	case review.FieldNumber:
		return "Document number"
	case review.FieldAddress:
		return "Address"
	case review.FieldEmail:
		return "E-mail"
	case review.FieldPhone:
		return "Phone"
	case "name":
		return "Full name"
	case "expiry", "country", "occupation":
		return upperFirst(field)
	}
	return visible(field)
}

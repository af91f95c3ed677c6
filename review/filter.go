package review

import "time"

// Sort is the order of a list of verifications.
type Sort string

// The orders of the queue.
const (
	SortUrgency Sort = "urgency" // the soonest due first
	SortOldest  Sort = "oldest"
	SortNewest  Sort = "newest"
)

// Filter narrows a list of verifications; the zero value is the whole queue. The
// page, the export and the command line share it.
type Filter struct {
	Provider  Provider
	Code      string   // a failure code found
	Severity  Severity // this grave or graver; info is all
	Country   string   // ISO alpha-2
	Owner     string   // a person's id, or OwnerNone
	Statuses  []Status // none: those an officer can act on
	Overdue   bool     // past their target for a decision
	Snoozed   bool     // those that wait for something outside; others otherwise
	Escalated bool     // handed to the seniors
	Reopening bool     // decided, and somebody asks to reopen them; the oldest wish first
	For       *Person  // only what this person may take and has not skipped lately
	Query     string   // words of names and e-mail addresses, or "id:" and a fragment of an id
	Sort      Sort
	From, To  time.Time // created in [From, To); zero: open
}

// OwnerNone asks for the cases that nobody holds.
const OwnerNone = "none"

// EventFilter narrows the audit log.
type EventFilter struct {
	Actor    string // an account's id
	Kind     EventKind
	Case     string    // a verification's id
	Code     string    // a failure code that the event names
	From, To time.Time // [From, To); zero: open
}

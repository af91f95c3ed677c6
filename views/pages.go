package views

// SignInPage is the sign-in form.
type SignInPage struct {
	Page
	Email string
	Error string
	Next  string       // where to go after
	Demo  []DemoPerson // only in demo
}

// DemoPerson is an account that the demo offers by button.
type DemoPerson struct{ Name, Email, Password, Role string }

// SetPasswordPage is where a one-time link leads.
type SetPasswordPage struct {
	Page
	Name, Email string
	Action      string
	Errors      []FieldError
	First       bool // the first admin
}

// PeoplePage lists the accounts of people.
type PeoplePage struct {
	Page
	People           []PersonRow
	Roles            []Option
	Name, Email      string // as typed
	Errors           []FieldError
	LinkFor, LinkURL string // a fresh one-time link, shown once
}

// PersonRow is one account.
type PersonRow struct {
	ID, Name, Email, Initials, Tone string
	Role                            string
	RoleWords                       string
	Roles                           []Option
	Disabled                        bool
	Waiting                         bool // has not set a password yet
	LastSeen                        Time
	Sessions                        int
	Self                            bool
	Version                         int64
}

// AdminPage is the admin's first page.
type AdminPage struct {
	Page
	Cards []AdminCard
	Pills []FilterPill // of the export
}

// AdminCard is one room of the administration.
type AdminCard struct{ Title, Text, Href, Label, Icon string }

// AuditPage is the audit log.
type AuditPage struct {
	Page
	Banner     Flash
	MayCheck   bool
	Pills      []FilterPill
	Zones      []Link
	Rows       []AuditRow
	Pager      Pager
	Filters    int
	ClearHref  string
	ExportHref string // as CSV; "" where the person may not export
	LinesHref  string // as NDJSON
	HeadsHref  string // comparing two heads; "" where the person sees only their own events
	BannerLink Link   // the first bad event; none without a label
	Witness    Flash  // how far the witnesses have come; no text without any
}

// AuditRow is one event of the log.
type AuditRow struct {
	Day      string // set on the first row of a day
	Seq      string // "18 231"
	Href     string
	Time     Time
	Who      Owner
	Icon     string
	Tone     string // "", acc, ok, bad, warn
	Action   string // "Approved"
	CaseID   string // short id
	CaseHref string
	From, To *Badge
	Change   string // words where there are no badges
	Hash     string // "9c41…e07b"
}

// AuditEventPage is one event of the log.
type AuditEventPage struct {
	Page
	Row         AuditRow
	Sentence    string
	Diff        []DiffLine
	Grounds     []string
	Resolutions []Fact
	Facts       []Fact
	Note        string
	Record      []Fact // UTC, from, hash, leaf, request, session
	Commitments []Fact // field and HMAC
	Pretty      string // the canonical bytes, indented to be read
	Raw         string // the canonical bytes
	Prev, Next  string
	Proof       ProofBox
}

// DiffLine is one line of before and after; Sign is "+", "-" or "".
type DiffLine struct{ Sign, Text string }

// ErrorPage says what went wrong and what to do.
type ErrorPage struct {
	Page
	Status  int
	Heading string
	Text    string
	Action  Link
}

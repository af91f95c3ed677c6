// Package views turns page structs into HTML. Each page takes one struct made for
// it; everything in it is ready to be shown: words are chosen, times are in the
// viewer's zone, links are built, personal fields are masked where they must be.
// A view looks nothing up and decides nothing, so that what a person may see is
// settled before a page is drawn.
//
// Every text from outside arrives as [review.Span] or as a string that web has
// made visible (bidi and invisible characters replaced by marks), and is shown
// inside <bdi>. Nothing here writes inline script or style: the content security
// policy forbids both, so widths come as data-w="0" … "20" (steps of 5 %).
package views

import "reviewdesk/review"

// Page is what the frame around every page needs.
type Page struct {
	Title     string // for <title> and the top bar
	Workspace string // such as "Demo workspace"
	Assets    Assets
	Prefs     Prefs
	Me        *Me       // nil: nobody is signed in
	Nav       []NavItem // main navigation, in order
	Saved     []NavItem // saved views; Icon holds the swatch's tone
	Commands  []NavItem // what else the command palette offers on this page
	Flash     []Flash   // one-shot messages
	Undo      *Undo     // what was just decided, while it can be taken back
	Sealed    string    // why the desk is read-only; "" when it is not
	Search    string    // the query typed, shown in the search box
	Return    string    // this page's own address, for forms that come back to it
	Help      []KeyGroup
	Now       string // the server's time when the page was drawn, for script's clocks
	Request   string // request id, the reference shown on errors
}

// Assets are the addresses of the static files, each with its content hash.
type Assets struct {
	CSS, JS, Icons string
	Font           string // the Latin subset, for a preload; "" for none
	Icon           string // the page's own icon (icon.svg); "" for none
	Docs           string // the script of the APIs' description; "" for none
}

// Prefs are the browser's display choices.
type Prefs struct {
	Theme   string // "", "light" or "dark"
	Density string // "" or "compact"
	Zone    string // "local" (the desk's zone) or "UTC"
	Keys    string // "" or "off": single-letter keys switched off
}

// Me is the person signed in.
type Me struct {
	Name, Initials, RoleWords       string
	SeesCases, Decides, Administers bool
}

// NavItem is one link of the navigation.
type NavItem struct {
	Label, Href, Icon string
	Count             string // "" for none
	Hot, Current      bool
	Within            bool   // the page is one of its pages
	Calls             bool   // it waits for this very person: a phone shows its count
	Key               string // aria-keyshortcuts, such as "g q"
}

// KeyGroup is one list of the keyboard help: only keys that do something here.
type KeyGroup struct {
	Title string
	Keys  []KeyLine
}

// KeyLine is one line of it, its keys as "J K", "1 to 5" or "Ctrl Enter".
type KeyLine struct{ Label, Keys string }

// Flash is a one-shot message; Tone is ok, warn, bad, crit or info.
type Flash struct{ Tone, Text string }

// Badge is a state in the provider's own spelling; Class is review, manual,
// passed, failed, expired or wait.
type Badge struct{ Class, Word string }

// Chip is a failure code; Class is crit, high, med, low or info.
type Chip struct {
	Class string
	Word  string // "Critical severity"
	Code  string
}

// Time is a moment ready to be shown. ISO goes into <time datetime>, Title holds
// the UTC time in full. Ago says that Text is relative ("2 min ago"): script keeps
// it right while the page is open, and paper shows Title instead.
type Time struct {
	ISO, Text, Title string
	Ago              bool
}

// Owner is a person beside a case or an event. Tone a to d colours the avatar. A
// program has an icon in place of initials.
type Owner struct{ Initials, Name, Tone, Role, Icon string }

// Link is a labelled address.
type Link struct {
	Label, Href string
	Count       string
	Current     bool
}

// KPI is one number of the metric strip.
type KPI struct {
	Label, Value, Note string
	Hint               string // Note in full, where it is too short to say it
	Href               string // the list of what was counted; "" for none
	Alert              bool
	Points             []int // sparkline or bars, 0 to 100 each; nil for none
	Bars               bool
}

// Option is one choice of a select or a list of boxes.
type Option struct {
	Value, Label string
	Chosen       bool
}

// FilterPill is one filter of a list: a form in a popover, sent by GET.
type FilterPill struct {
	Name, Label string   // form field and its words
	Value       string   // the words of what is set; "" when unset
	Clear       string   // address without this filter; "" when unset
	Kind        string   // "select", "text" or "dates" (fields "from" and "to")
	Options     []Option // of a select
	Text        string   // of a text field
	From, To    string   // of dates, YYYY-MM-DD
	Keep        []Hidden // the other filters, kept by the form
}

// Hidden is one hidden field.
type Hidden struct{ Name, Value string }

// Pager moves through a list by keyset.
type Pager struct {
	Range      string // "1 to 50 of 42 000", or "50 shown"
	Prev, Next string // "" at an end
}

// QueuePage is the queue, and with Decided set the list of decided cases.
type QueuePage struct {
	Page
	Heading    string
	Decided    bool // columns Outcome, Decided by, When in place of Findings, Waiting and Owner
	KPIs       []KPI
	Segments   []Link
	Pills      []FilterPill
	Sort       []Link // the orders to choose from
	SortDir    string // "ascending" or "descending" of the current column, for aria-sort
	InIDs      string // the fragment that was looked for inside ids; "" where names were
	Elsewhere  string // the same search in names, or inside ids; "" where that is not offered
	GoOn       string // where the search goes on, which looked through so many cases only; "": it looked through all
	ByArrival  string // "the newest" or "the oldest", where a search found too many to put in that order
	Rows       []QueueRow
	Pager      Pager
	Filters    int    // how many filters are set
	ClearHref  string // the list without filters
	Unfiltered string // how many cases wait without the filters
	Nothing    string // what an empty list that goes by a name says; "" for others
	NothingYet string // what would be in it
	ExportHref string // "" where the person may not export
	BulkReturn string // where acts on several cases lead back to; "" where none is offered
	Save       SaveView
	NextAction string // address of "Review next", with the view's filters; "" where the person does not decide
	NextKeep   []Hidden
}

// QueueRow is one case of a list.
type QueueRow struct {
	ID, Href    string
	Version     string // what an act on several cases names
	Name        string // visible marks in; "" for a person without a name
	NameWarning string // "mixed scripts", or ""
	Erased      bool   // the person was: there is no name
	ShortID     string
	Badge       Badge
	Chips       []Chip // all of them, worst first; the view shows what fits
	Shown       int    // how many of Chips to show before "+n"
	Document    string // "ES · Identity card"
	Waiting     string // "2d 4h"
	WaitLevel   string // "", "amber" or "red"
	WaitWord    string // hidden word: "over target", "close to target" or ""
	WaitStep    int    // 0 to 20, twentieths of the target
	Owner       Owner  // empty Name: unclaimed
	You         bool
	Outcome     Badge
	DecidedBy   Owner
	ConfirmedBy string // the second person's name; "" for none
	Paused      string // what it waits for, its clock standing; "" where the clock runs
	Seniors     bool   // handed to the seniors
	Left        Time   // until when the owner holds it, where that is soon
	Settled     bool   // nothing waits any more: no target, nobody's turn
	When        Time
}

// CasePage is one case.
type CasePage struct {
	Page
	ID, ShortID  string
	Version      int64
	Name         string        // visible marks in; "" for a person without a name
	NameSpans    []review.Span // the same with what is odd about it marked
	NameWarning  string
	Badge        Badge
	RawState     string // "state rejected · rejectReason MANUAL_REVIEW"
	Provider     string // "Cybrid"
	Facts        []Fact // beside the id: document, attempt
	Here         string // the case's own address, for a page that a form has drawn
	Kept         bool   // the form holds what was typed, so leaving would lose it
	Waiting      string
	WaitLevel    string
	WaitWord     string
	Back         string   // the list it was opened from
	Keep         []Hidden // fields that every form of the page carries: that list
	Position     string   // "1 of 42"; "" for none
	PrevHref     string   // the cases beside it in that list; "" for none
	NextHref     string
	PacketHref   string // the decision packet; "" for none
	Then         *Then  // the case is shown as it stood with an event; nil: as it stands now
	KeptLead     string // "Kept until"
	KeptUntil    Time   // no text: the case has not ended
	KeptWhy      string // "five years from the decision"
	Hold         *HoldWords
	Erased       *ErasedWords // nil: the person was not
	Claim        ClaimBox
	Conflict     string // the red banner: changed while you wrote; the form keeps what was typed
	Pictures     []Picture
	Face         *Face
	Findings     []Finding
	FindingsSum  string // "4 failed, 11 passed"
	NoFindings   string // what it means that there are none
	Passed       []string
	Compare      []CompareRow
	Zones        []Zone
	Linked       Linked
	Attached     FilesCard
	Team         []string // whom a note can name: "@mei.tan"
	Panel        Panel
	Acts         Acts
	History      []HistoryItem
	MayNote      bool
	NoteText     string // as typed
	NoteError    string
	LooksHref    string // the report of who saw this person's data; "" where the role makes none
	MayReveal    bool
	RevealField  string // the field asked for, while the reason is wrong
	RevealReason string // as typed
	RevealError  string
	HideAt       Time // when script hides the revealed field again
	Masked       bool // some field is masked, so say that revealing is recorded
}

// Fact is a labelled value.
type Fact struct{ Label, Value string }

// ClaimBox says who works on the case.
type ClaimBox struct {
	State   string // "free", "yours", "theirs" or "none" (nothing to claim)
	Owner   Owner
	Until   Time
	Left    string // "12:43", counted down by script
	MayTake bool   // a senior, from whoever holds it
}

// Picture is one image of the evidence.
type Picture struct {
	ID                  string // the name by which Finding.Picture points at it
	Href, Caption, Note string // Note: "1013 × 638"
	Alt                 string
	Kind                string
	Wide                bool // a document, not a selfie
}

// Face is the machine's face match.
type Face struct {
	Score, Needed   string // "0.86"
	Step, NeedsStep int    // 0 to 20
	Passed          bool
}

// CompareRow is one field as typed, read and registered.
type CompareRow struct {
	Label                 string
	Field                 string // the name used to reveal it; "" where nothing is masked
	Typed, Read, Registry Cell
	Verdict               string // "same", "differs" or "" (nothing to compare)
	Revealed              bool   // shown in clear for a while
}

// Zone is a machine-readable zone with what it says.
type Zone struct {
	Lines   []string // masked
	Format  string   // "TD3"
	Rows    []ZoneRow
	Sum     string // "all five check digits right"
	Bad     bool   // some are not
	Problem string // why it was not decoded; ""
}

// ZoneRow is one field of a zone.
type ZoneRow struct {
	Label, Value string
	Digit        string // "7, right"; "" for a field without a check digit
	Right        bool
	Verdict      string // against what was read: "same", "differs" or ""
}

// Cell is one source's account of a field.
type Cell struct {
	Spans  []review.Span // nil: not given
	Dots   []review.Span // of a revealed value: what is shown once it is hidden again
	Masked bool
	Absent string // words in place of a value, such as "Not on document"
}

// Panel is the decision panel.
type Panel struct {
	Mode         string // "decide", "second", "waiting" (own proposal, or a role without the second word), "decided", "read" (may not decide) or "closed" (not in review)
	Action       string // chosen so far: "", "approve" or "reject"
	Approve      []Option
	Reject       []Option
	Reasons      []Option // provider's reject reasons; nil for none
	Note         string
	NoteNeeded   string // "10 characters or more", or "optional"
	Errors       []FieldError
	Second       string // banner: why a second person is needed; ""
	Blocked      string // why it cannot be approved; ""
	CanApprove   bool
	Explain      string // one sentence in modes waiting, read and closed
	Proposal     *Word  // in modes second, waiting and decided
	Confirm      *Word  // the second person's word
	Submission   string // one-time id of the form
	SendsWords   string // what happens next: "Written to the audit log."
	ApproveLabel string // "Approve", or "Approve and send to second review"
	RejectLabel  string
}

// FieldError is one mistake, with the id of its field.
type FieldError struct{ Field, ID, Text string }

// Error finds the mistake of a field; "" for none.
func (p Panel) Error(field string) string {
	for _, e := range p.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// Word is a decision or a second word as it was given.
type Word struct {
	By      Owner
	At      Time
	Outcome Badge
	Action  string // "approve" or "reject"
	Words   string // "Reject", "Confirmed"
	Grounds []string
	Why     string // why a second person is asked for; or that the reasons stay hidden from them
	Reason  string // the provider's reject reason
	Note    string
	Seq     string // number of the audit event
	SeqHref string // "" where the person may not read it
	Proof   string // address of the case's proof, where this word is the one that decided; ""
}

// HistoryItem is one line of the case's history.
type HistoryItem struct {
	Icon, Tone string // tone: "", acc, ok, bad, warn
	Who        string // "" for the system
	Words      string // the rest of the sentence
	Note       string
	Pieces     []NotePiece // the note with whom it names; nil where it names nobody
	Resolved   []Fact      // of a decision: each code with what became of it, and on what evidence
	At         Time
	Href       string // the audit event; "" where the person may not read it
	ThenHref   string // the case as it stood with this event; "" for none
}

// Then says which moment a case is shown at.
type Then struct {
	At      Time
	Words   string // "when Ana Quiroga decided it (event 123)"
	Partly  string // what of that time is not there any more; ""
	NowHref string
}

package views

// WorksheetPage is the comparison of an applicant with one entry of a list.
type WorksheetPage struct {
	Page
	CaseHref, Back string // the case itself; where the way back leads
	Action         string // where the form goes; "" where it is only read
	Keep           []Hidden
	Name, ShortID  string
	Provider       string
	Badge          Badge
	Chip           Chip
	Title          string // the finding in plain words
	Explanation    string
	Evidence       string
	List, Entry    string
	Rows           []SheetRow
	Conclusions    []Option
	Conclusion     string // in words, where it is only read; "" while there is none
	Note           string
	ReadOnly       string // why it cannot be filled in
	Conflict       string
	By             Owner // who filled in the one that counts so far; zero for nobody
	At             Time
	Record         string // its event in the log; "" for none
	Errors         []FieldError
}

// SheetRow is one identifier.
type SheetRow struct {
	What, Label      string // "birth_date", "Date of birth"
	Hint             string // masked: why
	Applicant, Entry string
	Answers          []Option
	Answer           string // in words, where it is only read
}

// Error is what is wrong with a field.
func (p *WorksheetPage) Error(field string) string { return fieldError(p.Errors, field) }

// SheetLine is what became of the worksheet that a finding needs.
type SheetLine struct {
	ID      string // of the line on the page
	Href    string
	Words   string // "Another person"; "" while there is none
	Tone    string // ok, warn or bad
	Barred  bool   // an approval needs it, or another conclusion
	Entry   string // list and entry
	By      Owner
	At      Time
	MayFill bool
}

// FilesCard are the files that officers added to the case.
type FilesCard struct {
	Shown   bool // there are some, or somebody may add one
	Files   []FileLine
	MayAdd  bool
	Voids   string // what a new file does to a proposal; "" for nothing
	Error   string
	Accepts string // what may be chosen
}

// FileLine is one of them.
type FileLine struct {
	Href, Name string
	Kind, Size string // "PDF", "120 kB"
	Picture    bool
	By         Owner
	At         Time
}

// NotePiece is a piece of a note: plain, or the name of somebody of the team.
type NotePiece struct{ Text, Person string }

// MentionsPage are the notes that name whoever looks.
type MentionsPage struct {
	Page
	Unseen, Seen []MentionRow
	More         string
}

// MentionRow is one of them.
type MentionRow struct {
	Href          string
	Name, ShortID string
	Provider      string
	By            Owner
	At            Time
}

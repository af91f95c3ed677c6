package views

// Linked are the cases that belong beside one.
type Linked struct {
	Shown    bool // the page shows them: not where it shows another time
	Attempts LinkedList
	Alike    LinkedList
}

// LinkedList is one kind of them.
type LinkedList struct {
	Title string
	Cases []LinkedCase
	More  string // "and 13 more", or ""
}

// LinkedCase is one of them.
type LinkedCase struct {
	Href, CompareHref string
	Name              string // visible marks in
	Erased            bool   // the person was: there is no name, and nothing to compare
	ShortID           string
	Provider          string
	Badge             Badge
	When              Time
	Traits            []string // "Same document number"
	Other             bool     // at the other provider
}

// BesidePage is two cases side by side.
type BesidePage struct {
	Page
	Left, Right BesideCase
	Rows        []BesideRow
	Traits      []string // what the two have in common
	Codes       []BesideCode
}

// BesideCase is the head of one of the two.
type BesideCase struct {
	Href, Name, NameWarning string
	ShortID, Provider       string
	Badge                   Badge
	Facts                   []Fact
	Pictures                []Picture
	Outcome                 string // "Approved by Ana Quiroga"; "" while open
	Erased                  bool   // the person was: nothing of them is left to compare
	When                    Time
}

// BesideRow is one field of both, as typed and as read.
type BesideRow struct {
	Label       string
	Left, Right Cell
	Verdict     string // "same", "differs" or ""
}

// BesideCode is a failure code and which of the two it was found in.
type BesideCode struct {
	Chip        Chip
	Left, Right string // "Found", "Upheld", "" for not found
}

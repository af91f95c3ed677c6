package views

// ConsistencyPage shows that the log between two of its heads was only added to.
type ConsistencyPage struct {
	Page
	From, To     string // how many events each head covers, as typed
	Errors       []FieldError
	Sentence     string // what is proven; "" while there is nothing
	Broken       string // the proof does not hold; ""
	Older, Newer string // the signed heads
	Hashes       []string
	FileHref     string
	Keys         []string // the log's public keys, oldest first
}

// LooksPage tells a person when their data was looked at, and for what.
type LooksPage struct {
	Page
	Name     string // the person's; "" without one
	Made     Time
	Sum      string
	Rows     []LookRow
	CaseHref string
	CSVHref  string
}

// LookRow is one look at a person's data.
type LookRow struct {
	At            Time
	UTC           string
	What, Purpose string
	Case          string // short id; ""
}

// ProofBox offers an event's proof.
type ProofBox struct {
	Href string
	Name string // of the file
	Keys []string
}

package views

// RetentionPage says how long data are kept, whose time has come, and who is held.
type RetentionPage struct {
	Page
	Version   int64 // of the policy, for the form
	Numbers   []NumberField
	Itself    bool   // the desk erases by itself
	Effect    string // what that means now
	Errors    []FieldError
	Notices   []Flash // what the desk is busy with
	Case      string  // the case by which a person is looked for, as typed
	CaseError string
	Due       KeptList
	Held      KeptList
	Erased    []ErasedRow // the newest
	LogHref   string      // all of them; "" for none
}

// KeptList is one page of a list of persons.
type KeptList struct {
	Count         string // of all of them, in words; "" where they are not counted
	People        []KeptPerson
	Newest, Older string // addresses; "" for none
}

// KeptPerson is somebody as far as it takes to say how long they are kept: by their
// cases, without a name.
type KeptPerson struct {
	Label  string // "Person 12"
	Href   string // their page
	Cases  []KeptCase
	Lead   string // "Kept until"
	Until  Time   // no text: one of the cases has not ended
	Why    string // "five years after the last case ended"
	Hold   *HoldWords
	Erased *ErasedWords
}

// KeptCase is one of the cases of a person.
type KeptCase struct {
	ShortID, Provider string
	LogHref           string // what the log says of it; "" for nothing
	Badge             Badge
	Ended, Until      Time // no text: it has not ended
	Why               string
}

// HoldWords say who put a legal hold on a person.
type HoldWords struct {
	By     Owner
	At     Time
	Reason string // "" where it is not shown
	Href   string // its event; ""
}

// ErasedWords say who erased a person, and why: "because …" goes on with Why.
type ErasedWords struct {
	By   string
	At   Time
	Why  string
	Href string // its event; "" where it may not be read
}

// ErasedRow is one case of somebody who was erased.
type ErasedRow struct {
	At      Time
	Who     Owner
	ShortID string
	Why     string
	Href    string
}

// KeptPage is one person: their cases, and what can be done about their data.
type KeptPage struct {
	Page
	KeptPerson
	ID      string   // of a case of theirs, for the forms
	Says    string   // whether they can be erased, and if not why
	Grounds []Option // on which they can be erased now; nil: on none
	Erase   KeptForm
	HoldOn  *KeptForm // to put a hold on; nil: it cannot be
	Lift    *KeptForm
}

// KeptForm is a form with a reason, as it was typed.
type KeptForm struct {
	Reason string
	Errors []FieldError
}

// SurePage asks once more before something is gone for good.
type SurePage struct {
	Page
	Heading  string
	Text     string
	Facts    []Fact
	Gone     []string
	Stays    []string
	Action   string // where the form goes
	Hidden   []Hidden
	Button   string
	BackHref string
	Back     string
}

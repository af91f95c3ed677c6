package views

// BulkPage says what an act would do, or has done, to each of several cases.
type BulkPage struct {
	Page
	Act     string // assign, snooze, ask_again, reject
	Verb    string // what the button says
	Done    bool
	Rows    []BulkRow
	Can     int // how many of them it would be done to, or was
	Back    string
	Keep    []Hidden
	People  []Option // assign
	Until   string   // snooze, as a datetime-local field holds it
	Zone    string
	Reason  string
	Grounds []Option // reject
	Note    string
	Errors  []FieldError
}

// BulkRow is one of the cases.
type BulkRow struct {
	Value         string // names the case and the version shown
	Href, ShortID string
	Name          string
	Badge         Badge
	Chips         []Chip
	Happens       string
	Tone          string // ok, warn or bad
}

// ViewsPage is the lists that somebody keeps.
type ViewsPage struct {
	Page
	Views []ViewRow
}

// ViewRow is one of them.
type ViewRow struct {
	ID, Name, Href string
	Filters        string // in words
	Owner          string // "" for one's own
	Shared         bool
	Count          string
}

// SaveView is the form that keeps the list as it is.
type SaveView struct {
	Query string // "" offers nothing to keep
}

func bulkDone(p BulkPage) string {
	done := itoa(p.Can) + when(p.Can == 1, " case was changed", " cases were changed")
	if rest := len(p.Rows) - p.Can; rest > 0 {
		done += "; " + itoa(rest) + when(rest == 1, " was not, for the reason beside it", " were not, for the reasons beside them")
	}
	return done + "."
}

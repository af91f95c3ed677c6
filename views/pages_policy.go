package views

import "strings"

// PolicyPage is the team's policy as a form, and its versions.
type PolicyPage struct {
	Page
	Version  int64
	Numbers  []NumberField
	Blind    bool
	Grounds  []GroundRow // the last ones empty, to add
	Codes    []CodeRow   // likewise
	Errors   []FieldError
	Versions []PolicyVersion // newest first
	Old      bool            // an older version, to read
}

// NumberField is a whole number of the policy.
type NumberField struct {
	Name, Label, Unit, Hint, Value string
	Min, Max                       int
}

// GroundRow is one ground in the form.
type GroundRow struct {
	N          string // names the row's fields apart
	Key, Words string
	Actions    []Option
}

// CodeRow is one code that the team sees otherwise than the catalogue.
type CodeRow struct {
	N          string
	Codes      []Option
	Severities []Option
	Rules      []Option
}

// PolicyVersion is one version of the policy.
type PolicyVersion struct {
	Version string
	Href    string
	By      string
	At      Time
	Event   string // the address of its event
	Now     bool   // holds at present
	Shown   bool
}

// InterestsPage is the list of people whose cases somebody must not get.
type InterestsPage struct {
	Page
	Interests []InterestRow
	Words     string
	Errors    []FieldError
}

// InterestRow is one of them.
type InterestRow struct {
	ID    string
	Words string
	At    Time
}

// codeErrors are the mistakes about single codes.
func codeErrors(all []FieldError) []FieldError {
	var out []FieldError
	for _, e := range all {
		if strings.HasPrefix(e.Field, "code.") {
			out = append(out, e)
		}
	}
	return out
}

package review

import "fmt"

// Vocabulary is one provider's language: its JSON, its states, its reasons. Each
// implementation is a folder of its own, and its words are used nowhere else.
type Vocabulary interface {
	Provider() Provider
	// Parse reads one of the provider's own JSON objects. The error names the
	// field at fault and never quotes personal data.
	Parse(object []byte) (Verification, []Picture, error)
	// Object writes the verification back as the provider's own JSON: the object
	// that came in, with what the desk has decided since.
	Object(v Verification) ([]byte, error)
	// State is the verification's state in the provider's words, as its API would
	// show it now.
	State(v Verification) WireState
	// ReviewState is the provider's word for "waits for an officer".
	ReviewState() string
	// Reasons lists the reject reasons an officer may give, default first; nil
	// where the provider has none.
	Reasons() []string
	// Compose makes the provider's own JSON object out of a plain row, with our
	// extension for what the provider has no member for. Parse reads it like any
	// other: there is one road in.
	Compose(row Row) ([]byte, error)
	Platform
}

// Vocabularies holds the providers a desk serves.
type Vocabularies []Vocabulary

// Of finds a provider's vocabulary.
func (vs Vocabularies) Of(p Provider) (Vocabulary, error) {
	for _, v := range vs {
		if v.Provider() == p {
			return v, nil
		}
	}
	return nil, fmt.Errorf("unknown provider %q", p)
}

package review

// Span is a run of text in which every character shares a trait: it differs from
// another source's text, or it is a mark that stands for an invisible character.
type Span struct {
	Text    string
	Differs bool
	Mark    bool // "[U+202E]" in place of a character that must not be shown raw
}

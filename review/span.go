package review

// Span is a run of text in which every character shares a trait: it differs from
// another source's text, it is a mark that stands for an invisible character, or it is
// written in another script than the rest of its word.
type Span struct {
	Text    string
	Differs bool
	Mark    bool   // "[U+202E]" in place of a character that must not be shown raw
	Script  string // of letters that can pass for those around them, such as "Cyrillic"; "" for all others
}

package views

// DocsPage is the APIs' description, to read and to try.
type DocsPage struct {
	Page
	Heading, Summary string
	About            []Paragraph
	Script           string // address of the part that tries things; "" for none
	Groups           []DocsGroup
	Schemas          []DocsSchema
}

// Paragraph is a text in pieces, of which some are code.
type Paragraph []Piece

// Piece is a stretch of a paragraph.
type Piece struct {
	Text string
	Code bool
}

// DocsGroup is a chapter: the operations of one tag.
type DocsGroup struct {
	ID, Name   string
	About      []Paragraph
	Operations []DocsOperation
}

// DocsOperation is one operation, or one webhook that the desk sends.
type DocsOperation struct {
	ID, Method, Path, Summary string
	Deprecated, Webhook       bool
	About                     []Paragraph
	Access                    string // what a caller must show; "" for nothing
	Fields                    []DocsField
	Body                      *DocsBody
	Answers                   []DocsAnswer
	Try                       *DocsTry
}

// DocsField is a parameter of an operation or a member of a schema. Type is in words;
// Schema leads to the schema it has, if that has a name.
type DocsField struct {
	Name, Where, Type string
	Schema            Link
	Required          bool
	About             []Paragraph
	Words             []DocsWord
}

// DocsWord is one of the values that a text can have.
type DocsWord struct{ Word, Meaning string }

// DocsBody is what is sent.
type DocsBody struct {
	Media    string
	Required bool
	Schema   Link
	Examples []DocsExample
}

// DocsExample is JSON, indented.
type DocsExample struct{ Summary, Text string }

// DocsAnswer is what comes back for one status.
type DocsAnswer struct {
	Status, Tone string
	About        []Paragraph
	Schema       Link
	Headers      []DocsField
	Examples     []DocsExample
}

// DocsTry is the form by which an operation is tried: a field for each parameter.
type DocsTry struct {
	Token  string // which token it needs: "cybrid", "coinify" or ""
	Fields []DocsInput
	Body   string // the first example; "" where nothing is sent
	Media  string
}

// DocsInput is one field of it.
type DocsInput struct {
	ID, Name, In, Value string
	Required            bool
	Options             []string // where only these make sense
}

// DocsSchema is a schema that has a name.
type DocsSchema struct {
	ID, Name, Type string
	About          []Paragraph
	Parts          []DocsPart
	Words          []DocsWord
}

// DocsPart are an object's members, or those of one of the objects it can be.
type DocsPart struct {
	Name   string
	Fields []DocsField
}

// ApplicantPage is what the person sees who is verified. Back is where they came
// from, "" while it is not time to go there; Host is its name.
type ApplicantPage struct {
	Page
	Back, Host string
}

package views

// ClientsPage lists the programs that may speak to the APIs.
type ClientsPage struct {
	Page
	Clients []ClientRow
	Form    ClientForm
	Secret  *SecretCard // of the client just added
}

// ClientRow is one program.
type ClientRow struct {
	ID, Name, Provider string
	Scopes             []string // Cybrid's, without the word that all begin with
	Trader, Email      string   // Coinify's
	Tokens             int      // access tokens alive
	Added, Revoked     Time
}

// ClientForm is a program to be added, as it was typed.
type ClientForm struct {
	Submission string // one-time id of the form
	Providers  []Option
	Name       string
	Scopes     []ScopeOption
	Email      string
	Errors     []FieldError
}

// ScopeOption is a scope, and in words what it allows.
type ScopeOption struct {
	Option
	Words string
}

// SecretCard shows what is shown once, right after it was made.
type SecretCard struct {
	Title, Text string
	Lines       []SecretLine
}

// SecretLine is one text of it to be copied.
type SecretLine struct{ ID, Label, Value string }

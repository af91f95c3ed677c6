package views

// WebhooksPage lists the places that are told of decisions.
type WebhooksPage struct {
	Page
	Endpoints []EndpointRow
	Form      EndpointForm
	Secret    *SecretCard // of the endpoint just added
}

// EndpointRow is one place that is told.
type EndpointRow struct {
	ID, URL, Provider string
	Private           bool // it may be at a private address
	State             EndpointState
	Waiting           string
	Last              DeliveryRow // no event: nothing was to be told yet
}

// EndpointState is how deliveries to an endpoint go.
type EndpointState struct {
	Badge Badge // in words
	Since Time
}

// EndpointForm is an endpoint to be added, as it was typed.
type EndpointForm struct {
	Providers []Option
	URL       string
	Private   bool
	Errors    []FieldError
}

// EndpointPage is one place that is told, with the log of its deliveries.
type EndpointPage struct {
	Page
	EndpointRow
	Host      string
	Added     Time
	Paused    bool
	Removed   bool
	Notice    Flash // what holds deliveries back; no text for nothing
	Secret    *SecretCard
	Secrets   []SecretRow
	Newest    string // id of the newest secret, for the form that adds another
	Errors    []FieldError
	Log       []DeliveryRow
	NewestLog string // the log's first page; "" on it
	OlderLog  string // "" on the last page
}

// SecretRow is one secret that deliveries are or were signed with.
type SecretRow struct {
	ID             string
	Added, Retired Time
	Signs          string // what its signature is for; "" once it is retired
	Retirable      bool
}

// DeliveryRow is one notice on its way to an endpoint.
type DeliveryRow struct {
	ID, Event, GUID  string
	CaseID, CaseHref string // no id: a test
	State            Badge
	At               Time // of the last attempt; of the event where there was none
	Attempts         string
	Answer           string // the last attempt's, in words
	Next             string // the next attempt, in words; "" for none
	Again            string // what the button says; "" for none
}

package views

func fullClients(page Page) ClientsPage {
	seen := at("2026-11-22T10:38:51+01:00", "Today 10:38", "2026-11-22 09:38:51")
	return ClientsPage{
		Page: page, Secret: sampleSecret(),
		Clients: []ClientRow{
			{ID: "5ac14169847b8428a408c806167d4d97", Name: "Payout platform", Provider: "Cybrid", Scopes: []string{"read", "pii:read", "execute"}, Tokens: 2, Added: seen},
			{ID: "04e50e6a8c014649a314b73280ba4a0b", Name: "Trader one", Provider: "Coinify", Trader: "420001", Email: "one@trader.example", Added: seen},
			{ID: "6308fcfce2fd4e9bb565b5e57b8f4162", Name: "Old importer", Provider: "Cybrid", Scopes: []string{"read"}, Added: seen, Revoked: seen},
		},
		Form: ClientForm{Submission: "s", Name: "X", Email: "x@", Providers: sampleAPIs(),
			Scopes: []ScopeOption{{Option{"identity_verifications:read", "identity_verifications:read", true}, "reads verifications"}},
			Errors: []FieldError{{"provider", "provider", "Choose one."}, {"name", "name", "Say its name."}, {"scope", "scope", "Choose a scope."}, {"email", "email", "Write a whole address."}, {"password", "password", "Too short."}}},
	}
}

func sampleAPIs() []Option {
	return []Option{{"cybrid", "Cybrid", true}, {"coinify", "Coinify", false}}
}

func fullWebhooks(page Page) WebhooksPage {
	seen := at("2026-11-22T10:38:51+01:00", "Today 10:38", "2026-11-22 09:38:51")
	return WebhooksPage{
		Page: page, Secret: sampleSecret(),
		Endpoints: []EndpointRow{
			{ID: "a", URL: "https://hooks.example/kyc", Provider: "Cybrid", State: sampleFailing, Waiting: "2", Last: DeliveryRow{Event: "identity_verification.completed", State: Badge{"wait", "Waiting"}, At: seen}},
			{ID: "b", URL: "http://10.2.3.4/in", Provider: "Coinify", Private: true, State: EndpointState{Badge: Badge{"passed", "Working"}}, Waiting: "0"},
		},
		Form: EndpointForm{Providers: sampleAPIs(), URL: "http://", Private: true, Errors: []FieldError{{"provider", "provider", "Choose one."}, {"url", "url", "Use https."}}},
	}
}

func fullEndpoint(page Page) EndpointPage {
	row := fullWebhooks(page).Endpoints[0]
	return EndpointPage{
		Page: page, EndpointRow: row, Host: "hooks.example", Added: row.Last.At, Paused: true, Notice: Flash{"warn", "Paused."}, Secret: sampleSecret(),
		Secrets: []SecretRow{{ID: "1", Added: row.Last.At, Retired: row.Last.At}, {ID: "2", Added: row.Last.At, Signs: "Cybrid's header", Retirable: true}, {ID: "3", Added: row.Last.At, Signs: "The desk's own header"}},
		Newest:  "3", Errors: []FieldError{{"secret", "secret", "Retire one first."}},
		Log: []DeliveryRow{
			{ID: "9", Event: "identity_verification.completed", GUID: "dfb9ad56f6e145f584af745bc6e4f2de", CaseID: "IV-C0FF-EE00", CaseHref: "/audit?case=x", State: Badge{"wait", "Waiting"}, At: row.Last.At, Attempts: "1", Answer: "It answers 503", Next: "In 2 seconds", Again: "Try now"},
			{ID: "8", Event: "identity_verification.storing", GUID: "2b7141a80720432ba12e9c125efb5b8f", State: Badge{"passed", "Delivered"}, At: row.Last.At, Attempts: "1", Answer: "Taken (204)", Again: "Send again"},
		},
		NewestLog: "/admin/webhooks/a", OlderLog: "/admin/webhooks/a?before=8",
	}
}

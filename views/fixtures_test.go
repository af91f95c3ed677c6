package views

func fullPage(title string) Page {
	return Page{
		Title: title, Workspace: "Demo workspace",
		Assets: Assets{CSS: "/static/desk.css", JS: "/static/desk.js", Icons: "/static/icons.svg", Icon: "/static/icon.svg", Font: "/static/fonts/inter-latin-wght-normal.woff2"},
		Me:     &Me{Name: "Ana Quiroga", Initials: "AQ", RoleWords: "Senior reviewer", SeesCases: true, Decides: true},
		Nav: []NavItem{
			{Label: "Queue", Href: "/queue", Icon: "inbox", Count: "42", Current: true, Key: "g q"},
			{Label: "My cases", Href: "/queue?owner=me", Icon: "user", Count: "3", Key: "g m"},
			{Label: "Second review", Href: "/queue?status=second", Icon: "shield", Count: "2", Hot: true},
			{Label: "Decided", Href: "/queue?status=decided", Icon: "done"},
			{Label: "Audit log", Href: "/audit", Icon: "log", Key: "g a"},
			{Label: "Administration", Href: "/admin", Icon: "gear"},
		},
		Saved: []NavItem{
			{Label: "Critical findings", Href: "/queue?severity=critical", Icon: "crit", Count: "4"},
			{Label: "Over target", Href: "/queue?over=1", Icon: "bad", Count: "3", Hot: true},
			{Label: "Document quality", Href: "/queue?code=q", Icon: "warn", Count: "17"},
			{Label: "Bank link (Plaid)", Href: "/queue?code=p", Icon: "info", Count: "6"},
		},
		Commands: []NavItem{{Label: "Release this case", Href: "#decision", Icon: "hand", Key: "c"}},
		Return:   "/queue", Request: "req_01KAM4T9",
	}
}

func fullEvent(page Page) AuditEventPage {
	row := sampleAudit().Rows[1]
	return AuditEventPage{
		Page: page, Row: row, Sentence: "Jonas Lind rejected IA-0CF1-2301",
		Diff:        []DiffLine{{"", "state: rejected"}, {"-", "rejectReason: MANUAL_REVIEW"}, {"+", "rejectReason: DENIED"}, {"-", "version: 3"}, {"+", "version: 4"}},
		Grounds:     []string{"Document altered", "Selfie is another person"},
		Resolutions: []Fact{{"DENIED_FAILED_IDENTITY_VERIFICATION", "Upheld"}, {"DENIED_MISSING_DATE_OF_BIRTH", "Not applicable"}},
		Facts:       []Fact{{"Provider", "Coinify"}, {"Attempt", "2 of 3"}},
		Note:        "Portrait on the card was replaced: print edge visible at 300 %, face match 0.31 against the selfie.",
		Record:      []Fact{{"UTC", "2026-11-22 09:38:51.204"}, {"From", "10.4.2.17"}, {"Session", "8d…c1"}, {"Hash", "5d0261be77a1c3d94e2288f4e17fa5d0261be77a1c3d94e2288f4e17fa8f4e1"}, {"Leaf", "18 229"}, {"Request", "req_01KAM4T9"}},
		Commitments: []Fact{{"note", "hmac-sha256:77a1c3d94e2288f4e17fa5d0261be77a1c3d94e2288f4e17fa"}, {"subject.name", "hmac-sha256:e2288f4e17fa5d0261be77a1c3d94e2288f4e17fa77a1"}},
		Raw:         `{"action":"reject","actor":"jonas","at":"2026-11-22T09:38:51.204Z","case":"0cf12301","version":4}`,
		Prev:        "/audit/18229", Next: "/audit/18231",
	}
}

func fullPeople(page Page) PeoplePage {
	roles := []Option{{"reviewer", "Reviewer", true}, {"senior", "Senior reviewer", false}, {"auditor", "Auditor", false}, {"admin", "Admin", false}}
	seen := at("2026-11-22T10:38:51+01:00", "Today 10:38", "2026-11-22 09:38:51")
	return PeoplePage{
		Page: page, Roles: roles, Name: "Nils", Email: "nils@", LinkFor: "Hanna Kovács", LinkURL: "https://desk.example.com/once/4f18ac60d97c3381",
		Errors: []FieldError{{"email", "email", "Write a whole email address."}},
		People: []PersonRow{
			{ID: "1", Name: "Sam Okoro", Email: "sam@example.com", Initials: "SO", Role: "admin", RoleWords: "Admin", Roles: roles, LastSeen: seen, Sessions: 2, Self: true},
			{ID: "2", Name: "Ana Quiroga", Email: "ana.quiroga.de.la.vega@example.com", Initials: "AQ", Tone: "b", Role: "senior", RoleWords: "Senior reviewer", Roles: roles, LastSeen: seen, Sessions: 1},
			{ID: "3", Name: "Hanna Kovács", Email: "hanna@example.com", Initials: "HK", Tone: "c", Role: "reviewer", RoleWords: "Reviewer", Roles: roles, Waiting: true},
			{ID: "4", Name: "Old Hand", Email: "old@example.com", Initials: "OH", Tone: "d", Role: "reviewer", RoleWords: "Reviewer", Roles: roles, Disabled: true, LastSeen: seen},
		},
	}
}

func fullAdmin(page Page) AdminPage {
	return AdminPage{
		Page: page, Pills: sampleQueue().Pills,
		Cards: []AdminCard{
			{Title: "People", Text: "Who has an account, and in which role.", Href: "/admin/people", Label: "4 people", Icon: "users"},
			{Title: "API clients", Text: "Programs that send verifications in and read them back.", Href: "/admin/clients", Label: "Open", Icon: "key"},
			{Title: "Webhooks", Text: "Where decisions are sent.", Href: "/admin/webhooks", Label: "Open", Icon: "send"},
			{Title: "Policy", Text: "Target time, severities, and who must agree.", Href: "/admin/policy", Label: "Open", Icon: "policy"},
			{Title: "Retention", Text: "When pictures and personal data are removed.", Icon: "trash"},
		},
	}
}

package views

import "reviewdesk/review"

// ComponentsPage is the design sheet: every part of the desk in every state it
// knows, on one page, for eyes and for tests.
type ComponentsPage struct {
	Page
	Queue  QueuePage
	Case   CasePage
	Audit  AuditPage
	Tokens []string // names of the colour tokens
}

// SampleComponents is the design sheet's content. The caller sets Page.
func SampleComponents() ComponentsPage {
	return ComponentsPage{
		Queue:  sampleQueue(),
		Case:   sampleCase(),
		Audit:  sampleAudit(),
		Tokens: []string{"canvas", "surface", "sunken", "raised", "hover", "selected", "line", "line-2", "control", "ink", "ink-2", "ink-3", "accent", "accent-solid", "accent-soft", "focus", "ok", "ok-solid", "ok-soft", "bad", "bad-solid", "bad-soft", "warn", "warn-soft", "info", "info-soft", "crit", "crit-soft", "mute-soft"},
	}
}

func critical(code string) Chip { return Chip{"crit", "Critical severity", code} }
func high(code string) Chip     { return Chip{"high", "High severity", code} }
func medium(code string) Chip   { return Chip{"med", "Medium severity", code} }
func low(code string) Chip      { return Chip{"low", "Low severity", code} }

var (
	ana      = Owner{Initials: "AQ", Name: "Ana Quiroga", Tone: "", Role: "senior"}
	jonas    = Owner{Initials: "JL", Name: "Jonas Lind", Tone: "b", Role: "reviewer"}
	mei      = Owner{Initials: "MT", Name: "Mei Tan", Tone: "c", Role: "senior"}
	system   = Owner{Initials: "SY", Name: "System", Tone: "d", Role: "import"}
	platform = Owner{Icon: "bolt", Name: "Payout platform", Tone: "d", Role: "program"}
	inReview = Badge{"review", "reviewing"}
	manual   = Badge{"manual", "MANUAL_REVIEW"}
)

func at(iso, text, utc string) Time { return Time{ISO: iso, Text: text, Title: utc + " UTC"} }

func sampleQueue() QueuePage {
	row := func(name, id, doc string, b Badge, wait, level, word string, step, shown int, o Owner, chips ...Chip) QueueRow {
		return QueueRow{
			ID: id, Href: "/verifications/" + id, Name: name, ShortID: id, Badge: b, Chips: chips, Shown: shown,
			Document: doc, Waiting: wait, WaitLevel: level, WaitWord: word, WaitStep: step, Owner: o, You: o == ana,
		}
	}
	free := Owner{}
	q := QueuePage{
		Heading: "Queue",
		KPIs: []KPI{
			{Label: "Waiting for review", Value: "42", Note: "6 claimed", Points: []int{15, 30, 24, 48, 38, 70, 55, 78, 60, 90, 80, 98}},
			{Label: "Over the 24 h target", Value: "3", Note: "oldest 2d 4h", Alert: true},
			{Label: "Decided today", Value: "61", Note: "54 approved", Points: []int{30, 42, 26, 54, 66, 50, 74, 62, 82, 70, 95}, Bars: true},
			{Label: "Median time to decide", Value: "3m 12s", Note: "28 s faster than last week"},
		},
		Segments: []Link{{"All", "/queue", "42", true}, {"reviewing", "/queue?provider=cybrid", "31", false}, {"MANUAL_REVIEW", "/queue?provider=coinify", "11", false}},
		Pills: []FilterPill{
			{Name: "severity", Label: "Severity", Value: "Low and up", Clear: "/queue", Kind: "select", Options: []Option{{"", "Any", false}, {"low", "Low and up", true}, {"high", "High and up", false}}},
			{Name: "code", Label: "Failure code", Kind: "select", Options: []Option{{"", "Any", true}, {"selfie_failure", "selfie_failure", false}}},
			{Name: "country", Label: "Country", Kind: "select", Options: []Option{{"", "Any", true}, {"ES", "Spain", false}}},
			{Name: "owner", Label: "Owner", Kind: "select", Options: []Option{{"", "Anyone", true}, {"me", "Me", false}, {"none", "Nobody", false}}},
		},
		Sort:    []Link{{"Most urgent", "/queue", "", true}, {"Oldest first", "/queue?sort=oldest", "", false}, {"Newest first", "/queue?sort=newest", "", false}},
		SortDir: "descending",
		Rows: []QueueRow{
			row("Lucía Fernández Quispe", "IV-7F3A-0418", "ES · Identity card", inReview, "2d 4h", "red", "over target", 20, 1, ana, critical("duplicate_person_check_failure"), high("id_mrz_check_failure"), high("id_expiration_check_failure"), medium("address_check_failure")),
			row("Kwame Mensah-Boateng", "IV-7F2C-9921", "GH · Passport", inReview, "1d 22h", "red", "over target", 20, 1, free, critical("prohibited_person_check_failure")),
			row("Tomasz Wójcik", "IA-0CF1-2488", "PL · Driving licence", manual, "1d 19h", "red", "over target", 20, 1, jonas, high("DENIED_FAILED_IDENTITY_VERIFICATION"), medium("DENIED_MISSING_DATE_OF_BIRTH")),
			row("Priya Raghunathan", "IV-7F40-1163", "IN · Passport", inReview, "22h 10m", "amber", "close to target", 18, 2, free, high("selfie_failure"), medium("name_check_failure")),
			row("Noor El-Sayed", "IV-7F40-5520", "EG · Identity card", inReview, "20h 40m", "amber", "close to target", 17, 1, free, high("id_digital_replica_check_failure"), medium("id_quality_check_failure"), low("email_address_check_failure")),
			row("Mateus Carvalho Lima", "IA-1D77-90B3", "BR · Identity card", manual, "18h 12m", "", "", 15, 1, free, medium("ERROR_NOT_READABLE_ID.CAMERA_BLACK_WHITE")),
			row("Aoife Ní Bhriain", "IV-7F41-0087", "IE · Passport card", inReview, "15h 30m", "", "", 13, 1, mei, medium("address_check_failure"), low("phone_number_check_failure")),
			row("Yuki Takahashi", "IV-7F41-3309", "JP · Residence card", inReview, "12h 05m", "", "", 10, 1, free, medium("dob_check_failure")),
			row("Đặng Thị Hương", "IA-2E09-55AC", "VN · Passport", manual, "9h 51m", "", "", 8, 1, free, medium("ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT_DATA")),
			row("Sofia Papadopoulou", "IV-7F42-7741", "GR · Identity card", inReview, "7h 18m", "", "", 6, 1, free, high("id_expiration_check_failure"), low("plaid_failure")),
			row("", "IV-7F42-8016", "NG · Passport", inReview, "4h 02m", "", "", 3, 1, free, low("plaid_item_login_required")),
			row("Jonаs Lindqvist", "IV-7F42-9904", "SE · Driving licence", inReview, "1h 26m", "", "", 1, 1, free, medium("id_barcode_check_failure"), medium("name_check_failure"), low("decision_timeout")),
		},
		Pager:      Pager{Range: "1 to 12 of 42", Next: "/queue?after=x"},
		Filters:    1,
		ClearHref:  "/queue",
		ExportHref: "/export/verifications.csv",
		NextAction: "/queue/next",
		NextKeep:   []Hidden{{"severity", "low"}},
	}
	q.Rows[11].NameWarning = "mixed scripts"
	for i := range q.Rows {
		q.Rows[i].Outcome = Badge{"passed", "completed · passed"}
		q.Rows[i].DecidedBy = jonas
		q.Rows[i].When = at("2026-11-22T10:38:51+01:00", "Today 10:38", "2026-11-22 09:38:51")
	}
	q.Rows[2].Outcome = Badge{"failed", "rejected"}
	return q
}

func sampleActs() Acts {
	why := func(act, key, icon, title, button string) ActForm {
		return ActForm{Act: act, Key: key, Icon: icon, Title: title, Button: button, Label: "Reason", Name: "reason"}
	}
	wrong := why("escalate", "e", "flag", "Escalate", "Hand to the seniors")
	wrong.Open, wrong.Reason, wrong.Errors = true, "Odd", []FieldError{{"reason", "", "7 more characters needed. Say what you saw."}}
	ask := ActForm{Act: "ask-again", Key: "q", Icon: "send", Title: "Ask the applicant again", Hint: "The case waits until a newer copy comes.", Button: "Ask and wait",
		Text: "Please send the following once more:", Fresh: true, Choices: []Option{{"address_check_failure", "Address does not agree", true}}}
	aside := why("snooze", "w", "clock", "Set aside", "Set aside")
	aside.Choices, aside.Zone = []Option{{"tomorrow", "Tomorrow, Mon 23 Nov 09:00", true}, {"week", "In a week, Sun 29 Nov 10:38", false}}, "CET"
	give := ActForm{Act: "assign", Key: "m", Icon: "user", Title: "Give to somebody", Button: "Give the case", Choices: []Option{{"jonas", "Jonas Lind, reviewer", false}}}
	leave := ActForm{Act: "recuse", Key: "o", Icon: "ban", Title: "Step back", Hint: "For a conflict of interest of your own.", Button: "Step back for good", Danger: true, AtOnce: "o"}
	return Acts{Forms: []ActForm{wrong, ask, aside, why("skip", "p", "arrow", "Skip", "Skip the case"), give, leave}, Wish: true, Seniors: true,
		Told: []Banner{{Tone: "crit", Icon: "flag", Lead: "Jonas Lind handed this case to the seniors.", Note: "The name stands on a list I do not know."}}}
}

func sampleCase() CasePage {
	text := func(s string) Cell { return Cell{Spans: []review.Span{{Text: s}}} }
	masked := func(spans ...review.Span) Cell { return Cell{Spans: spans, Masked: true} }
	differs := func(s string) review.Span { return review.Span{Text: s, Differs: true} }
	words := []Option{{"cleared", "Cleared", false}, {"upheld", "Upheld", false}, {"not_applicable", "Not applicable", false}}
	upheld := []Option{{"cleared", "Cleared", false}, {"upheld", "Upheld", true}, {"not_applicable", "Not applicable", false}}
	return CasePage{
		ID: "7f3a0418-0000-7000-8000-000000000418", ShortID: "IV-7F3A-0418", Version: 3,
		Name: "Lucía Fernández Quispe", Badge: inReview, Provider: "Cybrid",
		Facts:   []Fact{{"Identity card,", "Spain"}, {"Attempt", "2 of 3"}},
		Waiting: "2d 4h", WaitLevel: "red", WaitWord: "over target",
		Back: "/queue", Position: "1 of 42", NextHref: "/verifications/next", PrevHref: "/verifications/prev",
		Claim:       ClaimBox{State: "yours", Owner: ana, Until: at("2026-11-22T10:58:00+01:00", "10:58", "2026-11-22 09:58:00"), Left: "12:43"},
		Acts:        sampleActs(),
		Face:        &Face{Score: "0.86", Needed: "0.70", Step: 17, NeedsStep: 14, Passed: true},
		FindingsSum: "4 failed, 11 passed",
		Passed:      []string{"id_presence_check", "id_double_side_check", "id_type_allowed_check", "id_country_allowed_check", "id_quality_check", "selfie_check", "email_address_check", "phone_number_check", "country_comparison_check", "name_check", "dob_check"},
		Findings: []Finding{
			{Chip: critical("duplicate_person_check_failure"), Title: "Person already has an account", Explanation: "A customer already exists for this person. Either the same person tries again, or somebody uses their data.", Evidence: "The other account's pictures and dates; whether that account is open.", Applicant: "Nothing before the other account is understood.", Source: "duplicate_person_check", Rule: "Two persons must agree to approve.", Field: "finding.duplicate_person_check_failure", Options: upheld},
			{Chip: high("id_mrz_check_failure"), Title: "Machine-readable zone failed", Explanation: "The check digit for the document number does not agree with the machine-readable zone. A misread is common; a correct read with wrong digits points to alteration.", Evidence: "MRZ lines read by eye; check digits recomputed.", Source: "id_mrz_check", Field: "finding.id_mrz_check_failure", Options: words, Picture: "document_front", EvidenceField: "evidence.id_mrz_check_failure", Rests: "Machine-readable zone; Identity card, front", Exhibits: sampleExhibits},
			{Chip: medium("address_check_failure"), Title: "Address does not agree", Explanation: "The street matches the registry, the postal code does not.", Field: "finding.address_check_failure", Options: words, Picture: "document_back"},
			{Chip: high("brand_new_check_failure"), Title: "Unknown code", Explanation: "The provider sent a code that this desk has no explanation for.", Unknown: true, Rule: "Two persons must agree to approve.", Field: "finding.brand_new_check_failure", Options: words},
		},
		Compare: []CompareRow{
			{Label: "Full name", Typed: text("Lucía Fernández Quispe"), Read: Cell{Spans: []review.Span{{Text: "Lucía "}, differs("Mariana"), {Text: " Fernández Quispe"}}}, Registry: text("Fernández Quispe, Lucía M."), Verdict: "differs"},
			{Label: "Date of birth", Field: "dob", Typed: masked(review.Span{Text: "14 ••• 19••"}), Read: masked(review.Span{Text: "14 ••• 19••"}), Registry: masked(review.Span{Text: "14 ••• 19••"}), Verdict: "same"},
			{Label: "Document no.", Field: "document_number", Typed: masked(review.Span{Text: "••••••418"}), Read: masked(review.Span{Text: "••••••41"}, differs("8")), Registry: masked(review.Span{Text: "••••••41"}, differs("6")), Verdict: "differs"},
			{Label: "Address", Field: "address", Typed: masked(review.Span{Text: "C. ••••••• 27, 28004"}), Read: Cell{Absent: "Not on document"}, Registry: masked(review.Span{Text: "C. ••••••• 27, 280"}, differs("14")), Verdict: "differs"},
			{Label: "Alias", Typed: Cell{Spans: []review.Span{{Text: "Luc"}, {Text: "[U+202E]", Mark: true}, {Text: "ía"}}}, Read: Cell{Spans: []review.Span{{Text: "Luc"}, {Text: "\u0456", Script: "Cyrillic"}, {Text: "a"}}}, Registry: Cell{}, Verdict: "differs"},
			{Label: "Country", Typed: text("Spain"), Read: text("Spain"), Registry: text("Spain"), Verdict: "same"},
		},
		Zones: []Zone{{
			Lines:  []string{"IDESPBAA0000418<<<<<<<<<<<<<<<", "8502149F2611034ESP<<<<<<<<<<<6", "FERNANDEZ<QUISPE<<LUCIA<MARIAN"},
			Format: "TD1", Sum: "two of four check digits wrong", Bad: true,
			Rows: []ZoneRow{{Label: "Number", Value: "••••••041", Digit: "8, wrong: it should be 2", Verdict: "same"}, {Label: "Expires", Value: "••26-11-03", Digit: "4, right", Right: true, Verdict: "differs"},
				{Label: "All of it", Digit: "6, wrong: it should be 1"}},
		}},
		Linked:   sampleLinked(),
		Attached: sampleFiles(),
		Team:     []string{"@jonas", "@mei.tan"},
		Panel: Panel{
			Mode: "decide", Action: "reject", CanApprove: true,
			Approve:    []Option{{"evidence_agrees", "Evidence read by eye agrees", false}, {"false_alarm", "Finding is a false alarm", false}, {"explained", "Applicant explained the difference", false}, {"second_source", "Confirmed by a second source", false}, {"other", "Other, see note", false}},
			Reject:     []Option{{"already_customer", "Already has an account", true}, {"document_altered", "Document altered or inconsistent", true}, {"document_expired", "Document expired or not accepted", false}, {"another_person", "Selfie is another person", false}, {"other", "Other, see note", false}},
			Note:       "MRZ check digit fails and the same person holds IV-61C0-2210 since March 2025.",
			NoteNeeded: "10 characters or more", Submission: "s-1",
			Second:       "A critical finding: a second person confirms before this goes out.",
			SendsWords:   "Written to the audit log. The provider hears of it once confirmed.",
			ApproveLabel: "Approve and send to second review", RejectLabel: "Reject and send to second review",
			Proposal: nil,
		},
		History: []HistoryItem{
			{Icon: "user", Tone: "acc", Who: "You", Words: "claimed the case", At: at("2026-11-22T10:43:00+01:00", "2 min ago", "2026-11-22 09:43:00"), Href: "/audit/18232"},
			{Icon: "eye", Who: "Jonas Lind", Words: "added a note", Note: "@mei.tan knows this seal.", Pieces: []NotePiece{{"@mei.tan", "Mei Tan"}, {" knows this seal.", ""}}, At: at("2026-11-22T09:20:00+01:00", "Today 09:20", "2026-11-22 08:20:00")},
			{Icon: "eye", Who: "Jonas Lind", Words: "revealed the date of birth", Note: "Caller gave a birthday, had to compare.", At: at("2026-11-22T09:14:00+01:00", "Today 09:14", "2026-11-22 08:14:00")},
			{Icon: "alert", Tone: "bad", Words: "4 checks failed, moved to reviewing", At: at("2026-11-20T06:42:00+01:00", "20 Nov, 06:42", "2026-11-20 05:42:00")},
			{Icon: "in", Who: "The applicant", Words: "submitted attempt 2", At: at("2026-11-20T06:38:00+01:00", "20 Nov, 06:38", "2026-11-20 05:38:00")},
		},
		MayNote: true, MayReveal: true, Masked: true,
	}
}

func sampleWord() *Word {
	return &Word{
		By: jonas, At: at("2026-11-22T10:38:51+01:00", "Today 10:38", "2026-11-22 09:38:51"), Outcome: Badge{"failed", "rejected"}, Action: "reject", Words: "Reject",
		Grounds: []string{"Document altered or inconsistent", "Selfie is another person"}, Reason: "DENIED",
		Note: "Portrait on the card was replaced: print edge visible at 300 %, face match 0.31 against the selfie.", Seq: "18 230", SeqHref: "/audit/18230",
	}
}

func sampleAudit() AuditPage {
	row := func(seq, iso, clock string, who Owner, icon, tone, action, id string, from, to *Badge, change, hash string) AuditRow {
		r := AuditRow{Seq: seq, Href: "/audit/" + seq, Time: at(iso, clock, iso), Who: who, Icon: icon, Tone: tone, Action: action, CaseID: id, From: from, To: to, Change: change, Hash: hash}
		if id != "" {
			r.CaseHref = "/verifications/" + id
		}
		return r
	}
	passed, failed, pending := &Badge{"passed", "passed"}, &Badge{"failed", "rejected"}, &Badge{"wait", "pending"}
	p := AuditPage{
		Banner: Flash{"ok", "Log intact. 18 231 events checked from the first to the latest, 2 minutes ago."}, MayCheck: true,
		Pills: []FilterPill{
			{Name: "dates", Label: "Period", Value: "16 to 22 Nov 2026", Clear: "/audit", Kind: "dates", From: "2026-11-16", To: "2026-11-22"},
			{Name: "kind", Label: "Action", Value: "All but views", Clear: "/audit", Kind: "select", Options: []Option{{"", "All", false}, {"x", "All but views", true}}},
			{Name: "actor", Label: "Actor", Kind: "select", Options: []Option{{"", "Anyone", true}}},
			{Name: "case", Label: "Case", Kind: "text"},
		},
		Zones: []Link{{"Madrid", "/audit", "", true}, {"UTC", "/audit?zone=UTC", "", false}},
		Rows: []AuditRow{
			row("18 231", "2026-11-22T10:42:07+01:00", "10:42:07", ana, "check", "ok", "Approved", "IV-7F42-6610", &inReview, passed, "", "9c41…e07b"),
			row("18 230", "2026-11-22T10:38:51+01:00", "10:38:51", jonas, "x", "bad", "Rejected", "IA-0CF1-2301", &manual, failed, "", "5d02…17fa"),
			row("18 229", "2026-11-22T10:36:20+01:00", "10:36:20", jonas, "eye", "", "Revealed field", "IA-0CF1-2301", nil, nil, "Date of birth", "e8b7…40c3"),
			row("18 228", "2026-11-22T10:31:44+01:00", "10:31:44", mei, "undo", "warn", "Sent back", "IV-7F40-1163", nil, nil, "To the queue: selfie unclear", "0a6f…9d12"),
			row("18 227", "2026-11-22T10:30:02+01:00", "10:30:02", ana, "user", "acc", "Claimed", "IV-7F3A-0418", nil, nil, "For 15 minutes", "b3e9…7c58"),
			row("18 226", "2026-11-22T10:12:37+01:00", "10:12:37", system, "in", "", "Received", "IV-7F42-9904", pending, &inReview, "", "71dd…0b9e"),
			row("18 225", "2026-11-22T09:58:10+01:00", "09:58:10", Owner{Initials: "RO", Name: "Rosa Oliveira", Tone: "d", Role: "auditor"}, "down", "", "Exported CSV", "", nil, nil, "1 204 rows, 1 to 21 November, names masked", "c60b…f2a4"),
			row("18 224", "2026-11-21T17:44:29+01:00", "17:44:29", mei, "shield", "ok", "Confirmed", "IV-7F2B-4471", &inReview, failed, "", "4f18…ac60"),
			row("18 223", "2026-11-21T17:41:05+01:00", "17:41:05", ana, "key", "", "Signed in", "", nil, nil, "", "d97c…3381"),
		},
		Pager: Pager{Range: "50 shown", Next: "/audit?after=x"}, Filters: 2, ClearHref: "/audit", ExportHref: "/export/audit.csv",
	}
	p.Rows[0].Day = "Today, Sunday 22 November"
	p.Rows[7].Day = "Saturday 21 November"
	return p
}

var sampleFailing = EndpointState{Badge: Badge{"failed", "Failing"}, Since: at("2026-11-22T10:38:51+01:00", "Today 10:38", "2026-11-22 09:38:51")}

func sampleSecret() *SecretCard {
	return &SecretCard{Title: "Payout platform may speak to Cybrid's API", Text: "The secret is shown this once. Keep it where the program reads it, and nowhere else.",
		Lines: []SecretLine{{"client-id", "Client id", "0cf1230140004a7b8f2a90d1c2b3a495"}, {"client-secret", "Client secret", "a-sample-that-opens-nothing"}}}
}

// with puts a sample onto the page it is shown on.
func (p QueuePage) with(page Page) QueuePage { p.Page = page; return p }
func (p CasePage) with(page Page) CasePage   { p.Page = page; return p }
func (p AuditPage) with(page Page) AuditPage { p.Page = page; return p }

// on is the same for what takes the page of a case by its address: it is large, and was
// copied for each of a hundred parts of the page.
func (p CasePage) on(page Page) *CasePage { p.Page = page; return &p }

// wrong is the case with a form that was refused.
func (p CasePage) wrong() CasePage {
	p.Panel.Note = "See 4411"
	p.Panel.Errors = []FieldError{
		{"note", "note", "Write 2 more characters: say what you saw, not only a ticket number."},
		{"ground", "ground-reject", "Choose at least one ground."},
	}
	return p
}

func sampleThen() *Then {
	return &Then{At: at("2025-03-04T11:20:00+01:00", "4 March 2025, 11:20:00 CET", "2025-03-04 10:20:00"), Words: "when Ana Quiroga decided it (event 18 231)", NowHref: "/verifications/next"}
}

func sampleLinked() Linked {
	return Linked{
		Shown: true,
		Attempts: LinkedList{Title: "Other attempts of this person", Cases: []LinkedCase{{Href: "/verifications/prev", CompareHref: "/verifications/compare", Name: "Lucía Fernández Quispe", ShortID: "IV-61C0-2210",
			Provider: "Cybrid", Badge: Badge{"passed", "passed"}, When: at("2025-03-04T11:20:00+01:00", "4 Mar 2025", "2025-03-04 10:20:00")}}},
		Alike: LinkedList{Title: "Possibly the same person", More: "And 13 more.", Cases: []LinkedCase{{Href: "/verifications/next", CompareHref: "/verifications/compare", Name: "Lucia Fernandez", ShortID: "IA-0398-AC66",
			Provider: "Coinify", Other: true, Badge: Badge{"manual", "MANUAL_REVIEW"}, When: at("2026-11-20T06:38:00+01:00", "20 Nov, 06:38", "2026-11-20 05:38:00"), Traits: []string{"Same document number", "Same name and birth date"}}}},
	}
}

var sampleExhibits = []Option{
	{"document_front:0", "Identity card, front", true}, {"selfie:1", "Selfie", false}, {"mrz", "Machine-readable zone", true},
	{"compared:number", "Document number compared", false}, {"provider", "The provider's result alone", false},
}

func sampleKept() []KeptPerson {
	day := at("2021-05-03T08:00:00Z", "3 May 2021", "2021-05-03 08:00:00")
	until := at("2026-05-03T08:00:00Z", "3 May 2026", "2026-05-03 08:00:00")
	return []KeptPerson{
		{Label: "Person 12", Href: "/admin/retention/a", Until: until, Why: "Five years after IV-7F3A-0418 was closed", Cases: []KeptCase{
			{ShortID: "IV-61C0-2210", Provider: "Cybrid", LogHref: "/audit?case=a", Badge: Badge{"expired", "lapsed"}, Ended: day, Until: until, Why: "five years"},
			{ShortID: "IV-7F3A-0418", Provider: "Cybrid", LogHref: "/audit?case=b", Badge: Badge{"failed", "failed"}, Ended: day, Until: until, Why: "ten years, for prohibited_person_check_failure"}}},
		{Label: "Person 4 711", Href: "/admin/retention/c", Cases: []KeptCase{{ShortID: "IA-0398-AC66", Provider: "Coinify", Badge: Badge{"manual", "in review"}}},
			Hold: &HoldWords{By: ana, At: day, Reason: "A claim before a court, 12 C 99/26.", Href: "/audit/7"}},
	}
}

func sampleErasure() *ErasedWords {
	return &ErasedWords{By: "Sam Okoro", At: at("2026-11-22T09:38:10Z", "22 November 2026", "2026-11-22 09:38:10"), Why: "an authority ordered it", Href: "/audit/18231"}
}

package views

import "github.com/a-h/templ"

// addedPages are the pages of what officers add to a case.
func addedPages(page Page) map[string]templ.Component {
	then := at("2026-11-22T10:41:00+01:00", "4 min ago", "2026-11-22 09:41:00")
	answers := []Option{{"same", "Same", true}, {"different", "Different", false}, {"unknown", "Unknown", false}}
	full := WorksheetPage{
		Page: page, CaseHref: "/verifications/x", Back: "/verifications/x#sheet-a", Action: "/verifications/x/worksheet?code=watchlist_check_failure", Keep: []Hidden{{"return", "/queue"}},
		Name: "Lucía Fernández Quispe", ShortID: "IV-7F3A-0418", Provider: "Cybrid", Badge: inReview, Chip: critical("watchlist_check_failure"),
		Title: "Watchlist or sanctions hit", Explanation: "The person resembles an entry.", Evidence: "List entry and version.", List: "SDN", Entry: "4711",
		Rows:        []SheetRow{{What: "name", Label: "Name", Applicant: "Lucía", Entry: "L. Fernandez", Answers: answers, Answer: "Same"}, {What: "birth_date", Label: "Date of birth", Answers: answers, Answer: "Same"}},
		Conclusions: []Option{{"another_person", "Another person", false}, {"same_person", "The same person", true}}, Note: "Thirty years apart.",
		Conflict: "Somebody decided the case.", By: mei, At: then, Record: "/audit/12",
		Errors: []FieldError{{"list", "list", "Say which."}, {"compared", "compared", "Compare more."}, {"compared.name", "compared-name", "Choose."}, {"conclusion", "conclusion", "Choose."}, {"note", "note", "Too short."}},
	}
	read := full
	read.Action, read.Errors, read.Conclusion, read.ReadOnly = "", nil, "Another person", "The case is not open."
	row := MentionRow{Href: "/verifications/x#history", Name: "Lucía Fernández Quispe", ShortID: "IV-7F3A-0418", Provider: "Cybrid", By: mei, At: then}
	return map[string]templ.Component{
		"worksheet empty": Worksheet(WorksheetPage{}), "worksheet full": Worksheet(full), "worksheet read": Worksheet(read),
		"mentions empty": Mentions(MentionsPage{}), "mentions full": Mentions(MentionsPage{Page: page, Unseen: []MentionRow{row}, Seen: []MentionRow{row, {}}, More: "The 50 newest are listed."}),
	}
}

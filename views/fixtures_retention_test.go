package views

import "github.com/a-h/templ"

// keptFixtures are the pages about how long data are kept, and a case whose data are gone.
func keptFixtures(page Page) map[string]templ.Component {
	noisy := page
	noisy.Flash = []Flash{{"bad", "A legal hold is on this person."}}
	people, wrong := sampleKept(), []FieldError{{"ground", "ground", "Choose the ground."}, {"reason", "erase-reason", "Say in a few words why."}}
	full := RetentionPage{Page: noisy, Version: 3, Itself: true, Effect: "It is on.", Notices: []Flash{{"info", "Looking."}}, Case: "7f3a", CaseError: "No case has this id.",
		Numbers: []NumberField{{Name: "keep_years", Label: "Kept for", Unit: "years", Hint: "After the closing event.", Value: "0", Min: 1, Max: 100}},
		Errors:  []FieldError{{"keep_years", "keep_years", "Give a whole number from 1 to 100."}},
		Due:     KeptList{Count: "2", People: people, Newest: "/admin/retention#due", Older: "/admin/retention?after=o-1-2#due"},
		Held:    KeptList{Count: "1", People: people[1:], Newest: "/admin/retention#held", Older: "/admin/retention?held=7#held"},
		Erased:  []ErasedRow{{At: sampleErasure().At, Who: system, ShortID: "IV-61C0-2210", Why: "An authority ordered it", Href: "/audit/8"}}, LogHref: "/audit?kind=erased"}
	grounds := []Option{{"order", "An authority ordered it", true}}
	due := KeptPage{Page: noisy, KeptPerson: people[0], ID: "a", Says: "The period has run out.", Grounds: grounds, Erase: KeptForm{"Court", wrong}, HoldOn: &KeptForm{}}
	held := KeptPage{Page: page, KeptPerson: people[1], ID: "c", Says: "A legal hold is on this person.", Lift: &KeptForm{Reason: "x", Errors: []FieldError{{"reason", "lift-reason", "Say why."}}}}
	gone := KeptPage{Page: page, KeptPerson: people[0], ID: "a"}
	gone.KeptPerson.Erased = sampleErasure()
	sure := SurePage{Page: page, Heading: "Erase person 12?", Text: "All of their data go.", Facts: []Fact{{"Reason", "Court"}}, Gone: []string{"Names"}, Stays: []string{"The outcome"},
		Action: "/admin/retention/a/erase", Hidden: []Hidden{{"ground", "order"}}, Button: "Erase person 12 for good", BackHref: "/admin/retention/a", Back: "Person 12"}
	onHold := sampleCase().with(page)
	onHold.Hold, onHold.KeptLead, onHold.KeptUntil, onHold.KeptWhy = people[1].Hold, "Kept until", people[0].Until, "five years from the decision"
	onHold.Acts.Hold = &ActForm{Act: "hold", Key: "h", Icon: "lock", Title: "Put on legal hold", Button: "Put on hold", Label: "Reason", Name: "reason", Needs: "in a few words"}
	erased := sampleCase().with(page)
	erased.Name, erased.NameWarning, erased.NameSpans, erased.Erased, erased.Compare, erased.Pictures, erased.Linked.Shown = "", "", nil, sampleErasure(), nil, nil, false
	erased.Panel, erased.Acts = Panel{Mode: "decided", Proposal: sampleWord()}, Acts{}
	return map[string]templ.Component{
		"retention empty": Retention(RetentionPage{}), "retention full": Retention(full),
		"kept empty": Kept(KeptPage{}), "kept due": Kept(due), "kept held": Kept(held), "kept erased": Kept(gone),
		"sure full": Sure(sure), "case held": Case(onHold), "case erased": Case(erased),
	}
}

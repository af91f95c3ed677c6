package views

import (
	"strconv"
	"strings"
)

// helped is the page with the keys that do something on it: its own groups, and
// those that work anywhere.
func (p Page) helped(own []KeyGroup) Page {
	anywhere := KeyGroup{Title: "Anywhere", Keys: []KeyLine{{"Commands", "Ctrl K"}}}
	if p.Me != nil && p.Me.SeesCases {
		anywhere.Keys = append(anywhere.Keys, KeyLine{"Search", "/"})
	}
	for _, n := range p.Nav {
		if n.Key != "" {
			anywhere.Keys = append(anywhere.Keys, KeyLine{n.Label, n.Key})
		}
	}
	anywhere.Keys = append(anywhere.Keys, KeyLine{"This help", "?"})
	p.Help = append(own, anywhere)
	return p
}

// keyed is the page as the help needs it, where it has no keys of its own.
func (p Page) keyed() Page {
	if p.Help != nil {
		return p
	}
	return p.helped(nil)
}

func rowKeys(title, open string) KeyGroup {
	return KeyGroup{title, []KeyLine{{"Next, previous row", "J K"}, {open, "Enter"}}}
}

func listKeys(p QueuePage) []KeyGroup {
	list := KeyGroup{Title: "List"}
	if len(p.Rows) > 0 {
		list = rowKeys("List", "Open case")
	}
	if p.BulkReturn != "" {
		list.Keys = append(list.Keys, KeyLine{"Select", "X"}, KeyLine{"Assign, snooze, ask again, reject those selected", "M W Q R"})
	}
	if p.NextAction != "" {
		list.Keys = append(list.Keys, KeyLine{"Review next unclaimed", "N"})
	}
	return someKeys(list)
}

func logKeys(p AuditPage) []KeyGroup {
	if len(p.Rows) == 0 {
		return nil
	}
	return []KeyGroup{rowKeys("Log", "Open event")}
}

func webhookKeys(p WebhooksPage) []KeyGroup {
	if len(p.Endpoints) == 0 {
		return nil
	}
	return []KeyGroup{rowKeys("List", "Open webhook")}
}

func retentionKeys(p RetentionPage) []KeyGroup {
	if len(p.Due.People)+len(p.Held.People) == 0 {
		return nil
	}
	return []KeyGroup{rowKeys("Lists", "Open person")}
}

func caseKeys(p *CasePage) []KeyGroup {
	decide := KeyGroup{Title: "Decision"}
	if p.Panel.Mode == "decide" {
		decide.Keys = append(decide.Keys, KeyLine{"Choose to reject", "R"})
		if p.Panel.CanApprove {
			decide.Keys[0] = KeyLine{"Choose approve, reject", "A R"}
		}
		decide.Keys = append(decide.Keys, KeyLine{"Tick a ground", "1 to " + strconv.Itoa(max(len(p.Panel.Approve), len(p.Panel.Reject), 1))},
			KeyLine{"From the grounds to the note", "Enter"}, KeyLine{"Out of the note", "Esc"})
	}
	if p.hasForm() {
		decide.Keys = append(decide.Keys, KeyLine{"Confirm", "Ctrl Enter"})
	}
	moves := KeyGroup{Title: "Case", Keys: []KeyLine{{"Back to the list", "U"}}}
	if p.PrevHref != "" || p.NextHref != "" {
		moves.Keys = append(moves.Keys, KeyLine{"Next, previous case", "J K"})
	}
	switch p.Claim.State {
	case "free":
		moves.Keys = append(moves.Keys, KeyLine{"Claim", "C"})
	case "yours":
		moves.Keys = append(moves.Keys, KeyLine{"Release", "C"})
	}
	if p.Claim.State == "theirs" && p.Claim.MayTake {
		moves.Keys = append(moves.Keys, KeyLine{"Take over", "C"})
	}
	moves.Keys = append(moves.Keys, actKeys(p)...)
	pictures := KeyGroup{Title: "Pictures"}
	if len(p.Pictures) > 0 {
		pictures.Keys = []KeyLine{{"Zoom in, out, reset", "+ - 0"}, {"Rotate", "T"}, {"Contrast", "I"}, {"Full screen", "F"}}
	}
	if p.has(true) && p.has(false) {
		pictures.Keys = append(pictures.Keys, KeyLine{"Side by side, full screen", "S"})
	}
	if len(p.Pictures) > 1 {
		pictures.Keys = append([]KeyLine{{"Previous, next picture", "[ ]"}}, pictures.Keys...)
	}
	return someKeys(decide, moves, pictures)
}

func eventKeys(p AuditEventPage) []KeyGroup {
	keys := []KeyLine{{"Back to the log", "U"}}
	if p.Prev != "" || p.Next != "" {
		keys = append(keys, KeyLine{"Earlier, later event", "K J"})
	}
	return []KeyGroup{{"Event", keys}}
}

// someKeys leaves out the groups that are empty.
func someKeys(groups ...KeyGroup) []KeyGroup {
	var out []KeyGroup
	for _, g := range groups {
		if len(g.Keys) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// listed reports whether the link is to a list whose count an open page hears of.
func (n NavItem) listed() bool {
	return n.Count != "" || strings.HasPrefix(n.Href, "/queue") || n.Href == "/mentions"
}

package review

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Policy is what the team has settled for every decision: targets, grounds, how
// grave a code is and who may overrule it. A change makes a new version, and each
// decision says under which one it was taken; none is ever changed in place.
type Policy struct {
	Version       int64      `json:"version"`        // 1 is what every desk begins with
	TargetHours   int        `json:"target_hours"`   // in which a case should be decided
	LimitHours    int        `json:"limit_hours"`    // in which it must be
	UndoSeconds   int        `json:"undo_seconds"`   // a decision waits this long before it takes effect outside; 0 for not at all
	SamplePercent int        `json:"sample_percent"` // of decisions that one person may take get a second person all the same
	Blind         bool       `json:"blind"`          // the second person does not see the first one's reasons
	Grounds       []Ground   `json:"grounds"`
	Codes         []CodeRule `json:"codes"` // where the team differs from the catalogue
	Keep          Keeping    `json:"keep"`
}

// CodeRule is the team's own view of a failure code.
type CodeRule struct {
	Provider    Provider    `json:"provider"`
	Code        string      `json:"code"`
	Severity    string      `json:"severity"` // as in the catalogue: info, low, medium, high, critical
	Overridable Overridable `json:"overridable"`
}

// FirstPolicy is what every desk begins with.
func FirstPolicy() Policy {
	return Policy{Version: 1, TargetHours: int(Target / time.Hour), LimitHours: int(Limit / time.Hour), UndoSeconds: 10, Grounds: slices.Clone(Grounds), Keep: FirstKeeping}
}

// Target is the time in which a case should be decided.
func (p Policy) Target() time.Duration { return time.Duration(p.TargetHours) * time.Hour }

// Overdue is how long after its target a case has reached the limit. It is counted from
// the target, since that moves by as long as a case is set aside.
func (p Policy) Overdue() time.Duration { return time.Duration(p.LimitHours-p.TargetHours) * time.Hour }

// Undo is how long a decision waits before it takes effect outside.
func (p Policy) Undo() time.Duration { return time.Duration(p.UndoSeconds) * time.Second }

// GroundsFor lists the grounds of one action.
func (p Policy) GroundsFor(a Action) []Ground {
	var out []Ground
	for _, g := range p.Grounds {
		if g.Action == a {
			out = append(out, g)
		}
	}
	return out
}

// GroundWords puts a ground's key into this version's words; an unknown key stands as
// it is.
func (p Policy) GroundWords(a Action, key string) string {
	for _, g := range p.Grounds {
		if g.Action == a && g.Key == key {
			return g.Words
		}
	}
	return key
}

// mostGrounds is how many keys (1 to 9) choose a ground.
const mostGrounds = 9

// Check tells every mistake by form field. Whoever writes a policy cannot open what
// the catalogue closes to everybody: such a code needs two persons at the least.
func (p Policy) Check() error {
	bad := Invalid{}
	within(bad, "target_hours", p.TargetHours, 1, 24*30)
	within(bad, "limit_hours", p.LimitHours, max(p.TargetHours, 1), 24*60)
	within(bad, "undo_seconds", p.UndoSeconds, 0, 120)
	within(bad, "sample_percent", p.SamplePercent, 0, 100)
	p.Keep.check(bad)
	p.checkGrounds(bad)
	for _, rule := range p.Codes {
		rule.check(bad)
	}
	return bad.Err()
}

func within(bad Invalid, field string, n, least, most int) {
	if n < least || n > most {
		bad.Add(field, fmt.Sprintf("Give a whole number from %d to %d.", least, most))
	}
}

func (p Policy) checkGrounds(bad Invalid) {
	for _, a := range []Action{Approve, Reject} {
		if n := len(p.GroundsFor(a)); n < 1 || n > mostGrounds {
			bad.Add("ground", fmt.Sprintf("There are %d grounds to %s; 1 to %d fit the keys.", n, a, mostGrounds))
		}
	}
	seen := map[string]bool{}
	for _, g := range p.Grounds {
		id := string(g.Action) + " " + g.Key
		switch {
		case g.Action != Approve && g.Action != Reject:
			bad.Add("ground", "A ground is one to approve or one to reject.")
		case !isKey(g.Key):
			bad.Add("ground", fmt.Sprintf("%q is no key of a ground: small letters, digits and _, up to 40.", g.Key))
		case strings.TrimSpace(g.Words) == "" || utf8.RuneCountInString(g.Words) > 80 || !utf8.ValidString(g.Words):
			bad.Add("ground", fmt.Sprintf("Say the ground %s in 1 to 80 characters.", g.Key))
		case seen[id]:
			bad.Add("ground", fmt.Sprintf("The ground %s stands twice.", g.Key))
		}
		seen[id] = true
	}
}

func isKey(s string) bool {
	return s != "" && len(s) <= 40 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	})
}

func (r CodeRule) check(bad Invalid) {
	field := "code." + r.Code
	standard := Standard.Lookup(r.Provider, r.Code)
	_, known := ParseSeverity(r.Severity)
	switch {
	case !standard.Known:
		bad.Add(field, fmt.Sprintf("%s has no code %s. An unknown one is grave and needs two persons, whatever the policy.", r.Provider, r.Code))
	case !known:
		bad.Add(field, fmt.Sprintf("%q is no severity.", r.Severity))
	case r.Overridable != OverridableYes && r.Overridable != OverridableFourEyes && r.Overridable != OverridableNo:
		bad.Add(field, fmt.Sprintf("%q is no rule: yes, four_eyes or no.", r.Overridable))
	case standard.Overridable == OverridableNo && r.Overridable == OverridableYes:
		bad.Add(field, "Nobody may approve over this code; a policy can let two persons, not one.")
	}
}

// Catalogue is the standard one with the team's own view of some codes.
func (p Policy) Catalogue() *Catalogue {
	if len(p.Codes) == 0 {
		return Standard
	}
	c := &Catalogue{codes: slices.Clone(Standard.codes), index: Standard.index}
	for _, rule := range p.Codes {
		i, ok := c.index[codeKey{rule.Provider, rule.Code}]
		if !ok {
			continue
		}
		c.codes[i].Severity, _ = ParseSeverity(rule.Severity)
		c.codes[i].Overridable = rule.Overridable
	}
	return c
}

package review

import (
	"strings"
	"time"
	"unicode"
)

// Retention. The law makes firms keep a file for years after a case has ended, and
// makes them delete it then. What is stored is when a case ended; until when it is kept
// follows from that and from the policy of the day on which it is asked, so that a
// longer period holds for what is kept already, too. The event of an erasure states
// both, and the policy, so that the reckoning can be done again from the log alone.
//
// A person is erased whole or not at all: once every case of theirs has ended, the
// period of each has run out, and nobody holds them. Of an erased case a skeleton
// stays: its ids, codes, outcome, times, who decided under which policy, and hashes.

// Keeping is the part of a policy that says how long data are kept.
type Keeping struct {
	Years          int  `json:"years"`           // after a case has ended
	SanctionsYears int  `json:"sanctions_years"` // where a finding of the category sanctions stood on it
	Erase          bool `json:"erase"`           // the desk erases by itself whoever is due; else somebody has to
}

// FirstKeeping is what every desk begins with: the periods of most laws, and nothing is
// erased unless somebody says so.
var FirstKeeping = Keeping{Years: 5, SanctionsYears: 10}

const mostYears = 100

func (k Keeping) check(bad Invalid) {
	within(bad, "keep_years", k.Years, 1, mostYears)
	within(bad, "keep_sanctions_years", k.SanctionsYears, max(k.Years, 1), mostYears)
}

// For is how many years a case is kept with these failure codes.
func (k Keeping) For(p Provider, codes []string) int {
	if Sanctions(p, codes) {
		return k.SanctionsYears
	}
	return k.Years
}

// Sanctions reports whether one of the codes is of the category sanctions. The category
// is the catalogue's own and no policy's.
func Sanctions(p Provider, codes []string) bool {
	for _, code := range codes {
		if Standard.Lookup(p, code).Category == "sanctions" {
			return true
		}
	}
	return false
}

// Ended is when the case ended, UTC: with the decision that stands, once it takes
// effect, or else with the provider's last change. Zero: it has not, or somebody asks to
// reopen it.
func (v Verification) Ended() time.Time {
	settled := time.Time{}
	if v.SettledByDesk() {
		settled = v.SettledAt()
	}
	return EndedAt(v.Status, v.Reopen != nil, settled, v.EffectiveAt, v.UpdatedAt)
}

// EndedAt is [Verification.Ended], given what it follows from.
func EndedAt(s Status, reopening bool, settled, effective, updated time.Time) time.Time {
	switch {
	case reopening, !s.Decided() && s != StatusLapsed:
		return time.Time{}
	case settled.IsZero():
		return updated
	case effective.After(settled):
		return effective
	}
	return settled
}

// Retention is how one person's data are kept.
type Retention struct {
	Person    int64      // the desk's own number of the person; it says nothing about them
	Cases     []KeptCase // all of them, oldest first
	KeepUntil time.Time  // UTC; zero while one of the cases has not ended, and once erased
	Hold      *Hold      // nil: nobody holds them
	Erased    *Erasure   // nil: they are not erased
}

// KeptCase is one of the person's cases.
type KeptCase struct {
	ID        string
	Provider  Provider
	Status    Status
	Codes     []string
	Ended     time.Time // UTC; zero: it has not
	Years     int       // how long it is kept under the policy of today
	KeepUntil time.Time // UTC; zero while it has not ended
}

// Hold is a legal hold on a person: it beats every period, every request and every order
// until it is lifted.
type Hold struct {
	By     Person // without the role
	At     time.Time
	Entry  int64  // its event
	Case   string // the case by which the person was named
	Reason string // "" in lists
}

// Erasure says that a person's data were erased. Times are UTC.
type Erasure struct {
	At     time.Time
	By     Person // without the role; the desk's own job has the id "system:retention"
	Ground LegalGround
	Entry  int64 // its event in the case's history
}

// LegalGround is why a person may be erased.
type LegalGround string

// The grounds. Only an order erases while the period runs.
const (
	GroundEnded   LegalGround = "retention_ended" // the period has run out, and the law wants it
	GroundRequest LegalGround = "request"         // the person asked for it, and the period has run out
	GroundOrder   LegalGround = "order"           // an authority or a court ordered it
)

// Words are what a page says of a ground.
func (g LegalGround) Words() string {
	switch g {
	case GroundEnded:
		return "the period for which it had to be kept has ended"
	case GroundRequest:
		return "the person asked for it, and the period for which it had to be kept has ended"
	case GroundOrder:
		return "an authority ordered it"
	}
	return string(g)
}

// Due reports whether the period has run out. A hold does not move it, and stops all the
// same.
func (r Retention) Due(now time.Time) bool {
	return r.Erased == nil && !r.KeepUntil.IsZero() && !now.Before(r.KeepUntil)
}

// Reckon fills in until when each case is kept, and with them the person.
func (r *Retention) Reckon(k Keeping) {
	all := r.Erased == nil && len(r.Cases) > 0
	r.KeepUntil = time.Time{}
	for i := range r.Cases {
		c := &r.Cases[i]
		c.Years, c.KeepUntil = k.For(c.Provider, c.Codes), time.Time{}
		if c.Ended.IsZero() {
			all = false
			continue
		}
		c.KeepUntil = c.Ended.AddDate(c.Years, 0, 0)
		if c.KeepUntil.After(r.KeepUntil) {
			r.KeepUntil = c.KeepUntil
		}
	}
	if !all {
		r.KeepUntil = time.Time{}
	}
}

// MayErase is the rule: who may erase a person, on which ground, and when.
func (r Retention) MayErase(ground LegalGround, by Person, now time.Time) error {
	if !by.Role.May(RightErase) {
		return Forbidden{"Only an admin erases a person."}
	}
	switch ground {
	case GroundEnded, GroundRequest, GroundOrder:
	default:
		return Invalid{"ground": "Choose the ground on which the person is erased."}
	}
	switch {
	case r.Erased != nil:
		return Erased{*r.Erased}
	case r.Hold != nil:
		return Forbidden{"A legal hold is on this person since " + day(r.Hold.At) + ". It has to be lifted first."}
	case r.KeepUntil.IsZero():
		return Forbidden{"A case of this person has not ended: a person is erased whole or not at all."}
	case ground != GroundOrder && now.Before(r.KeepUntil):
		return Forbidden{"The law wants these data kept until " + day(r.KeepUntil) + ". Before that only the order of an authority erases them."}
	}
	return nil
}

// MayHold is who may put a hold on a person.
func (r Retention) MayHold(by Person) error {
	switch {
	case !by.Role.May(RightHold):
		return Forbidden{"Only a senior or an admin puts a legal hold on a person."}
	case r.Erased != nil:
		return Erased{*r.Erased}
	case r.Hold != nil:
		return Conflict{"", r.Hold.By.Name, r.Hold.At, "put a legal hold on the person of"}
	}
	return nil
}

// MayLift is who may lift it.
func (r Retention) MayLift(by Person, now time.Time) error {
	switch {
	case !by.Role.May(RightErase):
		return Forbidden{"Only an admin lifts a legal hold."}
	case r.Hold == nil:
		return Conflict{"", "", now, "holds nobody for"}
	}
	return nil
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// Names reports whether a reason names the person: it stays when they are erased, so it
// must not. Parts of a name with fewer than three letters are not looked for.
func (s Subject) Names(text string) bool {
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '@' && r != '.' }
	said := strings.FieldsFunc(strings.ToLower(text), apart)
	for _, part := range strings.FieldsFunc(strings.ToLower(s.Name+" "+s.Email), apart) {
		for _, word := range said {
			if len([]rune(part)) >= 3 && strings.Trim(word, ".") == strings.Trim(part, ".") {
				return true
			}
		}
	}
	return false
}

// SkeletonObject is what is left of an erased case in its provider's words. These have
// none for that it was erased.
func SkeletonObject(words Vocabulary, v Verification) ([]byte, error) {
	object, err := words.Compose(Row{Provider: v.Provider, ID: v.ProviderID, State: v.Arrived.State, Reason: v.Arrived.Reason, Method: v.Method,
		CreatedAt: v.CreatedAt.UTC().Format(time.RFC3339Nano), UpdatedAt: v.UpdatedAt.UTC().Format(time.RFC3339Nano), Codes: v.Codes()})
	if err != nil {
		return nil, err
	}
	members, err := ReadObject(object)
	if err != nil {
		return nil, err
	}
	if _, there := members.Get("type"); there && v.Kind != "" {
		err = members.Set("type", v.Kind)
	}
	return members.Without(ExtensionMember).Bytes(), err
}

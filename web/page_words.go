package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/providers"
	"reviewdesk/views"
)

// look is how a provider's cases are told apart on a page. Its states are its
// vocabulary's business and not ours.
type look struct {
	name   string // as people write it
	prefix string // of short ids
	review string // the badge's class of a case that waits
	after  string // what a decision of ours does not do at the provider
}

var looks = map[review.Provider]look{
	review.Cybrid: {"Cybrid", "IV", "review", "Cybrid's API takes no decisions: it is recorded on this desk, and Cybrid has still to be told."},
	// Coinify settles its own attempts (facts/peers.md, section 5).
	review.Coinify: {"Coinify", "IA", "manual", "Decided on this desk: Coinify's own callback is still to come."},
}

// lookOf is a provider's look; one that nobody has dressed yet gets a plain one.
func lookOf(p review.Provider) look {
	if l, known := looks[p]; known {
		return l
	}
	name := upperFirst(string(p))
	return look{name, "ID", "review", "Decided on this desk: " + name + " has not confirmed it."}
}

// shortID is how people name a case to each other: the beginning of its id. Rare
// twins do no harm, since it never is an address.
func shortID(p review.Provider, id string) string {
	const digits = 8
	short, n := append(make([]byte, 0, 16), lookOf(p).prefix...), 0
	for i := 0; i < len(id) && n < digits; i++ {
		c := id[i]
		if c == '-' {
			continue
		}
		if n%4 == 0 {
			short = append(short, '-')
		}
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		short, n = append(short, c), n+1
	}
	if n < digits {
		return visible(id)
	}
	return string(short)
}

// wireOf is a state as the provider's API shows it now. action is the decision of
// this desk, "" for none.
func wireOf(p review.Provider, s review.Status, arrived review.WireState, action review.Action, reason string) review.WireState {
	vocabulary, err := providers.All.Of(p)
	if err != nil {
		return arrived
	}
	v := review.Verification{Provider: p, Status: s, Arrived: arrived}
	if action != "" {
		v.Decision = &review.Decided{Action: action, RejectReason: reason}
	}
	return vocabulary.State(v)
}

// badgeOf is a state in the provider's own spelling. A provider that tells state
// and outcome apart is shown by its outcome, where that is our status's own word.
func badgeOf(p review.Provider, s review.Status, wire review.WireState) views.Badge {
	if s.Open() {
		if vocabulary, err := providers.All.Of(p); err == nil {
			return views.Badge{Class: lookOf(p).review, Word: vocabulary.ReviewState()}
		}
	}
	word := wire.State
	switch {
	case wire.Reason == string(s):
		word = wire.Reason
	case word == "":
		word = strings.ReplaceAll(string(s), "_", " ")
	}
	return views.Badge{Class: badgeClass(p, s), Word: visible(word)}
}

func badgeClass(p review.Provider, s review.Status) string {
	switch s {
	case review.StatusPassed, review.StatusFailed:
		return string(s)
	case review.StatusLapsed:
		return "expired"
	case review.StatusInReview, review.StatusSecondReview:
		return lookOf(p).review
	}
	return "wait"
}

// statusWords are the desk's own words for a status, for headings and filters.
func statusWords(s review.Status) string {
	switch s {
	case review.StatusInReview:
		return "In review"
	case review.StatusSecondReview:
		return "Second review"
	case review.StatusPassed:
		return "Passed"
	case review.StatusFailed:
		return "Failed"
	case review.StatusLapsed:
		return "Lapsed"
	}
	return "Arriving"
}

// severityLooks are a chip's colour and the words that it stands for.
var severityLooks = [...]struct{ class, word string }{
	review.SeverityInfo: {"info", "For information"}, review.SeverityLow: {"low", "Low severity"}, review.SeverityMedium: {"med", "Medium severity"},
	review.SeverityHigh: {"high", "High severity"}, review.SeverityCritical: {"crit", "Critical severity"},
}

// chipIn is a failure code with how grave the catalogue calls it.
func chipIn(c *review.Catalogue, p review.Provider, code string) views.Chip {
	return chipFor(c.Lookup(p, code))
}

func chipFor(c review.Code) views.Chip {
	look := severityLooks[min(max(c.Severity, review.SeverityInfo), review.SeverityCritical)]
	return views.Chip{Class: look.class, Word: look.word, Code: visible(c.Code)}
}

// roomForChips is how many characters of codes fit into a row of the queue.
const roomForChips = 34

func chipsShown(chips []views.Chip) int {
	if len(chips) > 1 && len(chips[0].Code)+len(chips[1].Code) <= roomForChips {
		return 2
	}
	return min(1, len(chips))
}

func resolutionWords(r review.Resolution) string {
	switch r {
	case review.Cleared:
		return "Cleared"
	case review.Upheld:
		return "Upheld"
	case review.NotApplicable:
		return "Not applicable"
	}
	return visible(string(r))
}

// ownerOf is a person beside a case or an event.
func ownerOf(p review.Person) views.Owner {
	if p.ID == "" {
		return views.Owner{}
	}
	return views.Owner{Initials: initials(p.Name), Name: visible(p.Name), Tone: tone(p.ID), Role: roleWords(p.Role)}
}

// nameWarning says what is odd about a name's letters.
func nameWarning(name string) string {
	if review.Plain(name) {
		return ""
	}
	var odd []string
	if review.MixedScript(name) {
		odd = append(odd, "mixed scripts")
	}
	if review.Hides(name) {
		odd = append(odd, "hidden characters")
	}
	return strings.Join(odd, ", ")
}

var documentWords = map[string]string{
	"passport": "Passport", "residence_permit": "Residence permit", "residence_card": "Residence card",
	"identification_card": "Identity card", "id_card": "Identity card", "identity_card": "Identity card", "national_id": "Identity card",
	"drivers_license": "Driving licence", "driving_license": "Driving licence", "driving_licence": "Driving licence",
}

// documentKind puts a kind of document into words; the provider's spelling stands
// where there are none.
func documentKind(kind string) string {
	if words, known := documentWords[strings.ToLower(kind)]; known {
		return words
	}
	return upperFirst(visible(strings.ReplaceAll(strings.ToLower(kind), "_", " ")))
}

// countryName is a country's English name; a code that is none stands as it is.
func countryName(code string) string {
	if name := review.CountryName(strings.ToUpper(code)); name != "" {
		return name
	}
	return visible(code)
}

// waited says how long something has been waiting, in its two largest units.
func waited(d time.Duration) string {
	minutes := int(max(d, 0) / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case days > 0:
		return strconv.Itoa(days) + "d " + strconv.Itoa(hours) + "h"
	case hours > 0:
		return strconv.Itoa(hours) + "h " + twoDigits(minutes%60) + "m"
	}
	return strconv.Itoa(minutes) + "m"
}

// took is like waited for things that may be done within minutes.
func took(d time.Duration) string {
	if d < time.Hour {
		return fmt.Sprintf("%dm %02ds", int(d/time.Minute), int(d/time.Second)%60)
	}
	return waited(d)
}

// counted writes a number and its noun.
func counted[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

var smallNumbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// inWords is a small number as sentences have it.
func inWords(n int) string {
	if n < len(smallNumbers) {
		return smallNumbers[n]
	}
	return thousands(n)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

package db

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Marks. The event of a copy that came in states in clear what is not personal: state,
// reason, codes. Of all else that the copy left in the tables, the dossier and the
// pictures among it, it states marks: keyed digests, by which the check of the log
// finds a row that was changed later. Their key is the person's own, so that whoever is
// forgotten leaves marks that say nothing, and no two cases have one in common.

// Facts of an event that are marks, or stand beside them.
const (
	factRow      = "row"
	factPicture  = "picture"
	factApproved = "approved_at" // by the provider, before it came in
)

// mark is a keyed digest of a text about a person.
func mark(key []byte, of string, text []byte) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "reviewdesk mark\n%s\n", of)
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// arrivedRow is what a copy leaves in the tables for as long as it is the newest, but
// for what its event states in clear. Severity follows the policy of the day.
type arrivedRow struct {
	ID, ProviderID, Kind, Method           string
	Country, DocumentKind, DocumentCountry string
	Created, Updated, Received             int64 // microseconds
	Expires                                int64
	Subject                                int64
	ObjectDigest                           []byte
	Dossier                                []byte   // not sealed
	Sources                                []string // of the findings
}

func (a *arrivedRow) mark(key []byte) string {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // there is nothing in it that JSON does not know
	}
	return mark(key, factRow, text)
}

// arrived is what the tables will hold of a copy. It fills the dossier to be sealed.
func (r *caseRow) arrived() (a arrivedRow, err error) {
	v := &r.v
	if r.dossier, err = json.Marshal(dossierOf(*v)); err != nil {
		return a, err
	}
	a = arrivedRow{ID: v.ID, ProviderID: v.ProviderID, Kind: v.Kind, Method: v.Method, Country: v.Country(),
		Created: micros(v.CreatedAt), Updated: micros(v.UpdatedAt), Received: micros(v.ReceivedAt),
		Expires: micros(v.ExpiresAt),
		Subject: r.subject, ObjectDigest: r.objectDigest, Dossier: r.dossier}
	if len(v.Documents) > 0 {
		a.DocumentKind, a.DocumentCountry = v.Documents[0].Kind, v.Documents[0].Country
	}
	for _, f := range v.Findings {
		a.Sources = append(a.Sources, f.Source)
	}
	return a, nil
}

// clocks state since when a case waits for an officer, and when it is due.
func clocks(v review.Verification) []review.Fact {
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return "never"
		}
		return audit.Stamp(fromMicros(micros(t)))
	}
	return []review.Fact{{Name: "review_since", Value: stamp(v.ReviewSince)}, {Name: "due_at", Value: stamp(v.DueAt)}}
}

// movedClocks are those of a change that moves them.
func movedClocks(before, after review.Verification) []review.Fact {
	if before.ReviewSince.Equal(after.ReviewSince) && before.DueAt.Equal(after.DueAt) {
		return nil
	}
	return clocks(after)
}

// keptPicture is a picture as table evidence describes it.
type keptPicture struct {
	n             int
	kind, media   string
	width, height int
	digest        []byte
}

func (p keptPicture) mark(key []byte, id string) audit.Fact {
	text := fmt.Appendf(nil, "%s\n%d\n%s\n%s\n%d\n%d\n%x", id, p.n, p.kind, p.media, p.width, p.height, p.digest)
	return audit.Fact{Name: factPicture, Value: p.kind + " " + mark(key, factPicture, text)}
}

// stateMarks adds to the event of a copy the marks of what it leaves in the tables.
func stateMarks(event *review.Event, row *caseRow, a arrivedRow, pictures []keptPicture, key []byte) {
	add := func(name, value string) { event.Facts = append(event.Facts, review.Fact{Name: name, Value: value}) }
	if at := row.v.ApprovedAt; !at.IsZero() {
		add(factApproved, audit.Stamp(at.Truncate(time.Microsecond)))
	}
	event.Facts = append(event.Facts, clocks(row.v)...)
	add(factRow, a.mark(key))
	for _, p := range pictures {
		add(factPicture, p.mark(key, row.v.ID).Value)
	}
}

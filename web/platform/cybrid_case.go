package platform

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// The scopes that Cybrid's operations ask for (facts/cybrid.md, section 1).
const (
	ScopeRead    = "identity_verifications:read"
	ScopePII     = "identity_verifications:pii:read"
	ScopeExecute = "identity_verifications:execute"
)

var errNoRecord = &problem{status: http.StatusNotFound, message: "Record not found"}

// CreateVerification answers POST /api/identity_verifications.
func (a *API) CreateVerification(w http.ResponseWriter, r *http.Request) error {
	body, c, err := creation(r)
	if err != nil {
		return err
	}
	desk := a.desk()
	asked, err := cybrid.ParseRequest(body, desk)
	if err != nil {
		return err
	}
	if c.Object, err = asked.Object(newGUID(), a.DB.Now()); err != nil {
		return err
	}
	c.Road = asked.Road()
	v, _, err := a.DB.Create(r.Context(), a.actor(r, bearerOf(r).Client), review.Cybrid, c)
	if errors.Is(err, db.ErrKeyReused) {
		return &problem{status: http.StatusUnprocessableEntity, message: keyReused}
	}
	if err != nil {
		return unless(err, db.ErrNotFound, errNoRecord)
	}
	answer, err := cybrid.Listed(v)
	if err != nil {
		return err
	}
	return Send(w, http.StatusCreated, answer)
}

// newGUID is 128 random bits, as Cybrid writes them.
func newGUID() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// ShowVerification answers GET /api/identity_verifications/{guid}. With include_pii
// the person's data is shown, once the log says that it was.
func (a *API) ShowVerification(w http.ResponseWriter, r *http.Request) error {
	personal, err := includePII(r.URL.RawQuery)
	if err != nil {
		return err
	}
	t := bearerOf(r)
	if personal && !t.Has(ScopePII) {
		return needsScope(ScopePII)
	}
	id, ok := cybrid.ID(r.PathValue("guid"))
	if !ok {
		return errNoRecord
	}
	v, err := a.DB.PlatformCase(r.Context(), a.actor(r, t.Client), review.Cybrid, id, "", personal)
	if err != nil {
		return unless(err, db.ErrNotFound, errNoRecord)
	}
	if v.Erased != nil { // the provider's object has no member for it
		w.Header().Set("Reviewdesk-Erased", v.Erased.At.UTC().Format(time.RFC3339))
	}
	answer, err := cybrid.Detailed(v, personal)
	if err != nil {
		return err
	}
	return Send(w, http.StatusOK, answer)
}

func includePII(query string) (bool, error) {
	q, err := parameters(query)
	if err != nil {
		return false, err
	}
	text, err := one(q, "include_pii")
	if err != nil || text == "" || text == "false" || text == "true" {
		return text == "true", err
	}
	return false, invalidValue("include_pii does not have a valid value: want true or false")
}

// invalidValue is a parameter out of its range.
func invalidValue(message string) *problem {
	return &problem{status: http.StatusBadRequest, code: cybrid.CodeInvalidValue, message: message}
}

// parameters reads an address's query. Parameters that nobody knows are ignored.
func parameters(query string) (url.Values, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return nil, &problem{status: http.StatusBadRequest, message: "The query cannot be read: percent-encode its values."}
	}
	return q, nil
}

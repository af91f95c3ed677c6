package platform

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/coinify"
)

var errNoAttempt = &problem{status: http.StatusNotFound, message: "The trader has no such identification attempt."}

// asAttempt and asReview are the two generations of the object.
func (a *API) asAttempt(v review.Verification) ([]byte, error) {
	return coinify.Shown(v, a.DB.Now())
}

func (a *API) asReview(v review.Verification) ([]byte, error) {
	return coinify.Older(v, v.Seq, a.DB.Now())
}

type written func(review.Verification) ([]byte, error)

// CreateAttempt answers POST /kyc/identification-attempts.
func (a *API) CreateAttempt(w http.ResponseWriter, r *http.Request) error {
	return a.createAttempt(w, r, a.asAttempt)
}

// CreateReview answers POST /traders/me/kyc, of the generation before. Its client
// sends no body.
func (a *API) CreateReview(w http.ResponseWriter, r *http.Request) error {
	return a.createAttempt(w, r, a.asReview)
}

func (a *API) createAttempt(w http.ResponseWriter, r *http.Request, write written) error {
	body, c, err := creation(r)
	if err != nil {
		return err
	}
	desk := a.desk()
	asked, err := coinify.ParseRequest(body, desk)
	if err != nil {
		return err
	}
	client := bearerOf(r).Client
	if c.Object, err = asked.Attempt(uuid.NewString(), client.Reference(), desk, a.DB.Now()); err != nil {
		return err
	}
	c.Road = asked.Road()
	v, _, err := a.DB.Create(r.Context(), a.actor(r, client), review.Coinify, c)
	if errors.Is(err, db.ErrKeyReused) {
		return &problem{status: http.StatusConflict, code: coinify.CodeInvalidRequest, message: keyReused}
	}
	return sendOne(w, v, err, write)
}

func sendOne(w http.ResponseWriter, v review.Verification, err error, write written) error {
	if err != nil {
		return unless(err, db.ErrNotFound, errNoAttempt)
	}
	answer, err := write(v)
	if err != nil {
		return err
	}
	return Send(w, http.StatusOK, answer)
}

// ShowAttempt answers GET /kyc/identification-attempts/{id}.
func (a *API) ShowAttempt(w http.ResponseWriter, r *http.Request) error {
	v, err := a.attempt(r, r.PathValue("id"))
	return sendOne(w, v, err, a.asAttempt)
}

// ShowReview answers GET /kyc/{id}: the older generation's number, or an attempt's id.
func (a *API) ShowReview(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if number, err := strconv.ParseInt(id, 10, 64); err == nil {
		if id, err = a.DB.IDByNumber(r.Context(), review.Coinify, number); err != nil {
			return unless(err, db.ErrNotFound, errNoAttempt)
		}
	}
	v, err := a.attempt(r, id)
	return sendOne(w, v, err, a.asReview)
}

// attempt is the trader's own. Another's is not there.
func (a *API) attempt(r *http.Request, id string) (review.Verification, error) {
	client := bearerOf(r).Client
	return a.DB.PlatformCase(r.Context(), a.actor(r, client), review.Coinify, strings.ToLower(id), client.Reference(), false)
}

// ListAttempts answers GET /kyc/identification-attempts.
func (a *API) ListAttempts(w http.ResponseWriter, r *http.Request) error {
	return a.listAttempts(w, r, a.asAttempt)
}

// ListReviews answers GET /kyc.
func (a *API) ListReviews(w http.ResponseWriter, r *http.Request) error {
	return a.listAttempts(w, r, a.asReview)
}

// mostAttempts bounds a list that has no pages. No trader comes near it by hand.
const mostAttempts = 1000

// listAttempts is a bare array of all that the trader has, newest first.
func (a *API) listAttempts(w http.ResponseWriter, r *http.Request, write written) error {
	own := review.Reference{ID: bearerOf(r).Client.Reference()}
	rows, _, err := a.DB.PlatformList(r.Context(), review.PlatformFilter{Provider: review.Coinify, References: []review.Reference{own}}, 0, mostAttempts)
	if err != nil {
		return err
	}
	all, err := array(rows, write)
	if err != nil {
		return err
	}
	return Send(w, http.StatusOK, all)
}

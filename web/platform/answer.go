package platform

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// problem is an answer that says no. An empty code is the provider's usual one for
// the status.
type problem struct {
	status  int
	code    string
	message string // for an integrator to read; never quotes what was sent
	header  [2]string
}

func (p *problem) Error() string { return p.message }

// unless puts what a program is told in place of an error that it may know of.
func unless(err, known error, told *problem) error {
	if errors.Is(err, known) {
		return told
	}
	return err
}

// The refusals of a bearer token. Each provider has codes of its own for them.
var (
	errNoToken      = &problem{status: http.StatusUnauthorized, code: tokenMalformed, message: "The Authorization header must be: Bearer, a space, and an access token.", header: challenge("")}
	errTokenUnknown = &problem{status: http.StatusUnauthorized, code: tokenFailed, message: "The access token is unknown, has expired, or was revoked.", header: challenge(`error="invalid_token"`)}
	errNoBank       = &problem{status: http.StatusUnauthorized, code: "invalid_subject", message: "The access token is a trader's. This address takes a bank's.", header: challenge(`error="invalid_token"`)}
	errNoTrader     = &problem{status: http.StatusForbidden, code: "unauthorized_client", message: "The access token is no trader's.", header: challenge(`error="insufficient_scope"`)}
)

// otherKind refuses the token of a client of the other provider. Cybrid has a code
// for it; at Coinify, "no right to the resource gives 403".
func otherKind(p review.Provider) error {
	if p == review.Coinify {
		return errNoTrader
	}
	return errNoBank
}

const (
	tokenMalformed = "authentication_malformed"
	tokenFailed    = "authentication_failed"
	scopeMissing   = "invalid_scopes"
)

func challenge(more string) [2]string {
	return [2]string{"WWW-Authenticate", strings.TrimSpace("Bearer " + more)}
}

func needsScope(scope string) error {
	return &problem{status: http.StatusForbidden, code: scopeMissing, message: "This needs an access token with the scope " + scope + ".",
		header: challenge(`error="insufficient_scope", scope="` + scope + `"`)}
}

// Answer is a refusal as it is sent.
type Answer struct {
	Status int
	Header [2]string // one more header; an empty name is none
	Body   []byte
}

// Refusal is what a program is told of an error, in the shape of the provider whose
// address the request asks for. Only errors that were made to be read are quoted.
func Refusal(path string, err error) Answer {
	p := explain(err)
	shape := shapeOf(path)
	if shape == nil {
		shape = cybridError // the caller asked Owns
	}
	return Answer{Status: p.status, Header: p.header, Body: shape(p)}
}

// explain knows the errors of every room that a handler calls.
func explain(err error) problem {
	var told *problem
	var refused *review.Refused
	var tooLarge *http.MaxBytesError
	var wait db.Throttled
	var page interface{ Refusal() (int, string) } // of the pages' own guards
	switch {
	case errors.As(err, &told):
		return *told
	case errors.As(err, &refused):
		return problem{status: http.StatusBadRequest, code: refused.Code, message: refused.Message}
	case errors.As(err, &tooLarge):
		return problem{status: http.StatusRequestEntityTooLarge, message: "The body may have at most " + strconv.FormatInt(tooLarge.Limit, 10) + " bytes."}
	case errors.As(err, &wait):
		return problem{status: http.StatusTooManyRequests, message: "Too many requests. Retry-After says how many seconds to wait.", header: retryAfter(wait.Wait)}
	case errors.As(err, &page):
		status, text := page.Refusal()
		return problem{status: status, message: text}
	case errors.Is(err, db.ErrRevoked):
		return *errTokenUnknown
	case errors.Is(err, db.ErrNotFound):
		return problem{status: http.StatusNotFound, message: "There is nothing at this address."}
	}
	return unavailable(err)
}

// unavailable are the desk's own troubles. Who waits and asks again loses nothing,
// and makes nothing twice under an Idempotency-Key.
func unavailable(err error) problem {
	p := problem{status: http.StatusServiceUnavailable, header: retryAfter(5 * time.Second)}
	switch {
	case errors.Is(err, db.ErrSealed):
		p.message, p.header = "The desk reads only until whoever runs it lets it write again.", retryAfter(time.Minute)
	case errors.Is(err, db.ErrNotAnchored):
		p.message = "It was recorded, and could not be made safe yet. Ask again with the same Idempotency-Key."
	case errors.Is(err, db.ErrNotRecorded), errors.Is(err, db.ErrClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		p.message = "Nothing was recorded: the desk cannot write just now."
	default:
		return problem{status: http.StatusInternalServerError, message: "The fault is ours. X-Request-Id names the request in our log."}
	}
	return p
}

func retryAfter(wait time.Duration) [2]string {
	return [2]string{"Retry-After", strconv.Itoa(int(wait.Seconds()) + 1)}
}

// shape writes a problem as one provider does.
type shape func(problem) []byte

func shapeOf(path string) shape {
	under := func(prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }
	switch {
	case under("/api"):
		return cybridError
	case under("/oauth"):
		return oauthError
	case under("/auth"), under("/kyc"), under("/traders"):
		return coinifyError
	}
	return nil
}

// cybridError is Cybrid's ErrorResponse (facts/cybrid.md, section 1). Statuses for
// which it names no code get their own name: too_many_requests and the like.
func cybridError(p problem) []byte {
	return encode(struct {
		Status  int    `json:"status"`
		Message string `json:"error_message"`
		Code    string `json:"message_code"`
	}{p.status, p.message, codeOr(p, map[int]string{http.StatusBadRequest: "invalid_parameter", http.StatusUnprocessableEntity: "invalid_parameter"})})
}

// oauthError is RFC 6749, section 5.2, and of section 4.1.2.1 the two codes for a
// server in trouble.
func oauthError(p problem) []byte {
	return twoTexts(codeOr(p, map[int]string{
		http.StatusBadRequest: "invalid_request", http.StatusServiceUnavailable: "temporarily_unavailable", http.StatusInternalServerError: "server_error",
		http.StatusRequestEntityTooLarge: "invalid_request", http.StatusUnsupportedMediaType: "invalid_request",
	}), p.message)
}

// coinifyError is section 4 of facts/coinify.md.
func coinifyError(p problem) []byte {
	if p.code == tokenMalformed || p.code == tokenFailed {
		p.code = "unauthenticated"
	}
	return twoTexts(codeOr(p, map[int]string{
		http.StatusBadRequest: "invalid_request", http.StatusInternalServerError: "internal_error",
		http.StatusRequestEntityTooLarge: "invalid_request", http.StatusUnsupportedMediaType: "invalid_request",
	}), p.message)
}

func twoTexts(code, message string) []byte {
	return encode(struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, message})
}

// codeOr is the problem's code, else the one of its status, else the status's name.
func codeOr(p problem, of map[int]string) string {
	if p.code != "" {
		return p.code
	}
	if code := of[p.status]; code != "" {
		return code
	}
	return strings.ReplaceAll(strings.ToLower(http.StatusText(p.status)), " ", "_")
}

func encode(value any) []byte {
	body, _ := review.EncodeJSON(value) // texts and numbers: nothing can fail
	return body
}

// Send writes an answer whole.
func Send(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // who left hears nothing
	return nil
}

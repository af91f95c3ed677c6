// Package platform is what programs ask of the desk: Cybrid's identity verifications
// and Coinify's identification attempts, so alike that the providers' own clients
// cannot tell.
//
// The ideas:
//
// A program shows a bearer token and nothing else: no cookie is ever looked at, so
// nothing that a browser sends by itself can act here, and the origin rule of the
// pages does not concern these addresses. The token looks like the provider's, and
// may be read by who holds it; the desk itself believes its database alone, where a
// digest of it lies, so that a token or its client can be revoked at once (token.go).
//
// Which address asks for which scope stands in the table of package web, as for
// pages; [API.Admit] holds a request against its row. A handler returns an error,
// and package web asks [Refusal] what that is in the words of the provider whose
// address it was.
//
// Bodies are read by the providers' own packages under review, which also write the
// answers. A create is one call of [db.DB.Create]: what an Idempotency-Key did
// before, the case, its audit event and the webhooks' rows are one transaction.
//
// While the desk is sealed all of it answers 503, reading too: what the database
// says then may be older than what the platform was told before.
package platform

import (
	"context"
	"net/http"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// Caller is where a request comes from.
type Caller struct {
	Address string // network address, as far as it can be believed
	Request string // request id
}

// Options are what the desk's pages hand in.
type Options struct {
	DB      *db.DB
	BaseURL string // without a slash at the end
	Caller  func(*http.Request) Caller
	// Password compares a password with a stored hash, and takes as long where there
	// is none.
	Password func(ctx context.Context, password, stored string) (bool, error)
	Limits   Limits
}

// API answers programs. Its methods are safe for concurrent use.
type API struct {
	Options
	reads, creates *buckets
	tokens         *attempts // requests for a token, by network
	refused        *attempts // failed sign-ins of traders, by network
}

// New makes the API. Limits that are not given are the usual ones.
func New(o Options) *API {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	o.Limits = o.Limits.orUsual()
	return &API{
		Options: o, reads: newBuckets(o.Limits.Reads), creates: newBuckets(o.Limits.Creates),
		tokens: newAttempts(o.Limits.Tokens), refused: newAttempts(o.Limits.Tokens),
	}
}

// Owns reports whether an address is a program's: also one that no route names, so
// that a program reads an error it knows.
func Owns(path string) bool { return shapeOf(path) != nil }

// desk is what answers tell of the desk.
func (a *API) desk() review.Desk {
	d := a.DB.Desk()
	d.BaseURL = a.BaseURL
	return d
}

type bearerKey struct{}

// bearerOf is the token that the request was admitted with.
func bearerOf(r *http.Request) db.Token {
	t, _ := r.Context().Value(bearerKey{}).(db.Token)
	return t
}

// actor is the program as the log names it.
func (a *API) actor(r *http.Request, c db.Client) db.Actor {
	from := a.Caller(r)
	return c.Actor(from.Address, from.Request)
}

// Admit lets a request in whose bearer token is of this provider and holds this
// scope ("" where the provider has none), and that does not come too fast. The
// handler finds the token in the request that is returned.
func (a *API) Admit(r *http.Request, p review.Provider, scope string) (*http.Request, error) {
	if a.DB.Sealed() != "" {
		return nil, db.ErrSealed
	}
	text, err := bearerText(r)
	if err != nil {
		return nil, err
	}
	t, err := a.DB.Bearer(r.Context(), db.TokenAccess, text)
	if err != nil {
		return nil, unless(err, db.ErrNotFound, errTokenUnknown)
	}
	if t.Client.Provider != p {
		return nil, otherKind(p)
	}
	if scope != "" && !t.Has(scope) {
		return nil, needsScope(scope)
	}
	kind := a.reads
	if r.Method == http.MethodPost {
		kind = a.creates
	}
	if err := kind.take(t.Client.ID, a.DB.Now()); err != nil {
		return nil, err
	}
	return r.WithContext(context.WithValue(r.Context(), bearerKey{}, t)), nil
}

// bearerText is the token of the request's one Authorization header. The scheme is
// needed; its capitals do not count (RFC 9110, 11.1).
func bearerText(r *http.Request) (string, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return "", errNoToken
	}
	scheme, text, _ := strings.Cut(headers[0], " ")
	if text = strings.TrimSpace(text); !strings.EqualFold(scheme, "Bearer") || text == "" || len(text) > longestToken || strings.ContainsFunc(text, notInToken) {
		return "", errNoToken
	}
	return text, nil
}

const longestToken = 8 << 10 // bytes; ours have about 700

func notInToken(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == ',' }

// The lifetimes of access tokens. A sandbox's last longer, as Cybrid's do
// (facts/cybrid.md, section 6); Coinify's are section 3 of facts/coinify.md.
const (
	TokenLasts        = 30 * time.Minute
	SandboxTokenLasts = 8 * time.Hour
	TraderTokenLasts  = 20 * time.Minute
	RefreshLasts      = 24 * time.Hour
)

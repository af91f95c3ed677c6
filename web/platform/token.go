package platform

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/google/uuid"

	"reviewdesk/db"
	"reviewdesk/review"
)

// claims are those of the provider's own tokens (facts/cybrid.md, section 6). A
// client may read them; the desk never does.
type claims struct {
	Issuer     string   `json:"iss"`
	Audience   []string `json:"aud"`
	Subject    string   `json:"sub"`
	Kind       string   `json:"sub_type"`
	Scopes     []string `json:"scope"`
	Issued     int64    `json:"iat"`
	Expires    int64    `json:"exp"`
	ID         string   `json:"jti"`
	TokenType  string   `json:"token_type"`
	Properties struct{} `json:"properties"`
}

// mint writes a new access token of the usual form, header.claims.signature. The
// signature keeps it from being guessed; it proves nothing to the desk, which looks
// into its database.
func (a *API) mint(c db.Client, scopes []string, now, expires time.Time) string {
	own := claims{Issuer: a.BaseURL, Audience: []string{a.BaseURL}, Subject: a.DB.Desk().Bank, Kind: "bank", Scopes: scopes,
		Issued: now.Unix(), Expires: expires.Unix(), ID: uuid.NewString(), TokenType: "access"}
	if c.Provider == review.Coinify {
		own.Subject, own.Kind, own.Scopes = c.Reference(), "trader", []string{}
	}
	part := base64.RawURLEncoding.EncodeToString
	text := part([]byte(`{"alg":"HS512","typ":"JWT"}`)) + "." + part(encode(own))
	mac := hmac.New(sha512.New, a.DB.DeriveKey("api tokens", 64))
	mac.Write([]byte(text))
	return text + "." + part(mac.Sum(nil))
}

// issue mints an access token, and records it with the tokens that go along. Nothing
// is told before it is recorded.
func (a *API) issue(r *http.Request, c db.Client, grant, spent string, scopes []string, lasts time.Duration, more ...db.NewToken) (text string, now time.Time, err error) {
	now = a.DB.Now()
	text = a.mint(c, scopes, now, now.Add(lasts))
	own := db.NewToken{Kind: db.TokenAccess, Text: text, Scopes: scopes, Expires: now.Add(lasts)}
	err = a.DB.IssueTokens(r.Context(), a.actor(r, c), grant, spent, append([]db.NewToken{own}, more...)...)
	return text, now, err
}

// refuse records that no token was given, and is what the program is told. Of what
// was sent only the grant's name is kept, and the client's id where it is one.
func (a *API) refuse(r *http.Request, grant, client string, told *problem) error {
	if !knownGrants[grant] {
		grant = "other"
	}
	from := a.Caller(r)
	if err := a.DB.RefuseToken(r.Context(), db.Actor{Address: from.Address, Request: from.Request}, grant, client); err != nil {
		return err
	}
	return told
}

const (
	grantClient   = "client_credentials"
	grantPassword = db.GrantPassword
	grantRefresh  = "refresh_token"
	grantOffline  = "offline_token"
)

var knownGrants = map[string]bool{grantClient: true, grantPassword: true, grantRefresh: true, grantOffline: true}

// secretly forbids to keep an answer that holds a token (RFC 6749, section 5.1).
func secretly(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
}

// invalid is a refusal of RFC 6749, section 5.2.
func invalid(status int, code, message string) *problem {
	return &problem{status: status, code: code, message: message}
}

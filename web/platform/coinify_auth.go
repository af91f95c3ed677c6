package platform

import (
	"crypto/rand"
	"errors"
	"net/http"

	"reviewdesk/db"
	"reviewdesk/review"
)

// Auth answers POST /auth: a trader's program signs in with a password, with the
// offline token it was made with, or with a refresh token, each of which is good
// once (facts/coinify.md, section 3). Members that nobody knows are ignored, the
// partner's id among them.
func (a *API) Auth(w http.ResponseWriter, r *http.Request) error {
	secretly(w)
	if a.DB.Sealed() != "" {
		return db.ErrSealed
	}
	if err := a.refused.full(a.Caller(r).Address, a.DB.Now()); err != nil {
		return err
	}
	body, err := readJSON(r)
	if err != nil {
		return err
	}
	get, err := members(body, "grant_type", "email", "password", "refresh_token", "offline_token")
	if err != nil {
		return err
	}
	grant := get("grant_type")
	client, spent, err := a.trader(r, grant, get)
	var told *problem
	if errors.As(err, &told) {
		return a.refuseTrader(r, grant, client, told)
	}
	if err != nil {
		return err
	}
	return a.giveTraderTokens(w, r, client, grant, spent)
}

// refuseTrader counts and records a failed attempt. Good ones are not counted: one
// server may sign in many traders.
func (a *API) refuseTrader(r *http.Request, grant string, c db.Client, told *problem) error {
	if err := a.refused.add(a.Caller(r).Address, a.DB.Now()); err != nil {
		return err
	}
	return a.refuse(r, grant, c.ID, told)
}

// grantNeeds are the parameters without which a grant says nothing.
var grantNeeds = map[string][]string{grantPassword: {"email", "password"}, grantOffline: {"offline_token"}, grantRefresh: {"refresh_token"}}

// trader finds whose program signs in. spent is the refresh token that is used up by
// it, "" for none. A refusal is a [*problem].
func (a *API) trader(r *http.Request, grant string, get func(string) string) (c db.Client, spent string, err error) {
	for _, name := range grantNeeds[grant] {
		if get(name) == "" {
			return c, "", invalid(http.StatusBadRequest, "invalid_request", name+" is missing.")
		}
	}
	var told *problem
	switch grant {
	case grantPassword:
		c, err = a.byPassword(r, get("email"), get("password"))
		told = invalid(http.StatusBadRequest, "invalid_grant", "E-mail and password do not go together.")
	case grantOffline:
		c, err = a.DB.ClientBySecret(r.Context(), review.Coinify, "", get("offline_token"))
		told = invalid(http.StatusBadRequest, "invalid_grant", "The offline token is unknown or was revoked.")
	case grantRefresh:
		var t db.Token
		spent = get("refresh_token")
		t, err = a.DB.Bearer(r.Context(), db.TokenRefresh, spent)
		c, told = t.Client, errRefresh
	case "":
		return c, "", invalid(http.StatusBadRequest, "invalid_request", "grant_type is missing.")
	default:
		return c, "", invalid(http.StatusBadRequest, "unsupported_grant_type", "The grant_type is password, refresh_token or offline_token.")
	}
	return c, spent, unless(err, db.ErrNotFound, told)
}

var errRefresh = invalid(http.StatusBadRequest, "invalid_grant", "The refresh token is unknown, has expired, or was used before.")

// byPassword counts the attempt before it looks at the password, as the sign-in of
// people does, and takes as long for an address that nobody has.
func (a *API) byPassword(r *http.Request, email, password string) (db.Client, error) {
	if err := a.DB.ReserveSignIn(r.Context(), email, a.Caller(r).Address); err != nil {
		return db.Client{}, err
	}
	c, err := a.DB.ClientByEmail(r.Context(), email)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return c, err
	}
	ok, err := a.Password(r.Context(), password, c.Password)
	if err == nil && !ok {
		err = db.ErrNotFound
	}
	return c, err
}

func (a *API) giveTraderTokens(w http.ResponseWriter, r *http.Request, c db.Client, grant, spent string) error {
	refresh := rand.Text() + rand.Text()
	text, _, err := a.issue(r, c, grant, spent, nil, TraderTokenLasts,
		db.NewToken{Kind: db.TokenRefresh, Text: refresh, Expires: a.DB.Now().Add(RefreshLasts)})
	if errors.Is(err, db.ErrNotFound) { // revoked, or used up by a twin, since it was looked at
		return a.refuseTrader(r, grant, c, errRefresh)
	}
	if err != nil {
		return err
	}
	return Send(w, http.StatusOK, encode(struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
		Refresh string `json:"refresh_token"`
	}{text, "bearer", int(TraderTokenLasts.Seconds()), refresh}))
}

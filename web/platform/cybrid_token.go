package platform

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"reviewdesk/db"
	"reviewdesk/review"
)

// asked is a request for a token of client credentials, however it was written.
type asked struct {
	grant, id, secret, scope string
	basic                    bool // by HTTP Basic
}

// Token answers POST /oauth/token: the grant client_credentials of RFC 6749, by form
// or JSON, the secret in the body or by HTTP Basic. Members that nobody knows are
// ignored, as section 3.2 asks.
func (a *API) Token(w http.ResponseWriter, r *http.Request) error {
	secretly(w)
	if a.DB.Sealed() != "" {
		return db.ErrSealed
	}
	if err := a.tokens.add(a.Caller(r).Address, a.DB.Now()); err != nil {
		return err
	}
	ask, err := readAsked(r)
	if err != nil {
		return err
	}
	switch ask.grant {
	case grantClient:
	case "":
		return a.refuse(r, "", ask.id, invalid(http.StatusBadRequest, "invalid_request", "grant_type is missing."))
	default:
		return a.refuse(r, ask.grant, ask.id, invalid(http.StatusBadRequest, "unsupported_grant_type", "The only grant_type here is client_credentials."))
	}
	client, err := a.DB.ClientBySecret(r.Context(), review.Cybrid, ask.id, ask.secret)
	if err != nil {
		told := invalid(http.StatusUnauthorized, "invalid_client", "client_id and client_secret do not go together, or the client was revoked.")
		if ask.basic {
			told.header = askBasic
		}
		return a.orRefuse(r, err, ask.id, told)
	}
	scopes, ok := narrowed(client.Scopes, ask.scope)
	if !ok {
		return a.refuse(r, grantClient, client.ID, invalid(http.StatusBadRequest, "invalid_scope", "The client may ask for: "+strings.Join(client.Scopes, " ")+"."))
	}
	return a.giveToken(w, r, client, scopes)
}

// askBasic is what a client reads that showed credentials in the Authorization header,
// and none that are worth anything (RFC 6749, section 5.2).
var askBasic = [2]string{"WWW-Authenticate", `Basic realm="reviewdesk"`}

// orRefuse records a refusal where nothing was found; every other error is the desk's.
func (a *API) orRefuse(r *http.Request, err error, id string, told *problem) error {
	if err = unless(err, db.ErrNotFound, told); err == told {
		return a.refuse(r, grantClient, id, told)
	}
	return err
}

// narrowed are the scopes of a client that were asked for; none asked for are all.
func narrowed(has []string, asked string) (scopes []string, ok bool) {
	for _, scope := range strings.Fields(asked) {
		if !slices.Contains(has, scope) {
			return nil, false
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	if scopes == nil {
		scopes = has
	}
	return scopes, true
}

func (a *API) giveToken(w http.ResponseWriter, r *http.Request, c db.Client, scopes []string) error {
	lasts := TokenLasts
	if a.DB.Desk().Sandbox {
		lasts = SandboxTokenLasts
	}
	text, now, err := a.issue(r, c, grantClient, "", scopes, lasts)
	if err != nil {
		return unless(err, db.ErrNotFound, invalid(http.StatusUnauthorized, "invalid_client", "The client was revoked."))
	}
	return Send(w, http.StatusOK, encode(struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
		Scope   string `json:"scope"`
		Created int64  `json:"created_at"`
	}{text, "Bearer", int(lasts.Seconds()), strings.Join(scopes, " "), now.Unix()}))
}

// readAsked reads the request. Credentials stand in one place, and each parameter
// once (RFC 6749, sections 2.3 and 3.2).
func readAsked(r *http.Request) (asked, error) {
	body, err := readAll(r)
	if err != nil {
		return asked{}, err
	}
	ask, err := readParameters(r.Header, body)
	if err != nil {
		return ask, err
	}
	header := r.Header.Values("Authorization")
	if len(header) == 0 {
		return ask, nil
	}
	id, secret, ok := r.BasicAuth()
	id, err1 := url.QueryUnescape(id)
	secret, err2 := url.QueryUnescape(secret)
	if !ok || len(header) > 1 || err1 != nil || err2 != nil {
		told := invalid(http.StatusUnauthorized, "invalid_client", "The Authorization header holds no HTTP Basic credentials.")
		told.header = askBasic
		return ask, told
	}
	if ask.secret != "" || ask.id != "" && ask.id != id {
		return ask, invalid(http.StatusBadRequest, "invalid_request", "Credentials stand in the body or in the Authorization header, not in both.")
	}
	ask.id, ask.secret, ask.basic = id, secret, true
	return ask, nil
}

func readParameters(h http.Header, body []byte) (asked, error) {
	get, err := func(string) string { return "" }, error(nil)
	switch kind := mediaType(h); {
	case kind == "application/x-www-form-urlencoded":
		get, err = formed(body)
	case kind == "application/json":
		get, err = members(body, "grant_type", "client_id", "client_secret", "scope")
	case len(body) > 0 || h.Get("Content-Type") != "":
		err = &problem{status: http.StatusUnsupportedMediaType, message: "Send a form, or JSON."}
	}
	if err != nil {
		return asked{}, err
	}
	return asked{grant: get("grant_type"), id: get("client_id"), secret: get("client_secret"), scope: get("scope")}, nil
}

func formed(body []byte) (func(string) string, error) {
	form, err := url.ParseQuery(string(body))
	for name, values := range form {
		if len(values) > 1 || !utf8.ValidString(name+values[0]) {
			return nil, invalid(http.StatusBadRequest, "invalid_request", "A parameter stands more than once, or holds bytes that are no text.")
		}
	}
	if err != nil {
		return nil, invalid(http.StatusBadRequest, "invalid_request", "The body is not written as forms are.")
	}
	return form.Get, nil
}

// members reads a JSON object. Those named are texts, null or not there: a scope that
// was overlooked would give a token for more than was asked for.
func members(body []byte, texts ...string) (func(string) string, error) {
	object, err := review.ReadRequest(body)
	if err != nil {
		return nil, invalid(http.StatusBadRequest, "invalid_request", "The body is no sound JSON object: "+err.Error())
	}
	for _, name := range texts {
		if raw, there := object.Get(name); there && raw[0] != '"' && string(raw) != "null" {
			return nil, invalid(http.StatusBadRequest, "invalid_request", name+": want a text, got "+review.KindOf(raw)+".")
		}
	}
	return func(name string) (text string) {
		raw, _ := object.Get(name)
		_ = json.Unmarshal(raw, &text) // null, or not there
		return text
	}, nil
}

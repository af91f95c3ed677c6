package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"reviewdesk/db"
	"reviewdesk/views"
)

// browserStore is what this browser may carry without being signed in to anything:
// messages that are shown once, and how the desk looks. Signed and encrypted, but
// never an identity and never personal data: losing or forging it changes nothing
// that somebody may do.
type browserStore struct {
	store *sessions.CookieStore
	name  string
}

const browserAge = 365 * 24 * time.Hour

func newBrowserStore(d *db.DB, secure bool) *browserStore {
	store := sessions.NewCookieStore(d.DeriveKey("cookie hash", 64), d.DeriveKey("cookie block", 32))
	store.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	store.MaxAge(int(browserAge.Seconds())) // of the cookie and of the codecs: Options.MaxAge alone leaves these at 30 days
	for _, codec := range store.Codecs {
		codec.(*securecookie.SecureCookie).SetSerializer(browserCodec{})
	}
	return &browserStore{store, cookieName("desk_prefs", secure)}
}

// browserData is all that the cookie holds.
type browserData struct {
	Theme   string        `json:"t,omitempty"`
	Density string        `json:"d,omitempty"`
	Zone    string        `json:"z,omitempty"`
	Keys    string        `json:"k,omitempty"`
	Flash   []views.Flash `json:"f,omitempty"`
	Undo    *undoOffer    `json:"u,omitempty"`
}

func (d browserData) empty() bool {
	return d.Theme == "" && d.Density == "" && d.Zone == "" && d.Keys == "" && len(d.Flash) == 0 && d.Undo == nil
}

// browserCodec writes the one value of the cookie as JSON; never gob, which builds
// what a cookie tells it to.
type browserCodec struct{}

const browserValue = "desk"

func (browserCodec) Serialize(src any) ([]byte, error) {
	values, ok := src.(map[any]any)
	if !ok {
		return nil, errors.New("cookie: no session values")
	}
	data, _ := values[browserValue].(browserData)
	return json.Marshal(data)
}

func (browserCodec) Deserialize(b []byte, dst any) error {
	values, ok := dst.(*map[any]any)
	if !ok {
		return errors.New("cookie: no session values")
	}
	var data browserData
	if err := json.Unmarshal(b, &data); err != nil {
		return err
	}
	*values = map[any]any{browserValue: data}
	return nil
}

// read gives what the browser carries. A forged or an old cookie counts as none.
func (b *browserStore) read(r *http.Request) browserData {
	session, err := b.store.New(r, b.name)
	if err != nil {
		return browserData{}
	}
	data, _ := session.Values[browserValue].(browserData)
	return data
}

// write sets the cookie, in place of one that this answer has set before.
func (b *browserStore) write(w http.ResponseWriter, r *http.Request, data browserData) error {
	session := sessions.NewSession(b.store, b.name)
	options := *b.store.Options
	session.Options = &options
	session.Values[browserValue] = data
	if data.empty() {
		session.Options.MaxAge = -1
	}
	others := slices.DeleteFunc(slices.Clone(w.Header().Values("Set-Cookie")), func(line string) bool {
		return strings.HasPrefix(line, b.name+"=")
	})
	w.Header()["Set-Cookie"] = others
	return b.store.Save(r, w, session)
}

// carried is what this request's browser carries, read once.
func (s *Server) carried(r *http.Request) *browserData {
	v := visitOf(r.Context())
	if v.browser == nil {
		data := s.browser.read(r)
		v.browser = &data
	}
	return v.browser
}

const (
	mostFlashes  = 3
	longestFlash = 300 // bytes
)

// flash leaves a message for the next page. It travels in a cookie: no name, no
// secret, nothing typed.
func (s *Server) flash(w http.ResponseWriter, r *http.Request, tone, text string) {
	data := s.carried(r)
	data.Flash = append(data.Flash, views.Flash{Tone: tone, Text: strings.ToValidUTF8(text[:min(len(text), longestFlash)], "")})
	if n := len(data.Flash); n > mostFlashes {
		data.Flash = data.Flash[n-mostFlashes:]
	}
	s.saveCarried(w, r)
}

// flashes takes the messages that wait. What a browser fetches beside a page
// leaves them alone.
func (s *Server) flashes(w http.ResponseWriter, r *http.Request) []views.Flash {
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" && dest != "document" {
		return nil
	}
	data := s.carried(r)
	waiting := data.Flash
	if len(waiting) > 0 {
		data.Flash = nil
		s.saveCarried(w, r)
	}
	return waiting
}

func (s *Server) saveCarried(w http.ResponseWriter, r *http.Request) {
	if err := s.browser.write(w, r, *s.carried(r)); err != nil {
		s.opts.Log.Warn("browser cookie", "request", visitOf(r.Context()).id, "error", err)
	}
}

// prefs are the display choices, nothing but the known words.
func (s *Server) prefs(r *http.Request) views.Prefs {
	d := s.carried(r)
	return views.Prefs{Theme: known(d.Theme, "light", "dark"), Density: known(d.Density, "compact"), Zone: known(d.Zone, "local", "UTC"), Keys: known(d.Keys, "off")}
}

func known(word string, words ...string) string {
	if slices.Contains(words, word) {
		return word
	}
	return ""
}

package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"

	"reviewdesk/views"
	"reviewdesk/web/platform"
)

// description is the APIs' description of this very desk: the document, and what the
// page shows of it. It is made when somebody first asks.
type description struct {
	once sync.Once
	file asset
	page views.DocsPage
	err  error
}

func (s *Server) describe() (*description, error) {
	d := &s.description
	d.once.Do(func() {
		text := platform.Description(s.base.Scheme + "://" + s.base.Host)
		sum := sha256.Sum256(text)
		d.file = asset{kind: "application/json", cache: "public, no-cache", etag: `"` + hex.EncodeToString(sum[:16]) + `"`, plain: text, gzip: gzipped(text)}
		d.page, d.err = docsOf(text)
	})
	return d, d.err
}

// openAPI sends the description. A copy of it is asked after each time.
func (s *Server) openAPI(w http.ResponseWriter, r *http.Request) error {
	d, err := s.describe()
	if err == nil {
		d.file.send(w, r)
	}
	return err
}

// docs shows it, and lets it be tried. It looks at no session: who is signed in is
// nothing to the addresses of programs, of which this is one.
func (s *Server) docs(w http.ResponseWriter, r *http.Request) error {
	d, err := s.describe()
	if err != nil {
		return err
	}
	p := d.page
	p.Page = s.frame(r, p.Heading)
	p.Script = p.Assets.Docs
	return s.renderPublic(w, r, views.Docs(p))
}

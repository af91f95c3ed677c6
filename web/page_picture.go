package web

import (
	"net/http"
	"strconv"

	"reviewdesk/db"
	"reviewdesk/review"
)

// picturePolicy leaves a picture nothing to do: should a browser take it for a
// page, that page can do nothing.
const picturePolicy = "default-src 'none'; sandbox"

// picture sends one picture of a case to the desk's own pages.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) error {
	if err := fetchedByUs(r); err != nil {
		return err
	}
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || strconv.Itoa(n) != r.PathValue("n") {
		return db.ErrNotFound
	}
	p, err := s.db.Picture(r.Context(), visitOf(r.Context()).actor, id, n)
	if err != nil {
		return err
	}
	ending, safe := map[string]string{"image/jpeg": ".jpg", "image/png": ".png"}[p.MediaType]
	if !safe {
		return db.ErrNotFound // nothing else is taken in; if it is there, nobody opens it
	}
	h := w.Header()
	h.Set("Content-Type", p.MediaType)
	h.Set("Content-Security-Policy", picturePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(p.Data)))
	h.Set("Content-Disposition", `inline; filename="`+pictureName(id, p.Kind)+ending+`"`)
	if _, err := w.Write(p.Data); err != nil {
		s.opts.Log.Debug("write picture", "error", err) // the reader left
	}
	return nil
}

// pictureName is made of characters that need no escape: an id and a known kind.
func pictureName(id, kind string) string {
	switch kind {
	case review.PictureFront, review.PictureBack, review.PictureSelfie:
		return id + "-" + kind
	}
	return id
}

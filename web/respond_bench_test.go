package web

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"reviewdesk/review"
	"reviewdesk/views"
)

// What drawing into a buffer that is used again brings, against a new one for each page.
//
//	go test ./web -run '^$' -bench Drawing
func BenchmarkDrawing(b *testing.B) {
	d := &testDesk{Desk: newTestDesk(b).Desk, t: b, log: &lockedBuffer{}}
	d.serve(Options{BaseURL: testBase})
	for n := range 50 {
		d.Cybrid(n+1, "Ines Moreau", "address_check_failure", "selfie_failure")
	}
	browser, _ := d.signedIn(review.RoleSenior)
	var page views.QueuePage
	r := browser.request("GET", "/queue", nil)
	if err := d.server.signedInPage(r, &page); err != nil {
		b.Fatal(err)
	}
	b.Run("new-buffer", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := views.Queue(page).Render(r.Context(), new(bytes.Buffer)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("pooled", func(b *testing.B) {
		b.ReportAllocs()
		w := &unsent{ResponseRecorder: httptest.NewRecorder()}
		for b.Loop() {
			if err := d.server.render(w, r, 200, views.Queue(page)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// unsent takes an answer and forgets it.
type unsent struct{ *httptest.ResponseRecorder }

func (u *unsent) Write(b []byte) (int, error) { return len(b), nil }

// signedInPage fills the queue's page as its handler does.
func (s *Server) signedInPage(r *http.Request, into *views.QueuePage) (err error) {
	fill := func(w http.ResponseWriter, r *http.Request) error {
		l, err := s.listing(r, r.URL.Query())
		if err != nil {
			return err
		}
		rows, err := s.db.List(r.Context(), l.filter, l.at.Cursor, pageSize)
		if err == nil {
			*into, err = s.queuePage(w, r, l, rows)
		}
		return err
	}
	s.signedInAs(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { err = fill(w, r) })).
		ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithValue(r.Context(), visitKey{}, &visit{})))
	return err
}

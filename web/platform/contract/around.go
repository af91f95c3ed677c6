package contract

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
)

// Tester is the part of [testing.TB] that is used here.
type Tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func (c *Contract) report(t Tester, x Exchange) {
	t.Helper()
	for _, problem := range c.Check(x) {
		t.Errorf("%s %s, answered %d: %s", x.Request.Method, x.Request.URL.Path, x.Status, problem)
	}
}

// Around checks what a handler takes and answers.
func (c *Contract) Around(t Tester, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, there := c.pathOf(r.URL.Path); !there {
			next.ServeHTTP(w, r)
			return
		}
		sent, body := &bytes.Buffer{}, r.Body
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(body, sent), body}
		kept := httptest.NewRecorder()
		next.ServeHTTP(kept, r)
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes()) // who left hears nothing, and a 304 has none
		c.report(t, Exchange{Request: r, Sent: sent.Bytes(), Status: kept.Code, Header: kept.Header(), Body: kept.Body.Bytes()})
	})
}

// Transport checks what a client sends and receives through base.
func (c *Contract) Transport(t Tester, base http.RoundTripper) http.RoundTripper {
	return transport(func(r *http.Request) (*http.Response, error) {
		var sent []byte
		if r.Body != nil {
			var err error
			if sent, err = io.ReadAll(r.Body); err != nil {
				return nil, err
			}
			r.Body.Close()
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(sent))
		}
		w, err := base.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer w.Body.Close()
		body, err := io.ReadAll(w.Body)
		if err != nil {
			return nil, err
		}
		w.Body = io.NopCloser(bytes.NewReader(body))
		c.report(t, Exchange{Request: r, Sent: sent, Status: w.StatusCode, Header: w.Header, Body: body})
		return w, nil
	})
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

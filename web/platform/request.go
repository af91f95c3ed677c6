package platform

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"reviewdesk/db"
)

var errMediaType = &problem{status: http.StatusUnsupportedMediaType, message: "Send the body as application/json in UTF-8, without a Content-Encoding."}

// readJSON reads a body of JSON. The limit of its size stands in the table of routes.
// Without a body the Content-Type does not matter.
func readJSON(r *http.Request) ([]byte, error) {
	if r.ContentLength != 0 && !isJSON(r.Header) {
		return nil, errMediaType
	}
	return readAll(r)
}

func readAll(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		err = &problem{status: http.StatusBadRequest, message: "The body ended before it was whole."}
	}
	return body, err
}

func isJSON(h http.Header) bool { return mediaType(h) == "application/json" }

// mediaType is the body's, "" for what no address takes.
func mediaType(h http.Header) string {
	kind, more, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, given := more["charset"]
	coding := h.Get("Content-Encoding")
	if err != nil || given && !strings.EqualFold(charset, "utf-8") || coding != "" && !strings.EqualFold(coding, "identity") {
		return ""
	}
	return kind
}

// longestKey is the most characters of an Idempotency-Key.
const longestKey = 255

// idempotencyKey is the request's, "" for none.
func idempotencyKey(h http.Header) (string, error) {
	keys := h.Values("Idempotency-Key")
	if len(keys) == 0 {
		return "", nil
	}
	hidden := func(c rune) bool { return c <= ' ' || c > '~' }
	if len(keys) > 1 || keys[0] == "" || len(keys[0]) > longestKey || strings.ContainsFunc(keys[0], hidden) {
		return "", &problem{status: http.StatusBadRequest, message: "An Idempotency-Key is one header of 1 to 255 visible ASCII characters."}
	}
	return keys[0], nil
}

// creation reads what every create has: the body, and the key under which it may be
// repeated. The key is bound to the address too, since two addresses can take the
// same body.
func creation(r *http.Request) (body []byte, c db.Creation, err error) {
	if c.Key, err = idempotencyKey(r.Header); err != nil {
		return nil, c, err
	}
	if body, err = readJSON(r); err != nil {
		return nil, c, err
	}
	c.Request = append([]byte(r.Method+" "+r.URL.Path+"\n"), body...)
	return body, c, nil
}

const keyReused = "This Idempotency-Key came before, with another request. Take a new key for a new request."

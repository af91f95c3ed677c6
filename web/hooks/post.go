package hooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/web/outward"
)

// longestRead bounds what is read of an answer. It is thrown away, and read only so
// that the connection can be used again.
const longestRead = 64 << 10

// The headers of a request beside the provider's own.
const (
	headerSignatures = "X-Reviewdesk-Signature"
	headerDelivery   = "X-Reviewdesk-Delivery" // the event's guid: the same however often it is sent
	headerAttempt    = "X-Reviewdesk-Attempt"  // 1 for the first
)

// signatureHeaders are those that the providers' documents name.
var signatureHeaders = map[review.Provider]string{
	review.Cybrid:  "X-Cybrid-Signature",
	review.Coinify: "X-Coinify-Webhook-Signature",
}

// attempt posts a delivery once and says what came of it.
func (w *worker) attempt(ctx context.Context, s db.Sending) db.Outcome {
	secrets, err := w.db.SigningSecrets(ctx, s.Endpoint)
	if err != nil {
		w.log.Error("webhook", "endpoint", s.Endpoint, "error", err)
		return db.Outcome{Trouble: "its secrets do not open: the desk's key is not the one that sealed them"}
	}
	r, err := request(ctx, s, secrets)
	if err != nil {
		return db.Outcome{Trouble: "its address cannot be called"}
	}
	client := w.public
	if s.AllowPrivate {
		client = w.any
	}
	answer, err := client.Do(r)
	if err != nil {
		return db.Outcome{Trouble: outward.Plainly(err).Error()}
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, longestRead)) // its status has said all
	return db.Outcome{Status: answer.StatusCode, Trouble: trouble(answer.StatusCode)}
}

func request(ctx context.Context, s db.Sending, secrets []string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(s.Body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Reviewdesk")
	r.Header.Set(headerDelivery, s.GUID)
	r.Header.Set(headerAttempt, strconv.Itoa(s.Attempts+1))
	r.Header.Set(signatureHeaders[s.Provider], signature(secrets[0], s.Body))
	r.Header.Set(headerSignatures, signatures(secrets, s.Body))
	return r, nil
}

// signature is the HMAC-SHA256 of the bytes that are sent, in lower-case hexadecimal
// digits (facts/cybrid.md, section 7; facts/coinify.md, section 8).
func signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// signatures is one for each secret that signs, oldest first. A receiver that is
// being given another secret takes the request if any of them fits its own.
func signatures(secrets []string, body []byte) string {
	all := make([]string, len(secrets))
	for i, secret := range secrets {
		all[i] = "sha256=" + signature(secret, body)
	}
	return strings.Join(all, ", ")
}

// trouble says why a status is a failure; "" for 2xx.
func trouble(status int) string {
	if status >= 200 && status < 300 {
		return ""
	}
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return fmt.Sprintf("it answers %d and sends elsewhere, which is not followed", status)
	}
	return strings.TrimSpace(fmt.Sprintf("it answers %d %s", status, http.StatusText(status)))
}

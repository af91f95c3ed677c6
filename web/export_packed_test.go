package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestAnExportIsPackedForWhoeverTakesItSo(t *testing.T) {
	d := filled(t)
	client, base := d.client(review.RoleAuditor)
	for path, rows := range map[string]string{"/export/verifications.csv": "6", "/export/audit.ndjson": "", "/export/verifications.ndjson?country=fr": "0"} {
		plain, packed := download(t, client, base+path, "identity"), download(t, client, base+path, "gzip")
		if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %q and %q", path, plain.Header, packed.Header)
		}
		whole, sent := body(t, plain.Body), body(t, packed.Body)
		z, err := gzip.NewReader(bytes.NewReader(sent))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		unpacked := body(t, z)
		sum := sha256.Sum256(unpacked)
		if strings.HasPrefix(path, "/export/verifications") && !bytes.Equal(whole, unpacked) { // the log has an event more
			t.Errorf("%s: packed it is %q, plain %q", path, unpacked, whole)
		}
		if got := packed.Trailer.Get("X-Content-SHA256"); got != hex.EncodeToString(sum[:]) || rows != "" && packed.Trailer.Get("X-Row-Count") != rows {
			t.Errorf("%s: %v", path, packed.Trailer)
		}
		if len(unpacked) > 500 && len(sent) > len(unpacked)/2 {
			t.Errorf("%s: %d bytes were packed into %d", path, len(unpacked), len(sent))
		}
	}
}

// download asks for a file in an encoding, and takes it as it comes.
func download(t *testing.T, client *http.Client, address, encoding string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	answer, err := client.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Disposition") == "" {
		t.Fatalf("%s: %v, %v", address, answer, err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func body(t *testing.T, from io.Reader) []byte {
	t.Helper()
	all, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"reviewdesk"
)

func TestFilesOfThePagesAreNamedByTheirContentAndKeptForAYear(t *testing.T) {
	d := newTestDesk(t)
	addresses := d.server.assets.addresses
	for address, want := range map[string][2]string{
		addresses.CSS:   {"static/desk.css", "text/css; charset=utf-8"},
		addresses.JS:    {"static/desk.js", "text/javascript; charset=utf-8"},
		addresses.Icons: {"static/icons.svg", "image/svg+xml"},
	} {
		data, err := fs.ReadFile(reviewdesk.Static, want[0])
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if !strings.Contains(address, "."+hex.EncodeToString(sum[:4])+".") || !regexp.MustCompile(`^/static/\w+\.[0-9a-f]{8}\.\w+$`).MatchString(address) {
			t.Errorf("%s is called %s", want[0], address)
		}
		w := d.browser().get(address)
		h := w.Header()
		if w.Code != http.StatusOK || h.Get("Content-Type") != want[1] || h.Get("Cache-Control") != "public, max-age=31536000, immutable" || !bytes.Equal(w.Body.Bytes(), data) {
			t.Errorf("%s answers %d, %v", address, w.Code, h)
		}
		r := d.browser().request("GET", address, nil)
		r.Header.Set("Accept-Encoding", "br, gzip;q=0.8")
		w = d.browser().send(r)
		z, err := gzip.NewReader(w.Body)
		if err != nil || w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Fatalf("%s is not packed: %v", address, err)
		}
		if unpacked, err := io.ReadAll(z); err != nil || !bytes.Equal(unpacked, data) {
			t.Errorf("%s unpacks to something else: %v", address, err)
		}
		r.Header.Set("Accept-Encoding", "gzip;q=0, br")
		if d.browser().send(r).Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is packed for one who cannot unpack it", address)
		}
		wantStatus(t, d.browser().get("/"+want[0]), http.StatusNotFound)
	}
}

func TestFontsAreKeptForADayAndAskedAfter(t *testing.T) {
	d := newTestDesk(t)
	w := d.browser().get(d.server.assets.addresses.Font)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "font/woff2" || w.Header().Get("Cache-Control") != "public, max-age=86400" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	r := d.browser().request("GET", d.server.assets.addresses.Font, nil)
	r.Header.Set("If-None-Match", w.Header().Get("Etag"))
	if again := d.browser().send(r); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("asked after it answers %d with %d bytes", again.Code, again.Body.Len())
	}
	head := d.browser().send(d.browser().request("HEAD", d.server.assets.addresses.Font, nil))
	if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") != w.Header().Get("Content-Length") {
		t.Errorf("HEAD answers %d, %d bytes, %v", head.Code, head.Body.Len(), head.Header())
	}
}

func TestEveryPageRefersToFilesThatAreThere(t *testing.T) {
	d := newTestDesk(t)
	doc := page(t, d.browser().get("/signin"))
	for _, attribute := range []string{"href", "src"} {
		for _, n := range doc.Find("link[" + attribute + "], script[" + attribute + "]").EachIter() {
			address, _ := n.Attr(attribute)
			if w := d.browser().get(address); w.Code != http.StatusOK {
				t.Errorf("%s answers %d", address, w.Code)
			}
		}
	}
	if doc.Find("style, [style], script:not([src])").Length() != 0 {
		t.Error("the page holds what the content policy forbids")
	}
}

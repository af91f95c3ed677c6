package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"reviewdesk"
	"reviewdesk/views"
)

// assets are the static files, held in memory. What pages refer to carries its
// content's hash in its name and is kept by browsers for a year; the rest for a day.
type assets struct {
	files     map[string]asset // by the name in the address
	addresses views.Assets
}

type asset struct {
	kind  string
	cache string
	etag  string
	plain []byte
	gzip  []byte // nil where it would not help
}

var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
	".txt": "text/plain; charset=utf-8", ".png": "image/png", ".ico": "image/x-icon", ".webmanifest": "application/manifest+json",
}

const (
	cacheForever = "public, max-age=31536000, immutable"
	cacheADay    = "public, max-age=86400"
	bodyFont     = "fonts/inter-latin-wght-normal.woff2"
)

func loadAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}}
	err := fs.WalkDir(reviewdesk.Static, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(reviewdesk.Static, name)
		if err != nil {
			return err
		}
		return a.add(strings.TrimPrefix(name, "static/"), data)
	})
	if err != nil {
		return nil, fmt.Errorf("static files: %w", err)
	}
	if _, there := a.files[bodyFont]; there {
		a.addresses.Font = "/static/" + bodyFont
	}
	return a, nil
}

func (a *assets) add(name string, data []byte) error {
	kind, known := assetKinds[path.Ext(name)]
	if !known {
		return fmt.Errorf("%s: no media type for this ending", name)
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	f := asset{kind: kind, cache: cacheADay, etag: `"` + hash[:32] + `"`, plain: data}
	switch path.Ext(name) {
	case ".css", ".js", ".svg", ".txt":
		f.gzip = gzipped(data)
	}
	address := a.addressOf(name)
	if address == nil {
		a.files[name] = f
		return nil
	}
	f.cache = cacheForever
	ext := path.Ext(name)
	name = strings.TrimSuffix(name, ext) + "." + hash[:8] + ext
	a.files[name], *address = f, "/static/"+name
	return nil
}

// addressOf is where pages look for a file's address; nil for files that are
// referred to by their own names.
func (a *assets) addressOf(name string) *string {
	switch name {
	case "desk.css":
		return &a.addresses.CSS
	case "desk.js":
		return &a.addresses.JS
	case "icons.svg":
		return &a.addresses.Icons
	case "icon.svg":
		return &a.addresses.Icon
	case "docs.js":
		return &a.addresses.Docs
	}
	return nil
}

// gzipped packs a file, unless that saves nothing.
func gzipped(data []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := z.Write(data); err != nil || z.Close() != nil || b.Len() >= len(data) {
		return nil
	}
	return b.Bytes()
}

// ServeHTTP sends a file by its exact name; there are no listings.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	f, there := a.files[r.PathValue("file")]
	if !there {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintln(w, "There is no such file.")
		return
	}
	f.send(w, r)
}

// send answers with a file, or says that the browser's copy is the present one.
func (f asset) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", f.cache)
	h.Set("Etag", f.etag)
	body := f.plain
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = f.gzip
		}
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(body) // the reader left, or not: there is nobody else to tell
	}
}

func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}

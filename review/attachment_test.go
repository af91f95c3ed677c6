package review_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestAnAttachmentIsKnownByItsContent(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ name, data, kind, says string }{
		"a PNG called a PDF":         {"bill.pdf", picture.String(), "image/jpeg", ""},
		"a PDF":                      {"bill.pdf", "%PDF-1.7 ...", "application/pdf", ""},
		"a drawing with a script":    {"photo.png", `<?xml version="1.0"?><svg onload="x()">`, "", "could hold a script"},
		"a page":                     {"photo.png", `<!DOCTYPE html><html>`, "", "could hold a script"},
		"a photo of a new phone":     {"photo.jpg", "\x00\x00\x00\x18ftypheic....", "", "HEIC"},
		"an archive":                 {"all.pdf", "PK\x03\x04....", "", "ZIP"},
		"a packed file":              {"all.pdf", "\x1f\x8b....", "", "packed"},
		"a program":                  {"photo.jpg", "MZ....", "", "program"},
		"something else":             {"photo.jpg", "hello", "", "whatever its name says"},
		"a picture cut short":        {"photo.png", picture.String()[:40], "", "damaged"},
		"nothing":                    {"photo.png", "", "", "empty"},
		"no name":                    {" ", picture.String(), "", "name"},
		"a bomb of a billion pixels": {"photo.png", bomb(picture.Bytes()), "", "million"},
		"a PDF of more than 10 MiB":  {"bill.pdf", "%PDF-" + strings.Repeat("x", review.MostAttachmentBytes), "", "MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := review.Attachment{Name: test.name, Data: []byte(test.data)}.Clean()
			if test.kind != got.MediaType && err == nil || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v", got.MediaType, err)
			}
		})
	}
}

// bomb is a PNG whose header promises a billion pixels.
func bomb(png []byte) string {
	b := bytes.Clone(png)
	copy(b[16:], []byte{0, 0, 0x80, 0, 0, 0, 0x80, 0})
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return string(b)
}

func TestAFileAddedVoidsAProposal(t *testing.T) {
	v := proposed(t)
	got, event, err := v.Attach(review.Attachment{Name: "bill.pdf", MediaType: "application/pdf", Data: []byte("%PDF-")}, bo)
	if err != nil || got.Status != review.StatusInReview || got.Proposal != nil || got.Version != v.Version+1 || event.Kind != review.EventAttached {
		t.Errorf("%+v %v", got, err)
	}
}

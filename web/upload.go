package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"unicode/utf8"

	"reviewdesk/review"
)

// A form with a file comes in parts. It is read part by part, into memory and never
// into a file: one file, and no more text than any other form.

// uploadLimit is how many bytes such a form may have: the file, and what is typed
// beside it.
const uploadLimit = 11 << 20

// mostParts of a form are read.
const mostParts = 500

// uploaded is what came in a form's file field.
type uploaded struct {
	name string
	data []byte
	many bool // more than one file came
	over bool // it is too large; data holds its beginning
}

// readUpload reads a form with a file: its fields into PostForm, as [readForm] would,
// and the file. What is too large is read to the end as far as the route's limit lets
// it, so that the fields after it are not lost.
func readUpload(r *http.Request) (file uploaded, err error) {
	r.PostForm, r.Form = url.Values{}, url.Values{} // nobody parses the body again
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return file, refusal{http.StatusUnsupportedMediaType, "This request cannot be read", "A file comes in a form of several parts."}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return file, errBadRequest{"The form is not written as forms with files are."}
	}
	text := 0
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		switch {
		case err == io.EOF:
			return file, nil
		case err != nil || n >= mostParts:
			return file, brokenUpload(err)
		}
		if part.FormName() == "file" {
			err = file.read(part)
		} else {
			err = readTextPart(part, r.PostForm, &text)
		}
		if err != nil {
			return file, brokenUpload(err)
		}
	}
}

// brokenUpload keeps what says more than that the form is broken.
func brokenUpload(err error) error {
	var tooLarge *http.MaxBytesError
	var bad errBadRequest
	if errors.As(err, &tooLarge) || errors.As(err, &bad) {
		return err
	}
	return errBadRequest{"The form is not written as forms with files are."}
}

// read takes one file. A field in which nobody chose one comes as a part without name
// and without content.
func (f *uploaded) read(part *multipart.Part) error {
	data, err := io.ReadAll(io.LimitReader(part, review.MostAttachmentBytes+1))
	if err != nil {
		return err
	}
	if part.FileName() == "" && len(data) == 0 {
		return nil
	}
	if f.name != "" || f.data != nil {
		f.many = true
	} else {
		f.name, f.data = part.FileName(), data
	}
	f.over = f.over || len(data) > review.MostAttachmentBytes
	_, err = io.Copy(io.Discard, part)
	return err
}

func readTextPart(part *multipart.Part, form url.Values, sum *int) error {
	value, err := io.ReadAll(io.LimitReader(part, int64(formLimit-*sum+1)))
	if err != nil {
		return err
	}
	if *sum += len(value) + len(part.FormName()); *sum > formLimit {
		return errBadRequest{"The form holds more text than the desk takes."}
	}
	if !utf8.Valid(value) || !utf8.ValidString(part.FormName()) {
		return errBadRequest{"The form holds bytes that are no text."}
	}
	form.Add(part.FormName(), string(value))
	return nil
}

// attachment is the file as the rules take it; without one that can be taken the
// error says so beside the field.
func (f uploaded) attachment() (review.Attachment, error) {
	switch {
	case f.many:
		return review.Attachment{}, review.Invalid{"file": "One file at a time: attach the others after this one."}
	case f.name == "" && f.data == nil:
		return review.Attachment{}, review.Invalid{"file": "Choose a file first."}
	case f.over:
		return review.Attachment{}, errFileTooLarge
	}
	return review.Attachment{Name: f.name, Data: f.data}, nil
}

package review

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // both kinds that may come
	"strings"
	"unicode/utf8"
)

// Attachment is a file that an officer adds to a case.
type Attachment struct {
	Name      string // as the officer's machine calls it
	MediaType string // "image/jpeg" or "application/pdf", by its content
	Data      []byte
}

// The kinds of files, in words that the log can hold.
const (
	FilePDF     = "pdf"
	FilePicture = "picture"
)

// FileKind is the kind of an attachment's media type.
func FileKind(mediaType string) string {
	if mediaType == "application/pdf" {
		return FilePDF
	}
	return FilePicture
}

// MostAttachmentBytes bounds one file.
const MostAttachmentBytes = 10 << 20

// mostPixels bounds a picture before it is decoded: a small file can unfold to
// gigabytes. More than this would also not fit the memory that an import may take.
const mostPixels = 16_000_000

// cleanQuality of the pictures that are kept.
const cleanQuality = 85

// CleanPicture decodes a picture and writes it anew, so that nothing but the picture
// itself is kept: no metadata, and no second file behind it. It is kept as a screen
// showed it: the way up that a phone has noted beside it, and on white.
func CleanPicture(data []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("neither a JPEG nor a PNG picture")
	}
	if size.Width < 1 || size.Height < 1 || size.Width > mostPixels/size.Height {
		return nil, fmt.Errorf("%d × %d pixels are more than %d million", size.Width, size.Height, mostPixels/1_000_000)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("the picture is damaged")
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, asShown(img, orientation(data)), &jpeg.Options{Quality: cleanQuality}); err != nil {
		return nil, fmt.Errorf("write the picture anew: %w", err)
	}
	return out.Bytes(), nil
}

// refusedFiles are known by how they begin, so that the refusal can say what helps.
var refusedFiles = []struct{ begins, at4, words string }{
	{begins: "PK\x03\x04", words: "This is a ZIP archive or an Office document. Unpack it and attach the pictures, or save it as PDF."},
	{begins: "Rar!", words: "This is a RAR archive. Unpack it and attach the files one by one."},
	{begins: "7z\xbc\xaf", words: "This is a 7z archive. Unpack it and attach the files one by one."},
	{begins: "\x1f\x8b", words: "This is a packed file. Unpack it and attach what is inside."},
	{at4: "ftypheic", words: "This is a HEIC photo. On the phone choose \"Most compatible\", or save it as JPEG."},
	{at4: "ftypheix", words: "This is a HEIC photo. On the phone choose \"Most compatible\", or save it as JPEG."},
	{at4: "ftypmif1", words: "This is a HEIF photo. Save it as JPEG."},
	{at4: "ftypavif", words: "This is an AVIF picture. Save it as JPEG or PNG."},
	{at4: "ftyp", words: "This is a video. Attach a picture of the moment that counts."},
	{begins: "GIF8", words: "This is a GIF. Save it as PNG."},
	{begins: "RIFF", words: "This is a WebP picture or a sound. Save a picture as JPEG or PNG."},
	{begins: "II*\x00", words: "This is a TIFF scan. Save it as PDF or PNG."},
	{begins: "MM\x00*", words: "This is a TIFF scan. Save it as PDF or PNG."},
	{begins: "MZ", words: "This is a program. Only pictures and PDF can be attached."},
}

// Clean knows a file by its content, whatever its name says, and makes a picture
// anew. A file that cannot be kept is [Invalid] on "file", in words that help.
func (a Attachment) Clean() (Attachment, error) {
	a.Name = strings.TrimSpace(a.Name)
	switch n := utf8.RuneCountInString(a.Name); {
	case n == 0 || n > 200 || !utf8.ValidString(a.Name):
		return a, Invalid{"file": "The file's name has 1 to 200 characters."}
	case len(a.Data) == 0:
		return a, Invalid{"file": "The file is empty."}
	case len(a.Data) > MostAttachmentBytes:
		return a, Invalid{"file": fmt.Sprintf("The file has more than %d MiB.", MostAttachmentBytes>>20)}
	case bytes.HasPrefix(a.Data, []byte("%PDF-")):
		a.MediaType = "application/pdf"
		return a, nil
	case bytes.HasPrefix(a.Data, []byte("\xff\xd8\xff")), bytes.HasPrefix(a.Data, []byte("\x89PNG\r\n\x1a\n")):
		data, err := CleanPicture(a.Data)
		if err != nil {
			return a, Invalid{"file": "The picture cannot be kept: " + err.Error() + "."}
		}
		a.MediaType, a.Data = "image/jpeg", data
		return a, nil
	}
	return a, Invalid{"file": refusal(a.Data)}
}

func refusal(data []byte) string {
	for _, r := range refusedFiles {
		if r.begins != "" && bytes.HasPrefix(data, []byte(r.begins)) || r.at4 != "" && len(data) > 4 && bytes.HasPrefix(data[4:], []byte(r.at4)) {
			return r.words
		}
	}
	if head := strings.ToLower(string(data[:min(len(data), 1024)])); strings.Contains(head, "<svg") || strings.Contains(head, "<html") {
		return "This is a drawing or a page that could hold a script. Save it as PNG or PDF."
	}
	return "Only JPEG and PNG pictures and PDF can be attached; this is none of them, whatever its name says."
}

// Attach adds a file to the evidence. Whoever has proposed a decision has not seen
// it, so a proposal is void.
func (v Verification) Attach(a Attachment, by Person) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not write on them."}
	}
	if !v.Status.Open() {
		return v, Event{}, v.notOpen()
	}
	if err := v.mayTouch(by); err != nil {
		return v, Event{}, err
	}
	before := v.Snapshot()
	v.Version++
	v.Status, v.Proposal = StatusInReview, nil
	return v, Event{Kind: EventAttached, Object: v.ID, Before: before, After: v.Snapshot(),
		Facts: []Fact{{"media_type", a.MediaType}, {"kind", FileKind(a.MediaType)}, {"bytes", fmt.Sprint(len(a.Data))}}, Words: []Words{{"name", a.Name}}}, nil
}

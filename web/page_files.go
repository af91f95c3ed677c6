package web

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"reviewdesk/review"
	"reviewdesk/views"
)

// Files that officers add to a case: taken in by a form beside the decision's, shown
// as pictures, or handed out as something that no browser opens.

// errFileTooLarge is the rule's own sentence, for a file that was not read to its end.
var errFileTooLarge = review.Invalid{"file": "The file has more than " + strconv.Itoa(review.MostAttachmentBytes>>20) + " MiB."}

// atOnce is how many pictures are decoded at a time: one takes up to 128 MiB.
const atOnce = 1

// attach adds a file to the case. What is typed for the decision comes along and stays.
func (s *Server) attach(w http.ResponseWriter, r *http.Request) error {
	if err := notAhead(r); err != nil {
		return err
	}
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	file, err := readUpload(r)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = errFileTooLarge
	} else if err != nil {
		return err
	}
	o := s.besides(r)
	var a review.Attachment
	if err == nil {
		a, err = file.attachment()
	}
	var v review.Verification
	if err == nil {
		v, err = s.keepFile(r, id, a)
	}
	if err != nil {
		return s.drawAgain(w, r, id, o, err)
	}
	o.follow(v)
	s.flash(w, r, "ok", "File attached.")
	return s.goOn(w, r, id, o, filesPart)
}

// filesPart is where the page shows them.
const filesPart = "#files"

// keepFile waits for its turn: a picture is decoded on the way.
func (s *Server) keepFile(r *http.Request, id string, a review.Attachment) (review.Verification, error) {
	select {
	case s.attaching <- struct{}{}:
		defer func() { <-s.attaching }()
	case <-r.Context().Done():
		return review.Verification{}, r.Context().Err()
	}
	return s.db.Attach(r.Context(), visitOf(r.Context()).actor, id, a)
}

// follow lets what was typed hold for the case with one's own file on it. A second
// person's word becomes a note for a decision, since the proposal is void.
func (o *opened) follow(v review.Verification) {
	if o.typed == nil {
		return
	}
	if o.typed.second && v.Status == review.StatusInReview {
		o.typed.second, o.typed.submission, o.typed.Version = false, "", v.Version
		return
	}
	if o.typed.Version == v.Version-1 {
		o.typed.Version = v.Version
	}
}

// attachment hands out one file.
func (s *Server) attachment(w http.ResponseWriter, r *http.Request) error {
	if err := fetchedByUs(r); err != nil {
		return err
	}
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	a, err := s.db.Attachment(r.Context(), visitOf(r.Context()).actor, id, r.PathValue("digest"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", picturePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(a.Data)))
	how, ending := "attachment", ".pdf"
	if a.MediaType == "image/jpeg" { // made by the desk itself
		how, ending = "inline", ".jpg"
	} else {
		a.MediaType = "application/pdf" // nothing else is taken in
	}
	h.Set("Content-Type", a.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": safeName(a.Name, ending)}))
	if _, err := w.Write(a.Data); err != nil {
		s.opts.Log.Debug("write attachment", "error", err) // the reader left
	}
	return nil
}

// longestName is how many characters of a file's name are handed out.
const longestName = 80

// safeName is a name that no system takes for anything but a name: letters, digits
// and a few marks, and the ending of what the file is.
func safeName(name, ending string) string {
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		name = name[:dot]
	}
	kept := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_', r == '(', r == ')':
			return r
		case r == ' ', r == '.', r == ',':
			return ' '
		}
		return -1
	}, name)
	kept = strings.TrimSpace(firstRunes(strings.Join(strings.Fields(kept), " "), longestName))
	if kept == "" {
		kept = "attachment"
	}
	return kept + ending
}

// files is the card of the case's page.
func (o *opened) files() views.FilesCard {
	c := views.FilesCard{MayAdd: o.mayAttach(), Error: o.wrong["file"], Accepts: "image/jpeg,image/png,application/pdf,.jpg,.jpeg,.png,.pdf"}
	for _, a := range o.Attached {
		c.Files = append(c.Files, views.FileLine{
			Href: "/verifications/" + o.ID + "/attachments/" + a.Digest, Name: visible(a.Name), Kind: upperFirst(fileWords[review.FileKind(a.MediaType)]), Size: sizeWords(a.Bytes),
			Picture: a.MediaType == "image/jpeg", By: ownerOf(a.By), At: moment(a.At, o.now, o.zone),
		})
	}
	if c.MayAdd && o.Status == review.StatusSecondReview && o.Proposal != nil {
		c.Voids = "A new file makes the proposal of " + visible(o.Proposal.By.Name) + " void: the case goes back to the queue and is decided anew."
	}
	c.Shown = c.MayAdd || len(c.Files) > 0
	return c
}

// mayAttach asks the rule itself.
func (o *opened) mayAttach() bool {
	if !o.may(review.RightDecide) {
		return false
	}
	_, _, err := o.Verification.Attach(review.Attachment{}, o.v.actor.Person)
	return err == nil
}

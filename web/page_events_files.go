package web

import (
	"strconv"

	"reviewdesk/db"
	"reviewdesk/review"
)

// addedSentence tells what an officer put beside the evidence.
func addedSentence(e db.LogEntry) string {
	words := addedWords(e)
	switch {
	case words == "":
		return eventLooks[review.EventKind(e.Action)].did
	case e.Action == string(review.EventNameMatched):
		return "compared the applicant with a list entry: " + lowerFirst(words)
	}
	return "attached a " + fileWords[fact(e, "kind")] + " of " + sizeOf(e)
}

// addedWords is the same in a word or two; "" for what this version does not know.
func addedWords(e db.LogEntry) string {
	if e.Action == string(review.EventNameMatched) {
		return upperFirst(conclusionWords[review.Conclusion(fact(e, "conclusion"))])
	}
	kind := fileWords[fact(e, "kind")]
	if kind == "" {
		return ""
	}
	return upperFirst(kind) + ", " + sizeOf(e)
}

var fileWords = map[string]string{review.FilePDF: "PDF", review.FilePicture: "picture"}

func sizeOf(e db.LogEntry) string {
	n, err := strconv.Atoi(fact(e, "bytes"))
	if err != nil {
		return "unknown size"
	}
	return sizeWords(n)
}

// sizeWords is a number of bytes as people read it: "120 kB", "1.2 MB".
func sizeWords(n int) string {
	switch {
	case n < 1000:
		return counted(n, "byte", "bytes")
	case n < 999_500:
		return strconv.Itoa((n+500)/1000) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}

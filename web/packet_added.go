package web

import (
	"fmt"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// What officers had put beside the evidence, as a packet tells of it. The values that
// they compared stay on the desk: they may be in clear there, and a packet leaves it.

func packetSheets(p db.Packet) []views.PacketSheet {
	var out []views.PacketSheet
	for _, s := range p.Sheets {
		out = append(out, views.PacketSheet{Code: visible(s.Code), Conclusion: upperFirst(conclusionWords[s.Conclusion]), List: visible(s.List), Entry: visible(s.Entry),
			Compared: comparedWords(s.Compared), By: visible(s.By.Name), At: packetTime(s.At)})
	}
	return out
}

// comparedWords tell which identifiers agreed and which did not.
func comparedWords(compared []review.Comparison) string {
	by := map[string][]string{}
	for _, c := range compared {
		for _, i := range identifiers {
			if i.what == c.What {
				by[c.Answer] = append(by[c.Answer], lowerFirst(i.label))
			}
		}
	}
	var parts []string
	for _, answer := range []string{"same", "different"} {
		if len(by[answer]) > 0 {
			parts = append(parts, upperFirst(answer)+": "+strings.Join(by[answer], ", "))
		}
	}
	return strings.Join(parts, ". ")
}

func packetFiles(p db.Packet) []views.PacketFile {
	var out []views.PacketFile
	for i, file := range p.Files {
		info := p.Attached[i]
		out = append(out, views.PacketFile{Name: visible(file.Name), Kind: upperFirst(fileWords[review.FileKind(file.MediaType)]) + ", " + sizeWords(len(file.Data)),
			File: attachedName(i, file), SHA256: digestOf(file.Data), By: visible(info.By.Name), At: packetTime(info.At)})
	}
	return out
}

// attachedName is a file's name in the zip: what the officer's machine called it is no
// name to unpack by.
func attachedName(i int, a review.Attachment) string {
	ending := ".pdf"
	if a.MediaType == "image/jpeg" {
		ending = ".jpg"
	}
	return fmt.Sprintf("attached/%02d%s", i+1, ending)
}

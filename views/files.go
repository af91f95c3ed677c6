package views

import "github.com/a-h/templ"

// ownTab opens a link in a tab of its own, where leaving the page would lose what was
// typed.
func ownTab(kept bool) templ.Attributes {
	if !kept {
		return nil
	}
	return templ.Attributes{"target": "_blank", "rel": "noopener"}
}

func sheetAction(s *SheetLine) string {
	switch {
	case !s.MayFill:
		return "Read the worksheet"
	case s.Words == "":
		return "Fill in the worksheet"
	}
	return "Fill it in anew"
}

// joinedUpload is a button beside the decision's form that sends a file with it.
func (p *CasePage) joinedUpload(path string) templ.Attributes {
	attrs := p.joined(path)
	if attrs != nil {
		attrs["formenctype"] = "multipart/form-data"
	}
	return attrs
}

// sampleFiles are what officers have added to the design sheet's case.
func sampleFiles() FilesCard {
	then := at("2026-11-22T10:41:00+01:00", "4 min ago", "2026-11-22 09:41:00")
	return FilesCard{Shown: true, MayAdd: true, Accepts: "application/pdf", Error: "This is a HEIC photo. On the phone choose \"Most compatible\", or save it as JPEG.",
		Voids: "A new file makes the proposal of Jonas Lind void: the case goes back to the queue and is decided anew.",
		Files: []FileLine{{Href: "/verifications/x/attachments/a", Name: "Proof of address, March.pdf", Kind: "PDF", Size: "120 kB", By: ana, At: then},
			{Href: "/icon.svg", Name: "Letter.jpg", Kind: "Picture", Size: "1.2 MB", Picture: true, By: jonas, At: then}}}
}

// sampleSheets are a worksheet that is missing, and one that was filled in.
func sampleSheets() (missing, done *SheetLine) {
	missing = &SheetLine{ID: "sheet-missing", Href: "/verifications/x/worksheet?code=a", Barred: true, MayFill: true}
	done = &SheetLine{ID: "sheet-done", Href: "/verifications/x/worksheet?code=b", Words: "Another person", Tone: "ok", MayFill: true,
		Entry: "SDN list of 1 August 2026 · Entry 4711", By: mei, At: at("2026-11-22T10:41:00+01:00", "4 min ago", "2026-11-22 09:41:00")}
	return missing, done
}

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

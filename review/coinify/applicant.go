package coinify

import (
	"strings"

	"reviewdesk/review"
)

// ApplicantPath is where the applicant's page of an attempt is, below the desk's
// address.
const ApplicantPath = "/applicant/"

// Return is where the applicant of an attempt that began at this desk goes back to,
// byte for byte as the platform gave it; "" while his part is not over, where the
// platform gave none, and for attempts that began elsewhere, whose applicants were
// never sent here. His part is over once the attempt was submitted or has failed
// (facts/coinify.md, section 7); how it ended is not told.
func Return(v review.Verification) string {
	if v.Provider != review.Coinify || v.Status == review.StatusArriving {
		return ""
	}
	members, err := review.ReadObject(v.Object)
	if err != nil {
		return ""
	}
	f := members.Fields()
	back, here := f.Text("returnUrl"), strings.HasSuffix(f.Text("redirectUrl"), ApplicantPath+v.ID)
	checkReturn(f, back)
	if !here || f.Err() != nil {
		return ""
	}
	return back
}

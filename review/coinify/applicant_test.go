package coinify_test

import (
	"testing"

	"reviewdesk/review"
	"reviewdesk/review/coinify"
)

func TestTheApplicantGoesBackOnceHisPartIsOver(t *testing.T) {
	const here = `redirectUrl="https://desk.example/applicant/0cf12488-0dcf-4f99-96c4-e1ec879c906d"`
	const back = "https://platform.example/back?a=1&b=%3C2%3E#c"
	for _, test := range []struct {
		name    string
		members []string
		want    string
	}{
		{"while he has to act he stays", []string{here, `state="pending"`, `rejectReason=null`}, ""},
		{"while machines look at it he stays", []string{here, `state="processing"`, `rejectReason=null`}, ""},
		{"under manual review he goes", []string{here}, back},
		{"approved he goes", []string{here, `state="approved"`, `rejectReason=null`}, back},
		{"rejected he goes", []string{here, `rejectReason="NO_ID_UPLOADED"`}, back},
		{"with documents that ran out he goes", []string{here, `state="expired"`, `rejectReason=null`}, back},
		{"of an attempt that began elsewhere nothing is known", []string{`state="approved"`, `rejectReason=null`}, ""},
		{"another attempt's page is not his", []string{`redirectUrl="https://desk.example/applicant/0cf12488-0dcf-4f99-96c4-e1ec879c906e"`}, ""},
		{"nowhere to go", []string{here, `returnUrl=null`}, ""},
		{"no script", []string{here, `returnUrl="javascript:alert(1)"`}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := parse(t, object(append([]string{`returnUrl="` + back + `"`}, test.members...)...))
			if got := coinify.Return(v); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			v.Provider = review.Cybrid
			if got := coinify.Return(v); got != "" {
				t.Errorf("another provider's goes to %q", got)
			}
		})
	}
}

package review_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// taken brings one line of CSV in by the one road: composed, then parsed.
func taken(header, line string) (review.Verification, error) {
	rows, err := csv.NewReader(strings.NewReader(header + "\n" + line)).ReadAll()
	if err != nil {
		return review.Verification{}, err
	}
	object, provider, err := review.ParseCSVRecord(rows[0], rows[1], providers.All)
	if err != nil {
		return review.Verification{}, err
	}
	vocabulary, err := providers.All.Of(provider)
	if err != nil {
		return review.Verification{}, err
	}
	v, _, err := vocabulary.Parse(object)
	return v, err
}

const (
	allColumns = "provider,id,state,reason,created_at,updated_at,method,reference,name,birth_date,email,phone,country,address,number,document_kind,document_country,document_expiry,codes"
	cybridLine = `cybrid,0CF124880DCF4F9996C4E1EC879C906D,reviewing,,2026-01-02T03:04:05Z,2026-01-02T04:04:05.5+01:00,id_and_selfie,c1,"Ana ""<A>"" Ruiz",1990-02-14,a@example.com,+34 600 123 456,ES,"Calle Alcalá 27, 28004",X1,passport,ES,2030-01-02,selfie_failure; address_check_failure;`
	coinifyRow = `coinify,0CF12488-0dcf-4f99-96c4-e1ec879c906d,rejected,MANUAL_REVIEW,2026-01-02T03:04:05Z,,,754035,Ana Ruiz,1990-02-14,a@example.com,+34 600 123 456,ES,Calle Alcalá 27,X1,passport,ES,2030-01-02,ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT .BLURRED`
)

func TestARowOfCSVBecomesAVerificationOfItsProvider(t *testing.T) {
	for line, want := range map[string]struct {
		id, state, method, reference, name string
		codes                              []string
	}{
		cybridLine: {"0cf12488-0dcf-4f99-96c4-e1ec879c906d", "reviewing", "id_and_selfie", "c1", `Ana "<A>" Ruiz`, []string{"selfie_failure", "address_check_failure"}},
		coinifyRow: {"0cf12488-0dcf-4f99-96c4-e1ec879c906d", "rejected", "", "754035", "Ana Ruiz", []string{"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED", "MANUAL_REVIEW"}},
	} {
		v, err := taken("\ufeff"+allColumns, line)
		if err != nil {
			t.Fatal(err)
		}
		if v.Status != review.StatusInReview || v.ID != want.id || v.Arrived.State != want.state || v.Method != want.method {
			t.Errorf("got %s %s %s %s", v.Status, v.ID, v.Arrived.State, v.Method)
		}
		if v.Subject.Reference != want.reference || v.Subject.Name != want.name || !slices.Equal(v.Codes(), want.codes) {
			t.Errorf("got %q %q %q", v.Subject.Reference, v.Subject.Name, v.Codes())
		}
		r := v.Subject.Reading
		if r.BirthDate != "1990-02-14" || r.Email != "a@example.com" || r.Phone != "+34 600 123 456" || r.Country != "ES" || r.Number != "X1" || r.Address == "" {
			t.Errorf("the subject is %+v", r)
		}
		if len(v.Documents) != 1 || v.Documents[0].Kind != "passport" || v.Documents[0].Country != "ES" || v.Documents[0].Read.Expiry != "2030-01-02" {
			t.Errorf("the documents are %+v", v.Documents)
		}
	}
}

func TestASettledRowIsSettled(t *testing.T) {
	const header = "provider,id,state,reason,created_at,updated_at,document_expiry"
	for line, want := range map[string]review.Status{
		"cybrid,0cf124880dcf4f9996c4e1ec879c906d,completed,passed,2026-01-02T03:04:05Z,2026-01-03T00:00:00Z,":                  review.StatusPassed,
		"cybrid,0cf124880dcf4f9996c4e1ec879c906d,waiting,,2026-01-02T03:04:05Z,,":                                              review.StatusArriving,
		"coinify,0cf12488-0dcf-4f99-96c4-e1ec879c906d,approved,,2026-01-02T03:04:05Z,2026-01-03T00:00:00.1239Z,2030-01-02":     review.StatusPassed,
		"coinify,0cf12488-0dcf-4f99-96c4-e1ec879c906d,rejected,NO_ID_UPLOADED,2026-01-02T03:04:05Z,2026-01-03T00:00:00Z,":      review.StatusFailed,
		"coinify,0cf12488-0dcf-4f99-96c4-e1ec879c906d,processing,MANUAL_REVIEW,2026-01-02T03:04:05Z,2026-01-03T00:00:00Z,":     review.StatusInReview,
		"coinify,0cf12488-0dcf-4f99-96c4-e1ec879c906d,expired,,2026-01-02T03:04:05Z,2026-01-03T00:00:00Z,2020-01-01":           review.StatusLapsed,
		"coinify,0cf12488-0dcf-4f99-96c4-e1ec879c906d,pending,,2026-01-02T03:04:05+09:00,2026-01-03T00:00:00Z,2020-01-01     ": review.StatusArriving,
	} {
		v, err := taken(header, line)
		if err != nil || v.Status != want {
			t.Errorf("%s\ngot %s, %v", line, v.Status, err)
		}
		if v.Provider == review.Coinify && want == review.StatusPassed &&
			(v.ApprovedAt.Format("15:04:05.000") != "00:00:00.123" || v.ExpiresAt.Format("2006-01-02") != "2030-01-02") {
			t.Errorf("approved %s, expires %s", v.ApprovedAt, v.ExpiresAt)
		}
	}
}

func TestABadRowNamesItsColumnAndQuotesNothing(t *testing.T) {
	const header = "provider,id,state,created_at,name,birth_date,method"
	const id = "0cf124880dcf4f9996c4e1ec879c906d"
	row := func(cells ...string) []string { return cells }
	tests := []struct {
		name   string
		header string
		record []string
		want   string
	}{
		{"an unknown column is named", "provider,id,state,created_at,nmae", row("", "", "", "", ""), `unknown column "nmae"`},
		{"a column twice is named", "provider,id,state,created_at,name,name", row("", "", "", "", "", ""), `column "name" stands twice`},
		{"a missing column is named", "provider,id,state", row("cybrid", id, "waiting"), `column "created_at" is missing`},
		{"a short row is refused", header, row("cybrid"), "1 cells in a table of 7 columns"},
		{"a missing provider is named", header, row("", id, "waiting", "2026-01-02T03:04:05Z", "", "", ""), "provider: is missing"},
		{"an unknown provider is named", header, row("Secret", id, "waiting", "2026-01-02T03:04:05Z", "", "", ""), "provider: not one that this desk serves"},
		{"a missing id is named", header, row("cybrid", " ", "waiting", "2026-01-02T03:04:05Z", "", "", ""), "id: is missing"},
		{"a missing state is named", header, row("cybrid", id, "", "2026-01-02T03:04:05Z", "", "", ""), "state: is missing"},
		{"a missing time is named", header, row("cybrid", id, "waiting", "", "", "", ""), "created_at: is missing"},
		{"a bad time is named", header, row("cybrid", id, "waiting", "Secret", "", "", ""), "created_at: want a time such as"},
		{"a bad date is named", header, row("cybrid", id, "waiting", "2026-01-02T03:04:05Z", "", "14/02/1990", ""), "birth_date: want a date such as"},
		{"bytes that are no text are named", header, row("cybrid", id, "waiting", "2026-01-02T03:04:05Z", "Secret\xff", "", ""), "name: holds bytes that are no UTF-8"},
		{"a control character is named", header, row("cybrid", id, "waiting", "2026-01-02T03:04:05Z", "Secret\x00", "", ""), "name: holds a control character"},
		{"a method at Coinify has no place", header, row("coinify", "x", "pending", "2026-01-02T03:04:05Z", "", "", "attested"), "method: Coinify has none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := review.ParseCSVRecord(strings.Split(test.header, ","), test.record, providers.All)
			if !strings.HasPrefix(message(err), test.want) || strings.Contains(message(err), "Secret") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	for line, want := range map[string]string{
		"cybrid,no guid,waiting,2026-01-02T03:04:05Z,,,":      "guid: want 32 hexadecimal digits without hyphens",
		"cybrid," + id + ",nowhere,2026-01-02T03:04:05Z,,,":   "state: want one of storing, waiting, pending, reviewing, completed, expired",
		"coinify,no uuid,pending,2026-01-02T03:04:05Z,,,":     "id: want a UUID",
		"cybrid," + id + ",completed,2026-01-02T03:04:05Z,,,": "outcome: a completed verification has passed or failed",
	} {
		if _, err := taken(header, line); message(err) != want {
			t.Errorf("%s\ngot %v", line, err)
		}
	}
}

func FuzzCSVRecord(f *testing.F) {
	f.Add("cybrid", "0cf124880dcf4f9996c4e1ec879c906d", "completed", "failed", "2026-01-02T03:04:05Z", "Ana\n\u2028<&>", "x;y z")
	f.Add("coinify", "0cf12488-0dcf-4f99-96c4-e1ec879c906d", "approved", "", "2026-01-02T03:04:05Z", "Ζωή", "")
	header := []string{"provider", "id", "state", "reason", "created_at", "name", "codes"}
	f.Fuzz(func(t *testing.T, provider, id, state, reason, created, name, codes string) {
		object, p, err := review.ParseCSVRecord(header, []string{provider, id, state, reason, created, name, codes}, providers.All)
		if err != nil {
			return
		}
		vocabulary, err := providers.All.Of(p)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := vocabulary.Parse(object)
		if err == nil && v.Subject.Name != strings.TrimSpace(name) {
			t.Errorf("the name %q became %q", name, v.Subject.Name)
		}
		if err != nil && strings.HasPrefix(fmt.Sprint(err), "the object") {
			t.Errorf("what was composed is no object: %v", err)
		}
	})
}

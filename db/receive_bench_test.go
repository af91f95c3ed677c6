package db

import (
	"fmt"
	"testing"

	"reviewdesk/db/dbtest/gauge"
	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// What it costs to take a verification in, so many to a commit, and what the same rows
// cost through the same driver with nothing of ours around them.
//
//	go test ./db -run '^$' -bench Receive -benchtime 20x
func BenchmarkReceive(b *testing.B) {
	for _, together := range []int{1, 20, 200, 1000} {
		b.Run(fmt.Sprintf("together=%d", together), func(b *testing.B) {
			db := benchDesk(b)
			next, cases := 0, 0
			began := gauge.ProcessorTime()
			for b.Loop() {
				in := make([]Incoming, together)
				for i := range in {
					next++
					in[i].Verification = arriving(b, next)
				}
				if _, err := db.Receive(b.Context(), System("benchmark"), in); err != nil {
					b.Fatal(err)
				}
				cases += together
			}
			b.ReportMetric(float64((gauge.ProcessorTime()-began).Microseconds())/float64(cases), "cpu-us/case")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func arriving(b *testing.B, n int) review.Verification {
	v, _, err := cybrid.Vocabulary{}.Parse(fmt.Appendf(nil, `{"guid":"%032x","type":"kyc","method":"id_and_selfie","created_at":"2026-11-22T08:00:00Z","updated_at":"2026-11-22T08:00:00Z",`+
		`"customer_guid":"%032x","state":"reviewing","outcome":null,"failure_codes":["id_check_failure"],"compliance_decisions":[],"compliance_checks":[],`+
		`"pii":{"name":{"first":"%s","last":"Quispe"},"date_of_birth":"1990-02-14","address":{"street":"Calle Alcalá 27","city":"Madrid","country_code":"ES"}}}`, n, n, benchName(n)))
	if err != nil {
		b.Fatal(err)
	}
	return v
}

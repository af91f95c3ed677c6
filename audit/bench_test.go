package audit_test

import (
	"fmt"
	"testing"

	"reviewdesk/audit"
)

func BenchmarkAppend(b *testing.B) {
	e := full
	f := &audit.Frontier{}
	b.ReportAllocs()
	for b.Loop() {
		e.Seq = f.Size() + 1
		body, err := e.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Append(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	body := []byte(fullBytes)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := audit.Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify checks logs of 20 000 entries, three a case, with a signed and
// anchored head for each batch of so many entries.
func BenchmarkVerify(b *testing.B) {
	for _, batch := range []int{1, 50} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			d := longLog(b, 20000, batch)
			b.ReportAllocs()
			for b.Loop() {
				if r := d.verify(); r.ExitCode() != 0 {
					b.Fatal(r.Sentence())
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/20000, "µs/entry")
		})
	}
}

func longLog(b *testing.B, entries, batch int) *desk {
	d := newDesk(b)
	for i := range entries {
		id := fmt.Sprintf("%08d-0000-4000-8000-000000000000", i/3)
		switch i % 3 {
		case 0:
			d.add(received(id))
			d.cases = append(d.cases, audit.CaseState{ID: id, State: "in_review", Version: 1})
		case 1:
			d.add(audit.Entry{Actor: audit.Actor{ID: "ann"}, Action: "viewed", Object: id})
		case 2:
			d.add(decided(id))
			d.cases[i/3] = audit.CaseState{ID: id, State: "passed", Version: 2, Decider: "ann"}
		}
		if (i+1)%batch == 0 || i == entries-1 {
			d.commit()
		}
	}
	return d
}

func received(id string) audit.Entry {
	return audit.Entry{Action: "received", Object: id, After: &audit.State{State: "in_review", Version: 1}}
}

func decided(id string) audit.Entry {
	return audit.Entry{
		Actor: audit.Actor{Kind: "person", ID: "ann", Role: "officer"}, Action: "decided", Object: id,
		Before: &audit.State{State: "in_review", Version: 1}, After: &audit.State{State: "passed", Version: 2},
		Facts: []audit.Fact{{Name: "ground", Value: "evidence_agrees"}}, Factors: []string{"password"},
	}
}

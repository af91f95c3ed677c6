package db_test

import (
	"testing"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestTheLogIsAskedForACode(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	one := d.Cybrid(1, "Ines Moreau", "address_check_failure", "dob_check_failure")
	d.Cybrid(2, "Viktor Hahn", "address_check_failure")
	odd := d.Cybrid(3, "Noor El-Sayed", "quite/odd#code")
	_, err := d.Decide(t.Context(), ana, one, approval(1), "")
	ok(t, err)
	for code, want := range map[string]int{"address_check_failure": 3, "dob_check_failure": 2, "quite/odd#code": 1, "nothing": 0} {
		entries, _, err := d.Log(t.Context(), review.EventFilter{Code: code}, 0, 10)
		ok(t, err)
		if len(entries) != want {
			t.Errorf("%s is named by %d events, want %d", code, len(entries), want)
		}
		newer, _, err := d.LogNewer(t.Context(), review.EventFilter{Code: code}, 0, 10)
		if ok(t, err); len(newer) != want {
			t.Errorf("%s is named by %d events the other way", code, len(newer))
		}
		for i := 1; i < len(entries); i++ {
			if entries[i].Seq >= entries[i-1].Seq {
				t.Errorf("%s: not the newest first", code)
			}
		}
	}
	both, _, err := d.Log(t.Context(), review.EventFilter{Code: "address_check_failure", Case: one, Kind: review.EventDecided, Actor: ana.ID}, 0, 10)
	if ok(t, err); len(both) != 1 {
		t.Errorf("with other filters there are %d", len(both))
	}
	if entries, _, _ := d.Log(t.Context(), review.EventFilter{Case: odd}, 0, 10); len(entries) != 1 {
		t.Errorf("the odd case has %d events", len(entries))
	}
	whole(t, d)
}

func TestTheCheckFindsAnIndexOfCodesThatSaysOtherwise(t *testing.T) {
	w := newWorkweek(t)
	for name, damage := range map[string]struct {
		statement string
		seq       func(p *patient) int64
	}{
		"a code is gone":      {`DELETE FROM audit_code WHERE seq = (SELECT MAX(seq) FROM audit_code)`, func(p *patient) int64 { return p.lastCoded() }},
		"a code is made up":   {`INSERT INTO audit_code (seq, code) VALUES (1, 'made_up')`, func(*patient) int64 { return 1 }},
		"a code of no event":  {`INSERT INTO audit_code (seq, code) VALUES (99999, 'made_up')`, func(*patient) int64 { return 99999 }},
		"a code is another's": {`UPDATE audit_code SET code = 'made_up' WHERE seq = (SELECT MAX(seq) FROM audit_code)`, func(p *patient) int64 { return p.lastCoded() }},
	} {
		t.Run(name, func(t *testing.T) {
			p := w.patient(t)
			want := damage.seq(p)
			p.exec(`DROP TRIGGER audit_code_no_update`)
			p.exec(`DROP TRIGGER audit_code_no_delete`)
			p.exec(damage.statement)
			if r := p.verify(); r.Fault != audit.FaultChanged || r.Seq != want {
				t.Errorf("%s, want %d", r.Sentence(), want)
			}
		})
	}
}

func (p *patient) lastCoded() (seq int64) {
	p.t.Helper()
	ok(p.t, p.open().QueryRow(`SELECT MAX(seq) FROM audit_code`).Scan(&seq))
	return seq
}

func TestAnEventWhoseBytesAreDamagedIsStillThereToBeFound(t *testing.T) {
	w := newWorkweek(t)
	p := w.patient(t)
	p.exec(`UPDATE audit_entry SET body = CAST('not an entry' AS BLOB) WHERE seq = ?`, w.decided)
	d, err := db.Open(t.Context(), p.dir, dbtest.Options(&dbtest.Clock{}))
	ok(t, err)
	defer d.Close()
	e, err := d.LogEntry(t.Context(), w.decided)
	if ok(t, err); !e.Broken || e.Seq != w.decided || e.Time.IsZero() {
		t.Errorf("it reads %+v", e)
	}
	entries, _, err := d.Log(t.Context(), review.EventFilter{}, 0, int(w.last))
	if ok(t, err); len(entries) != int(w.last) {
		t.Errorf("the log lists %d of %d", len(entries), w.last)
	}
	if c := d.CheckLog(t.Context()); c.Fault != audit.FaultChanged || c.Seq != w.decided {
		t.Error(c.Sentence())
	}
}

package db_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// erasedDesk is a closed desk on which one person was erased, and a copy of its folder
// from before.
func erasedDesk(t *testing.T) (d *dbtest.Desk, id, before string) {
	t.Helper()
	d, admin, id := closed(t)
	ok(t, d.HoldPerson(t.Context(), admin, plainOther, "A court asked."))
	d.Shut()
	ownOnly(t, d.Dir)
	before = keptAside(t, d.Dir)
	d.Open()
	ok(t, d.ErasePerson(t.Context(), admin, id, review.GroundOrder, "A court ordered it."))
	ok(t, d.Overwrite(t.Context()))
	d.Shut()
	return d, id, before
}

const plainOther = "c0ffee00-0000-4000-8000-000000000001" // the first case of [closed]

func TestDamageToErasedCasesIsFound(t *testing.T) {
	d, id, before := erasedDesk(t)
	aside := keptAside(t, d.Dir)
	after := func(queries ...string) func(*testing.T) { return damagedBy(aside, d.Dir, queries) }
	earlier := func(queries ...string) func(*testing.T) { return damagedBy(before, d.Dir, queries) }
	of := ` WHERE id = '` + id + `'`
	wipe := []string{
		`UPDATE subject SET reference = '', name = '', email = '', birth_date = '', key = x'' WHERE id = (SELECT subject FROM verification` + of + `)`,
		`DELETE FROM evidence WHERE v = (SELECT seq FROM verification` + of + `)`, `DELETE FROM attachment WHERE v = (SELECT seq FROM verification` + of + `)`,
		`UPDATE verification SET dossier = x'', object_digest = x'', country = '', document_kind = '', document_country = ''` + of,
	}
	words := `DELETE FROM commitment_key WHERE entry IN (SELECT seq FROM audit_entry WHERE object = '` + id + `')`
	for what, c := range map[string]struct {
		damage func(*testing.T)
		want   audit.Fault
	}{
		"a person is emptied, and no event says so":      {earlier(append(wipe, words)...), audit.FaultCase},
		"a person's key alone is deleted":                {earlier(wipe[0]), audit.FaultCommitment},
		"a person's words alone are deleted":             {earlier(words), audit.FaultCommitment},
		"one note's key is deleted":                      {earlier(`DELETE FROM commitment_key WHERE entry = (SELECT seq FROM audit_entry WHERE kind = 'noted')`), audit.FaultCommitment},
		"an emptied row is called erased":                {earlier(append(append(wipe, words), `INSERT INTO erasure (v, entry) SELECT seq, 1 FROM verification`+of)...), audit.FaultCase},
		"a name stands in an erased person's row":        {after(`UPDATE subject SET name = 'Zephyrine' WHERE id = (SELECT subject FROM verification` + of + `)`), audit.FaultCase},
		"a reference stands there":                       {after(`UPDATE subject SET reference = 'x' WHERE id = (SELECT subject FROM verification` + of + `)`), audit.FaultCase},
		"a country stands in an erased case":             {after(`UPDATE verification SET country = 'ES'` + of), audit.FaultCase},
		"a dossier stands in an erased case":             {after(`UPDATE verification SET dossier = zeroblob(40)` + of), audit.FaultCase},
		"a picture stands in an erased case":             {after(`INSERT INTO evidence (v, n, kind, media_type, width, height, digest, sealed) SELECT seq, 0, 'selfie', 'image/png', 1, 1, x'00', x'00' FROM verification` + of), audit.FaultCase},
		"words of an erased case are kept":               {after(`INSERT INTO commitment_key (entry, field, subject, key, sealed) SELECT seq, 'note', 0, zeroblob(32), x'00' FROM audit_entry WHERE kind = 'noted'`), audit.FaultCommitment},
		"a skeleton's time is changed":                   {after(`UPDATE verification SET created_at = created_at + 1` + of), audit.FaultCase},
		"a skeleton's provider id is changed":            {after(`UPDATE verification SET provider_id = 'x'` + of), audit.FaultCase},
		"a skeleton's outcome is changed":                {after(`UPDATE verification SET status = 'passed'` + of), audit.FaultCase},
		"a skeleton's code is changed":                   {after(`UPDATE verification SET codes = 'x'` + of), audit.FaultCase},
		"a decision of an erased case is changed":        {after(`UPDATE decision SET grounds = 'x' WHERE v = (SELECT seq FROM verification` + of + `)`), audit.FaultCase},
		"an erasure's row is gone":                       {after(`DELETE FROM erasure`), audit.FaultCase},
		"an erasure's row names another event":           {after(`UPDATE erasure SET entry = entry - 1`), audit.FaultCase},
		"a hold is taken off, and no event says so":      {after(`DELETE FROM hold`), audit.FaultCase},
		"a hold is put on, and no event says so":         {after(`INSERT INTO hold (subject, entry) VALUES (3, 1)`), audit.FaultCase},
		"the reason of an erasure is changed":            {after(`UPDATE commitment_key SET key = zeroblob(32) WHERE entry = (SELECT entry FROM erasure)`), audit.FaultCommitment},
		"nothing is wrong after an erasure":              {after(), audit.FaultNone},
		"nothing is wrong before it, but for the anchor": {earlier(), audit.FaultNone},
		"the reason of an erasure is forgotten":          {after(`DELETE FROM commitment_key WHERE entry = (SELECT entry FROM erasure)`), audit.FaultNone},
	} {
		t.Run(what, func(t *testing.T) {
			c.damage(t)
			if r, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{}); err != nil || r.Fault != c.want {
				t.Errorf("%s, %v", r.Sentence(), err)
			}
		})
	}
}

// damagedBy puts a folder back and damages it. What is checked there lies under no newer
// anchor.
func damagedBy(aside, dir string, queries []string) func(*testing.T) {
	return func(t *testing.T) {
		putBack(t, aside, dir)
		raw, err := db.OpenRaw(filepath.Join(dir, "desk.db"))
		ok(t, err)
		for _, query := range append([]string{`PRAGMA foreign_keys = 0`}, queries...) {
			_, err = raw.Exec(query)
			ok(t, err)
		}
		ok(t, raw.Close())
	}
}

// A proof that an auditor took home before an erasure proves afterwards what it proved,
// and what the entry commits to can be opened by nobody.
func TestProofsFromBeforeAnErasureHold(t *testing.T) {
	d, admin, id := closed(t)
	entries, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventNoted, Case: id}, 0, 1)
	ok(t, err)
	noted := entries[0]
	proof, err := d.Proof(t.Context(), noted.Seq)
	ok(t, err)
	head, _, err := d.Checkpointed(t.Context())
	ok(t, err)
	if words, err := d.Words(t.Context(), noted.Seq); err != nil || words["note"] == "" {
		t.Fatalf("%q, %v", words, err)
	}
	ok(t, d.ErasePerson(t.Context(), admin, id, review.GroundOrder, "A court ordered it."))
	if words, err := d.Words(t.Context(), noted.Seq); err != nil || len(words) != 0 {
		t.Errorf("it opens: %q, %v", words, err)
	}
	again, err := d.Proof(t.Context(), noted.Seq)
	ok(t, err)
	if !bytes.Equal(proof.Entry, again.Entry) {
		t.Error("the entry has other bytes")
	}
	keys, err := audit.NewKeys(d.VerifierKey())
	ok(t, err)
	for what, p := range map[string]audit.Proof{"the one taken before": proof, "one taken now": again} {
		if _, _, err := p.Verify(keys); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if now, _, err := d.Checkpointed(t.Context()); err != nil || now.Size <= head.Size {
		t.Errorf("the log did not go on: %d, %v", now.Size, err)
	}
}

func TestAnOlderDatabaseIsEmptiedBeforeItIsServed(t *testing.T) {
	d, id, before := erasedDesk(t)
	older, err := os.ReadFile(filepath.Join(before, "desk.db"))
	ok(t, err)
	ok(t, os.WriteFile(filepath.Join(d.Dir, "desk.db"), older, 0o600))
	if out := found(t, d.Dir, personal[:2]); len(out) == 0 {
		t.Fatal("the older database does not hold the name, so this proves nothing")
	}
	d.Open()
	if d.Sealed() == "" {
		t.Fatal("not sealed")
	}
	page, err := d.List(t.Context(), review.Filter{Statuses: review.Statuses()}, db.Cursor{}, 10)
	ok(t, err)
	for _, r := range page.Rows {
		if r.ID == id && (r.Name != "" || !r.Erased) {
			t.Errorf("the sealed desk serves %q", r.Name)
		}
	}
	r, err := d.Retention(t.Context(), id)
	ok(t, err)
	ok(t, d.AcceptRollback(t.Context(), db.System("test"), "The disk failed."))
	if r, err = d.Retention(t.Context(), id); err != nil || r.Erased == nil || r.Erased.Ground != review.GroundOrder {
		t.Errorf("after the rollback was accepted: %+v, %v", r.Erased, err)
	}
	ok(t, d.Overwrite(t.Context()))
	whole(t, d)
	d.Shut()
	if out := found(t, d.Dir, personal); len(out) > 0 {
		t.Errorf("left: %q", out)
	}
	wholeOffline(t, d)
	d.Open() // once more: the list's last line is now the newest event's
	if d.Sealed() != "" || erasedEvents(t, d) != 1 {
		t.Errorf("%q, %d events", d.Sealed(), erasedEvents(t, d))
	}
}

func TestAnOlderDatabaseWithItsAnchorIsErasedFromAgain(t *testing.T) {
	d, id, before := erasedDesk(t)
	for _, name := range []string{"desk.db", "anchor/anchor.log"} {
		older, err := os.ReadFile(filepath.Join(before, name))
		ok(t, err)
		ok(t, os.WriteFile(filepath.Join(d.Dir, name), older, 0o600))
	}
	d.Open()
	r, err := d.Retention(t.Context(), id)
	if ok(t, err); d.Sealed() != "" || r.Erased == nil || erasedEvents(t, d) != 1 {
		t.Errorf("%q, %+v", d.Sealed(), r.Erased)
	}
	ok(t, d.Overwrite(t.Context()))
	whole(t, d)
	d.Shut()
	if out := found(t, d.Dir, personal); len(out) > 0 {
		t.Errorf("left: %q", out)
	}
}

func TestTheListOfWhoWasErased(t *testing.T) {
	d, id, before := erasedDesk(t)
	aside, path := keptAside(t, d.Dir), filepath.Join(d.Dir, "anchor", "anchor.log.erased")
	list, err := os.ReadFile(path)
	ok(t, err)
	var line struct{ Case, Leaf string }
	if err := json.Unmarshal(list, &line); err != nil || line.Case != id || len(line.Leaf) != 2*tlog.HashSize || bytes.Contains(list, []byte("ephyrine")) {
		t.Fatalf("the list says %s, %v", list, err)
	}
	older, err := os.ReadFile(filepath.Join(before, "desk.db"))
	ok(t, err)
	for what, c := range map[string]struct {
		list   string // "-" for none
		older  bool
		sealed string
		after  string
	}{
		"a crash came between the commit and the list":  {"-", false, "", string(list)},
		"a crash cut the line short":                    {string(list[:40]), false, "", string(list)},
		"a crash cut the next line short":               {string(list) + `{"time":"20`, false, "", string(list)},
		"somebody else wrote the line of an older desk": {strings.Replace(string(list), `"entry":`, `"entry":1`, 1), true, "holds a line that this desk did not write", strings.Replace(string(list), `"entry":`, `"entry":1`, 1)},
		"somebody else wrote a line behind":             {string(list) + "nonsense\n", false, "holds a line that this desk did not write", string(list) + "nonsense\n"},
		"nothing is wrong":                              {string(list), false, "", string(list)},
	} {
		t.Run(what, func(t *testing.T) {
			putBack(t, aside, d.Dir)
			if c.list == "-" {
				ok(t, os.Remove(path))
			} else {
				ok(t, os.WriteFile(path, []byte(c.list), 0o600))
			}
			if c.older {
				ok(t, os.WriteFile(filepath.Join(d.Dir, "desk.db"), older, 0o600))
			}
			d.Open()
			if why := d.Sealed(); c.sealed == "" && why != "" || !strings.Contains(why, c.sealed) {
				t.Errorf("sealed: %q", why)
			}
			d.Shut()
			if now, err := os.ReadFile(path); err != nil || string(now) != c.after {
				t.Errorf("the list says %s, %v", now, err)
			}
		})
	}
}

func TestAPersonComesBackAsSomebodyNew(t *testing.T) {
	d := dbtest.New(t)
	first := ended(t, d, 1, "twice", agoYears(9), review.StatusPassed)
	ok(t, d.ErasePerson(t.Context(), db.System("test"), first, review.GroundRequest, "Asked by letter."))
	second := ended(t, d, 2, "twice", agoYears(1), review.StatusPassed)
	a, err := d.Retention(t.Context(), first)
	ok(t, err)
	b, err := d.Retention(t.Context(), second)
	if ok(t, err); a.Person == b.Person || b.Erased != nil || len(b.Cases) != 1 {
		t.Errorf("%+v\n%+v", a, b)
	}
	if err := d.ErasePerson(t.Context(), db.System("test"), second, review.GroundRequest, "Asked by letter."); !errors.Is(err, review.ErrForbidden) {
		t.Error(err)
	}
	whole(t, d)
}

func TestACheckNamesWhereSomebodyErasedLiesStill(t *testing.T) {
	d, _, _ := erasedDesk(t)
	ownOnly(t, d.Dir)
	wholeOffline(t, d)
	ok(t, os.Mkdir(filepath.Join(d.Dir, "replaced-20261122T080000.000Z"), 0o700))
	ok(t, os.Mkdir(filepath.Join(d.Dir, "replaced-20261122T100000.000Z"), 0o700)) // put aside after the erasure
	ok(t, os.Remove(filepath.Join(d.Dir, "anchor", "anchor.log.erased")))
	h, err := db.CheckWorkspace(t.Context(), d.Dir, db.VerifyOptions{})
	ok(t, err)
	if said := strings.Join(h.Faults, "\n"); len(h.Faults) != 2 || !strings.Contains(said, "anchor.log.erased, is missing") || !strings.Contains(said, "replaced-20261122T080000.000Z holds") {
		t.Errorf("%q", h.Faults)
	}
}

// While the list cannot be written, an erasure is told as not anchored, and nothing
// further is recorded; then it is made up for.
func TestAListThatCannotBeWrittenHoldsTheDesk(t *testing.T) {
	d, admin, id := closed(t)
	ana := d.Person("Lin Reviewer", review.RoleReviewer)
	path := filepath.Join(d.Dir, "anchor", "anchor.log.erased")
	ok(t, os.Mkdir(path, 0o700))
	if err := d.ErasePerson(t.Context(), admin, id, review.GroundOrder, "A court ordered it."); !errors.Is(err, db.ErrNotAnchored) {
		t.Errorf("erased: %v", err)
	}
	if err := d.Note(t.Context(), ana, plainOther, "A note of some length."); !errors.Is(err, db.ErrNotRecorded) && !errors.Is(err, db.ErrNotAnchored) {
		t.Errorf("a note after it: %v", err)
	}
	ok(t, os.Remove(path))
	ok(t, d.Note(t.Context(), ana, plainOther, "A note of some length."))
	if list, err := os.ReadFile(path); err != nil || bytes.Count(list, []byte(id)) != 1 {
		t.Errorf("the list: %s, %v", list, err)
	}
	whole(t, d)
}

package db_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

const years = 366 * 24 * time.Hour

// personal are words of one person that no other person's data hold.
var personal = []string{"Zephyrine", "zephyrine", "Quackenbush", "quackenbush", "zephyrinequackenbush@desk.example",
	"ephyrine", "uackenbush", "the note about her", "why she is held", "passport of hers"}

// closed is a desk with one person who was decided, in every way that leaves data behind,
// beside others.
func closed(t *testing.T) (d *dbtest.Desk, admin db.Actor, id string) {
	t.Helper()
	d = dbtest.New(t)
	d.AtOnce()
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	admin = d.Person("Rosa Admin", review.RoleAdmin)
	d.Cybrid(1, "Ines Moreau")
	id = d.Cybrid(2, "Zephyrine Quackenbush", "selfie_failure")
	d.Coinify(3, "Olu Adebayo")
	ok(t, d.Note(t.Context(), ana, id, "A note, the note about her, for @meitan."))
	_, err := d.Attach(t.Context(), ana, id, review.Attachment{Name: "passport of hers.png", MediaType: "image/png", Data: tinyPNG(t)})
	ok(t, err)
	v, err := d.Peek(t.Context(), id)
	ok(t, err)
	_, err = d.Decide(t.Context(), ana, id, rejection(v.Version), "")
	ok(t, err)
	_, err = d.Confirm(t.Context(), mei, id, v.Version+1, "I see the note about her the same way.")
	ok(t, err)
	_, err = d.View(t.Context(), mei, id)
	ok(t, err)
	settle(t, d)
	return d, admin, id
}

// settle waits until housekeeping has nothing to take in.
func settle(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	reader := d.Reader()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		var waiting int
		ok(t, reader.QueryRow(`SELECT (SELECT COUNT(*) FROM search_pending) + (SELECT COUNT(*) FROM likeness_pending)`).Scan(&waiting))
		if waiting == 0 {
			return
		}
	}
	t.Fatal("the search index does not take the cases in")
}

// found lists in which files of a folder the words stand.
func found(t *testing.T, dir string, words []string) (out []string) {
	t.Helper()
	ok(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, word := range words {
			if bytes.Contains(text, []byte(word)) {
				out = append(out, filepath.Base(path)+": "+word)
			}
		}
		return err
	}))
	return out
}

func TestNothingOfAnErasedPersonIsLeftOnTheDisk(t *testing.T) {
	d, admin, id := closed(t)
	if out := strings.Join(found(t, d.Dir, personal), "\n"); !strings.Contains(out, "Zephyrine") || !strings.Contains(out, "uackenbush") {
		t.Fatalf("the search finds nothing before, so it proves nothing: %s", out)
	}
	before := sealedBytes(t, d, id)
	d.Clock.Move(5 * years)
	ok(t, d.ErasePerson(t.Context(), admin, id, review.GroundRequest, "She asked by letter."))
	ok(t, d.Overwrite(t.Context()))
	if out := found(t, d.Dir, personal); len(out) > 0 {
		t.Errorf("beside the running desk: %q", out)
	}
	d.Shut()
	if out := found(t, d.Dir, personal); len(out) > 0 {
		t.Errorf("once it is shut: %q", out)
	}
	for what, sealed := range before {
		if out := found(t, d.Dir, []string{string(sealed)}); len(sealed) < 20 || len(out) > 0 {
			t.Errorf("%s (%d bytes): %d", what, len(sealed), len(out))
		}
	}
	wholeOffline(t, d)
}

// sealedBytes are the sealed values and keys of a person as they lie in the tables.
func sealedBytes(t *testing.T, d *dbtest.Desk, id string) map[string][]byte {
	t.Helper()
	reader := d.Reader()
	out := map[string][]byte{}
	for what, query := range map[string]string{
		"the data key":         `SELECT s.key FROM subject s JOIN verification v ON v.subject = s.id WHERE v.id = ?`,
		"the dossier":          `SELECT dossier FROM verification WHERE id = ?`,
		"the object's digest":  `SELECT object_digest FROM verification WHERE id = ?`,
		"a commitment's key":   `SELECT k.key FROM commitment_key k JOIN audit_entry e ON e.seq = k.entry WHERE e.object = ? AND e.kind = 'noted'`,
		"a note":               `SELECT k.sealed FROM commitment_key k JOIN audit_entry e ON e.seq = k.entry WHERE e.object = ? AND e.kind = 'noted'`,
		"an attached file":     `SELECT a.sealed FROM attachment a JOIN verification v ON v.seq = a.v WHERE v.id = ?`,
		"the provider's words": `SELECT k.sealed FROM commitment_key k JOIN audit_entry e ON e.seq = k.entry WHERE e.object = ? AND e.kind = 'received'`,
	} {
		var b []byte
		if err := reader.QueryRow(query, id).Scan(&b); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		out[what] = b
	}
	return out
}

func wholeOffline(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	ownOnly(t, d.Dir)
	h, err := db.CheckWorkspace(t.Context(), d.Dir, db.VerifyOptions{})
	if ok(t, err); h.ExitCode() != 0 || len(h.Faults) > 0 {
		t.Errorf("%s %q", h.Report.Sentence(), h.Faults)
	}
}

func TestAnErasedCaseIsASkeletonEverywhere(t *testing.T) {
	d, admin, id := closed(t)
	mei := d.Person("Lin Senior", review.RoleSenior)
	d.Clock.Move(5 * years)
	ok(t, d.ErasePerson(t.Context(), admin, id, review.GroundEnded, "The period is over."))
	whole(t, d)
	c, err := d.View(t.Context(), mei, id)
	if ok(t, err); c.Erased == nil || c.Erased.Ground != review.GroundEnded || c.Erased.By.Name != "Rosa Admin" || c.Erased.Entry == 0 || c.Retention.Erased == nil {
		t.Errorf("the case says %+v", c.Erased)
	}
	if c.Subject != (review.Subject{}) || len(c.Pictures)+len(c.Attached) > 0 || c.Status != review.StatusFailed || len(c.Findings) != 1 || c.Decision == nil || c.Decision.Note != "" {
		t.Errorf("the skeleton: %+v", c.Verification)
	}
	decided, err := d.Decided(t.Context(), id)
	ok(t, err)
	p, err := d.Packet(t.Context(), mei, id, 0, "html")
	if ok(t, err); p.Erased == nil || len(p.Findings) != 1 || p.Decision == nil {
		t.Errorf("the packet: %+v", p.Verification)
	}
	keys, err := audit.NewKeys(d.VerifierKey())
	ok(t, err)
	if report, err := audit.VerifyBundle(bytes.NewReader(p.Extract), audit.BundleOptions{Keys: keys}); err != nil || report.ExitCode() != 0 {
		t.Errorf("its extract: %+v, %v", report, err)
	}
	m, err := d.ViewAt(t.Context(), mei, id, decided)
	if ok(t, err); m.Erased == nil || m.Subject.Name != "" {
		t.Errorf("as it stood: %+v", m.Verification)
	}
	looks, err := d.Looks(t.Context(), mei, id, "text")
	if ok(t, err); looks.Name != "" || len(looks.Seen) == 0 {
		t.Errorf("the report of looks: %+v", looks)
	}
	page, err := d.List(t.Context(), review.Filter{Statuses: review.Statuses(), Query: "quackenbush"}, db.Cursor{}, 10)
	if ok(t, err); len(page.Rows) > 0 {
		t.Error("the search finds her by name")
	}
	page, err = d.List(t.Context(), review.Filter{Statuses: review.Statuses(), Query: "id:" + id}, db.Cursor{}, 10)
	if ok(t, err); len(page.Rows) != 1 || page.Rows[0].Name != "" || !page.Rows[0].Erased {
		t.Errorf("by its id the case is found %d times", len(page.Rows))
	}
	for what, err := range map[string]error{
		"a note":      d.Note(t.Context(), mei, id, "One more note."),
		"reopening":   second(d.AskReopen(t.Context(), mei, id, "Look at it again.")),
		"a reveal":    d.Reveal(t.Context(), mei, id, review.FieldEmail, "to compare"),
		"a file":      second(d.Attach(t.Context(), mei, id, review.Attachment{Name: "x.png", MediaType: "image/png", Data: tinyPNG(t)})),
		"a hold":      d.HoldPerson(t.Context(), mei, id, "too late"),
		"erasing her": d.ErasePerson(t.Context(), admin, id, review.GroundOrder, "once more"),
	} {
		if !errors.Is(err, review.ErrErased) {
			t.Errorf("%s: %v", what, err)
		}
	}
	intake, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: again(c.Verification)}})
	if ok(t, err); intake[0] != review.IntakeErased {
		t.Errorf("the provider's copy once more: %s", intake[0])
	}
	whole(t, d)
}

func again(v review.Verification) review.Verification {
	v.Subject = review.Subject{Reading: review.Reading{Name: "Zephyrine Quackenbush"}}
	v.UpdatedAt = v.UpdatedAt.Add(20 * years)
	v.Erased, v.Decision = nil, nil
	return v
}

func tinyPNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	ok(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))))
	return b.Bytes()
}

// A webhook of Coinify's names the trader, so what was sent is emptied, and what waits is
// withdrawn.
func TestWhatThePlatformWasToldOfAnErasedPersonIsEmptied(t *testing.T) {
	d := dbtest.New(t)
	d.AtOnce()
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	e := endpoint(t, d, review.Coinify, "https://one.example/in")
	id, other := "c0ffee00-0000-4000-8000-00000000aaaa", "c0ffee00-0000-4000-8000-00000000bbbb"
	for id, trader := range map[string]string{id: "987654321", other: "123454321"} {
		v := review.Verification{ID: id, Provider: review.Coinify, ProviderID: id, Status: review.StatusInReview, Subject: review.Subject{Reference: trader},
			Arrived: review.WireState{State: "rejected", Reason: "MANUAL_REVIEW"}, CreatedAt: dbtest.Start, UpdatedAt: dbtest.Start, Object: []byte(`{"id":"` + id + `"}`)}
		_, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v}})
		ok(t, err)
		for range 2 {
			_, err = d.Decide(t.Context(), ana, id, approval(1), "once")
			ok(t, err)
		}
	}
	settle(t, d)
	all := sent(t, d, e.ID)
	if len(all) != 2 || len(found(t, d.Dir, []string{"987654321"})) == 0 {
		t.Fatalf("%d deliveries", len(all))
	}
	mine := all[0]
	if mine.Case != id {
		mine = all[1]
	}
	ok(t, d.Attempted(t.Context(), all[0].ID, db.Outcome{Status: 200}))
	ok(t, d.ErasePerson(t.Context(), db.System("test"), id, review.GroundOrder, "A court ordered it."))
	ok(t, d.Overwrite(t.Context()))
	if out := found(t, d.Dir, []string{"987654321"}); len(out) > 0 {
		t.Errorf("left: %q", out)
	}
	if out := found(t, d.Dir, []string{"123454321"}); len(out) == 0 {
		t.Error("the other one's is gone, too")
	}
	if now, err := d.DeliveryByID(t.Context(), mine.ID); err != nil || now.State == db.DeliveryWaiting {
		t.Errorf("%+v, %v", now, err)
	}
	var bad review.Invalid
	if err := d.Redeliver(t.Context(), db.System("test"), mine.ID); !errors.As(err, &bad) {
		t.Errorf("sent again: %v", err)
	}
	whole(t, d)
}

// A provider can put anything into a code or a reason. What is no plain word stands in the
// log as a digest, and after an erasure in the tables, too.
func TestCodesThatNameThePersonAreErasedWithThem(t *testing.T) {
	for what, decide := range map[string]bool{"decided here": true, "ended at the provider": false} {
		t.Run(what, func(t *testing.T) {
			d := dbtest.New(t)
			d.AtOnce()
			ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
			v := plainCase(1)
			v.AddFinding("näme:Zephyrine", "")
			v.AddFinding("selfie_failure", "")
			v.Arrived.Reason = "Ünd/Zephyrine"
			if !decide {
				v.Status = review.StatusFailed
			}
			_, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v}})
			ok(t, err)
			if decide {
				_, err = d.Decide(t.Context(), ana, v.ID, rejection(1), "")
				ok(t, err)
				_, err = d.Confirm(t.Context(), mei, v.ID, 2, "I see it the same way.")
				ok(t, err)
			}
			whole(t, d)
			settle(t, d)
			ok(t, d.ErasePerson(t.Context(), db.System("test"), v.ID, review.GroundOrder, "A court ordered it."))
			ok(t, d.Overwrite(t.Context()))
			whole(t, d)
			c, err := d.View(t.Context(), mei, v.ID)
			if ok(t, err); len(c.Findings) != 2 {
				t.Errorf("%+v", c.Findings)
			}
			d.Shut()
			if out := found(t, d.Dir, []string{"Zephyrine"}); len(out) > 0 {
				t.Errorf("left: %q", out)
			}
			wholeOffline(t, d)
		})
	}
}

// Among many persons, whose rows and words were moved about on the pages of the database
// as it grew.
func TestOfManyPersonsThoseWhoWereErasedAreNowhere(t *testing.T) {
	d := dbtest.New(t)
	const persons, together, every = 1_500, 50, 37
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, persons)
	for i := range words {
		for range 14 {
			words[i] += string(rune('a' + random.IntN(26)))
		}
	}
	for from := 0; from < persons; from += together {
		var batch []db.Incoming
		for i := from; i < from+together; i++ {
			v := plainCase(i)
			v.Status, v.UpdatedAt = review.StatusPassed, agoYears(7)
			v.Subject = review.Subject{Reference: "r-" + words[i], Reading: review.Reading{Name: "N " + words[i], Email: words[i] + "@x.example", Number: "P" + words[i]}}
			v.Object = []byte(`{"name":"` + words[i] + `"}`)
			batch = append(batch, db.Incoming{Verification: v})
		}
		_, err := d.Receive(t.Context(), db.System("test"), batch)
		ok(t, err)
	}
	settle(t, d)
	var gone, traces []string
	for i := 3; i < persons; i += every {
		gone, traces = append(gone, plainCase(i).ID), append(traces, words[i], words[i][:7], words[i][7:])
	}
	for _, id := range gone {
		ok(t, d.ErasePerson(t.Context(), db.System("test"), id, review.GroundRequest, "Asked by letter."))
	}
	settle(t, d)
	ok(t, d.Overwrite(t.Context()))
	if out := found(t, d.Dir, traces); len(out) > 0 {
		t.Errorf("of %d persons erased %d traces are left, such as %s", len(gone), len(out), out[0])
	}
	if out := found(t, d.Dir, words[:3]); len(out) < 3 {
		t.Errorf("of three who stay there are %q", out)
	}
	whole(t, d)
}

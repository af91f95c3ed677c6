package db_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// workweek is a real workspace with a week's work in it, shut: copies of it are
// damaged. The numbers are those of events that damages aim at.
type workweek struct {
	dir    string
	backup string // a copy of the database from before the last decision

	decided   int64  // an approval
	caseOne   string // the case that was approved
	rejected  int64
	confirmed int64
	viewed    int64
	noted     int64
	last      int64

	came      int64  // caseOne
	witnessed int64  // the first head that was cosigned
	attached  int64  // a file to an open case
	received  int64  // the case that waits, of pictures and a finding
	waiting   string // its id
	proposed  int64  // what was confirmed
	withdrawn int64  // a proposal that was sent back
	reasoned  int64  // a rejection with a reason of the provider's
	hired     int64  // Mei's account, added, and her password set
}

const weekCases = 41

// newWorkweek makes it: 40 cases, of which people view, note, decide, propose,
// confirm and send back some, one at a time and all through the desk itself.
// What else happens in it comes before the last decision.
func newWorkweek(t *testing.T, also ...func(*dbtest.Desk, *workweek)) workweek {
	t.Helper()
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	w := workweek{dir: d.Dir, backup: filepath.Join(t.TempDir(), "backup.db")}
	ids := receiveWeek(d)
	w.waiting = receivePictures(t, d)
	for i, id := range ids[:10] {
		_, err := d.View(t.Context(), ana, id)
		ok(t, err)
		if i%2 == 0 {
			ok(t, d.Note(t.Context(), ana, id, "The registry was asked by telephone."))
		}
		d.Clock.Move(time.Minute)
	}
	for i, id := range ids[:26] {
		decideOrPropose(t, d, []db.Actor{ana, mei}, i, id)
	}
	_, err := d.Attach(t.Context(), ana, ids[31], review.Attachment{Name: "letter.pdf", Data: []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")})
	ok(t, err)
	w.attached = firstOf(t, d, review.EventAttached, ids[31])
	w.mark(t, d, ids)
	for _, more := range also {
		more(d, &w)
	}
	w.hired = firstOf(t, d, review.EventAccountChange, mei.ID)
	d.Shut()
	copyFile(t, filepath.Join(d.Dir, "desk.db"), w.backup)
	d.Open()
	_, err = d.Decide(t.Context(), ana, ids[30], approval(1), "")
	ok(t, err)
	whole(t, d)
	w.last = must(d.LogSize(t.Context()))
	d.Shut()
	return w
}

// cosigned lets a witness countersign two heads.
func cosigned(t *testing.T) func(*dbtest.Desk, *workweek) {
	return func(d *dbtest.Desk, w *workweek) {
		o := newOutsider(t, d, "witness.example")
		o.see(t, d)
		w.witnessed = must(d.LogSize(t.Context()))
		d.Person("Zoe Late", review.RoleAuditor)
		o.see(t, d)
	}
}

func receiveWeek(d *dbtest.Desk) (ids []string) {
	for i := range weekCases - 1 {
		switch {
		case i%5 == 4:
			ids = append(ids, d.Cybrid(i+1, fmt.Sprintf("Person %d", i), "duplicate_person_check_failure"))
		case i%2 == 0:
			ids = append(ids, d.Cybrid(i+1, fmt.Sprintf("Person %d", i), "address_check_failure"))
		default:
			ids = append(ids, d.Coinify(i+1, fmt.Sprintf("Person %d", i), "ERROR_NOT_READABLE_ID.MISSING_BACK"))
		}
	}
	return ids
}

func decideOrPropose(t *testing.T, d *dbtest.Desk, by []db.Actor, i int, id string) {
	decision := approval(1)
	if i%3 == 2 {
		decision = rejection(1)
	}
	if i%5 == 4 {
		decision.Resolutions = map[string]review.Resolution{"duplicate_person_check_failure": review.Cleared}
	}
	v, err := d.Decide(t.Context(), by[0], id, decision, "")
	ok(t, err)
	d.Clock.Move(time.Minute)
	switch {
	case v.Status != review.StatusSecondReview || i == 24:
	case i%2 == 0:
		_, err = d.Confirm(t.Context(), by[1], id, v.Version, "Portraits compared, two persons.")
	default:
		_, err = d.Return(t.Context(), by[1], id, v.Version, "Compare the portraits first.")
	}
	ok(t, err)
}

// receivePictures takes in a case with two pictures, and a newer copy with one more.
func receivePictures(t *testing.T, d *dbtest.Desk) string {
	t.Helper()
	in := db.Incoming{Verification: plainCase(900)}
	in.Verification.AddFinding("selfie_failure", "selfie")
	for i, kind := range []string{review.PictureFront, review.PictureSelfie, review.PictureBack} {
		var b bytes.Buffer
		ok(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 20+i, 10))))
		in.Pictures = append(in.Pictures, review.Picture{Kind: kind, MediaType: "image/png", Data: b.Bytes()})
	}
	older := in
	older.Pictures = in.Pictures[:2]
	in.Verification.UpdatedAt = in.Verification.UpdatedAt.Add(time.Minute)
	for _, copied := range []db.Incoming{older, in} {
		_, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{copied})
		ok(t, err)
	}
	return in.Verification.ID
}

// firstOf is the oldest event of a kind and an object.
func firstOf(t *testing.T, d *dbtest.Desk, kind review.EventKind, id string) int64 {
	t.Helper()
	entries, _, err := d.Log(t.Context(), review.EventFilter{Kind: kind, Case: id}, 0, 100)
	ok(t, err)
	if len(entries) == 0 {
		t.Fatalf("the week holds no %q of %s", kind, id)
	}
	return entries[len(entries)-1].Seq
}

// mark finds the events that damages aim at.
func (w *workweek) mark(t *testing.T, d *dbtest.Desk, ids []string) {
	find := func(kind review.EventKind, id string) int64 { return firstOf(t, d, kind, id) }
	w.caseOne = ids[0]
	w.decided, w.viewed, w.noted = find(review.EventDecided, ids[0]), find(review.EventViewed, ids[0]), find(review.EventNoted, ids[0])
	w.confirmed, w.rejected = find(review.EventConfirmed, ""), find(review.EventDecided, ids[2])
	w.came = find(review.EventReceived, ids[0])
	w.proposed, w.withdrawn, w.reasoned = find(review.EventProposed, ids[4]), find(review.EventProposed, ids[9]), find(review.EventDecided, ids[5])
	w.received = find(review.EventUpdated, w.waiting)
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	ok(t, err)
	ok(t, os.WriteFile(to, b, 0o600))
}

// patient is a copy of the workweek that is being damaged.
type patient struct {
	workweek
	t   *testing.T
	raw *sql.DB
}

func (w workweek) patient(t *testing.T) *patient {
	t.Helper()
	p := &patient{workweek: w, t: t}
	p.dir = filepath.Join(t.TempDir(), "desk")
	ok(t, os.CopyFS(p.dir, os.DirFS(w.dir)))
	return p
}

func (p *patient) file() string   { return filepath.Join(p.dir, "desk.db") }
func (p *patient) anchor() string { return filepath.Join(p.dir, "anchor", "anchor.log") }

// open opens the file as somebody who may write to it, and takes the triggers away.
func (p *patient) open() *sql.DB {
	p.t.Helper()
	if p.raw == nil {
		var err error
		p.raw, err = db.OpenRaw(p.file())
		ok(p.t, err)
		for _, table := range []string{"audit_entry", "audit_hash", "audit_checkpoint", "cosignature"} {
			p.exec(`DROP TRIGGER ` + table + `_no_update`)
			p.exec(`DROP TRIGGER ` + table + `_no_delete`)
		}
		p.exec(`PRAGMA foreign_keys = 0`)
	}
	return p.raw
}

func (p *patient) exec(query string, args ...any) {
	p.t.Helper()
	_, err := p.open().Exec(query, args...)
	ok(p.t, err)
}

// body reads an entry's bytes.
func (p *patient) body(seq int64) (body []byte) {
	p.t.Helper()
	ok(p.t, p.open().QueryRow(`SELECT body FROM audit_entry WHERE seq = ?`, seq).Scan(&body))
	return body
}

// rewrite changes an entry and its columns, all by the rules of the format.
func (p *patient) rewrite(seq int64, change func(*audit.Entry)) {
	p.t.Helper()
	e, err := audit.Parse(p.body(seq))
	ok(p.t, err)
	change(&e)
	body, err := e.Bytes()
	ok(p.t, err)
	p.exec(`UPDATE audit_entry SET body = ?, kind = ?, actor = ?, object = ?, at = ? WHERE seq = ?`,
		body, e.Action, e.Actor.ID, e.Object, e.Time.UnixMicro(), seq)
}

// rehash gives all entries the hashes that fit them: all that somebody without the
// signing key can do.
func (p *patient) rehash() *audit.Frontier {
	p.t.Helper()
	p.exec(`DELETE FROM audit_hash`)
	tree, place := &audit.Frontier{}, 0
	for seq := int64(1); ; seq++ {
		var body []byte
		if err := p.open().QueryRow(`SELECT body FROM audit_entry WHERE seq = ?`, seq).Scan(&body); err != nil {
			return tree
		}
		hashes, err := tree.Append(body)
		ok(p.t, err)
		for _, h := range hashes {
			p.exec(`INSERT INTO audit_hash (idx, h) VALUES (?, ?)`, place, h[:])
			place++
		}
		p.resign(tree)
	}
}

// resign signs the present head again where there is one, if the key was stolen.
func (p *patient) resign(tree *audit.Frontier) {
	skey, err := os.ReadFile(filepath.Join(p.dir, "keys", "stolen"))
	if err != nil {
		return
	}
	root, err := tree.Root()
	ok(p.t, err)
	p.exec(`UPDATE audit_checkpoint SET signed = ? WHERE size = ?`, p.sign(string(skey), tree.Size(), root), tree.Size())
}

// steal makes the signing key the attacker's.
func (p *patient) steal() {
	copyFile(p.t, filepath.Join(p.dir, "keys", "audit"), filepath.Join(p.dir, "keys", "stolen"))
}

func (p *patient) origin() string {
	key, err := os.ReadFile(filepath.Join(p.dir, "keys", "audit.pub"))
	ok(p.t, err)
	v, err := note.NewVerifier(strings.TrimSpace(string(key)))
	ok(p.t, err)
	return v.Name()
}

func (p *patient) sign(skey string, size int64, root tlog.Hash) []byte {
	p.t.Helper()
	signer, err := note.NewSigner(strings.TrimSpace(skey))
	ok(p.t, err)
	signed, err := audit.Checkpoint{Origin: p.origin(), Size: size, Root: root}.Sign(signer)
	ok(p.t, err)
	return signed
}

// head reads the checkpoint of a size without asking who signed it.
func (p *patient) head(size int64) (signed string) {
	p.t.Helper()
	ok(p.t, p.open().QueryRow(`SELECT signed FROM audit_checkpoint WHERE size = ?`, size).Scan(&signed))
	return signed
}

// editAnchor rewrites the file outside the database.
func (p *patient) editAnchor(change func(lines []string) []string) {
	p.t.Helper()
	b, err := os.ReadFile(p.anchor())
	ok(p.t, err)
	lines := change(strings.SplitAfter(string(b), "\n"))
	ok(p.t, os.WriteFile(p.anchor(), []byte(strings.Join(lines, "")), 0o600))
}

// verify closes the file and checks the folder as an auditor does. A panic is a
// failure of its own.
func (p *patient) verify() (r audit.Report) {
	p.t.Helper()
	if p.raw != nil {
		ok(p.t, p.raw.Close())
		p.raw = nil
	}
	defer func() {
		if broke := recover(); broke != nil {
			p.t.Errorf("the check panicked: %v", broke)
		}
	}()
	r, err := db.Verify(p.t.Context(), p.dir, db.VerifyOptions{})
	if err != nil {
		return audit.Report{Fault: audit.FaultUnreadable, Detail: err.Error()}
	}
	return r
}

package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// openWeek opens a workweek's desk again.
func openWeek(t *testing.T, w workweek) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), w.dir, dbtest.Options(&dbtest.Clock{}))
	ok(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

func TestEveryEventOfALogIsProvenByItsFileAlone(t *testing.T) {
	d := openWeek(t, newWorkweek(t))
	keys, err := audit.NewKeys(d.VerifierKeys()...)
	ok(t, err)
	size, err := d.LogSize(t.Context())
	ok(t, err)
	for seq := int64(1); seq <= size; seq++ {
		p, err := d.Proof(t.Context(), seq)
		ok(t, err)
		read, err := audit.ParseProof(p.Bytes())
		ok(t, err)
		e, head, err := read.Verify(keys)
		ok(t, err)
		if e.Seq != seq || head.Size != size {
			t.Fatalf("the proof of %d is of %d under %d", seq, e.Seq, head.Size)
		}
	}
	for _, seq := range []int64{0, -1, size + 1} {
		if _, err := d.Proof(t.Context(), seq); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("proof of event %d: %v", seq, err)
		}
	}
}

func TestAProofWithAnyByteTurnedIsNone(t *testing.T) {
	w := newWorkweek(t)
	d := openWeek(t, w)
	keys, err := audit.NewKeys(d.VerifierKeys()...)
	ok(t, err)
	p, err := d.Proof(t.Context(), w.decided)
	ok(t, err)
	whole := p.Bytes()
	for i := range whole {
		for _, bit := range []byte{0x01, 0x20} {
			turned := slices.Clone(whole)
			turned[i] ^= bit
			read, err := audit.ParseProof(turned)
			if err == nil {
				_, _, err = read.Verify(keys)
			}
			if err == nil {
				t.Logf("%q", whole[max(0, i-60):min(len(whole), i+5)])
				t.Fatalf("byte %d turned by %#x is still a proof", i, bit)
			}
		}
	}
}

func TestADecidedCaseNamesTheEventThatDecidedIt(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	plain, grave, open := d.Cybrid(1, "Ines Moreau"), d.Cybrid(2, "Viktor Hahn", "watchlist_match_failure_unknown"), d.Cybrid(3, "Noor El-Sayed")
	_, err := d.Decide(t.Context(), ana, plain, approval(1), "")
	ok(t, err)
	v, err := d.Decide(t.Context(), ana, grave, rejectionOf(1, "watchlist_match_failure_unknown"), "")
	ok(t, err)
	if v.Status != review.StatusSecondReview {
		t.Fatalf("the grave case is %s", v.Status)
	}
	for _, id := range []string{grave, open, "nothing"} {
		if _, err := d.Decided(t.Context(), id); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s is decided: %v", id, err)
		}
	}
	_, err = d.Confirm(t.Context(), mei, grave, v.Version, "Looked at it afresh.")
	ok(t, err)
	for id, kind := range map[string]string{plain: "decided", grave: "confirmed"} {
		seq, err := d.Decided(t.Context(), id)
		ok(t, err)
		e, err := d.LogEntry(t.Context(), seq)
		if ok(t, err); e.Action != kind || e.Object != id {
			t.Errorf("%s was decided by event %d: %s of %s", id, seq, e.Action, e.Object)
		}
	}
}

func rejectionOf(version int64, codes ...string) review.Decision {
	d := rejection(version)
	d.Resolutions = map[string]review.Resolution{}
	for _, code := range codes {
		d.Resolutions[code] = review.Upheld
	}
	return d
}

func TestTwoHeadsAreShownToBeOfOneLog(t *testing.T) {
	d := openWeek(t, newWorkweek(t))
	size, err := d.LogSize(t.Context())
	ok(t, err)
	var heads []int64
	for at := size; at > 0; at-- {
		near, err := d.HeadNear(t.Context(), at)
		ok(t, err)
		if near == at {
			heads = append(heads, at)
		}
	}
	for _, from := range heads {
		c, err := d.Consistency(t.Context(), from, size)
		ok(t, err)
		read, err := audit.ParseWitnessRequest(c.File())
		ok(t, err)
		ok(t, audit.CheckConsistency(read.Proof, c.From.Size, c.From.Root, c.To.Size, c.To.Root))
	}
	if _, err := d.Consistency(t.Context(), size+1, size+2); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("heads that are not there: %v", err)
	}
}

func TestALogIsReadBesideARunningDesk(t *testing.T) {
	d := dbtest.New(t)
	id := d.Cybrid(1, "Ines Moreau")
	rotate(t, d)
	d.Clock.Move(time.Hour)
	d.Cybrid(2, "Viktor Hahn")
	l, err := db.OpenLog(t.Context(), d.Dir)
	ok(t, err)
	defer l.Close()
	d.Cybrid(3, "Noor El-Sayed") // after the snapshot
	names, err := l.Keys()
	ok(t, err)
	keys, err := audit.NewKeys(names...)
	ok(t, err)
	signed, err := l.Head()
	ok(t, err)
	head, err := keys.Open(signed)
	ok(t, err)
	scopes := map[string]struct {
		scope audit.BundleScope
		want  []int64
	}{
		"all":       {audit.BundleScope{Kind: audit.ScopeLog}, []int64{1, 2, 3, 4}},
		"one case":  {audit.BundleScope{Kind: audit.ScopeCase, Case: id}, []int64{2, 3}},
		"a period":  {audit.BundleScope{Kind: audit.ScopePeriod, From: dbtest.Start.Add(30 * time.Minute)}, []int64{3, 4}},
		"its start": {audit.BundleScope{Kind: audit.ScopePeriod, To: dbtest.Start.Add(30 * time.Second)}, []int64{1, 2, 3}},
	}
	for name, s := range scopes {
		var got []int64
		ok(t, l.BundleEntries(s.scope, func(seq int64, body []byte) error {
			got = append(got, seq)
			proof, err := audit.ProveInclusion(head.Size, seq, l)
			if err == nil {
				err = audit.CheckInclusion(proof, head.Size, head.Root, seq, body)
			}
			return err
		}))
		if !slices.Equal(got, s.want) {
			t.Errorf("%s holds %v, want %v", name, got, s.want)
		}
	}
	if _, err := db.OpenLog(t.Context(), t.TempDir()); !errors.Is(err, db.ErrNoWorkspace) {
		t.Errorf("a folder without a workspace: %v", err)
	}
	ok(t, os.Remove(filepath.Join(d.Dir, "keys", "master")))
	if _, err := db.OpenLog(t.Context(), d.Dir); err != nil {
		t.Errorf("without the secrets: %v", err)
	}
}

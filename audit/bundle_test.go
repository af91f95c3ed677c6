package audit_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"reviewdesk/audit"
)

// belongs reports which entries a bundle of this scope holds.
func (d *desk) belongs(scope audit.BundleScope) (out []int64) {
	d.t.Helper()
	first, last := int64(1), d.tree.Size()
	entries := make([]audit.Entry, 0, last)
	for _, row := range d.entries {
		e, err := audit.Parse(row.body)
		if err != nil {
			d.t.Fatal(err)
		}
		entries = append(entries, e)
		if e.Time.Before(scope.From) {
			first = e.Seq
		}
	}
	for _, e := range slices.Backward(entries) {
		if !scope.To.IsZero() && !e.Time.Before(scope.To) {
			last = e.Seq
		}
	}
	for _, e := range entries {
		in := scope.Kind == audit.ScopeLog || e.Action == audit.ActionKeyRotated ||
			scope.Kind == audit.ScopeCase && e.Object == scope.Case ||
			scope.Kind == audit.ScopePeriod && e.Seq >= first && e.Seq <= last
		if in {
			out = append(out, e.Seq)
		}
	}
	return out
}

// bundle writes a bundle under the newest head, with proofs from earlier sizes.
func (d *desk) bundle(scope audit.BundleScope, since ...int64) string {
	d.t.Helper()
	signed, head := d.head()
	var out bytes.Buffer
	w, err := audit.NewBundleWriter(&out, audit.BundleHeader{Keys: d.chain, Scope: scope, Checkpoint: signed}, &d.memory)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, seq := range d.belongs(scope) {
		if err := w.Entry(seq, d.entries[seq-1].body); err != nil {
			d.t.Fatal(err)
		}
	}
	for _, size := range since {
		proof, err := audit.ProveConsistency(size, head.Size, &d.memory)
		if err == nil {
			err = w.Consistency(size, d.at(size).Root, proof)
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		d.t.Fatal(err)
	}
	return out.String()
}

func check(t testing.TB, bundle string, o audit.BundleOptions) audit.BundleReport {
	t.Helper()
	r, err := audit.VerifyBundle(strings.NewReader(bundle), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	theLog  = audit.BundleScope{Kind: audit.ScopeLog}
	theCase = audit.BundleScope{Kind: audit.ScopeCase, Case: "B"}
)

// period holds the entries from one second to before another, counted from noon; the
// entries of workday come at one a second.
func period(from, to int) audit.BundleScope {
	s := audit.BundleScope{Kind: audit.ScopePeriod}
	if from > 0 {
		s.From = noon.Add(time.Duration(from) * time.Second)
	}
	if to > 0 {
		s.To = noon.Add(time.Duration(to) * time.Second)
	}
	return s
}

func TestAGoodBundleIsProven(t *testing.T) {
	for name, c := range map[string]struct {
		make    func(testing.TB) *desk
		scope   audit.BundleScope
		entries int64
		says    string
	}{
		"of the whole log":                     {workday, theLog, 16, "16 entries of the whole log in a log of 16, 0 changes of key"},
		"of the whole log under three keys":    {twice, theLog, 22, "22 entries of the whole log in a log of 22, 2 changes of key"},
		"of a case":                            {workday, theCase, 7, `7 entries of case "B"`},
		"of a case under three keys":           {twice, theCase, 10, `10 entries of case "B"`},
		"of a period in the middle":            {workday, period(5, 9), 6, "6 entries of the period from 2026"},
		"of a period of one entry":             {workday, period(5, 6), 3, "3 entries of the period"},
		"of a period from the beginning":       {workday, period(0, 4), 4, "4 entries of the period to before"},
		"of a period to the end":               {workday, period(14, 0), 4, "4 entries of the period from"},
		"of a period that holds everything":    {workday, period(1, 99), 16, "16 entries of the period"},
		"of a period in which nothing was":     {workday, period(90, 99), 1, "1 entry of the period"},
		"of a period before the log":           {workday, period(-90, 1), 1, "1 entry of the period"},
		"of a period that holds a rotation":    {twice, period(16, 18), 5, "2 changes of key"},
		"of a period that begins after one":    {twice, period(19, 0), 5, "2 changes of key"},
		"of a period long before any rotation": {twice, period(3, 5), 6, "2 changes of key"},
	} {
		t.Run(name, func(t *testing.T) {
			d := c.make(t)
			r := check(t, d.bundle(c.scope), audit.BundleOptions{Keys: pinned(t)})
			if r.Fault != audit.FaultNone || r.Entries != c.entries || r.ExitCode() != 0 {
				t.Fatalf("%d entries: %s", r.Entries, r.Sentence())
			}
			if !strings.Contains(r.Sentence(), c.says) || !strings.HasPrefix(r.Sentence(), "Proven: ") {
				t.Errorf("%s", r.Sentence())
			}
			if limits := r.Limits(); len(limits) < 2 || !strings.HasPrefix(limits[0], "Complete: ") {
				t.Errorf("%q", limits)
			}
		})
	}
}

func TestABundleNamesTheKeyThatItMustLeadTo(t *testing.T) {
	d := twice(t)
	for name, c := range map[string]struct {
		vkeys []string
		fault audit.Fault
	}{
		"the first":                {d.chain[:1], audit.FaultNone},
		"one in the middle":        {d.chain[1:2], audit.FaultNone},
		"the newest":               {d.chain[2:], audit.FaultNone},
		"all":                      {d.chain, audit.FaultNone},
		"a stranger's":             {[]string{strangerKey(t)}, audit.FaultSignature},
		"the newest and another's": {[]string{d.chain[2], strangerKey(t)}, audit.FaultSignature},
	} {
		for _, scope := range []audit.BundleScope{theLog, theCase, period(5, 9)} {
			t.Run(name+" for the "+scope.Kind, func(t *testing.T) {
				k, err := audit.NewKeys(c.vkeys...)
				if err != nil {
					t.Fatal(err)
				}
				if r := check(t, d.bundle(scope), audit.BundleOptions{Keys: k}); r.Fault != c.fault {
					t.Error(r.Sentence())
				}
			})
		}
	}
}

func TestABundleGoesOnFromWhatTheAuditorHolds(t *testing.T) {
	d := workday(t)
	other := d.at(6)
	other.Root[0] ^= 1
	foreign := d.at(6)
	foreign.Origin = "reviewdesk/other"
	later := d.at(16)
	later.Size = 20
	for name, c := range map[string]struct {
		held  []audit.Checkpoint
		since []int64
		fault audit.Fault
		seen  int
	}{
		"none":                              {nil, nil, audit.FaultNone, 0},
		"none, and is offered one":          {nil, []int64{6}, audit.FaultNone, 0},
		"an older one":                      {[]audit.Checkpoint{d.at(6)}, []int64{6}, audit.FaultNone, 1},
		"several, in any order":             {[]audit.Checkpoint{d.at(10), d.at(1), d.at(6)}, []int64{1, 6, 10}, audit.FaultNone, 3},
		"the same one twice":                {[]audit.Checkpoint{d.at(6), d.at(6)}, []int64{6}, audit.FaultNone, 2},
		"the newest":                        {[]audit.Checkpoint{d.at(16)}, nil, audit.FaultNone, 1},
		"that of the empty log":             {[]audit.Checkpoint{d.at(0)}, nil, audit.FaultNone, 1},
		"that of another history":           {[]audit.Checkpoint{other}, []int64{6}, audit.FaultChanged, 0},
		"a larger one":                      {[]audit.Checkpoint{later}, nil, audit.FaultRolledBack, 0},
		"one of the newest size, rewritten": {[]audit.Checkpoint{{Origin: origin, Size: 16}}, nil, audit.FaultChanged, 0},
	} {
		for _, scope := range []audit.BundleScope{theLog, theCase, period(5, 9)} {
			t.Run("who holds "+name+", for the "+scope.Kind, func(t *testing.T) {
				r := check(t, d.bundle(scope, c.since...), audit.BundleOptions{Keys: pinned(t), Held: c.held})
				if r.Fault != c.fault || r.Fault == audit.FaultNone && r.Held != c.seen {
					t.Errorf("%d seen: %s", r.Held, r.Sentence())
				}
			})
		}
	}
	t.Run("a whole log needs no proof of it", func(t *testing.T) {
		r := check(t, d.bundle(theLog), audit.BundleOptions{Keys: pinned(t), Held: []audit.Checkpoint{d.at(6), d.at(12)}})
		if r.Fault != audit.FaultNone || r.Held != 2 {
			t.Error(r.Sentence())
		}
	})
	t.Run("a case does", func(t *testing.T) {
		r := check(t, d.bundle(theCase), audit.BundleOptions{Keys: pinned(t), Held: []audit.Checkpoint{d.at(6)}})
		if r.Fault != audit.FaultMissing {
			t.Error(r.Sentence())
		}
	})
	t.Run("one of another log cannot be compared", func(t *testing.T) {
		r, err := audit.VerifyBundle(strings.NewReader(d.bundle(theLog)), audit.BundleOptions{Keys: pinned(t), Held: []audit.Checkpoint{foreign}})
		if err == nil || r.ExitCode() != 3 {
			t.Error(r.Sentence(), err)
		}
	})
}

func TestABundleShowsItsWitnesses(t *testing.T) {
	d := workday(t)
	signed, _ := d.head()
	text, _, _ := strings.Cut(string(signed), "\n\n")
	w1, w2, w3 := newHandWitness("w1"), newHandWitness("w2"), newHandWitness("w3")
	d.heads[7].signed = append(slices.Clone(signed), w1.line(text+"\n", 1700000000)+w2.line(text+"\n", 1700000001)...)
	good := d.bundle(theCase)
	all := []string{w1.vkey(), w2.vkey(), w3.vkey()}
	for name, c := range map[string]struct {
		known  []string
		quorum int
		fault  audit.Fault
		says   string
	}{
		"two of three are enough":       {all, 2, audit.FaultNone, "2 witnesses"},
		"the missing one is shown":      {all, 0, audit.FaultNone, "Did not cosign: w3."},
		"three of three are not there":  {all, 3, audit.FaultUnwitnessed, "2 of the witnesses"},
		"nobody is asked for":           {nil, 0, audit.FaultNone, "0 witnesses"},
		"nobody is asked for but wants": {nil, 1, audit.FaultUnwitnessed, "0 of the witnesses"},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, good, audit.BundleOptions{Keys: pinned(t), Witnesses: c.known, Quorum: c.quorum})
			if r.Fault != c.fault || !strings.Contains(r.Sentence()+strings.Join(r.Limits(), ""), c.says) {
				t.Error(r.Sentence(), r.Limits())
			}
		})
	}
	forged := strings.Replace(good, "AAAAAGVT8Q", "AAAAAGVT8R", 1)
	if r := check(t, forged, audit.BundleOptions{Keys: pinned(t), Witnesses: all}); forged != good && r.Fault != audit.FaultSignature {
		t.Error(r.Sentence())
	}
	if r, err := audit.VerifyBundle(strings.NewReader(good), audit.BundleOptions{Keys: pinned(t), Witnesses: []string{"?"}}); err == nil || r.ExitCode() != 3 {
		t.Error(r, err)
	}
}

func TestABundleThatCannotBeReadIsUnreadable(t *testing.T) {
	good := workday(t).bundle(theLog)
	gone := errors.New("disk gone")
	r, err := audit.VerifyBundle(io.MultiReader(strings.NewReader(good[:3000]), iotest.ErrReader(gone)), audit.BundleOptions{Keys: pinned(t)})
	if !errors.Is(err, gone) || r.ExitCode() != 3 || !strings.Contains(r.Sentence(), "disk gone") {
		t.Error(r.Sentence(), err)
	}
	if r, err := audit.VerifyBundle(strings.NewReader(good), audit.BundleOptions{}); err == nil || r.ExitCode() != 3 {
		t.Error(r.Sentence(), err)
	}
	if r, err := audit.VerifyBundle(iotest.OneByteReader(strings.NewReader(good)), audit.BundleOptions{Keys: pinned(t)}); err != nil || r.ExitCode() != 0 {
		t.Error(r.Sentence(), err)
	}
}

func TestABundleIsOnlyBegunWithAHeaderThatHolds(t *testing.T) {
	d := workday(t)
	signed, _ := d.head()
	good := audit.BundleHeader{Keys: d.chain, Scope: theLog, Checkpoint: signed}
	for name, change := range map[string]func(*audit.BundleHeader){
		"no keys":                      func(h *audit.BundleHeader) { h.Keys = nil },
		"another key":                  func(h *audit.BundleHeader) { h.Keys = []string{strangerKey(t)} },
		"no checkpoint":                func(h *audit.BundleHeader) { h.Checkpoint = nil },
		"no scope":                     func(h *audit.BundleHeader) { h.Scope.Kind = "" },
		"a whole log with a case":      func(h *audit.BundleHeader) { h.Scope.Case = "B" },
		"a case without an id":         func(h *audit.BundleHeader) { h.Scope = audit.BundleScope{Kind: audit.ScopeCase} },
		"a period without sides":       func(h *audit.BundleHeader) { h.Scope = audit.BundleScope{Kind: audit.ScopePeriod} },
		"a period that ends too early": func(h *audit.BundleHeader) { h.Scope = period(9, 5) },
		"a period with a case":         func(h *audit.BundleHeader) { h.Scope = period(5, 9); h.Scope.Case = "B" },
		"a period in another zone": func(h *audit.BundleHeader) {
			h.Scope = period(5, 9)
			h.Scope.To = h.Scope.To.In(time.FixedZone("", 60))
		},
		"a period of half a millisecond": func(h *audit.BundleHeader) { h.Scope = period(5, 9); h.Scope.To = h.Scope.To.Add(1) },
	} {
		t.Run(name, func(t *testing.T) {
			h := good
			change(&h)
			if _, err := audit.NewBundleWriter(io.Discard, h, &d.memory); err == nil {
				t.Error("begun all the same")
			}
		})
	}
	w, err := audit.NewBundleWriter(io.Discard, good, &d.memory)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Entry(1, make([]byte, 1<<20)); err == nil {
		t.Error("a line was written that nobody reads")
	}
}

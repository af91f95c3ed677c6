package db

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Cases as the check of the log sees them: each row of table verification with the
// rows of decisions, findings and pictures that belong to it, in the words of the
// events that they are held against.

// shownCase is a case on its way to the check.
type shownCase struct {
	audit.CaseState
	seq      int64
	decision int64 // the row that stands
	dossier  []byte
	key      []byte // the person's, wrapped; opened once all is read
	newest   bool   // no later copy came of this person, so the person's row says what this one said
	person   review.Reading
	arrived  arrivedRow
	pictures []audit.Fact

	erased    int64 // the event that erased the person; 0: none
	reference string
	files     bool // there are pictures, or files that officers attached
}

// caseRun is a run of cases: those with a seq above after, up to upTo.
type caseRun struct {
	after, upTo int64
	cases       []shownCase
	astray      string // a row that belongs to no case at all
	err         error
	read        chan struct{} // closed once it is
}

const (
	casesTogether = 500
	maxKey        = 1<<63 - 1
)

// Cases implements audit.Source. It comes after the other streams, so both connections
// are free, and each reads one run after the other.
func (s source) Cases(yield func(*audit.CaseState) error) error {
	work, ordered, stop := make(chan *caseRun, 2), make(chan *caseRun, 2), make(chan struct{})
	var wait sync.WaitGroup
	defer wait.Wait()
	defer close(stop)
	wait.Go(func() {
		s.cutRuns(func(r *caseRun) bool { return offer(work, r, stop) && offer(ordered, r, stop) })
		close(work)
		close(ordered)
	})
	for _, q := range []reading{s.entries, s.beside} {
		wait.Go(func() {
			for r := range work {
				s.readRun(q, r)
			}
		})
	}
	for r := range ordered {
		if <-r.read; r.err != nil {
			return r.err
		}
		for i := range r.cases {
			if err := yield(&r.cases[i].CaseState); err != nil {
				return err
			}
		}
		if r.astray != "" {
			return yield(&audit.CaseState{ID: r.astray})
		}
	}
	return nil
}

func offer(to chan<- *caseRun, r *caseRun, stop <-chan struct{}) bool {
	select {
	case to <- r:
		return true
	case <-stop:
		return false
	}
}

// cutRuns cuts the table into runs.
func (s source) cutRuns(each func(*caseRun) bool) {
	for after := int64(minKey); ; {
		r := &caseRun{after: after, upTo: maxKey, read: make(chan struct{})}
		err := s.beside.row(`SELECT seq FROM verification WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ?`, after, casesTogether-1).Scan(&r.upTo)
		if err != nil && !isNoRows(err) {
			r.err = err
		}
		if !each(r) || err != nil {
			return
		}
		after = r.upTo
	}
}

// readRun reads a run. A panic, which a damaged file may cause, is its error.
func (s source) readRun(q reading, r *caseRun) {
	defer close(r.read)
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("the reading broke off: %v", p)
		}
	}()
	if r.err == nil {
		r.err = readCases(q, r)
	}
	if r.err == nil {
		r.err = s.addRows(q, r)
	}
	for i := range r.cases {
		if r.err == nil {
			r.err = s.complete(q, &r.cases[i])
		}
	}
}

func readCases(q reading, r *caseRun) error {
	effective, err := columnsOr(q, "verification", "v.effective_at", "effective_at", "0")
	if err != nil {
		return err
	}
	worked, err := columnsOr(q, "verification", "v.escalated, v.snoozed_at, v.snoozed_until, v.reopen_by, v.reopen_at", "escalated", "0, 0, 0, '', 0")
	if err != nil {
		return err
	}
	erased, err := tableOr(q, "erasure", "COALESCE((SELECT x.entry FROM erasure x WHERE x.v = v.seq), 0)", "0")
	if err != nil {
		return err
	}
	rows, err := q.rows(`SELECT v.seq, v.id, v.provider, v.provider_id, v.kind, v.method, v.status, v.arrived_state, v.arrived_reason, v.version,
		v.subject, v.country, v.document_kind, v.document_country, v.codes, v.created_at, v.updated_at, v.received_at, v.approved_at,
		v.expires_at, v.decision, v.decided_at, v.decider, v.object_entry, v.object_digest, v.dossier, s.key,
		COALESCE(s.name, ''), COALESCE(s.email, ''), COALESCE(s.birth_date, ''),
		v.object_entry = (SELECT MAX(n.object_entry) FROM verification n WHERE n.subject = v.subject), `+effective+`, v.owner, v.owner_until, v.review_since, v.due_at, `+worked+`, COALESCE(s.reference, ''), `+erased+`
		FROM verification v LEFT JOIN subject s ON s.id = v.subject WHERE v.seq > ? AND v.seq <= ? ORDER BY v.seq`, r.after, r.upTo)
	if err != nil {
		return err
	}
	return eachRow(rows, func() error {
		r.cases = append(r.cases, shownCase{})
		return r.cases[len(r.cases)-1].scan(rows)
	})
}

func (c *shownCase) scan(rows answers) error {
	a := &c.arrived
	var provider, state, reason, codes string
	var approved, decided, effective, owned, since, due, aside, snoozed, asked int64
	err := rows.Scan(&c.seq, &c.ID, &provider, &a.ProviderID, &a.Kind, &a.Method, &c.State, &state, &reason, &c.Version,
		&a.Subject, &a.Country, &a.DocumentKind, &a.DocumentCountry, &codes, &a.Created, &a.Updated, &a.Received, &approved,
		&a.Expires, &c.decision, &decided, &c.Decider, &c.Arrived.Seq, &a.ObjectDigest, &c.dossier, &c.key,
		&c.person.Name, &c.person.Email, &c.person.BirthDate, &c.newest, &effective, &c.Owner, &owned, &since, &due,
		&c.Escalated, &aside, &snoozed, &c.Reopener, &asked, &c.reference, &c.erased)
	a.ID, c.Approved, c.Decided, c.Effective = c.ID, fromMicros(approved), fromMicros(decided), fromMicros(effective)
	c.OwnerUntil, c.Since, c.Due = fromMicros(owned), fromMicros(since), fromMicros(due)
	c.Aside, c.Snoozed, c.Asked = fromMicros(aside), fromMicros(snoozed), fromMicros(asked)
	hold(&c.Arrived, "provider", provider)
	hold(&c.Arrived, "state", state)
	if reason != "" {
		hold(&c.Arrived, "reason", reason)
	}
	for _, code := range splitWords(codes) {
		hold(&c.Arrived, "code", code)
	}
	return err
}

// columnsOr are the columns of a table if it has the one named, and what stands for
// them in a workspace that is older than they are.
func columnsOr(q querier, table, columns, named, older string) (string, error) {
	var there bool
	err := q.row(`SELECT COUNT(*) > 0 FROM pragma_table_info(?) WHERE name = ?`, table, named).Scan(&there)
	if !there {
		columns = older
	}
	return columns, err
}

// tableOr is an expression on a table if there is one of that name.
func tableOr(q querier, table, expression, older string) (string, error) {
	there, err := hasTable(q, table)
	if !there {
		expression = older
	}
	return expression, err
}

// hold adds what an event would say of a value.
func hold(r *audit.Row, name, value string) {
	r.Holds = append(r.Holds, audit.Fact{Name: name, Value: sayable(value)})
}

// splitWords undoes a join with one space, and nothing but that.
func splitWords(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, " ")
}

// addRows reads what belongs to the cases of a run.
func (s source) addRows(q reading, r *caseRun) error {
	work, err := columnsOr(q, "decision", "policy, evidence, undone_at", "policy", "0, '', 0")
	if err != nil {
		return err
	}
	for _, table := range []struct {
		name, query string
		scan        func(answers, func(int64) *shownCase) error
	}{
		{"finding", `SELECT v, code, source, resolution FROM finding WHERE v > ? AND v <= ? ORDER BY v, n`, scanFinding},
		{"decision", `SELECT v, id, entry, action, actor, at, on_version, grounds, resolutions, reject_reason, second, second_at, second_entry, ` + work + `
			FROM decision WHERE v > ? AND v <= ? ORDER BY v, id`, scanDecision},
		{"evidence", `SELECT v, n, kind, media_type, width, height, digest, sealed FROM evidence WHERE v > ? AND v <= ? ORDER BY v, n`, s.scanPicture},
		{"attachment", `SELECT v, entry, media_type, bytes, digest, sealed FROM attachment WHERE v > ? AND v <= ? ORDER BY v, digest`, s.scanFile}, // the last, as an older workspace has none
	} {
		if there, err := hasTable(q, table.name); err != nil || !there {
			return err
		}
		rows, err := q.rows(table.query, r.after, r.upTo)
		if err != nil {
			return err
		}
		at := 0
		find := func(v int64) *shownCase {
			for at < len(r.cases) && r.cases[at].seq < v {
				at++
			}
			if at == len(r.cases) || r.cases[at].seq != v {
				r.astray = "none, of a row in table " + table.name
				return &shownCase{}
			}
			return &r.cases[at]
		}
		if err := eachRow(rows, func() error { return table.scan(rows, find) }); err != nil {
			return err
		}
	}
	return nil
}

func scanFinding(rows answers, find func(int64) *shownCase) error {
	var v int64
	var code, from, resolution string
	if err := rows.Scan(&v, &code, &from, &resolution); err != nil {
		return err
	}
	c := find(v)
	name := findingFact + sayable(code)
	if c.Decider != "" {
		name = sayableFinding(code)
	}
	c.Findings = append(c.Findings, audit.Fact{Name: name, Value: sayable(resolution)})
	c.arrived.Sources = append(c.arrived.Sources, from)
	return nil
}

func scanDecision(rows answers, find func(int64) *shownCase) error {
	var v, id, at, version, secondAt, secondEntry, policy, undone int64
	var action, actor, grounds, resolutions, reason, second, evidence string
	row := audit.Row{}
	if err := rows.Scan(&v, &id, &row.Seq, &action, &actor, &at, &version, &grounds, &resolutions, &reason, &second, &secondAt, &secondEntry, &policy, &evidence, &undone); err != nil {
		return err
	}
	c := find(v)
	row.Holds = make([]audit.Fact, 0, 8)
	hold(&row, "actor", actor)
	hold(&row, "at", audit.Stamp(fromMicros(at)))
	hold(&row, "action", action)
	if reason != "" {
		hold(&row, "reject_reason", reason)
	}
	for _, g := range splitWords(grounds) {
		hold(&row, "ground", g)
	}
	row.Holds = append(row.Holds, resolved(resolutions)...)
	row.Holds = append(row.Holds, audit.Fact{Name: "decided_on_version", Value: strconv.FormatInt(version, 10)})
	if policy != 0 {
		hold(&row, "policy", strconv.FormatInt(policy, 10))
	}
	if evidence != "" {
		hold(&row, "evidence", evidence)
	}
	if c.Steps = append(c.Steps, row); id == c.decision {
		c.Decision = row.Seq
	}
	if undone != 0 {
		c.Steps = append(c.Steps, audit.Row{Seq: row.Seq, Holds: []audit.Fact{{Name: "undone_at", Value: audit.Stamp(fromMicros(undone))}}})
	}
	if second != "" || secondAt != 0 || secondEntry != 0 {
		c.Steps = append(c.Steps, audit.Row{Seq: secondEntry, Holds: []audit.Fact{
			{Name: "second", Value: second}, {Name: "at", Value: audit.Stamp(fromMicros(secondAt))}}})
	}
	return nil
}

// resolved are the findings that a decision resolved. A text that the desk would not
// have written stands for itself.
func resolved(text string) (out []audit.Fact) {
	if text == "[]" {
		return nil
	}
	var all []review.Finding
	err := json.Unmarshal([]byte(text), &all)
	if again, _ := json.Marshal(all); err != nil || string(again) != text {
		return []audit.Fact{{Name: "resolutions", Value: text}}
	}
	for _, f := range all {
		out = append(out, audit.Fact{Name: sayableFinding(f.Code), Value: sayable(string(f.Resolution))})
		for _, x := range f.Evidence {
			out = append(out, audit.Fact{Name: sayableEvidence(f.Code), Value: sayable(string(x))})
		}
	}
	return out
}

// complete puts a case together once all its rows are read.
func (s source) complete(q querier, c *shownCase) (err error) {
	if c.Emptied = c.empty(); c.Emptied {
		err = c.repeat(q)
	}
	if c.decision != 0 && c.Decision == 0 {
		c.Decision = -1 // a row that is not there, or another case's
	}
	slices.SortStableFunc(c.Steps, func(a, b audit.Row) int { return int(a.Seq - b.Seq) })
	if !c.Emptied {
		c.Arrived.Holds = append(c.Arrived.Holds, audit.Fact{Name: factRow, Value: s.rowMark(c)})
	}
	c.Arrived.Holds = append(c.Arrived.Holds, c.pictures...)
	return err
}

func (s source) rowMark(c *shownCase) string {
	key, err := s.db.unwrapKey(c.key)
	if err != nil {
		return "under a key that does not open"
	}
	if c.arrived.Dossier, err = unsealWith(key, dossierPlace(c.ID), c.dossier); err != nil {
		return "with a dossier that does not open"
	}
	if c.newest && !c.named() {
		return "with a person's row that says otherwise"
	}
	return c.arrived.mark(key)
}

// named compares what is searched by, in clear, with what the sealed dossier of the
// newest copy says. What a copy left out stands as an earlier one brought it.
func (c *shownCase) named() bool {
	var d dossier
	if json.Unmarshal(c.arrived.Dossier, &d) != nil {
		return false
	}
	same := func(shown, said string) bool { return said == "" || shown == said }
	return same(c.person.Name, d.Subject.Name) && same(c.person.Email, d.Subject.Email) && same(c.person.BirthDate, d.Subject.BirthDate)
}

package db

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// besideTable is a table that stands beside the cases, whose rows follow from events:
// who may speak to the APIs, what the policy was, how names were compared. They are few.
type besideTable struct {
	table string
	fault audit.Fault
	kinds []review.EventKind
	// event plays one event of these kinds.
	event func(s source, e *audit.Entry, rows stated) error
	query string
	scan  func(answers) (name, text string, err error)
}

// stated is what events say of rows, by the name of the row. Text "" is for a row of
// which no more is known than that it is there.
type stated map[string]statedRow

// notThere is the text of a row that a later event took away.
const notThere = "not there"

type statedRow struct {
	seq  int64
	text string
}

var besideTables = []besideTable{
	{"client", audit.FaultAccount, []review.EventKind{review.EventClientAdded, review.EventClientRevoked}, playClient,
		`SELECT id, provider, name, trader, scopes, created_at, revoked_at FROM client`, scanBesideClient},
	{"policy_version", audit.FaultChanged, []review.EventKind{review.EventPolicyChange}, playPolicy,
		`SELECT version, entry, body FROM policy_version`, scanBesidePolicy},
	{"worksheet", audit.FaultCase, []review.EventKind{review.EventNameMatched}, playSheet,
		`SELECT COALESCE(v.id, ''), w.code, w.entry, w.conclusion FROM worksheet w LEFT JOIN verification v ON v.seq = w.v`, scanBesideSheet},
	{"hold", audit.FaultCase, []review.EventKind{review.EventHeld, review.EventHoldLifted}, playHold,
		`SELECT h.subject, h.entry FROM hold h`, scanBesideHold},
}

// holdBeside holds them all against the log; the report has the first fault.
func (s source) holdBeside() (audit.Report, error) {
	for _, t := range besideTables {
		if there, err := hasTable(s.beside, t.table); err != nil || !there {
			return audit.Report{}, err // an older workspace lacks this one and those after it
		}
		if r, err := t.hold(s); err != nil || r.Fault != audit.FaultNone {
			return r, err
		}
	}
	if r, err := s.holdInterests(); err != nil || r.Fault != audit.FaultNone {
		return r, err
	}
	return s.holdWithdrawn()
}

func (t besideTable) hold(s source) (r audit.Report, err error) {
	said := stated{}
	for _, kind := range t.kinds {
		if err := s.entriesOf(kind, func(e *audit.Entry) error { return t.event(s, e, said) }); err != nil {
			return r, err
		}
	}
	rows, err := s.beside.rows(t.query)
	if err != nil {
		return r, err
	}
	maps.DeleteFunc(said, func(_ string, row statedRow) bool { return row.text == notThere })
	differs := func(seq int64, detail string, args ...any) {
		if r.Fault == audit.FaultNone {
			r = audit.Report{Fault: t.fault, Seq: seq, Detail: fmt.Sprintf(detail, args...)}
		}
	}
	err = eachRow(rows, func() error {
		name, text, err := t.scan(rows)
		want, known := said[name]
		switch delete(said, name); {
		case !known:
			differs(0, "%s has a row that no event states", name)
		case want.text != "" && want.text != text:
			differs(want.seq, "%s is %q in its table, %q by the event", name, text, want.text)
		}
		return err
	})
	for name, want := range said {
		if r.Fault == audit.FaultNone || want.seq < r.Seq {
			r = audit.Report{Fault: t.fault, Seq: want.seq, Detail: name + " has an event and no row"}
		}
	}
	return r, err
}

// entriesOf reads the entries of one kind, oldest first.
func (s source) entriesOf(kind review.EventKind, each func(*audit.Entry) error) error {
	return chunks(s.beside, `SELECT seq, body FROM audit_entry WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?`,
		func(rows answers) (seq int64, body []byte, err error) {
			err = rows.Scan(&seq, &body)
			return seq, body, err
		},
		func(_ int64, body []byte) error {
			e, err := audit.Parse(body)
			if err != nil {
				return err
			}
			return each(&e)
		}, string(kind))
}

func factsOf(e *audit.Entry, name string) string {
	var all []string
	for _, f := range e.Facts {
		if f.Name == name {
			all = append(all, f.Value)
		}
	}
	return strings.Join(all, " ")
}

func clientText(provider, name, trader, scopes, added string) string {
	return strings.Join([]string{provider, name, trader, scopes, "added " + added}, ", ")
}

func playClient(_ source, e *audit.Entry, rows stated) error {
	name := "client " + e.Object
	if e.Action == string(review.EventClientRevoked) {
		rows[name] = statedRow{e.Seq, rows[name].text + ", revoked " + audit.Stamp(e.Time)}
		return nil
	}
	trader := factsOf(e, "trader")
	if trader == "" {
		trader = "0"
	}
	rows[name] = statedRow{e.Seq, clientText(factsOf(e, "provider"), factsOf(e, "name"), trader, factsOf(e, "scope"), audit.Stamp(e.Time))}
	return nil
}

func scanBesideClient(rows answers) (name, text string, err error) {
	var id, provider, called, trader, scopes string
	var added, revoked int64
	err = rows.Scan(&id, &provider, &called, &trader, &scopes, &added, &revoked)
	if text = clientText(provider, called, trader, scopes, audit.Stamp(fromMicros(added))); revoked != 0 {
		text += ", revoked " + audit.Stamp(fromMicros(revoked))
	}
	return "client " + id, text, err
}

// playPolicy compares by a digest: the policy itself is long.
func playPolicy(s source, e *audit.Entry, rows stated) error {
	version := factsOf(e, "policy")
	if _, err := strconv.Atoi(version); err != nil {
		return nil // of witnesses
	}
	words, err := s.db.words(s.beside, e.Seq, "policy")
	if err != nil {
		words = "" // the check of openings names what does not open
	}
	row := statedRow{seq: e.Seq}
	if words != "" {
		row.text = policyText(e.Seq, words)
	}
	rows["policy "+version] = row
	return nil
}

func policyText(entry int64, body string) string {
	return fmt.Sprintf("of entry %d with the digest %x", entry, sha256.Sum256([]byte(body)))
}

func scanBesidePolicy(rows answers) (name, text string, err error) {
	var version, body string
	var entry int64
	err = rows.Scan(&version, &entry, &body)
	return "policy " + version, policyText(entry, body), err
}

// playSheet keeps the newest of a case and code.
func playSheet(_ source, e *audit.Entry, rows stated) error {
	name := sheetName(e.Object, factsOf(e, "code"))
	rows[name] = statedRow{e.Seq, fmt.Sprintf("%s by entry %d", factsOf(e, "conclusion"), e.Seq)}
	return nil
}

func sheetName(id, code string) string { return "the worksheet of case " + id + " for " + code }

func scanBesideSheet(rows answers) (name, text string, err error) {
	var id, code, conclusion string
	var entry int64
	err = rows.Scan(&id, &code, &entry, &conclusion)
	return sheetName(id, sayable(code)), fmt.Sprintf("%s by entry %d", conclusion, entry), err
}

package db

import (
	"fmt"
	"slices"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// empty reports whether nothing of the person is left in any row of the case. Whether
// somebody said so is for the check of the log to see.
func (c *shownCase) empty() bool {
	a, nobody := &c.arrived, review.Reading{}
	return len(c.key) == 0 && c.person == nobody && c.reference == "" && len(c.dossier) == 0 && len(a.ObjectDigest) == 0 &&
		a.Country == "" && a.DocumentKind == "" && a.DocumentCountry == "" && !c.files
}

// repeat adds to an empty case what the entries state of rows that are gone: their marks
// can be compared with nothing any more. What the erasure left is digested.
func (c *shownCase) repeat(q querier) error {
	if c.erased != 0 {
		left := skeleton{c.ID, c.arrived.ProviderID, c.arrived.Kind, c.arrived.Method, c.arrived.Created, c.arrived.Updated, c.arrived.Received, c.arrived.Expires, c.arrived.Subject}
		c.Steps = append(c.Steps, audit.Row{Seq: c.erased, Holds: []audit.Fact{{Name: factRow, Value: left.digest()}}})
	}
	rows, err := q.rows(`SELECT seq, body FROM audit_entry WHERE seq = ? OR object = ? AND object <> '' AND +kind = 'attached' ORDER BY seq`, c.Arrived.Seq, c.ID)
	if err != nil {
		return err
	}
	return eachRow(rows, func() error {
		var seq int64
		var body []byte
		if err := rows.Scan(&seq, &body); err != nil {
			return err
		}
		e, err := audit.Parse(body)
		if err != nil {
			return nil // the check of the entries says so
		}
		if seq == c.Arrived.Seq {
			c.Arrived.Holds = append(c.Arrived.Holds, named(e.Facts, factRow, factPicture)...)
		} else {
			c.Steps = append(c.Steps, audit.Row{Seq: seq, Holds: named(e.Facts, "media_type", "bytes", factFile)})
		}
		return nil
	})
}

// named are the facts of these names, in their order.
func named(facts []audit.Fact, names ...string) []audit.Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f audit.Fact) bool { return !slices.Contains(names, f.Name) })
}

// playHold keeps the holds that stand. Events come kind by kind, so that of one person the
// later one counts.
func playHold(_ source, e *audit.Entry, rows stated) error {
	name := holdName(factsOf(e, factPerson))
	if was, known := rows[name]; known && was.seq > e.Seq {
		return nil
	}
	text := notThere
	if e.Action == string(review.EventHeld) {
		text = fmt.Sprintf("by entry %d", e.Seq)
	}
	rows[name] = statedRow{e.Seq, text}
	return nil
}

func holdName(person string) string { return "the legal hold on person " + person }

func scanBesideHold(rows answers) (name, text string, err error) {
	var person string
	var entry int64
	err = rows.Scan(&person, &entry)
	return holdName(person), fmt.Sprintf("by entry %d", entry), err
}

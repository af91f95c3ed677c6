package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Policy is what holds now.
func (db *DB) Policy(ctx context.Context) (review.Policy, error) {
	return keep(ctx, db, "policy", func(q querier, _ time.Time) (review.Policy, time.Time, error) {
		p, err := db.policy(q)
		return p, lasting, err
	})
}

// policy reads the newest version. Its text is parsed once: a version never changes.
func (db *DB) policy(q querier) (review.Policy, error) {
	var version int64
	if err := q.row(`SELECT COALESCE(MAX(version), 0) FROM policy_version`).Scan(&version); err != nil {
		return review.Policy{}, fmt.Errorf("policy: %w", err)
	}
	if known, ok := db.policies.Load(version); ok {
		return known.(review.Policy), nil
	}
	p, err := policyOf(q, version)
	if err == nil {
		db.policies.Store(version, p)
	}
	return p, err
}

func policyOf(q querier, version int64) (review.Policy, error) {
	p := review.FirstPolicy()
	if version <= p.Version {
		return p, nil
	}
	var body string
	err := q.row(`SELECT body FROM policy_version WHERE version = ?`, version).Scan(&body)
	if isNoRows(err) {
		return p, fmt.Errorf("policy %d: %w", version, ErrNotFound)
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &p)
	}
	if err != nil {
		return p, fmt.Errorf("policy %d: %w", version, err)
	}
	return p, nil
}

// PolicyOf is a version of the policy, as a decision names it.
func (db *DB) PolicyOf(ctx context.Context, version int64) (review.Policy, error) {
	return policyOf(db.read(ctx), version)
}

// CatalogueOf is how a version of the policy sees the failure codes.
func (db *DB) CatalogueOf(ctx context.Context, version int64) (*review.Catalogue, error) {
	return db.catalogueOf(db.read(ctx), version)
}

// catalogueOf makes it once: a version never changes.
func (db *DB) catalogueOf(q querier, version int64) (*review.Catalogue, error) {
	if known, ok := db.codes.Load(version); ok {
		return known.(*review.Catalogue), nil
	}
	p, err := policyOf(q, version)
	if err != nil {
		return nil, err
	}
	c := p.Catalogue()
	db.codes.Store(version, c)
	return c, nil
}

// catalogueWith is how the failure codes were seen with an event: under the policy that
// it names, or else under the one that was in force then. So what is told of an event
// never changes.
func (db *DB) catalogueWith(q querier, e audit.Entry) (*review.Catalogue, error) {
	version := int64(0)
	for _, f := range e.Facts {
		if f.Name == "policy" {
			version, _ = strconv.ParseInt(f.Value, 10, 64)
		}
	}
	if version == 0 {
		err := q.row(`SELECT version FROM policy_version WHERE entry < ? ORDER BY version DESC LIMIT 1`, e.Seq).Scan(&version)
		if err != nil && !isNoRows(err) {
			return nil, fmt.Errorf("policy of event %d: %w", e.Seq, err)
		}
	}
	c, err := db.catalogueOf(q, version)
	if errors.Is(err, ErrNotFound) {
		return review.Standard, nil // somebody has damaged the one or the other, and the event is read all the same
	}
	return c, err
}

// PolicyVersion says who made a version of the policy, and when.
type PolicyVersion struct {
	Version, Entry int64
	By             string
	At             time.Time // UTC
}

// PolicyVersions lists the versions that were made here, newest first. The first one
// is nobody's.
func (db *DB) PolicyVersions(ctx context.Context) ([]PolicyVersion, error) {
	rows, err := db.read(ctx).rows(`SELECT p.version, p.entry, COALESCE(a.name, ''), e.at FROM policy_version p JOIN audit_entry e ON e.seq = p.entry
		LEFT JOIN account a ON a.id = e.actor ORDER BY p.version DESC LIMIT 200`)
	if err != nil {
		return nil, err
	}
	var out []PolicyVersion
	return out, eachRow(rows, func() error {
		var p PolicyVersion
		var at int64
		err := rows.Scan(&p.Version, &p.Entry, &p.By, &at)
		p.At = fromMicros(at)
		out = append(out, p)
		return err
	})
}

// SetPolicy makes a new version of the policy. p.Version is the one that the change
// was made on: if another came between, it is [review.ErrConflict].
func (db *DB) SetPolicy(ctx context.Context, by Actor, p review.Policy) (review.Policy, error) {
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return p, review.Forbidden{Why: "Only an admin changes the policy."}
	}
	if err := p.Check(); err != nil {
		return p, err
	}
	err := db.Do(ctx, func(tx *Tx) error {
		now, err := db.policy(tx)
		if err != nil {
			return err
		}
		if now.Version != p.Version {
			return review.Conflict{When: tx.Now, Who: "another admin", What: "changed the policy before you, not"}
		}
		p.Version++
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		entry, err := tx.append(by, review.Event{Kind: review.EventPolicyChange, Object: db.instance,
			Facts: []review.Fact{{Name: "policy", Value: strconv.FormatInt(p.Version, 10)}},
			Words: []review.Words{{Field: "policy", Text: string(body)}}}, 0)
		if err != nil {
			return err
		}
		if _, err = tx.exec(`INSERT INTO policy_version (version, body, entry) VALUES (?, ?, ?)`, p.Version, string(body), entry); err != nil {
			return err
		}
		return tx.weighAgain(now.Catalogue(), p.Catalogue())
	})
	return p, err
}

// weighAgain gives the open cases the severity that the new policy sees in them, so
// that the queue's filter says what the page says. Decided ones keep what they had.
func (tx *Tx) weighAgain(before, after *review.Catalogue) error {
	for _, code := range after.Codes("") {
		if before.Lookup(code.Provider, code.Code).Severity == code.Severity {
			continue
		}
		rows, err := tx.rows(`SELECT v.seq, v.codes FROM finding f JOIN verification v ON v.seq = f.v
			WHERE f.code = ? AND v.provider = ? AND v.status IN ('in_review', 'second_review')`, code.Code, string(code.Provider))
		if err != nil {
			return err
		}
		severities := map[int64]review.Severity{}
		if err := eachRow(rows, func() error {
			var seq int64
			var codes string
			err := rows.Scan(&seq, &codes)
			for _, c := range strings.Fields(codes) {
				severities[seq] = max(severities[seq], after.Lookup(code.Provider, c).Severity)
			}
			return err
		}); err != nil {
			return err
		}
		for seq, severity := range severities {
			if err := tx.one(`UPDATE verification SET severity = ? WHERE seq = ?`, int(severity), seq); err != nil {
				return err
			}
		}
	}
	return nil
}

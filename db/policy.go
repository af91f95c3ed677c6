package db

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"reviewdesk/review"
)

// Policy is what holds now.
func (db *DB) Policy(ctx context.Context) (review.Policy, error) { return db.policy(db.read(ctx)) }

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
		_, err = tx.exec(`INSERT INTO policy_version (version, body, entry) VALUES (?, ?, ?)`, p.Version, string(body), entry)
		return err
	})
	return p, err
}

package web

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
)

// caseColumns are the columns of an export of verifications.
var caseColumns = []string{
	"id", "provider", "provider_id", "method", "status", "state", "outcome", "reject_reason", "failure_codes", "severity",
	"country", "document", "document_country", "name", "created_at", "review_since", "due_at", "owner",
	"decision", "decided_at", "decided_by", "confirmed_by", "audit_seq", "confirm_audit_seq",
}

// exportedCase is one verification as it leaves the desk: states in the provider's
// own words, personal data masked.
type exportedCase struct {
	ID              string          `json:"id"`
	Provider        review.Provider `json:"provider"`
	ProviderID      string          `json:"provider_id"`
	Method          string          `json:"method,omitempty"`
	Status          review.Status   `json:"status"`
	State           string          `json:"state"`
	Outcome         string          `json:"outcome,omitempty"`
	RejectReason    string          `json:"reject_reason,omitempty"`
	FailureCodes    []string        `json:"failure_codes"`
	Severity        string          `json:"severity"`
	Country         string          `json:"country,omitempty"`
	Document        string          `json:"document,omitempty"`
	DocumentCountry string          `json:"document_country,omitempty"`
	Name            string          `json:"name,omitempty"` // masked
	CreatedAt       string          `json:"created_at"`
	ReviewSince     string          `json:"review_since,omitempty"`
	DueAt           string          `json:"due_at,omitempty"`
	Owner           string          `json:"owner,omitempty"`
	Decision        string          `json:"decision,omitempty"`
	DecidedAt       string          `json:"decided_at,omitempty"`
	DecidedBy       string          `json:"decided_by,omitempty"`
	ConfirmedBy     string          `json:"confirmed_by,omitempty"`
	AuditSeq        int64           `json:"audit_seq,omitempty"`
	ConfirmAuditSeq int64           `json:"confirm_audit_seq,omitempty"`
}

func exportCase(r db.Row, now time.Time) exportedCase {
	wire := wireOf(r.Provider, r.Status, r.Arrived, r.Action, r.RejectReason)
	out := exportedCase{
		ID: r.ID, Provider: r.Provider, ProviderID: r.ProviderID, Method: r.Method, Status: r.Status, State: wire.State,
		FailureCodes: r.Codes, Severity: r.Severity.String(), Country: r.Country, Document: r.DocumentKind, DocumentCountry: r.DocumentFrom,
		Name: review.MaskName(r.Name), CreatedAt: utcTime(r.CreatedAt), ReviewSince: utcTime(r.ReviewSince), DueAt: utcTime(r.DueAt),
		DecidedAt: utcTime(r.DecidedAt), DecidedBy: r.DecidedBy.Name, ConfirmedBy: r.ConfirmedBy.Name,
		Decision: decisionWord(r), AuditSeq: r.DecisionEntry, ConfirmAuditSeq: r.ConfirmedEntry,
	}
	if now.Before(r.OwnerUntil) {
		out.Owner = r.Owner.Name
	}
	if r.Status.Decided() {
		out.Outcome = string(r.Status)
	}
	if wire.Reason != out.Outcome { // a provider whose reason is the outcome itself has no other
		out.RejectReason = wire.Reason
	}
	return out
}

// decisionWord is the desk's own outcome, which is not always the provider's word.
func decisionWord(r db.Row) string {
	word := ""
	switch r.Action {
	case review.Approve:
		word = "approved"
	case review.Reject:
		word = review.ComplianceRejection
	}
	if word != "" && r.Status == review.StatusSecondReview {
		return "proposed: " + word
	}
	return word
}

func (c exportedCase) cells() []string {
	return []string{
		c.ID, string(c.Provider), c.ProviderID, c.Method, string(c.Status), c.State, c.Outcome, c.RejectReason, strings.Join(c.FailureCodes, " "), c.Severity,
		c.Country, c.Document, c.DocumentCountry, c.Name, c.CreatedAt, c.ReviewSince, c.DueAt, c.Owner,
		c.Decision, c.DecidedAt, c.DecidedBy, c.ConfirmedBy, numberOrNone(c.AuditSeq), numberOrNone(c.ConfirmAuditSeq),
	}
}

// eventColumns are the columns of an export of the audit log.
var eventColumns = []string{
	"seq", "time", "actor", "actor_name", "role", "action", "object", "before", "after", "facts", "address", "request", "session", "leaf_hash",
}

// exportedEvent is one event of the log as it leaves the desk. It holds no more
// than the entry itself and the actor's name.
type exportedEvent struct {
	Seq       int64               `json:"seq"`
	Time      string              `json:"time"`
	Actor     string              `json:"actor"`
	ActorName string              `json:"actor_name,omitempty"`
	Role      string              `json:"role,omitempty"`
	Action    string              `json:"action"`
	Object    string              `json:"object,omitempty"`
	Before    string              `json:"before,omitempty"`
	After     string              `json:"after,omitempty"`
	Facts     []exportedEventFact `json:"facts,omitempty"`
	Address   string              `json:"address,omitempty"`
	Request   string              `json:"request,omitempty"`
	Session   string              `json:"session,omitempty"`
	LeafHash  string              `json:"leaf_hash"`
}

type exportedEventFact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func exportEvent(e db.LogEntry) exportedEvent {
	out := exportedEvent{
		Seq: e.Seq, Time: utcTime(e.Time), Actor: e.Actor.ID, ActorName: e.ActorName, Role: e.Actor.Role, Action: e.Action, Object: e.Object,
		Before: stateWords(e.Before), After: stateWords(e.After), Address: e.Address, Request: e.Request, Session: e.Session,
		LeafHash: hex.EncodeToString(e.Leaf[:]), // base64 may begin like a formula
	}
	for _, f := range e.Facts {
		out.Facts = append(out.Facts, exportedEventFact{f.Name, f.Value})
	}
	return out
}

func (e exportedEvent) cells() []string {
	var facts []string
	for _, f := range e.Facts {
		facts = append(facts, f.Name+"="+f.Value)
	}
	return []string{
		numberOrNone(e.Seq), e.Time, e.Actor, e.ActorName, e.Role, e.Action, e.Object, e.Before, e.After,
		strings.Join(facts, "; "), e.Address, e.Request, e.Session, e.LeafHash,
	}
}

// exportedEntry is the form in which another program can check the log.
type exportedEntry struct {
	Seq   int64  `json:"seq"`
	Entry string `json:"entry"` // base64 of the canonical bytes
}

func exportEntry(e db.LogEntry) exportedEntry {
	return exportedEntry{e.Seq, base64.StdEncoding.EncodeToString(e.Body)}
}

func stateWords(s *audit.State) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%s (version %d)", s.State, s.Version)
}

func utcTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func numberOrNone(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

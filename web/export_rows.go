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
	CreatedAt       exportTime      `json:"created_at"`
	ReviewSince     exportTime      `json:"review_since,omitzero"`
	DueAt           exportTime      `json:"due_at,omitzero"`
	Owner           string          `json:"owner,omitempty"`
	Decision        string          `json:"decision,omitempty"`
	DecidedAt       exportTime      `json:"decided_at,omitzero"`
	DecidedBy       string          `json:"decided_by,omitempty"`
	ConfirmedBy     string          `json:"confirmed_by,omitempty"`
	AuditSeq        int64           `json:"audit_seq,omitempty"`
	ConfirmAuditSeq int64           `json:"confirm_audit_seq,omitempty"`
}

func exportCase(r *db.Row, now time.Time) exportedCase {
	wire := wireOf(r.Provider, r.Status, r.Arrived, r.Action, r.RejectReason)
	out := exportedCase{
		ID: r.ID, Provider: r.Provider, ProviderID: r.ProviderID, Method: r.Method, Status: r.Status, State: wire.State,
		FailureCodes: r.Codes, Severity: r.Severity.String(), Country: r.Country, Document: r.DocumentKind, DocumentCountry: r.DocumentFrom,
		Name: exportedName(r), CreatedAt: exportTime(r.CreatedAt), ReviewSince: exportTime(r.ReviewSince), DueAt: exportTime(r.DueAt),
		DecidedAt: exportTime(r.DecidedAt), DecidedBy: r.DecidedBy.Name, ConfirmedBy: r.ConfirmedBy.Name,
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
func decisionWord(r *db.Row) string {
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

// appendCSV writes the columns in their order.
func (c *exportedCase) appendCSV(b []byte) []byte {
	for _, cell := range [...]string{c.ID, string(c.Provider), c.ProviderID, c.Method, string(c.Status), c.State, c.Outcome, c.RejectReason} {
		b = appendCell(b, cell)
	}
	b = appendCell(b, strings.Join(c.FailureCodes, " "))
	for _, cell := range [...]string{c.Severity, c.Country, c.Document, c.DocumentCountry, c.Name} {
		b = appendCell(b, cell)
	}
	b = appendTime(appendTime(appendTime(b, c.CreatedAt), c.ReviewSince), c.DueAt)
	b = appendCell(appendCell(b, c.Owner), c.Decision)
	b = appendTime(b, c.DecidedAt)
	b = appendCell(appendCell(b, c.DecidedBy), c.ConfirmedBy)
	return endRecord(appendNumber(appendNumber(b, c.AuditSeq), c.ConfirmAuditSeq))
}

// eventColumns are the columns of an export of the audit log.
var eventColumns = []string{
	"seq", "time", "actor", "actor_name", "role", "action", "object", "before", "after", "facts", "address", "request", "session", "leaf_hash",
}

// exportedName is the name, masked; of whoever was erased it says so.
func exportedName(r *db.Row) string {
	if r.Erased {
		return "(erased)"
	}
	return review.MaskName(r.Name)
}

// exportedEvent is one event of the log as it leaves the desk. It holds no more
// than the entry itself and the actor's name.
type exportedEvent struct {
	Seq       int64               `json:"seq"`
	Time      exportTime          `json:"time"`
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
		Seq: e.Seq, Time: exportTime(e.Time), Actor: e.Actor.ID, ActorName: e.ActorName, Role: e.Actor.Role, Action: e.Action, Object: e.Object,
		Before: stateWords(e.Before), After: stateWords(e.After), Address: e.Address, Request: e.Request, Session: e.Session,
		LeafHash: hex.EncodeToString(e.Leaf[:]), // base64 may begin like a formula
	}
	for _, f := range e.Facts {
		out.Facts = append(out.Facts, exportedEventFact{f.Name, f.Value})
	}
	return out
}

// appendCSV writes the columns in their order.
func (e *exportedEvent) appendCSV(b []byte) []byte {
	b = appendNumber(b, e.Seq)
	b = appendTime(b, e.Time)
	for _, cell := range [...]string{e.Actor, e.ActorName, e.Role, e.Action, e.Object, e.Before, e.After} {
		b = appendCell(b, cell)
	}
	facts := ""
	for i, f := range e.Facts {
		if i > 0 {
			facts += "; "
		}
		facts += f.Name + "=" + f.Value
	}
	for _, cell := range [...]string{facts, e.Address, e.Request, e.Session, e.LeafHash} {
		b = appendCell(b, cell)
	}
	return endRecord(b)
}

// appendEntry writes the form in which another program can check the log: the entry
// is the base64 of its canonical bytes.
func appendEntry(b []byte, seq int64, body []byte) []byte {
	b = strconv.AppendInt(append(b, `{"seq":`...), seq, 10)
	b = base64.StdEncoding.AppendEncode(append(b, `,"entry":"`...), body)
	return append(b, "\"}\n"...)
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

// appendNumber appends a cell with a number; zero is none.
func appendNumber(b []byte, n int64) []byte {
	b = append(b, '"')
	if n != 0 {
		b = strconv.AppendInt(b, n, 10)
	}
	return append(b, '"', ',')
}

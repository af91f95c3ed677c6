package db

import (
	"fmt"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// withdrawnUnsaid are the messages to platforms that were taken back without an event that
// undid something on their case at that moment: whoever marks one so keeps a decision
// from its platform.
const withdrawnUnsaid = `SELECT COALESCE(MIN(o.entry), 0) FROM outbox o JOIN verification v ON v.seq = o.v WHERE o.withdrawn_at > 0
	AND NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.object = v.id AND e.object <> '' AND e.seq > o.entry AND +e.kind = ? AND +e.at = o.withdrawn_at)`

// undoneUnwithdrawn are those of decisions that were undone, and are to be told after all.
const undoneUnwithdrawn = `SELECT COALESCE(MIN(o.entry), 0) FROM audit_entry e JOIN verification v ON v.id = e.object JOIN decision d ON d.v = v.seq AND d.undone_at = e.at
	JOIN outbox o ON o.v = v.seq AND o.created_at >= d.at AND o.entry < e.seq WHERE e.kind = ? AND o.withdrawn_at = 0`

// holdWithdrawn holds what was not told after all against the log.
func (s source) holdWithdrawn() (audit.Report, error) {
	for query, detail := range map[string]string{
		withdrawnUnsaid:   "the message to the platform is taken back, and no event undid what it tells",
		undoneUnwithdrawn: "the message to the platform is to be sent, although what it tells was undone",
	} {
		var entry int64
		if err := s.beside.row(query, string(review.EventUndone)).Scan(&entry); err != nil {
			return audit.Report{}, fmt.Errorf("messages taken back: %w", err)
		}
		if entry > 0 {
			return audit.Report{Fault: audit.FaultCase, Seq: entry, Detail: detail}, nil
		}
	}
	return audit.Report{}, nil
}

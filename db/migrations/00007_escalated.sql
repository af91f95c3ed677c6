-- The cases handed to the seniors, the most urgent first.
-- +goose Up
CREATE INDEX verification_escalated ON verification (due_at, seq) WHERE escalated = 1 AND status = 'in_review';
-- +goose Down
DROP INDEX verification_escalated;

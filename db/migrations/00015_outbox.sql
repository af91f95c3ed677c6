-- What was told of one case: an undo takes it back, and the check of the log holds it
-- against the events.
-- +goose Up
CREATE INDEX outbox_case ON outbox (v, created_at);
-- +goose Down
DROP INDEX outbox_case;

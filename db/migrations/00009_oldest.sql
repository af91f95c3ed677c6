-- The oldest case of each provider that waits for a person is asked for by every scrape of
-- the metrics; without this each walks the queue to the first case of that provider.
-- +goose Up
CREATE INDEX open_created ON verification (provider, status, created_at) WHERE status IN ('in_review', 'second_review');
-- +goose Down
DROP INDEX open_created;
